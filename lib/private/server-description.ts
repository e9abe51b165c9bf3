/** Writes the description of a rollout to servers into the metadata of the deployment group, where the rehearsal reads it. */
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type { CfnResource } from 'aws-cdk-lib/core';
import { Lazy, Reference, Stack, Tokenization } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';

import type { ResourceReference } from '../model/rollout';
import { ROLLOUT_METADATA_KEY } from '../model/rollout';
import type { ServerRevisionDescription, ServerRolloutDescription } from '../model/server/rollout';
import type { ServerRollout } from '../server/server-rollout';
import type { ServerRolloutProps } from '../server/server-rollout-props';
import type { AlarmList } from './alarm-list';
import type { BoundRevision } from './bound-revision';
import { rollbackEvents } from './description';
import type { Findings } from './findings';
import { referenceTo } from './references';
import type { BlueGreenConfiguration } from './server-blue-green';
import { hasTerminationHook } from './server-blue-green';
import { describeDeployment } from './server-blue-green-description';
import type { HealthyHostsConfiguration } from './server-config';
import type { BoundGates } from './server-gates';
import { describeGates } from './server-gates';
import type { BoundLoadBalancers } from './server-load-balancers';

export interface ServerDescriptionInput {
  readonly props: ServerRolloutProps;
  readonly groupName: string;
  readonly config: HealthyHostsConfiguration;
  readonly blueGreen: BlueGreenConfiguration | undefined;
  readonly loadBalancers: BoundLoadBalancers;
  readonly revision: BoundRevision | undefined;
  readonly gates: BoundGates;
  readonly alarms: AlarmList;
  readonly findings: Findings;
}

/** Alarms and findings may come later than the rollout, so that the description is written anew each time. */
export function attachServerDescription(rollout: ServerRollout, group: CfnResource, input: ServerDescriptionInput): void {
  group.addMetadata(ROLLOUT_METADATA_KEY, Lazy.uncachedAny({ produce: () => describe(rollout, input) }));
}

function describe(rollout: ServerRollout, { props, groupName, config, blueGreen, loadBalancers, revision, gates, alarms, findings }: ServerDescriptionInput): ServerRolloutDescription {
  const to = (construct: IConstruct, value: string) => referenceTo(rollout, construct, value);
  const { targets } = props;
  return {
    schemaVersion: 1,
    platform: 'Server',
    name: rollout.node.path,
    application: to(rollout.application, rollout.application.applicationName),
    deploymentGroup: to(rollout.deploymentGroup, groupName),
    deploymentConfigName: deploymentConfig(rollout, to),
    serviceRole: to(rollout.role, rollout.role.roleArn),
    targets: {
      autoScalingGroups: targets._autoScalingGroups.map((group) => to(group, group.autoScalingGroupName)),
      ec2TagGroups: targets._ec2TagGroups,
      onPremisesTagGroups: targets._onPremisesTagGroups,
    },
    loadBalancers: {
      targetGroups: loadBalancers.targetGroups.map((group) => to(group, group.targetGroupArn)),
      classic: loadBalancers.classic.map((balancer) => to(balancer, balancer.loadBalancerRef.loadBalancerName)),
    },
    deployment: describeDeployment(rollout, blueGreen, props),
    minimumHealthyHosts: config.minimum,
    ...(config.zonal === undefined ? {} : { zonal: config.zonal }),
    outdatedInstances: props.outdatedInstances ?? 'UPDATE',
    terminationHook: hasTerminationHook(props),
    fileExistsBehavior: props.fileExistsBehavior ?? 'DISALLOW',
    ignoreApplicationStopFailures: props.ignoreApplicationStopFailures ?? false,
    ...(revision === undefined ? {} : { revision: describeRevision(rollout, revision) }),
    ...(rollout._deployable.trigger === undefined ? {} : { trigger: to(rollout._deployable.trigger.resource, rollout._deployable.trigger.resource.ref) }),
    rollbackEvents: rollbackEvents(props),
    alarms: alarms.all().map((alarm) => to(alarm, alarm.alarmRef.alarmName)),
    verdictAlarm: to(rollout.verdictAlarm, rollout.verdictAlarm.alarmName),
    ...describeGates(rollout, gates),
    ...(props.expectedRequestsPerSecond === undefined ? {} : { expectedRequestsPerSecond: props.expectedRequestsPerSecond }),
    findings: findings.all(),
  };
}

type To = (construct: IConstruct, value: string) => ResourceReference;

/** A configuration of the service is no resource of the app. */
function deploymentConfig({ deploymentConfig: config }: ServerRollout, to: To): ResourceReference {
  return config instanceof codedeploy.ServerDeploymentConfig ? to(config, config.deploymentConfigName) : { value: config.deploymentConfigName };
}

/** The members of `revision` of CreateDeployment that a revision for servers has. */
interface RevisionLocation {
  readonly s3Location?: { readonly bucket: string; readonly key: string; readonly bundleType: 'zip' | 'tar' | 'tgz'; readonly version?: string };
  readonly gitHubLocation?: { readonly repository: string; readonly commitId: string };
}

function describeRevision(scope: Construct, { revision, bundle }: BoundRevision): ServerRevisionDescription {
  const { s3Location: object, gitHubLocation: commit } = revision as RevisionLocation;
  if (object === undefined) {
    const { repository, commitId } = commit!;
    return { source: 'gitHub', repository: literal(scope, repository), commitId: literal(scope, commitId) };
  }
  return {
    source: bundle === undefined ? 'bucket' : 'asset',
    bucket: referenceByName(scope, object.bucket),
    key: literal(scope, object.key),
    bundleType: object.bundleType,
    ...(object.version === undefined ? {} : { version: literal(scope, object.version) }),
    ...(bundle === undefined ? {} : { path: bundle.assetPath }),
  };
}

function referenceByName(scope: Construct, name: string): ResourceReference {
  const token = Tokenization.reverse(name, { failConcat: false });
  return Reference.isReference(token) ? referenceTo(scope, token.target, literal(scope, name)) : { value: literal(scope, name) };
}

/**
 * Metadata holds no intrinsic functions, which would be dependencies. The name of a bucket of assets has account and region as `<AWS::AccountId>` and `<AWS::Region>`, since what
 * stands in `${}` is taken for a forgotten `Fn::Sub`.
 */
function literal(scope: Construct, text: string): string {
  const resolved: unknown = Stack.of(scope).resolve(text);
  const { 'Fn::Sub': template } = Object(resolved) as { readonly 'Fn::Sub'?: unknown };
  return typeof resolved === 'string' ? resolved : typeof template === 'string' ? template.replace(/\$\{(AWS::\w+)\}/g, '<$1>') : JSON.stringify(resolved);
}
