/**
 * CloudFormation's DescribeStacks, DescribeStackEvents and DescribeStackResource.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html
 */
import { ServiceError } from '../engine/ports';
import type { StackEventRecord, StackRecord, Stacks } from '../engine/stacks';
import type { AwsPlace, AwsService, Caller } from './aws-service';
import { notModelled, uuidOf } from './aws-service';
import { timeOf } from './codedeploy-wire';
import type { Fields } from './fields';

/** The service's pages end at 1 MB. */
const EVENTS_OF_A_PAGE = 100;

export const CLOUDFORMATION_XMLNS = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

export function cloudFormationService(place: AwsPlace, stacks: Stacks): AwsService {
  return {
    name: 'cloudformation',
    operations: {
      DescribeStacks: (input, caller) => describeStacks(place, stacks, input, caller),
      DescribeStackEvents: (input, caller) => describeStackEvents(place, stacks, input, caller),
      DescribeStackResource: (input, caller) => describeStackResource(place, stacks, input, caller),
    },
  };
}

function describeStacks(place: AwsPlace, stacks: Stacks, input: Fields, caller: Caller): object {
  const { name, found } = named(place, stacks, 'DescribeStacks', input, caller);
  if (found === undefined) {
    throw new ServiceError('ValidationError', `Stack with id ${name} does not exist`);
  }
  return { Stacks: [describe(place, found)] };
}

/** The newest one first. A token counts the older ones, so that what happens meanwhile moves nothing. */
function describeStackEvents(place: AwsPlace, stacks: Stacks, input: Fields, caller: Caller): object {
  const { name, found } = named(place, stacks, 'DescribeStackEvents', input, caller);
  if (found === undefined) {
    throw new ServiceError('ValidationError', `Stack [${name}] does not exist`);
  }
  const all = stacks.events(found.stackId);
  const token = input.string('NextToken');
  const end = token === undefined ? all.length : Number(/^older-(\d+)$/.exec(token)?.[1] ?? Number.NaN);
  if (!(end <= all.length)) {
    throw new ServiceError('ValidationError', `'${token}' is not a token that this operation has returned`);
  }
  const start = Math.max(0, end - EVENTS_OF_A_PAGE);
  const page = all.slice(start, end).map((event, index) => describeEvent(place, found, event, start + index));
  return { StackEvents: page.reverse(), ...(start === 0 ? {} : { NextToken: `older-${start}` }) };
}

/** As the last event has it, for up to ninety days after the stack was deleted. */
function describeStackResource(place: AwsPlace, stacks: Stacks, input: Fields, caller: Caller): object {
  const { name, found } = named(place, stacks, 'DescribeStackResource', input, caller);
  const logicalId = input.string('LogicalResourceId') ?? '';
  if (found === undefined) {
    throw new ServiceError('ValidationError', `Stack '${name}' does not exist`);
  }
  const resource = stacks.resource(found.stackId, logicalId);
  if (resource === undefined) {
    throw new ServiceError('ValidationError', `Resource ${logicalId} does not exist for stack ${found.stackName}`);
  }
  return {
    StackResourceDetail: {
      StackId: found.stackId,
      StackName: found.stackName,
      LogicalResourceId: logicalId,
      PhysicalResourceId: resource.physicalId,
      ResourceType: resource.resourceType,
      ResourceStatus: resource.status,
      ResourceStatusReason: resource.reason,
      LastUpdatedTimestamp: timeOf(place, resource.at),
    },
  };
}

function describeEvent(place: AwsPlace, { stackId, stackName }: StackRecord, event: StackEventRecord, number: number): object {
  return {
    StackId: stackId,
    EventId: uuidOf(`event ${number} of ${stackId}`),
    StackName: stackName,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.resourceType,
    Timestamp: timeOf(place, event.at),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties,
  };
}

/** The stack that a call names, once the caller may ask about it. */
function named(place: AwsPlace, stacks: Stacks, operation: string, input: Fields, caller: Caller): { readonly name: string; readonly found: StackRecord | undefined } {
  const name = input.string('StackName') ?? '';
  if (name === '') {
    throw notModelled(`${operation} without a StackName`);
  }
  const found = stacks.find(name);
  caller.authorize(`cloudformation:${operation}`, found?.stackId ?? (name.startsWith('arn:') ? name : stackArn(place, `${name}/*`)));
  return { name, found };
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
