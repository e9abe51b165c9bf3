/**
 * EC2 Auto Scaling, version 2011-01-01, as far as fleets that alternate, and copies of groups, need it. BEHAVIOUR.md says what each operation promises.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Operations.html
 */
import type { AutoScaling, AutoScalingGroup } from '../engine/fleet/auto-scaling';
import type { Instance } from '../engine/fleet/fleet';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, AwsService, Caller, Operation } from './aws-service';
import { notModelled, uuidOf } from './aws-service';
import type { Fields } from './fields';

export const AUTO_SCALING_XMLNS = 'http://autoscaling.amazonaws.com/doc/2011-01-01/';

const DEFAULT_PAGE = 50;
const MAX_PAGE = 100;
const TOKEN = /^groups-(\d+)$/;

/** What an update may change here. */
const SIZES = ['MinSize', 'MaxSize', 'DesiredCapacity'] as const;

export function autoScalingService(place: AwsPlace, scaling: AutoScaling | undefined): AwsService {
  const operations = scaling === undefined ? nothing() : operationsOn(place, scaling);
  return { name: 'autoscaling', operations };
}

/** Where no rollout is for instances there are no groups. */
function nothing(): Record<string, Operation> {
  return {
    DescribeAutoScalingGroups: (_, caller) => {
      caller.authorize('autoscaling:DescribeAutoScalingGroups', '*');
      return { AutoScalingGroups: [] };
    },
  };
}

function operationsOn(place: AwsPlace, scaling: AutoScaling): Record<string, Operation> {
  const named = (input: Fields, caller: Caller, operation: string): string => {
    const name = input.string('AutoScalingGroupName');
    if (name === undefined || name === '') {
      throw missing('autoScalingGroupName');
    }
    caller.authorize(`autoscaling:${operation}`, groupArn(place, name));
    return name;
  };
  return {
    DescribeAutoScalingGroups: (input, caller) => describe(place, scaling, input, caller),
    SetDesiredCapacity: (input, caller) => {
      const name = named(input, caller, 'SetDesiredCapacity');
      const desired = size(input, 'DesiredCapacity');
      if (desired === undefined) {
        throw missing('desiredCapacity');
      }
      scaling.setDesired(name, desired);
      return {};
    },
    UpdateAutoScalingGroup: (input, caller) => {
      const name = named(input, caller, 'UpdateAutoScalingGroup');
      const other = input.names().find((member) => !['Action', 'Version', 'AutoScalingGroupName', ...SIZES].includes(member));
      if (other !== undefined) {
        throw notModelled(`UpdateAutoScalingGroup with ${other}`);
      }
      const [min, max, desired] = SIZES.map((member) => size(input, member));
      scaling.update(name, { ...(min !== undefined && { min }), ...(max !== undefined && { max }), ...(desired !== undefined && { desired }) });
      return {};
    },
    DeleteAutoScalingGroup: (input, caller) => {
      scaling.delete(named(input, caller, 'DeleteAutoScalingGroup'), input.boolean('ForceDelete') ?? false);
      return {};
    },
  };
}

function size(input: Fields, name: string): number | undefined {
  const value = input.number(name);
  if (value !== undefined && !(Number.isInteger(value) && value >= 0)) {
    throw new ServiceError('ValidationError', `${name} must be a whole number of at least 0, got ${value}`);
  }
  return value;
}

const missing = (member: string): ServiceError => new ServiceError('ValidationError', `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`);

/** Names that there are not are left out, as the service does. */
function describe(place: AwsPlace, scaling: AutoScaling, input: Fields, caller: Caller): object {
  caller.authorize('autoscaling:DescribeAutoScalingGroups', '*');
  if (input.has('Filters')) {
    throw notModelled('DescribeAutoScalingGroups with Filters');
  }
  const names = input.strings('AutoScalingGroupNames') ?? [];
  const most = input.number('MaxRecords') ?? DEFAULT_PAGE;
  if (!Number.isInteger(most) || most < 1 || most > MAX_PAGE) {
    throw new ServiceError('ValidationError', `MaxRecords must be from 1 to ${MAX_PAGE}, got ${most}`);
  }
  const token = input.string('NextToken');
  const start = token === undefined ? 0 : Number(TOKEN.exec(token)?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) {
    throw new ServiceError('InvalidNextToken', `'${token}' is not a token that DescribeAutoScalingGroups has returned`);
  }
  const found = scaling.groups.filter(({ name }) => names.length === 0 || names.includes(name));
  const end = start + most;
  return {
    AutoScalingGroups: found.slice(start, end).map((group) => shape(place, group, scaling)),
    ...(end < found.length ? { NextToken: `groups-${end}` } : {}),
  };
}

/** With an id, which policies leave open. */
function groupArn({ partition, region, accountId }: AwsPlace, name: string): string {
  return `arn:${partition}:autoscaling:${region}:${accountId}:autoScalingGroup:${uuidOf(name)}:autoScalingGroupName/${name}`;
}

function shape(place: AwsPlace, group: AutoScalingGroup, scaling: AutoScaling): object {
  const { name, min, max, desired, zones, tags, createdAt, leaving } = group;
  return {
    AutoScalingGroupName: name,
    AutoScalingGroupARN: groupArn(place, name),
    MinSize: min,
    MaxSize: max,
    DesiredCapacity: desired,
    DefaultCooldown: 300,
    AvailabilityZones: zones,
    LoadBalancerNames: [],
    HealthCheckType: 'EC2',
    CreatedTime: new Date(place.epochMs + createdAt),
    Instances: scaling.instances(name).map((instance) => ({
      InstanceId: instance.id,
      AvailabilityZone: instance.zone,
      LifecycleState: lifecycleState(instance, scaling.fleet.isWaiting(instance.index)),
      HealthStatus: 'Healthy',
      ProtectedFromScaleIn: false,
    })),
    ...(leaving ? { Status: 'Delete in progress' } : {}),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ ResourceId: name, ResourceType: 'auto-scaling-group', Key, Value, PropagateAtLaunch: true })),
  };
}

function lifecycleState({ state }: Instance, waiting: boolean): string {
  switch (state) {
    case 'pending':
      return waiting ? 'Pending:Wait' : 'Pending';
    case 'terminating':
      return 'Terminating:Wait';
    case 'terminated':
      return 'Terminated';
    default:
      return 'InService';
  }
}
