/**
 * EC2's DescribeInstances, as far as finding an instance's address and state needs it. Instances on premises are none of EC2's.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
 */
import { privateAddressOf } from '../engine/fleet/addresses';
import type { Fleet, Instance } from '../engine/fleet/fleet';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, Caller } from './aws-service';
import { notModelled } from './aws-service';
import type { Fields } from './fields';

const MAX_RESULTS = { least: 5, most: 1000 };
const TOKEN = /^instances-(\d+)$/;

export function describeInstances(place: AwsPlace, fleet: Fleet | undefined, input: Fields, caller: Caller): object {
  caller.authorize('ec2:DescribeInstances', '*');
  const ids = input.strings('InstanceId');
  const size = input.number('MaxResults');
  if (ids !== undefined && size !== undefined) {
    throw new ServiceError('InvalidParameterCombination', 'The parameter instancesSet cannot be used with the parameter maxResults');
  }
  if (size !== undefined && !(Number.isInteger(size) && size >= MAX_RESULTS.least && size <= MAX_RESULTS.most)) {
    throw new ServiceError('InvalidParameterValue', `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value between ${MAX_RESULTS.least} and ${MAX_RESULTS.most}.`);
  }
  const token = input.string('NextToken');
  const start = token === undefined ? 0 : Number(TOKEN.exec(token)?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) {
    throw new ServiceError('InvalidNextToken', `'${token}' is not a token that DescribeInstances has returned`);
  }
  const own = (fleet?.instances ?? []).filter(({ platform }) => platform === 'ec2');
  const all = ids === undefined ? own : byIds(own, ids);
  const found = all.filter(testsOf(fleet, input));
  const end = start + (size ?? MAX_RESULTS.most);
  return {
    reservationSet: found.slice(start, end).map((instance) => ({
      reservationId: `r-${instance.id.slice(2)}`,
      ownerId: place.accountId,
      groupSet: [],
      instancesSet: [shape(place, fleet!, instance)],
    })),
    ...(end < found.length ? { nextToken: `instances-${end}` } : {}),
  };
}

function byIds(own: readonly Instance[], ids: readonly string[]): readonly Instance[] {
  const malformed = ids.find((id) => !/^i-[0-9A-Za-z-]+$/.test(id));
  if (malformed !== undefined) {
    throw new ServiceError('InvalidInstanceID.Malformed', `Invalid id: "${malformed}"`);
  }
  const byId = new Map(own.map((instance) => [instance.id, instance]));
  const unknown = ids.filter((id) => !byId.has(id));
  if (unknown.length > 0) {
    const message = unknown.length === 1 ? `The instance ID '${unknown[0]}' does not exist` : `The instance IDs '${unknown.join(', ')}' do not exist`;
    throw new ServiceError('InvalidInstanceID.NotFound', message);
  }
  return [...new Set(ids)].map((id) => byId.get(id)!);
}

function testsOf(fleet: Fleet | undefined, input: Fields): (instance: Instance) => boolean {
  const tests = (input.structures('Filter') ?? []).map((filter) => testOf(fleet, filter.string('Name') ?? '', filter.strings('Value') ?? []));
  return (instance) => tests.every((test) => test(instance));
}

function testOf(fleet: Fleet | undefined, name: string, values: readonly string[]): (instance: Instance) => boolean {
  switch (name) {
    case 'instance-id':
      return ({ id }) => values.includes(id);
    case 'instance-state-name':
      return (instance) => values.includes(stateOf(fleet!, instance).name);
    case 'private-ip-address':
      return (instance) => values.includes(privateAddressOf(instance) ?? '');
    case 'availability-zone':
      return ({ zone }) => values.includes(zone);
    default:
      if (name.startsWith('tag:')) {
        return ({ tags }) => Object.hasOwn(tags, name.slice(4)) && values.includes(tags[name.slice(4)]);
      }
      throw notModelled(`DescribeInstances with the filter '${name}'`);
  }
}

const STATES = { pending: { code: 0, name: 'pending' }, running: { code: 16, name: 'running' }, terminated: { code: 48, name: 'terminated' } } as const;

/** What waits for a lifecycle hook of Auto Scaling runs. */
function stateOf(fleet: Fleet, { state, index }: Instance): (typeof STATES)[keyof typeof STATES] {
  return state === 'terminated' ? STATES.terminated : state === 'pending' && !fleet.isWaiting(index) ? STATES.pending : STATES.running;
}

/** One that has ended has no address any more. */
function shape({ region }: AwsPlace, fleet: Fleet, instance: Instance): object {
  const { id, zone, tags, state } = instance;
  const address = state === 'terminated' ? undefined : privateAddressOf(instance);
  return {
    instanceId: id,
    instanceState: stateOf(fleet, instance),
    placement: { availabilityZone: zone, tenancy: 'default' },
    ...(address === undefined ? {} : { privateIpAddress: address, privateDnsName: `ip-${address.replaceAll('.', '-')}.${region === 'us-east-1' ? 'ec2' : `${region}.compute`}.internal` }),
    tagSet: Object.entries(tags).map(([key, value]) => ({ key, value })),
  };
}
