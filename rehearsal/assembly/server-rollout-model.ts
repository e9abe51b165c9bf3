/** A rollout to EC2/on-premises as its deployment group would be in an account: every name and ARN known, the Auto Scaling groups with their size, and what its bundle does. */
import type { ResourceReference } from '../../lib/model/rollout';
import type { ServerRolloutDescription } from '../../lib/model/server/rollout';
import type { TargetSelection } from '../../lib/model/server/tag-groups';
import type { RevisionLocation } from '../engine/deployment-record';
import type { TriggerSettings } from '../engine/fleet/group-settings';
import type { Assembly } from './assembly';
import { autoScalingGroupOf, taggedGroups, type AutoScalingGroupModel } from './auto-scaling-groups';
import { isObject, type JsonObject } from './read-json';
import { alarmOf, arnIn, evaluatedAlarms, lastPiece, roleOf, targetGroupNamed, type Named } from './rollout-model';
import { follow, referenceOf, type FoundServerRollout } from './rollouts';
import { bundleOf, type BundleModel } from './server-bundle';
import { gatesOf, type GateModel } from './server-gates';
import type { StagedModel } from './staged-model';

export interface ServerRolloutModel extends StagedModel {
  readonly controller: 'SERVER';
  readonly description: ServerRolloutDescription;
  readonly application: Named;
  readonly deploymentGroup: Named;
  readonly deploymentConfig: Named;
  readonly serviceRole: Named;
  /** Auto Scaling groups by their names: of two that alternate the one that serves first. */
  readonly targets: TargetSelection;
  readonly autoScalingGroups: readonly AutoScalingGroupModel[];
  /** Names of two groups of which one serves at a time, the first one first; absent: none alternate. */
  readonly alternating?: readonly [string, string];
  /** Auto Scaling groups whose instances the rollout finds by their tags: it hooks none of them. */
  readonly taggedGroups: readonly AutoScalingGroupModel[];
  /** Names of target groups and classic load balancers. */
  readonly loadBalancers: readonly string[];
  readonly revision?: RevisionLocation;
  /** Absent where the assembly does not hold the bundle. */
  readonly bundle?: BundleModel;
  readonly gates: readonly GateModel[];
  /** Name or ARN of the function that decides for gates that died. */
  readonly guardianName?: string;
  /** Whether an alarm whose state cannot be read is passed over. */
  readonly ignorePollAlarmFailure: boolean;
  /** Topics that are told what becomes of deployments. */
  readonly triggers: readonly TriggerSettings[];
}

export function resolveServerRollout(assembly: Assembly, found: FoundServerRollout): ServerRolloutModel {
  const { description, stack, logicalId } = found;
  const value = (reference: ResourceReference): string => referenceOf(assembly, stack, reference);
  const named = (kind: string, name: string): Named => ({ name: name.split('/').at(-1)!, arn: arnIn(assembly, found, 'codedeploy', `${kind}:${name}`) });
  const application = lastPiece(value(description.application));
  const home = follow(assembly, stack, { logicalId });
  const { AlarmConfiguration, IgnorePollAlarmFailure, DeploymentGroupName, TriggerConfigurations, Triggers }: JsonObject = 'value' in home ? {} : assembly.properties(home);
  const alarms = description.alarms.map((reference) => alarmOf(assembly, found, reference));
  const fleet = fleetOf(assembly, found);
  const { targetGroups, classic } = description.loadBalancers;
  const bundle = bundleOf(assembly, stack, description.revision);
  const gates = gatesOf(assembly, stack, description);
  return {
    controller: 'SERVER',
    name: description.name,
    account: stack.account,
    region: stack.region,
    alarms,
    evaluatedAlarms: evaluatedAlarms(assembly, stack, alarms),
    hookFunctions: gates,
    findings: description.findings,
    ...(description.expectedRequestsPerSecond === undefined ? {} : { expectedRequestsPerSecond: description.expectedRequestsPerSecond }),
    description,
    application: named('application', application),
    // A custom resource, which makes it for blue/green, is named by the request of CloudFormation.
    deploymentGroup: named('deploymentgroup', `${application}/${typeof DeploymentGroupName === 'string' ? DeploymentGroupName : lastPiece(value(description.deploymentGroup))}`),
    deploymentConfig: named('deploymentconfig', lastPiece(value(description.deploymentConfigName))),
    serviceRole: roleOf(assembly, found, description.serviceRole),
    ...fleet,
    taggedGroups: taggedGroups(assembly, stack, description.targets.ec2TagGroups),
    loadBalancers: [...targetGroups.map((reference) => targetGroupNamed(assembly, stack, value(reference)).name), ...classic.map(value)],
    ...revisionOf(description, value),
    ...(bundle === undefined ? {} : { bundle }),
    gates,
    ...(description.guardian === undefined ? {} : { guardianName: value(description.guardian) }),
    ignorePollAlarmFailure: IgnorePollAlarmFailure === 'true' || (isObject(AlarmConfiguration) && AlarmConfiguration.IgnorePollAlarmFailure === true),
    triggers: triggersOf(TriggerConfigurations ?? Triggers),
  };
}

function triggersOf(value: unknown): readonly TriggerSettings[] {
  const triggers: readonly unknown[] = Array.isArray(value) ? value : [];
  return triggers.filter(isObject).map(({ TriggerName, TriggerTargetArn, TriggerEvents }) => ({
    triggerName: String(TriggerName ?? ''),
    triggerTargetArn: String(TriggerTargetArn ?? ''),
    triggerEvents: Array.isArray(TriggerEvents) ? TriggerEvents.map(String) : [],
  }));
}

/** Which Auto Scaling groups there are, and which of them the deployment group begins with. */
function fleetOf(assembly: Assembly, { description, stack }: FoundServerRollout): Pick<ServerRolloutModel, 'targets' | 'autoScalingGroups' | 'alternating'> {
  const { targets, deployment } = description;
  const resolved = (references: readonly ResourceReference[]): readonly AutoScalingGroupModel[] => references.map((reference) => autoScalingGroupOf(assembly, stack, reference));
  if (deployment.type === 'BLUE_GREEN' && deployment.fleet.type === 'ALTERNATING') {
    const [first, second] = resolved(deployment.fleet.autoScalingGroups) as [AutoScalingGroupModel, AutoScalingGroupModel];
    return {
      targets: { ...targets, autoScalingGroups: [first.name] },
      autoScalingGroups: [{ ...first, capacity: deployment.fleet.capacity }, { ...second, capacity: 0 }],
      alternating: [first.name, second.name],
    };
  }
  const autoScalingGroups = resolved(deployment.type === 'BLUE_GREEN' && deployment.fleet.type === 'COPIED' ? [deployment.fleet.autoScalingGroup] : targets.autoScalingGroups);
  return { targets: { ...targets, autoScalingGroups: autoScalingGroups.map(({ name }) => name) }, autoScalingGroups };
}

/** The revision as CreateDeployment is given it. */
function revisionOf({ revision }: ServerRolloutDescription, value: (reference: ResourceReference) => string): Pick<ServerRolloutModel, 'revision'> {
  if (revision === undefined) {
    return {};
  }
  if (revision.source === 'gitHub') {
    const { repository, commitId } = revision;
    return { revision: { revisionType: 'GitHub', gitHubLocation: { repository, commitId } } };
  }
  const { bucket, key, bundleType, version } = revision;
  return { revision: { revisionType: 'S3', s3Location: { bucket: value(bucket), key, bundleType, ...(version === undefined ? {} : { version }) } } };
}
