/** A rollout to EC2/on-premises as its deployment group would be in an account: every name and ARN known, the Auto Scaling groups with their size, and what its bundle does. */
import type { ResourceReference } from '../../lib/model/rollout';
import type { ServerRolloutDescription } from '../../lib/model/server/rollout';
import type { TargetSelection } from '../../lib/model/server/tag-groups';
import type { RevisionLocation } from '../engine/deployment-record';
import type { Assembly } from './assembly';
import { autoScalingGroupOf, taggedGroups, type AutoScalingGroupModel } from './auto-scaling-groups';
import { isObject } from './read-json';
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
  /** Auto Scaling groups by their names. */
  readonly targets: TargetSelection;
  readonly autoScalingGroups: readonly AutoScalingGroupModel[];
  /** Auto Scaling groups whose instances the rollout finds by their tags: it hooks none of them. */
  readonly taggedGroups: readonly AutoScalingGroupModel[];
  /** Names of target groups and classic load balancers. */
  readonly loadBalancers: readonly string[];
  readonly revision?: RevisionLocation;
  /** Absent where the assembly does not hold the bundle. */
  readonly bundle?: BundleModel;
  readonly gates: readonly GateModel[];
  /** Whether an alarm whose state cannot be read is passed over. */
  readonly ignorePollAlarmFailure: boolean;
}

export function resolveServerRollout(assembly: Assembly, found: FoundServerRollout): ServerRolloutModel {
  const { description, stack, logicalId } = found;
  const value = (reference: ResourceReference): string => referenceOf(assembly, stack, reference);
  const named = (kind: string, name: string): Named => ({ name: name.split('/').at(-1)!, arn: arnIn(assembly, found, 'codedeploy', `${kind}:${name}`) });
  const application = lastPiece(value(description.application));
  const home = follow(assembly, stack, { logicalId });
  const { AlarmConfiguration } = 'value' in home ? {} : assembly.properties(home);
  const alarms = description.alarms.map((reference) => alarmOf(assembly, found, reference));
  const autoScalingGroups = description.targets.autoScalingGroups.map((reference) => autoScalingGroupOf(assembly, stack, reference));
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
    deploymentGroup: named('deploymentgroup', `${application}/${lastPiece(value(description.deploymentGroup))}`),
    deploymentConfig: named('deploymentconfig', lastPiece(value(description.deploymentConfigName))),
    serviceRole: roleOf(assembly, found, description.serviceRole),
    targets: { ...description.targets, autoScalingGroups: autoScalingGroups.map(({ name }) => name) },
    autoScalingGroups,
    taggedGroups: taggedGroups(assembly, stack, description.targets.ec2TagGroups),
    loadBalancers: [...targetGroups.map((reference) => targetGroupNamed(assembly, stack, value(reference)).name), ...classic.map(value)],
    ...revisionOf(description, value),
    ...(bundle === undefined ? {} : { bundle }),
    gates,
    ignorePollAlarmFailure: isObject(AlarmConfiguration) && AlarmConfiguration.IgnorePollAlarmFailure === true,
  };
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
