import type { StackEventFacts, StackReader } from '../core/deployment/facts';
import { ServiceFailure } from '../core/failures';
import type { StackResourceReader } from '../core/server-groups/group-ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CLOUD_FORMATION } from './aws-endpoint';
import { queryClient } from './query';
import type { XmlFields } from './xml';
import { fields, listed, text } from './xml';

const API_VERSION = '2010-05-15';

/** A page has up to 1 MB of events; a longer operation is not told to its beginning. */
const MAX_PAGES = 5;

/**
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html
 */
export function cloudFormation(call: AwsCall = awsCall(CLOUD_FORMATION)): StackReader {
  const client = queryClient(call, CLOUD_FORMATION, API_VERSION);
  return {
    statusOf: async (stackId, signal) => {
      const result = await client('DescribeStacks', { StackName: stackId }, signal).catch(goneOrThrow);
      return result === undefined ? undefined : statusIn(result);
    },

    history: async ({ stackId, logicalId }, begins, signal) => {
      const events: StackEventFacts[] = [];
      let token: string | undefined;
      for (let page = 1; page <= MAX_PAGES; page++) {
        const result = await client('DescribeStackEvents', { StackName: stackId, ...(token === undefined ? {} : { NextToken: token }) }, signal);
        events.push(...listed(fields(result['StackEvents'])['member']).flatMap((event) => eventIn(fields(event), stackId, logicalId)));
        token = text(result['NextToken']);
        if (token === undefined || events.some(({ of, status }) => of === 'stack' && begins(status))) {
          break;
        }
      }
      return events;
    },
  };
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html */
export function stackResources(call: AwsCall = awsCall(CLOUD_FORMATION)): StackResourceReader {
  const client = queryClient(call, CLOUD_FORMATION, API_VERSION);
  return {
    physicalIdOf: async (stackId, logicalId, signal) => {
      const result = await client('DescribeStackResource', { StackName: stackId, LogicalResourceId: logicalId }, signal).catch(goneOrThrow);
      return result === undefined ? undefined : text(fields(result['StackResourceDetail'])['PhysicalResourceId']);
    },
  };
}

function goneOrThrow(error: unknown): undefined {
  if (!(error instanceof ServiceFailure && error.code === 'ValidationError' && error.message.includes('does not exist'))) {
    throw error;
  }
}

function statusIn(result: XmlFields): string {
  const [stack] = listed(fields(result['Stacks'])['member']);
  const found = text(fields(stack)['StackStatus']);
  if (found === undefined) {
    throw new ServiceFailure('cloudformation:DescribeStacks', 'UnexpectedAnswer', 'the answer holds no status of a stack', true);
  }
  return found;
}

/** The stack itself is told from its resources by its physical id: a nested stack is a resource of the same type, under an id of its own. */
function eventIn(event: XmlFields, stackId: string, logicalId: string): readonly StackEventFacts[] {
  const status = text(event['ResourceStatus']) ?? '';
  if (event['PhysicalResourceId'] === stackId) {
    return [{ of: 'stack', status }];
  }
  const properties = text(event['ResourceProperties']);
  return event['LogicalResourceId'] === logicalId ? [{ of: 'resource', status, ...(properties === undefined ? {} : { properties }) }] : [];
}
