/**
 * CloudFormation's DescribeStacks.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
import { ServiceError } from '../engine/ports';
import type { StackRecord, Stacks } from '../engine/stacks';
import type { AwsPlace, AwsService, Caller } from './aws-service';
import { notModelled } from './aws-service';
import { timeOf } from './codedeploy-wire';
import type { Fields } from './fields';

export const CLOUDFORMATION_XMLNS = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

export function cloudFormationService(place: AwsPlace, stacks: Stacks): AwsService {
  return {
    name: 'cloudformation',
    operations: {
      DescribeStacks: (input, caller) => describeStacks(place, stacks, input, caller),
    },
  };
}

function describeStacks(place: AwsPlace, stacks: Stacks, input: Fields, caller: Caller): object {
  const name = input.string('StackName') ?? '';
  if (name === '') {
    throw notModelled('DescribeStacks without a StackName');
  }
  const found = stacks.find(name);
  caller.authorize('cloudformation:DescribeStacks', found?.stackId ?? (name.startsWith('arn:') ? name : stackArn(place, `${name}/*`)));
  if (found === undefined) {
    throw new ServiceError('ValidationError', `Stack with id ${name} does not exist`);
  }
  return { Stacks: [describe(place, found)] };
}

function describe(place: AwsPlace, { stackName, stackId, status, statusReason, createdAt, updatedAt }: StackRecord): object {
  return {
    StackId: stackId,
    StackName: stackName,
    CreationTime: timeOf(place, createdAt),
    ...(updatedAt === undefined ? {} : { LastUpdatedTime: timeOf(place, updatedAt) }),
    StackStatus: status,
    StackStatusReason: statusReason,
    DisableRollback: false,
  };
}

function stackArn({ partition, region, accountId }: AwsPlace, rest: string): string {
  return `arn:${partition}:cloudformation:${region}:${accountId}:stack/${rest}`;
}
