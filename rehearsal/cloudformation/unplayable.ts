/** What a change of a stack's template may be that a rehearsal cannot play: refused before anything is played. */
import { DEPLOYMENT_RESOURCE_TYPE } from '../../lib/model/deployment-request';
import type { EcsRolloutDescription, ListenerDescription, ResourceReference } from '../../lib/model/rollout';
import { references } from './dependencies';
import { SERVICE, TARGET_GROUP, TASK_DEFINITION } from './stack-version';
import { replaces, targetOf } from './target-group';
import type { ResourceDifference } from './template-differences';
import type { ComparedUpdate } from './update-plans';

/** Clients would have to follow, or find nobody. */
const FIXED_OF_LISTENER: readonly string[] = ['LoadBalancerArn', 'Port', 'Protocol'];

/** What makes another one of it, besides what CloudFormation replaces for every type. */
const REPLACING: Readonly<Record<string, readonly string[]>> = {
  [SERVICE]: ['Cluster', 'DeploymentController', 'LaunchType', 'Role', 'SchedulingStrategy', 'ServiceName'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name', 'Scheme', 'Type'],
};

const RELEASE =
  "play the release by 'releases' of the scenario, which start deployments of the version that is deployed, and leave task definition, network and hooks in this assembly as they are";

export interface PlannedUpdate extends Omit<ComparedUpdate, 'before'> {
  readonly description: EcsRolloutDescription;
}

/** Why the update cannot be played, with what to do instead; undefined where it can. */
export function unplayable(update: PlannedUpdate): string | undefined {
  return otherType(update) ?? release(update) ?? gone(update) ?? listenerOf(update) ?? pairBeforeRelease(update);
}

/** CloudFormation itself refuses such a template. */
export function otherType({ differences }: Pick<ComparedUpdate, 'differences'>): string | undefined {
  const found = differences.find(({ typeBefore }) => typeBefore !== undefined);
  return found && `${found.logicalId} was a ${found.typeBefore} and is a ${found.type}; CloudFormation does not permit an update of the resource type; give the construct another id`;
}

/** The deployment that it would start has no version in the scenario. */
function release({ differences, after }: PlannedUpdate): string | undefined {
  const deployments = differences.filter(({ type, action }) => type === DEPLOYMENT_RESOURCE_TYPE && action !== 'removed');
  const asked = deployments.find(({ action, properties }) => action === 'added' || properties.includes('AppSpec'));
  if (asked !== undefined) {
    const why = asked.action === 'added' ? 'is new in it and may start a deployment' : 'has another AppSpec in it, which starts a deployment';
    return `${asked.logicalId} (${DEPLOYMENT_RESOURCE_TYPE}) ${why}: that is a release, and a rehearsal plays none by a stack update; ${RELEASE}`;
  }
  const wanted = new Set(Object.values(after.stack.template.resources).flatMap(({ type, properties }) => (type === DEPLOYMENT_RESOURCE_TYPE ? references(properties.AppSpec) : [])));
  const revised = differences.find(({ logicalId, type, properties }) => type === TASK_DEFINITION && wanted.has(logicalId) && properties.some((name) => name !== 'Tags'));
  return revised && `${revised.properties.join(', ')} of task definition ${revised.logicalId} differ, which starts a deployment: that is a release, and a rehearsal plays none by a stack update; ${RELEASE}`;
}

function listenerOf({ description, differences }: PlannedUpdate): string | undefined {
  const { production, test } = description;
  const listeners = [production, ...(test === undefined ? [] : [test])];
  for (const listener of listeners) {
    const refused = changeOf(listener, differences) ?? ruleOf(listener, differences);
    if (refused !== undefined) {
      return refused;
    }
  }
  return undefined;
}

function changeOf({ listener, rules }: ListenerDescription, differences: readonly ResourceDifference[]): string | undefined {
  const found = about(differences, listener);
  const fixed = found?.properties.find((name) => FIXED_OF_LISTENER.includes(name));
  if (found?.action === 'changed' && fixed !== undefined) {
    return `${found.logicalId} has another ${fixed} in it, and a rehearsal plays no change of a listener's ${fixed}, since its clients would have to follow; change another property, such as SslPolicy or Certificates`;
  }
  return found?.action === 'changed' && rules === undefined && found.properties.includes('DefaultActions') && targetOf(found.after.DefaultActions) === undefined
    ? `the default action of ${found.logicalId} is no forward to one target group in it, which a rehearsal does not play; let it forward to one, as before`
    : undefined;
}

function ruleOf({ rules = [] }: ListenerDescription, differences: readonly ResourceDifference[]): string | undefined {
  const found = rules.map(({ rule }) => about(differences, rule)).find((rule) => rule !== undefined);
  return found && `rule ${found.logicalId} differs in it, and a rehearsal plays no change of a listener's rules; leave it as it is`;
}

/** What a rollout cannot be played without, or with another one in its place. */
function gone({ description, differences }: PlannedUpdate): string | undefined {
  const { production, test, service, loadBalancer, deploymentGroup } = description;
  const needed = [service, loadBalancer, deploymentGroup, production.listener, ...(test === undefined ? [] : [test.listener])];
  const found = needed.map((reference) => about(differences, reference)).filter((difference) => difference !== undefined);
  const removed = found.find(({ action }) => action === 'removed');
  if (removed !== undefined) {
    return `${removed.logicalId} (${removed.type}) of the rollout is not in it any more, and a rehearsal does not play on without; leave it where it is, under the same construct id`;
  }
  const replaced = found.find(({ type, action, properties }) => action === 'changed' && properties.some((name) => REPLACING[type]?.includes(name) === true));
  const names = replaced?.properties.filter((name) => REPLACING[replaced.type]?.includes(name) === true) ?? [];
  return replaced && `another ${names.join(', ')} replaces ${replaced.logicalId} (${replaced.type}) of the rollout, which a rehearsal does not play; leave it as it is, and move to a rollout beside it`;
}

/** The releases of a scenario move traffic between the two target groups that are there when it begins. */
function pairBeforeRelease({ description, differences, nextRelease }: PlannedUpdate): string | undefined {
  const found = description.targetGroups.map((reference) => about(differences, reference)).find((difference) => difference !== undefined && isReplaced(difference));
  return found && nextRelease !== undefined
    ? `it replaces or removes ${found.logicalId}, a target group of the rollout, and release ${nextRelease} follows, which a rehearsal cannot play on another pair; let this update be the last thing of the scenario`
    : undefined;
}

const isReplaced = ({ type, action, before, after }: ResourceDifference): boolean => action === 'removed' || (type === TARGET_GROUP && replaces(before, after));

export const about = (differences: readonly ResourceDifference[], reference: ResourceReference): ResourceDifference | undefined =>
  'value' in reference || reference.stack !== undefined ? undefined : differences.find(({ logicalId }) => logicalId === reference.logicalId);
