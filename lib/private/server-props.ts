/** What a rollout to servers refuses as soon as it is made. */
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { ServerFileExistsBehavior } from '../server/server-file';
import type { ServerRolloutProps } from '../server/server-rollout-props';
import { OutdatedInstances, SuspendableProcess } from '../server/server-rollout-props';
import { requirePlatform } from './applications';
import { requireKind, requireNoOthers, requireOneOf } from './kinds';
import { requireValidProps } from './rollout-props';
import { requireBlueGreen } from './server-blue-green-props';
import { requireTriggers } from './triggers';

/** @throws for the first thing that the service would reject, or take and never do */
export function requireServerProps(rollout: Construct, props: ServerRolloutProps): void {
  requireKinds(props);
  requireValidProps(props);
  requirePlatform(props.application, 'Server');
  requireTriggers(rollout, props.triggers ?? []);
  const { targets, terminationHook, processesToSuspend } = props;
  const groups = targets._autoScalingGroups;
  if (groups.length === 0 && terminationHook === true) {
    throw new Error("'terminationHook' is about Auto Scaling groups, and 'targets' has none; add one or leave 'terminationHook' out");
  }
  if (groups.length === 0 && processesToSuspend !== undefined && processesToSuspend.length > 0) {
    throw new Error("'processesToSuspend' is about Auto Scaling groups, and 'targets' has none; add one or leave 'processesToSuspend' out");
  }
  const twice = processesToSuspend?.find((process, index) => processesToSuspend.indexOf(process) !== index);
  if (twice !== undefined) {
    throw new Error(`'processesToSuspend' names ${twice} twice; name it once`);
  }
  groups.forEach((group) => requireNear(rollout, group));
  requireBlueGreen(rollout, props);
}

function requireKinds({ targets, deployment, revision, loadBalancers = [], gates = {}, rollback = {}, outdatedInstances, fileExistsBehavior, processesToSuspend = [] }: ServerRolloutProps): void {
  requireKind("'targets'", targets, '_autoScalingGroups', 'name them by ServerTargets, such as ServerTargets.autoScalingGroups(group)');
  requireOptional("'deployment'", deployment, '_blueGreen', 'take ServerDeployment.inPlace() or ServerDeployment.blueGreen()');
  requireOptional("'revision'", revision, '_bind', "make it by ServerRevision, such as ServerRevision.fromDirectory('app')");
  loadBalancers.forEach((one) => requireKind("an entry of 'loadBalancers'", one, '_targetGroup', 'take ServerLoadBalancer.targetGroup(...) or ServerLoadBalancer.classic(...)'));
  (rollback.alarms ?? []).forEach((alarm) => requireKind("an entry of 'rollback.alarms'", alarm, '_bind', 'take such as RollbackAlarm.of(alarm)'));
  requireNoOthers("'gates'", gates, ['readyWait', 'instance', 'fleet']);
  Object.entries(gates).forEach(([name, gate]: [string, unknown]) => requireOptional(`gate '${name}'`, gate, '_options', 'take ServerGate.checks(...)'));
  requireOneOf("'outdatedInstances'", outdatedInstances, OutdatedInstances);
  requireOneOf("'fileExistsBehavior'", fileExistsBehavior, ServerFileExistsBehavior);
  processesToSuspend.forEach((process) => requireOneOf("an entry of 'processesToSuspend'", process, SuspendableProcess));
}

function requireOptional(what: string, value: unknown, member: string, remedy: string): void {
  if (value !== undefined) {
    requireKind(what, value, member, remedy);
  }
}

function requireNear(rollout: Construct, group: autoscaling.IAutoScalingGroup): void {
  const stack = Stack.of(rollout);
  for (const what of ['account', 'region'] as const) {
    const theirs = group.env[what];
    if (!Token.isUnresolved(theirs) && !Token.isUnresolved(stack[what]) && theirs !== stack[what]) {
      throw new Error(`Auto Scaling group '${group.node.path}' is in ${what} ${theirs}, and the rollout in ${stack[what]}; CodeDeploy finds groups of its own ${what} only: make the rollout there`);
    }
  }
}
