/**
 * CloudFormation's DescribeStacks.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 */
import { ServiceError } from '../engine/ports';
import type { AwsPlace, AwsService, Caller } from './aws-service';
import { notModelled } from './aws-service';
import { timeOf } from './codedeploy-wire';
import type { Fields } from './fields';

export const CLOUDFORMATION_XMLNS = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
export type StackStatus =
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'CREATE_FAILED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_COMPLETE'
  | 'ROLLBACK_FAILED'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_COMPLETE'
  | 'UPDATE_ROLLBACK_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'
  | 'UPDATE_ROLLBACK_COMPLETE'
  | 'UPDATE_ROLLBACK_FAILED'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_COMPLETE'
  | 'DELETE_FAILED';

export interface StackView {
  readonly stackName: string;
  /** The ARN. */
  readonly stackId: string;
  readonly status: StackStatus;
  readonly statusReason?: string;
  /** Virtual milliseconds. */
  readonly createdAt: number;
  readonly updatedAt?: number;
}

export function cloudFormationService(place: AwsPlace, stacks: () => readonly StackView[]): AwsService {
  return {
    name: 'cloudformation',
    operations: {
      DescribeStacks: (input, caller) => describeStacks(place, stacks(), input, caller),
    },
  };
}

function describeStacks(place: AwsPlace, stacks: readonly StackView[], input: Fields, caller: Caller): object {
  const name = input.string('StackName') ?? '';
  if (name === '') {
    throw notModelled('DescribeStacks without a StackName');
  }
  const byId = name.startsWith('arn:');
  // A deleted stack is found by its id only.
  const found = stacks.find(({ stackId, stackName, status }) => (byId ? stackId === name : stackName === name && status !== 'DELETE_COMPLETE'));
  caller.authorize('cloudformation:DescribeStacks', found?.stackId ?? (byId ? name : stackArn(place, `${name}/*`)));
  if (found === undefined) {
    throw new ServiceError('ValidationError', `Stack with id ${name} does not exist`);
  }
  return { Stacks: [describe(place, found)] };
}

function describe(place: AwsPlace, { stackName, stackId, status, statusReason, createdAt, updatedAt }: StackView): object {
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
