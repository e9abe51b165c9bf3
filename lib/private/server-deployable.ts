/** By which CloudFormation deploys to servers: one resource that starts a deployment, and those that go on waiting for it. */
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { Completion, ServerDeploymentProperties } from '../model/deployment-request';
import { SERVER_DEPLOYMENT_RESOURCE_TYPE } from '../model/deployment-request';
import type { ServerGateEvent } from '../model/server/gates';
import { longestServerWaitSeconds, MAX_SERVER_WAIT_SECONDS } from '../model/server/server-wait';
import type { ServerRolloutProps } from '../server/server-rollout-props';
import type { BoundRevision } from './bound-revision';
import { DeploymentProvider } from './deployment-provider';
import { segmentedDeployment, segmentsOf } from './deployment-segments';
import { deploy, readHookLogs, registerRevision, useConfig } from './deployment-statements';
import type { Findings } from './findings';
import { findRevision, lookAtFleets, lookAtGroup, scaleFleets } from './fleet-statements';
import { codedeployArn, groupArn } from './names';
import { requireDuration } from './numbers';
import type { BlueGreenConfiguration } from './server-blue-green';
import { attachedIn } from './server-load-balancers';

/** A rollout as far as its deployments need it. */
export interface DeployableServers {
  readonly rollout: Construct;
  readonly props: ServerRolloutProps;
  readonly applicationName: string;
  readonly groupName: string;
  readonly config: codedeploy.IServerDeploymentConfig;
  readonly blueGreen: BlueGreenConfiguration | undefined;
  readonly revision: BoundRevision | undefined;
  /** Where gates say why they had a deployment fail. */
  readonly gateLogs: Readonly<Partial<Record<ServerGateEvent, logs.ILogGroup>>>;
  readonly findings: Findings;
  /** The construct that deploys, and the resource that starts its deployments. */
  trigger?: { readonly scope: Construct; readonly resource: CustomResource };
}

export interface WantedDeployment {
  readonly redeploy: string | undefined;
  readonly completion: Completion;
  readonly timeout: Duration | undefined;
}

const DEPLOYMENT_ID = /^d-[A-Z0-9]{1,40}$/;

/** @throws for a second trigger, one in another stack, one that has nothing to deploy, and for what can never come to pass */
export function requireDeployable(scope: Construct, of: DeployableServers, { redeploy, completion, timeout }: WantedDeployment): void {
  const { rollout, revision, trigger, blueGreen } = of;
  const { path } = rollout.node;
  if (trigger !== undefined) {
    throw new Error(`rollout '${path}' is deployed by '${trigger.scope.node.path}' already, and the two would undo each other; drop '${scope.node.path}'`);
  }
  if (Stack.of(scope) !== Stack.of(rollout)) {
    throw new Error(`trigger '${scope.node.path}' is in stack '${Stack.of(scope).node.path}', and rollout '${path}' in '${Stack.of(rollout).node.path}'; make the trigger in the stack of the rollout`);
  }
  if (redeploy === undefined && revision === undefined) {
    throw new Error(`rollout '${path}' has no revision, so that there is nothing to deploy; give ServerRollout its 'revision', or ServerDeploymentTrigger the id of an earlier deployment as 'redeploy'`);
  }
  if (redeploy !== undefined && !Token.isUnresolved(redeploy) && !DEPLOYMENT_ID.test(redeploy)) {
    throw new Error(`'redeploy' must be the id of a deployment, such as d-A1B2C3D4E, got '${redeploy}'; find one by 'aws deploy list-deployments --application-name ${of.applicationName}'`);
  }
  if (completion === 'TRAFFIC_SHIFTED' && !waitsForTermination(blueGreen)) {
    throw new Error(
      `'completion' TRAFFIC_SHIFTED is about the wait before CodeDeploy ends the originals of a copied Auto Scaling group, and rollout '${path}' has none: its deployments end when the traffic is shifted; use COMPLETED`,
    );
  }
  if (timeout !== undefined) {
    const max = MAX_SERVER_WAIT_SECONDS[typeOf(blueGreen)];
    requireDuration('timeout', timeout, 'seconds', 60, max, `CodeDeploy itself gives a deployment of this kind up after ${max / 3_600} hours`);
  }
}

/** @returns the resource that starts deployments */
export function deployToServers(scope: Construct, of: DeployableServers, wanted: WantedDeployment): CustomResource {
  const { rollout, applicationName, groupName, findings } = of;
  const provider = DeploymentProvider.of(scope);
  const policy = provider.allow(scope, 'Policy', statementsOf(Stack.of(scope), of, wanted));
  const gateLogs = gateLogNames(of);
  const { first } = segmentedDeployment(scope, {
    provider,
    context: { applicationName, groupName },
    completion: wanted.completion,
    hooks: [],
    guardian: undefined,
    resourceType: SERVER_DEPLOYMENT_RESOURCE_TYPE,
    properties: { ...propertiesOf(scope, of, wanted), ...gateLogs },
    waiting: gateLogs,
    segments: segmentsOf(secondsOf(of, wanted), { findings, rolloutName: rollout.node.path }, "give ServerDeploymentTrigger a shorter 'timeout', or have it wait for less by 'completion'"),
    // Everything of the rollout, but a trigger that is made within it; and what brings traffic to its target groups, since the service awaits their health checks.
    after: [policy, ...rollout.node.children.filter((child) => !scope.node.scopes.includes(child)), ...attachedIn(Stack.of(scope), of.props.loadBalancers ?? [])],
  });
  of.trigger = { scope, resource: first };
  return first;
}

const typeOf = (blueGreen: BlueGreenConfiguration | undefined): keyof typeof MAX_SERVER_WAIT_SECONDS => (blueGreen === undefined ? 'IN_PLACE' : 'BLUE_GREEN');

const waitsForTermination = (blueGreen: BlueGreenConfiguration | undefined): boolean => terminationMinutes(blueGreen) > 0;

/** What the service itself waits before it ends the originals. Of two groups that alternate the stack does it, when the deployment has ended. */
function terminationMinutes(blueGreen: BlueGreenConfiguration | undefined): number {
  const { fleet } = blueGreen ?? {};
  return fleet?.type === 'COPIED' && fleet.originals.action === 'TERMINATE' ? fleet.originals.waitMinutes : 0;
}

function secondsOf({ blueGreen }: DeployableServers, { completion, timeout }: WantedDeployment): number {
  if (completion === 'STARTED') {
    return 0;
  }
  const waits = { readyWaitMinutes: blueGreen?.readyWaitMinutes ?? 0, terminationWaitMinutes: completion === 'COMPLETED' ? terminationMinutes(blueGreen) : 0 };
  return timeout?.toSeconds() ?? longestServerWaitSeconds(typeOf(blueGreen), waits);
}

function propertiesOf(scope: Construct, of: DeployableServers, { redeploy }: WantedDeployment): Partial<ServerDeploymentProperties> {
  const { props, revision } = of;
  const fleets = alternating(of);
  return {
    ...(redeploy === undefined ? { Revision: Stack.of(scope).toJsonString(revision!.revision) } : { Redeploy: redeploy }),
    ...(fleets === undefined ? {} : { AutoScalingGroups: fleets.map(({ autoScalingGroupName }) => autoScalingGroupName) }),
    ...(props.fileExistsBehavior === undefined ? {} : { FileExistsBehavior: props.fileExistsBehavior }),
    ...(props.ignoreApplicationStopFailures === true ? { IgnoreApplicationStopFailures: 'true' } : {}),
  };
}

const alternating = ({ blueGreen, props }: DeployableServers): readonly autoscaling.IAutoScalingGroup[] | undefined =>
  blueGreen?.fleet.type === 'ALTERNATING' ? props.targets._autoScalingGroups : undefined;

function gateLogNames({ gateLogs }: DeployableServers): Pick<ServerDeploymentProperties, 'GateLogs'> {
  const names = Object.entries(gateLogs).map(([event, { logGroupName }]) => [event, logGroupName] as const);
  return names.length === 0 ? {} : { GateLogs: Object.fromEntries(names) };
}

function statementsOf(stack: Stack, of: DeployableServers, { redeploy }: WantedDeployment): iam.PolicyStatement[] {
  const { applicationName, groupName, config, gateLogs } = of;
  const fleets = alternating(of);
  const logGroups = Object.values(gateLogs).map(({ logGroupArn }) => logGroupArn);
  const own = groupArn(stack, applicationName, groupName);
  return [
    deploy(own),
    lookAtGroup(own),
    registerRevision(codedeployArn(stack, 'application', applicationName)),
    useConfig(codedeployArn(stack, 'deploymentconfig', config.deploymentConfigName)),
    ...(redeploy === undefined ? [] : [findRevision(groupArn(stack, applicationName, '*'))]),
    ...(fleets === undefined ? [] : [lookAtFleets(), scaleFleets(stack, fleets)]),
    ...(logGroups.length === 0 ? [] : [readHookLogs(logGroups)]),
  ];
}
