/** Auto Scaling groups, as deployments to fleets read, scale and remove them. */
import { ServiceFailure } from '../core/failures';
import type { AutoScalingGroupFacts, AutoScalingGroups } from '../core/server-groups/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { AUTO_SCALING } from './aws-endpoint';
import type { QueryClient } from './query';
import { queryClient } from './query';
import type { XmlFields } from './xml';
import { fields, listed, text } from './xml';

const API_VERSION = '2011-01-01';

/** Most groups that a page holds, and most names that a request does. */
const PAGE = 100;

/** An account has 500 groups in a region at first, and few have had that raised to as many as these pages hold. */
const MAX_PAGES = 100;

/**
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetDesiredCapacity.html
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DeleteAutoScalingGroup.html
 */
export function autoScaling(call: AwsCall = awsCall(AUTO_SCALING)): AutoScalingGroups {
  const client = queryClient(call, AUTO_SCALING, API_VERSION);
  return {
    describe: async (names, signal) => {
      const found: AutoScalingGroupFacts[] = [];
      // No names at all would mean every group of the account.
      for (let first = 0; first < names.length; first += PAGE) {
        const asked = names.slice(first, first + PAGE).map((name, index) => [`AutoScalingGroupNames.member.${index + 1}`, name] as const);
        found.push(...(await list(client, Object.fromEntries(asked), signal)));
      }
      return found;
    },

    // There is no filter by name.
    beginningWith: async (prefix, signal) => (await list(client, {}, signal)).filter(({ name }) => name.startsWith(prefix)),

    scale: async (name, desired, signal) => {
      await client('SetDesiredCapacity', { AutoScalingGroupName: name, DesiredCapacity: String(desired), HonorCooldown: 'false' }, signal);
    },

    remove: async (name, signal) => {
      await client('DeleteAutoScalingGroup', { AutoScalingGroupName: name, ForceDelete: 'true' }, signal).catch(goneOrThrow);
    },
  };
}

/** Groups over all pages. What does not come to an end is as good as unread: something might be overlooked. */
async function list(client: QueryClient, asked: Readonly<Record<string, string>>, signal: AbortSignal): Promise<readonly AutoScalingGroupFacts[]> {
  const found: AutoScalingGroupFacts[] = [];
  let token: string | undefined;
  for (let page = 1; page <= MAX_PAGES; page++) {
    const result = await client('DescribeAutoScalingGroups', { ...asked, MaxRecords: String(PAGE), ...(token === undefined ? {} : { NextToken: token }) }, signal);
    if (result['AutoScalingGroups'] === undefined) {
      throw unexpected('the answer holds no groups');
    }
    found.push(...members(result['AutoScalingGroups']).map(factsOf));
    token = text(result['NextToken']);
    if (token === undefined) {
      return found;
    }
  }
  throw unexpected(`more than ${MAX_PAGES} pages`);
}

function factsOf(group: XmlFields): AutoScalingGroupFacts {
  const name = text(group['AutoScalingGroupName']);
  if (name === undefined) {
    throw unexpected('a group has no name');
  }
  const instances = members(group['Instances']);
  return {
    name,
    desired: sizeIn(group, 'DesiredCapacity', name),
    min: sizeIn(group, 'MinSize', name),
    max: sizeIn(group, 'MaxSize', name),
    inService: instances.filter(({ LifecycleState: state }) => state === 'InService').length,
    instances: instances.length,
    // Told only while the group is being deleted.
    ...(text(group['Status']) === undefined ? {} : { leaving: true }),
  };
}

/** A size that is not told is not nought: on nought a fleet would be scaled. */
function sizeIn(group: XmlFields, field: string, name: string): number {
  const told = text(group[field]);
  if (told === undefined || !/^\d{1,9}$/.test(told)) {
    throw unexpected(`${field} of ${name} is no number`);
  }
  return Number(told);
}

/** There is no error of its own for a group that is gone: `AutoScalingGroup name not found - AutoScalingGroup 'NAME' not found`. */
function goneOrThrow(error: unknown): undefined {
  if (!(error instanceof ServiceFailure && error.code === 'ValidationError' && error.message.includes('not found'))) {
    throw error;
  }
}

/** Worth another look: the next answer may be whole. */
const unexpected = (message: string): ServiceFailure => new ServiceFailure('autoscaling:DescribeAutoScalingGroups', 'UnexpectedAnswer', message, true);

const members = (value: unknown): readonly XmlFields[] => listed(fields(value)['member']).map(fields);
