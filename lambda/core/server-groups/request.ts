/** What a request asks for. */
import type { ResourceRequest } from '../../../lib/model/deployment-request';
import { SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE } from '../../../lib/model/server/deployment-group-request';
import type { Group } from '../deployment/facts';
import { ConfigurationError } from '../failures';
import { groupIn, idOf } from './marks';
import type { Fleet, WantedSettings } from './settings';
import { fleetIn, settingsIn } from './settings';
import type { Values } from './values';
import { nameIn, oneOf, textsIn, wholeIn } from './values';

export type Names = readonly [string, ...string[]];

export interface KeepTask {
  readonly kind: 'keep';
  readonly group: Group;
  readonly fleet: Fleet;
  /** Names: two, or one. */
  readonly autoScalingGroups: Names;
  readonly settings: WantedSettings;
  /** Instances that the first Auto Scaling group is to have when the group is made; absent where none are asked for. */
  readonly capacity?: number;
  /** No group of before has a fleet that could go on serving. */
  readonly beginsAnew: boolean;
  /** The group that this one takes the place of, and whose fleet it takes over. */
  readonly before?: Group;
  /** Auto Scaling groups that the request no longer has: CloudFormation may delete them after it. */
  readonly leftOut: readonly string[];
  readonly adopt: boolean;
}

export interface RemoveTask {
  readonly kind: 'remove';
  readonly group: Group;
  /** The service may have copied Auto Scaling groups for it. */
  readonly copied: boolean;
  /** Names of the Auto Scaling groups that are not the service's. */
  readonly autoScalingGroups: readonly string[];
}

export type ServerGroupTask = KeepTask | RemoveTask | { readonly kind: 'nothing'; readonly why: string };

/** Most instances that an Auto Scaling group is asked for: many times what one deployment takes. */
const MAX_CAPACITY = 10_000;

export const isAboutServerGroup = ({ ResourceType }: ResourceRequest): boolean => ResourceType === SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE;

/** @throws ConfigurationError */
export function serverGroupTask(request: ResourceRequest): ServerGroupTask {
  const values = request.ResourceProperties as unknown as Values;
  if (request.RequestType === 'Delete') {
    return removeTask(request, values);
  }
  const group = { application: nameIn(values, 'ApplicationName'), group: nameIn(values, 'DeploymentGroupName') };
  const fleet = fleetIn(values);
  const before = request.PhysicalResourceId === idOf(group) ? undefined : groupIn(request.PhysicalResourceId);
  const old = request.OldResourceProperties as unknown as Values | undefined;
  const sameFleet = old?.['Fleet'] === fleet;
  const autoScalingGroups = autoScalingGroupsIn(values, fleet);
  const beginsAnew = request.RequestType === 'Create' || (before !== undefined && !sameFleet);
  return {
    kind: 'keep',
    group,
    fleet,
    autoScalingGroups,
    settings: settingsIn(values),
    ...(fleet === 'ALTERNATING' ? { capacity: wholeIn(values, 'Capacity', 1, MAX_CAPACITY) } : {}),
    beginsAnew,
    ...(before === undefined || beginsAnew ? {} : { before }),
    leftOut: namesOf(old?.['AutoScalingGroups']).filter((name) => !autoScalingGroups.includes(name)),
    adopt: isAdopted(values),
  };
}

function isAdopted(values: Values): boolean {
  if (values['Adopt'] === undefined) {
    return false;
  }
  oneOf(values, 'Adopt', ['true']);
  return true;
}

/**
 * What could not be created is deleted too, and its properties may be anything. A Create that was never answered, since it was cancelled or took too long, is deleted under an id that CloudFormation
 * makes up: the group that may have come of it is told by its tag.
 */
function removeTask({ PhysicalResourceId: physicalId }: ResourceRequest, values: Values): ServerGroupTask {
  const { ApplicationName: application, DeploymentGroupName: group, Fleet: fleet, AutoScalingGroups: names } = values;
  const asked = typeof application === 'string' && typeof group === 'string' ? groupIn(`${application}/${group}`) : undefined;
  const named = groupIn(physicalId) ?? asked;
  if (asked === undefined || named === undefined || idOf(named) !== idOf(asked)) {
    return { kind: 'nothing', why: 'this physical id is not of this deployment group' };
  }
  return { kind: 'remove', group: asked, copied: fleet === 'COPIED', autoScalingGroups: namesOf(names) };
}

/** Of properties of before, which may be anything. */
const namesOf = (names: unknown): readonly string[] => (Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : []);

function autoScalingGroupsIn(values: Values, fleet: Fleet): Names {
  const names = textsIn(values, 'AutoScalingGroups', 2);
  const wanted = fleet === 'ALTERNATING' ? 2 : 1;
  if (!isMany(names, wanted)) {
    throw new ConfigurationError(`'AutoScalingGroups' must have ${wanted === 1 ? 'one name' : 'two names'} where 'Fleet' is ${fleet}, got ${names.length}`);
  }
  return names;
}

const isMany = (names: readonly string[], count: number): names is Names => names.length === count;
