/** What a blue/green rollout to servers makes. */
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sns from 'aws-cdk-lib/aws-sns';
import { CfnParameter, Duration, Stack } from 'aws-cdk-lib/core';
import type { CfnElement } from 'aws-cdk-lib/core';

import type { ServerBlueGreenOptions, ServerRolloutProps } from '../../../lib';
import { BlueGreenFleet, DeploymentTrigger, HealthyHosts, OriginalFleet, OutdatedInstances, RollbackAlarm, ServerDeployment, ServerLoadBalancer, ServerRevision, ServerTargets } from '../../../lib';
import type { BlueGreenDescription } from '../../../lib/model/server/rollout';
import { serverRollout } from '../../../rehearsal/assembly/server-rollout-shape';
import { findCycle } from '../../support/template-graph';
import { alternatingIn, copiedBy, copiedIn, groupIn, idleIn } from '../support/blue-green-sample';
import { graphOf, only, stackOf } from '../support/sample';
import type { ServerSample } from '../support/server-sample';
import { classicIn, finishedServer, serverRolloutIn, serverSample } from '../support/server-sample';

const { alternating, copyAutoScalingGroup } = BlueGreenFleet;
const { keepAlive, terminate } = OriginalFleet;

const alternatingSample = (options: ServerBlueGreenOptions = {}, props: Partial<ServerRolloutProps> = {}) => serverSample((stack) => alternatingIn(stack, options, props));
const refTo = ({ template }: ServerSample, type: string, prefix = '') => ({ Ref: only(template, type, prefix).id });
const groupsOf = (sample: ServerSample, ...ids: string[]) => ids.map((id) => refTo(sample, 'AWS::AutoScaling::AutoScalingGroup', id));

/** What both kinds have if nothing is said. */
const common = (sample: ServerSample) => ({
  ServiceToken: { 'Fn::GetAtt': [only(sample.template, 'AWS::Lambda::Function', 'GreenlightDeploymentsIntake').id, 'Arn'] },
  ServiceTimeout: '3600',
  ApplicationName: refTo(sample, 'AWS::CodeDeploy::Application'),
  DeploymentConfigName: 'CodeDeployDefault.OneAtATime',
  ServiceRoleArn: { 'Fn::GetAtt': [only(sample.template, 'AWS::IAM::Role', 'FleetServiceRole').id, 'Arn'] },
  TargetGroups: [{ 'Fn::GetAtt': [only(sample.template, 'AWS::ElasticLoadBalancingV2::TargetGroup').id, 'TargetGroupName'] }],
  LoadBalancers: [],
  OutdatedInstances: 'UPDATE',
  RollbackEvents: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'],
  Alarms: [refTo(sample, 'AWS::CloudWatch::Alarm')],
  IgnorePollAlarmFailure: 'false',
  Triggers: [],
});

describe('the deployment group', () => {
  test('of two groups that alternate says everything that it does not have', () => {
    const sample = alternatingSample();
    expect(sample.group).toEqual({ ...common(sample), DeploymentGroupName: 'Shop-Fleet-A75F5430-Alternating', Fleet: 'ALTERNATING', AutoScalingGroups: groupsOf(sample, 'A', 'B'), Capacity: '1', Originals: 'KEEP_ALIVE', TerminationHook: 'true' });
    sample.template.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 0);
    expect(findCycle(graphOf(sample.template))).toBeUndefined();
  });

  test('of a group that is copied too', () => {
    const sample = serverSample(copiedIn);
    expect(sample.group).toEqual({ ...common(sample), DeploymentGroupName: 'Shop-Fleet-A75F5430-Copied', Fleet: 'COPIED', AutoScalingGroups: groupsOf(sample, 'Asg'), Originals: 'KEEP_ALIVE', TerminationHook: 'false' });
    sample.template.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 0);
    expect(findCycle(graphOf(sample.template))).toBeUndefined();
  });

  test.each<[string, ServerBlueGreenOptions, Partial<ServerRolloutProps>, Record<string, unknown>]>([
    ['a capacity', { fleet: alternating({ capacity: 6 }) }, {}, { Capacity: '6', Originals: 'KEEP_ALIVE' }],
    ['originals that are scaled down, which the service does not know of', { fleet: alternating({ originals: terminate({ wait: Duration.days(2) }) }) }, {}, { Originals: 'KEEP_ALIVE' }],
    ['a ready wait', { readyWait: Duration.hours(1) }, {}, { ReadyWaitMinutes: '60' }],
    ['a group that is taken over', { adoptExistingGroup: true }, { deploymentGroupName: 'web' }, { Adopt: 'true', DeploymentGroupName: 'web' }],
    ['all of the instances', { healthyHosts: HealthyHosts.allAtOnce() }, {}, { DeploymentConfigName: 'CodeDeployDefault.AllAtOnce' }],
    ['no termination hook', {}, { terminationHook: false }, { TerminationHook: 'false' }],
    ['instances that stay outdated', {}, { outdatedInstances: OutdatedInstances.IGNORE }, { OutdatedInstances: 'IGNORE' }],
    ['no rollback', {}, { rollback: { onFailure: false, onAlarm: false } }, { RollbackEvents: [] }],
    ['alarms that may be unreadable', {}, { rollback: { ignorePollAlarmFailure: true } }, { IgnorePollAlarmFailure: 'true' }],
    ['a name', {}, { deploymentGroupName: 'fleet' }, { DeploymentGroupName: 'fleet' }],
    ['no process that is suspended', {}, { processesToSuspend: [] }, { Fleet: 'ALTERNATING' }],
  ])('has %s', (_, options, props, expected) => {
    const { group } = alternatingSample(options, props);
    expect(group).toMatchObject(expected);
    expect(group).not.toHaveProperty('TerminationWaitMinutes');
  });

  test.each<[string, OriginalFleet, Record<string, unknown>]>([
    ['are kept', keepAlive(), { Originals: 'KEEP_ALIVE' }],
    ['end after an hour', terminate(), { Originals: 'TERMINATE', TerminationWaitMinutes: '60' }],
    ['end at once', terminate({ wait: Duration.minutes(0) }), { Originals: 'TERMINATE', TerminationWaitMinutes: '0' }],
    ['end after two days', terminate({ wait: Duration.days(2) }), { Originals: 'TERMINATE', TerminationWaitMinutes: '2880' }],
  ])('originals of a copied group %s', (_, originals, expected) => {
    const { group } = serverSample((stack) => copiedIn(stack, { originals }));
    expect({ Originals: group.Originals, ...(group.TerminationWaitMinutes === undefined ? {} : { TerminationWaitMinutes: group.TerminationWaitMinutes }) }).toEqual(expected);
  });

  test('has a Classic Load Balancer', () => {
    const sample = serverSample((stack) => alternatingIn(stack, {}, { loadBalancers: [ServerLoadBalancer.classic(classicIn(stack))] }));
    expect(sample.group).toMatchObject({ TargetGroups: [], LoadBalancers: [refTo(sample, 'AWS::ElasticLoadBalancing::LoadBalancer')] });
  });

  test('tells topics', () => {
    const sample = serverSample((stack) => alternatingIn(stack, {}, { triggers: [DeploymentTrigger.topic(new sns.Topic(stack, 'Topic'))] }));
    expect(sample.group.Triggers).toEqual([
      { TriggerName: expect.stringMatching(/^Shop-Topic-/), TriggerTargetArn: refTo(sample, 'AWS::SNS::Topic'), TriggerEvents: expect.arrayContaining(['DeploymentFailure']) },
    ]);
  });

  test('has the alarms that are given and those that are added', () => {
    const stack = stackOf();
    const alarm = (id: string) => RollbackAlarm.of(new cloudwatch.Alarm(stack, id, { metric: new cloudwatch.Metric({ namespace: 'Shop', metricName: id }), threshold: 1, evaluationPeriods: 1 }));
    const rollout = serverRolloutIn(stack, copiedIn(stack, {}, { rollback: { alarms: [alarm('Errors')] } }));
    rollout.addAlarm(alarm('Latency'));
    const sample = finishedServer(stack, rollout);
    const alarms = ['FleetVerdict', 'Errors', 'Latency'].map((prefix) => refTo(sample, 'AWS::CloudWatch::Alarm', prefix));
    expect(sample.group.Alarms).toEqual(alarms);
    expect(sample.description.alarms).toEqual(alarms.map(({ Ref }) => ({ logicalId: Ref })));
  });

  test('is not the resource of a group in place, and has another name for each kind, so that a rollout can become another kind', () => {
    const logicalId = (props: (stack: Stack) => Partial<ServerRolloutProps>) => {
      const { stack, rollout } = serverSample(props);
      return [stack.resolve((rollout.deploymentGroup.node.defaultChild as CfnElement).logicalId), rollout.deploymentGroup.deploymentGroupName];
    };
    const [inPlace, alternates, copied] = [() => ({}), alternatingIn, copiedIn].map(logicalId);
    expect(inPlace![1]).toBe('Shop-Fleet-A75F5430');
    expect([alternates![1], copied![1]]).toEqual(['Shop-Fleet-A75F5430-Alternating', 'Shop-Fleet-A75F5430-Copied']);
    expect(alternates![0]).toBe(copied![0]);
    expect(alternates![0]).not.toBe(inPlace![0]);
  });

  test('is deleted with the stack, and waits for what it is made by', () => {
    const { template } = serverSample(copiedIn);
    const { id, dependsOn } = groupIn(template);
    expect(template.toJSON().Resources[id]).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    expect(dependsOn).toEqual(expect.arrayContaining(['FleetDeployPolicy', 'FleetDeploymentGroupPolicy', 'GreenlightDeploymentsIntakeInvocation'].map((prefix) => expect.stringContaining(prefix))));
    expect(dependsOn).toHaveLength(3);
  });

  test('of another name has another policy of the provider, since the old group is deleted by the old one', () => {
    const policyOf = (deploymentGroupName: string) => {
      const { template } = serverSample((stack) => copiedIn(stack, {}, { deploymentGroupName }));
      return groupIn(template).dependsOn.find((id) => id.startsWith('FleetDeploymentGroupPolicy'));
    };
    expect(policyOf('one')).not.toBe(policyOf('two'));
  });

  test.each<[string, (stack: Stack) => Partial<ServerRolloutProps>]>([
    ['two groups that alternate', alternatingIn],
    ['a group that is copied', copiedIn],
  ])('may have a name that is known when the stack is deployed only: %s', (_, props) => {
    const stack = stackOf();
    const deploymentGroupName = new CfnParameter(stack, 'Name').valueAsString;
    const { template, group, description } = finishedServer(stack, serverRolloutIn(stack, { ...props(stack), deploymentGroupName }));
    expect(group.DeploymentGroupName).toEqual({ Ref: 'Name' });
    expect(description.deploymentGroup).toEqual({ logicalId: groupIn(template).id });
    expect(findCycle(graphOf(template))).toBeUndefined();
  });
});

describe('Auto Scaling groups of another stack', () => {
  test('alternate too', () => {
    const app = stackOf();
    const there = new Stack(app.node.root, 'Fleets');
    const sample = serverSample((stack) => alternatingIn(stack, {}, { targets: ServerTargets.autoScalingGroups(idleIn(there, 'One'), idleIn(there, 'Two')) }), app);
    expect(sample.group.AutoScalingGroups).toEqual([expect.objectContaining({ 'Fn::ImportValue': expect.any(String) }), expect.objectContaining({ 'Fn::ImportValue': expect.any(String) })]);
    expect((sample.description.deployment as BlueGreenDescription).fleet).toMatchObject({ autoScalingGroups: [{ stack: 'Fleets' }, { stack: 'Fleets' }] });
  });
});

describe('the description', () => {
  const described = ({ description }: ServerSample) => {
    expect(serverRollout(JSON.parse(JSON.stringify(description)), 'rollout')).toEqual([]);
    return description.deployment;
  };

  test.each<[string, ServerBlueGreenOptions, object]>([
    ['by default', {}, { fleet: { capacity: 1, terminationWaitMinutes: 60 } }],
    ['with a capacity', { fleet: alternating({ capacity: 3 }) }, { fleet: { capacity: 3, terminationWaitMinutes: 60 } }],
    ['with originals that are scaled down at once', { fleet: alternating({ originals: terminate({ wait: Duration.minutes(0) }) }) }, { fleet: { capacity: 1, terminationWaitMinutes: 0 } }],
    ['with originals that are kept', { fleet: alternating({ originals: keepAlive() }) }, { fleet: { capacity: 1 } }],
    ['with a ready wait', { readyWait: Duration.minutes(5) }, { readyWaitMinutes: 5, fleet: { capacity: 1, terminationWaitMinutes: 60 } }],
  ])('of two groups that alternate %s', (_, options, { fleet, ...expected }: { fleet?: object }) => {
    const sample = alternatingSample(options);
    const autoScalingGroups = groupsOf(sample, 'A', 'B').map(({ Ref }) => ({ logicalId: Ref }));
    expect(described(sample)).toEqual({ type: 'BLUE_GREEN', originals: { action: 'KEEP_ALIVE' }, ...expected, fleet: { type: 'ALTERNATING', autoScalingGroups, ...fleet } });
    expect(sample.description).toMatchObject({ targets: { autoScalingGroups }, terminationHook: true, minimumHealthyHosts: { type: 'MOST_CONCURRENCY', value: 1 } });
    expect(sample.description.deploymentGroup).toEqual({ logicalId: groupIn(sample.template).id });
    expect(sample.description).not.toHaveProperty('zonal');
  });

  test.each<[string, ServerDeployment, object]>([
    ['kept', copiedBy(), { originals: { action: 'KEEP_ALIVE' } }],
    ['ended', ServerDeployment.blueGreen({ fleet: copyAutoScalingGroup({ originals: terminate() }), readyWait: Duration.days(2) }), { originals: { action: 'TERMINATE', waitMinutes: 60 }, readyWaitMinutes: 2880 }],
  ])('of a group that is copied and %s', (_, deployment, expected) => {
    const sample = serverSample((stack) => copiedIn(stack, {}, { deployment }));
    const [group] = groupsOf(sample, 'Asg').map(({ Ref }) => ({ logicalId: Ref }));
    expect(described(sample)).toEqual({ type: 'BLUE_GREEN', ...expected, fleet: { type: 'COPIED', autoScalingGroup: group } });
    expect(sample.description.terminationHook).toBe(false);
  });
});

describe('a deployment configuration of its own', () => {
  test('has no zones', () => {
    const { template, description } = alternatingSample({ healthyHosts: HealthyHosts.percent(50), fleet: alternating({ capacity: 4 }) });
    expect(only(template, 'AWS::CodeDeploy::DeploymentConfig').properties).toEqual({ DeploymentConfigName: 'Shop-Fleet-A75F5430-50Percent', MinimumHealthyHosts: { Type: 'FLEET_PERCENT', Value: 50 } });
    expect(description.minimumHealthyHosts).toEqual({ type: 'FLEET_PERCENT', value: 50 });
  });
});

describe('the command of a deployment', () => {
  const revision = ServerRevision.fromGitHub({ repository: 'us/shop', commitId: '0123456789012345678901234567890123456789', connection: 'ours' });

  test('stands in the outputs where a group is copied', () => {
    const { template } = serverSample((stack) => copiedIn(stack, {}, { revision }));
    expect(Object.keys(template.findOutputs('*'))).toEqual([expect.stringMatching(/^FleetCreateDeployment/)]);
  });

  test('does not where two alternate: it would find no replacement', () => {
    expect(alternatingSample({}, { revision }).template.findOutputs('*')).toEqual({});
  });
});
