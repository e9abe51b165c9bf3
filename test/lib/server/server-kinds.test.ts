/** What only a program that nobody type-checks gets wrong: told in words, instead of passed over, or ended with a TypeError from within. */
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Stack } from 'aws-cdk-lib/core';

import type { ServerRolloutProps } from '../../../lib';
import { BlueGreenFleet, HealthyHosts, HttpAssertion, HttpCheck, LifecycleHook, OriginalFleet, ServerAppSpec, ServerDeployment, ServerDeploymentTrigger, ServerGate, ServerLoadBalancer, ServerOperatingSystem, ServerRevision, ServerTargets } from '../../../lib';
import { stackOf } from '../support/sample';
import { fleetIn, serverRolloutIn, targetGroupIn, WEB_TAG } from '../support/server-sample';

const { autoScalingGroups, ec2Tags } = ServerTargets;
const { targetGroup, classic } = ServerLoadBalancer;
const hook = LifecycleHook.checks({ checks: [HttpCheck.get('/health', { assertions: [HttpAssertion.status(200)] })] });
const alarmIn = (stack: Stack) => new cloudwatch.Alarm(stack, 'Errors', { metric: new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Errors' }), threshold: 1, evaluationPeriods: 1 });
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

test.each<[string, (stack: Stack) => object, string]>([
  ['no targets', () => ({ targets: undefined }), "'targets' is missing; name them by ServerTargets, such as ServerTargets.autoScalingGroups(group)"],
  ['an Auto Scaling group as targets', (stack) => ({ targets: fleetIn(stack) }), "'targets' cannot be one of class AutoScalingGroup; name them by ServerTargets, such as ServerTargets.autoScalingGroups(group)"],
  ['how many as deployment', () => ({ deployment: HealthyHosts.oneAtATime() }), "'deployment' cannot be one of class HealthyHosts; take ServerDeployment.inPlace() or ServerDeployment.blueGreen()"],
  ['a path as revision', () => ({ revision: 'app' }), "'revision' cannot be the text 'app'; make it by ServerRevision, such as ServerRevision.fromDirectory('app')"],
  ['a target group', (stack) => ({ loadBalancers: [targetGroupIn(stack)] }), "an entry of 'loadBalancers' cannot be one of class ApplicationTargetGroup; take ServerLoadBalancer.targetGroup(...) or ServerLoadBalancer.classic(...)"],
  ['a hook as gate', () => ({ gates: { fleet: hook } }), `gate 'fleet' cannot be one of class ${hook.constructor.name}; take ServerGate.checks(...)`],
  ['options as gate', () => ({ gates: { fleet: { checks: [] } } }), "gate 'fleet' cannot be a plain object; take ServerGate.checks(...)"],
  ['another gate', () => ({ gates: { before: undefined } }), "'gates' has no 'before'; use one of readyWait, instance, fleet"],
  ['a gate in other letters', () => ({ gates: { readywait: undefined } }), "'gates' has no 'readywait'; did you mean 'readyWait'?"],
  ['an alarm as it is', (stack) => ({ rollback: { alarms: [alarmIn(stack)] } }), "an entry of 'rollback.alarms' cannot be one of class Alarm; take such as RollbackAlarm.of(alarm)"],
  ['other outdated instances', () => ({ outdatedInstances: 'NEVER' }), "'outdatedInstances' must be one of UPDATE, IGNORE, got 'NEVER'; take one of them"],
  ['another behaviour of files', () => ({ fileExistsBehavior: 'REPLACE' }), "'fileExistsBehavior' must be one of DISALLOW, OVERWRITE, RETAIN, got 'REPLACE'; take one of them"],
  ['another process', () => ({ processesToSuspend: ['Launch'] }), "an entry of 'processesToSuspend' must be one of Terminate, AZRebalance, InstanceRefresh, ScheduledActions, got 'Launch'; take one of them"],
])('a rollout with %s', (_, props, message) => {
  const stack = stackOf();
  const built: Partial<ServerRolloutProps> = { targets: ec2Tags([WEB_TAG]), ...props(stack) };
  expect(() => serverRolloutIn(stack, built)).toThrow(message);
});

test('gates that are left out are none', () => {
  expect(() => serverRolloutIn(stackOf(), { gates: { readyWait: undefined } as never })).not.toThrow();
});

test.each<[string, () => unknown, string]>([
  ['no Auto Scaling group', () => autoScalingGroups(undefined as never), "what 'autoScalingGroups' names is missing; name each Auto Scaling group as an argument of its own"],
  ['a list of Auto Scaling groups', () => autoScalingGroups([] as never), "what 'autoScalingGroups' names cannot be a list; name each Auto Scaling group as an argument of its own"],
  ['a tag that is in no list', () => ec2Tags(WEB_TAG as never), "each group of 'ec2Tags' must be a list, got a plain object; put tags of which one is enough into a list, such as ec2Tags([{ key: 'Role', value: 'web' }])"],
  ['nothing that is added', () => ec2Tags([WEB_TAG]).and(undefined as never), "what 'and' adds is missing; add such as ServerTargets.ec2Tags(...)"],
  ['no target group', () => targetGroup(undefined as never), "what 'targetGroup' names is missing; give a target group of an Application or Network Load Balancer"],
  ['a number as Classic Load Balancer', () => classic(1 as never), "what 'classic' names cannot be 1; give a Classic Load Balancer, or take ServerLoadBalancer.targetGroup(...)"],
  ['no checks', () => ServerGate.checks({} as never), "'checks' of a gate must be a list, got nothing; give it such as [HttpCheck.get('/health', ...)]"],
  ['one check', () => ServerGate.checks({ checks: HttpCheck.get('/health', { assertions: [HttpAssertion.status(200)] }) } as never), "'checks' of a gate must be a list, got one of class HttpCheck; give it such as"],
  ['no rollout', () => new ServerDeploymentTrigger(stackOf(), 'Release', {} as never), "'rollout' is missing; give a ServerRollout"],
  ['a number as healthy hosts', () => ServerDeployment.inPlace({ healthyHosts: 1 as never }), "'healthyHosts' cannot be 1; take such as HealthyHosts.count(1) or HealthyHosts.percent(50)"],
  ['a number as healthy hosts of blue/green', () => ServerDeployment.blueGreen({ healthyHosts: 1 as never }), "'healthyHosts' cannot be 1; take such as HealthyHosts.count(1)"],
  [
    'a number as healthy hosts of a zone',
    () => ServerDeployment.inPlace({ healthyHosts: HealthyHosts.count(1), zonal: { minimumHealthyHostsPerZone: 1 as never } }),
    "'minimumHealthyHostsPerZone' cannot be 1; take such as HealthyHosts.count(1) or HealthyHosts.percent(50)",
  ],
  ['originals as fleet', () => ServerDeployment.blueGreen({ fleet: OriginalFleet.keepAlive() as never }), "'fleet' cannot be one of class OriginalFleet; take BlueGreenFleet.alternating() or BlueGreenFleet.copyAutoScalingGroup()"],
  ['the text of an action as originals', () => BlueGreenFleet.alternating({ originals: 'KEEP_ALIVE' as never }), "'originals' cannot be the text 'KEEP_ALIVE'; take OriginalFleet.keepAlive() or OriginalFleet.terminate(...)"],
  ['a fleet as originals', () => BlueGreenFleet.copyAutoScalingGroup({ originals: BlueGreenFleet.alternating() as never }), "'originals' cannot be one of class BlueGreenFleet; take OriginalFleet.keepAlive() or OriginalFleet.terminate(...)"],
  ['a number as wait', () => ServerDeployment.blueGreen({ readyWait: 30 as never }), "'readyWait' cannot be 30; give such as Duration.minutes(2880)"],
  ['an event in the letters of the file', () => new ServerAppSpec({ os: ServerOperatingSystem.LINUX, hooks: { AfterInstall: [] } as never }), "'hooks' has no 'AfterInstall'; did you mean 'afterInstall'?"],
  ['no commit', () => ServerRevision.fromGitHub({ repository: 'my-org/shop', connection: 'shop' } as never), '\'commitId\' must be a commit of 40 hexadecimal digits, got ""; give what \'git rev-parse\' prints for the branch or the tag'],
  ['no repository', () => ServerRevision.fromGitHub({ commitId: COMMIT, connection: 'shop' } as never), '\'repository\' must be owner and name such as my-org/my-app, got ""; write it as GitHub shows it'],
])('%s', (_, build, message) => {
  expect(build).toThrow(message);
});

test('another completion', () => {
  const stack = stackOf();
  const rollout = serverRolloutIn(stack);
  expect(() => new ServerDeploymentTrigger(stack, 'Release', { rollout, completion: 'SOON' as never })).toThrow("'completion' must be one of STARTED, TRAFFIC_SHIFTED, COMPLETED, got 'SOON'; take one of them");
});
