/** What a rollout to servers makes. */
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';

import type { ServerRolloutProps } from '../../../lib';
import { HealthyHosts, OutdatedInstances, RollbackAlarm, ServerDeployment, ServerFileExistsBehavior, ServerLoadBalancer, ServerRevision, ServerTargets, SuspendableProcess } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import { graphOf, only, stackOf } from '../support/sample';
import { classicIn, finishedServer, fleetIn, serverRolloutIn, serverSample, targetGroupIn, WEB_TAG } from '../support/server-sample';

const STAGE_TAG = { key: 'Stage', value: 'prod' };

describe('the deployment group', () => {
  test('is in place, and says everything that it does not have', () => {
    const { group, template } = serverSample();
    expect(group).toEqual({
      ApplicationName: { Ref: only(template, 'AWS::CodeDeploy::Application').id },
      DeploymentGroupName: 'Shop-Fleet-A75F5430',
      DeploymentConfigName: 'CodeDeployDefault.OneAtATime',
      DeploymentStyle: { DeploymentType: 'IN_PLACE', DeploymentOption: 'WITHOUT_TRAFFIC_CONTROL' },
      ServiceRoleArn: { 'Fn::GetAtt': [only(template, 'AWS::IAM::Role', 'FleetServiceRole').id, 'Arn'] },
      AutoScalingGroups: [{ Ref: only(template, 'AWS::AutoScaling::AutoScalingGroup').id }],
      Ec2TagSet: { Ec2TagSetList: [] },
      OnPremisesTagSet: { OnPremisesTagSetList: [] },
      LoadBalancerInfo: {},
      OutdatedInstancesStrategy: 'UPDATE',
      TerminationHookEnabled: false,
      AlarmConfiguration: { Enabled: true, IgnorePollAlarmFailure: false, Alarms: [{ Name: { Ref: only(template, 'AWS::CloudWatch::Alarm').id } }] },
      AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
      TriggerConfigurations: [],
    });
    expect(only(template, 'AWS::CodeDeploy::Application').properties).toEqual({ ApplicationName: 'Shop-Fleet-A75F5430', ComputePlatform: 'Server' });
    template.resourceCountIs('AWS::CodeDeploy::DeploymentConfig', 0);
    expect(findCycle(graphOf(template))).toBeUndefined();
  });

  test.each<[string, Partial<ServerRolloutProps>, Record<string, unknown>]>([
    ['instances that stay outdated', { outdatedInstances: OutdatedInstances.IGNORE }, { OutdatedInstancesStrategy: 'IGNORE' }],
    ['a termination hook', { terminationHook: true }, { TerminationHookEnabled: true }],
    ['processes that are suspended', { processesToSuspend: [SuspendableProcess.AZ_REBALANCE, SuspendableProcess.TERMINATE] }, { Ec2DeploymentOptions: { AutoScalingGroupProcessesToSuspend: ['AZRebalance', 'Terminate'] } }],
    ['processes that are suspended no more', { processesToSuspend: [] }, { Ec2DeploymentOptions: { AutoScalingGroupProcessesToSuspend: [] } }],
    ['no rollback', { rollback: { onFailure: false, onAlarm: false } }, { AutoRollbackConfiguration: { Enabled: false } }],
    ['a rollback on request', { rollback: { onRequest: true } }, { AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'] } }],
    ['alarms that may be unreadable', { rollback: { ignorePollAlarmFailure: true } }, { AlarmConfiguration: { Enabled: true, IgnorePollAlarmFailure: true, Alarms: [expect.anything()] } }],
    ['half of the instances', { deployment: ServerDeployment.inPlace({ healthyHosts: HealthyHosts.halfAtATime() }) }, { DeploymentConfigName: 'CodeDeployDefault.HalfAtATime' }],
    ['all of the instances', { deployment: ServerDeployment.inPlace({ healthyHosts: HealthyHosts.allAtOnce() }) }, { DeploymentConfigName: 'CodeDeployDefault.AllAtOnce' }],
    ['a name', { deploymentGroupName: 'fleet' }, { DeploymentGroupName: 'fleet' }],
  ])('has %s', (_, props, expected) => {
    expect(serverSample(props).group).toMatchObject(expected);
  });

  test('has targets of all kinds', () => {
    const { group, description, template } = serverSample((stack) => ({
      targets: ServerTargets.autoScalingGroups(fleetIn(stack))
        .and(ServerTargets.ec2Tags([WEB_TAG, { key: 'Web' }], [STAGE_TAG]))
        .and(ServerTargets.onPremisesTags([{ value: 'web' }])),
    }));
    expect(group).toMatchObject({
      AutoScalingGroups: [{ Ref: only(template, 'AWS::AutoScaling::AutoScalingGroup').id }],
      Ec2TagSet: {
        Ec2TagSetList: [
          { Ec2TagGroup: [{ Key: 'Role', Value: 'web', Type: 'KEY_AND_VALUE' }, { Key: 'Web', Type: 'KEY_ONLY' }] },
          { Ec2TagGroup: [{ Key: 'Stage', Value: 'prod', Type: 'KEY_AND_VALUE' }] },
        ],
      },
      OnPremisesTagSet: { OnPremisesTagSetList: [{ OnPremisesTagGroup: [{ Value: 'web', Type: 'VALUE_ONLY' }] }] },
    });
    expect(group).not.toHaveProperty('Ec2TagFilters');
    expect(description.targets).toEqual({
      autoScalingGroups: [{ logicalId: only(template, 'AWS::AutoScaling::AutoScalingGroup').id }],
      ec2TagGroups: [[WEB_TAG, { key: 'Web' }], [STAGE_TAG]],
      onPremisesTagGroups: [[{ value: 'web' }]],
    });
  });

  test('has load balancers of both kinds', () => {
    const { group, description, template } = serverSample((stack) => ({
      loadBalancers: [
        ServerLoadBalancer.targetGroup(targetGroupIn(stack)),
        ServerLoadBalancer.classic(classicIn(stack)),
      ],
    }));
    const [targets, classic] = [only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').id, only(template, 'AWS::ElasticLoadBalancing::LoadBalancer').id];
    expect(group).toMatchObject({
      DeploymentStyle: { DeploymentOption: 'WITH_TRAFFIC_CONTROL', DeploymentType: 'IN_PLACE' },
      LoadBalancerInfo: { TargetGroupInfoList: [{ Name: { 'Fn::GetAtt': [targets, 'TargetGroupName'] } }], ElbInfoList: [{ Name: { Ref: classic } }] },
    });
    expect(description.loadBalancers).toEqual({ targetGroups: [{ logicalId: targets }], classic: [{ logicalId: classic }] });
  });

  test('has no empty list beside the load balancers of one kind', () => {
    const targets = serverSample((stack) => ({ loadBalancers: [ServerLoadBalancer.targetGroup(targetGroupIn(stack))] }));
    expect(Object.keys(targets.group.LoadBalancerInfo as object)).toEqual(['TargetGroupInfoList']);
    const classic = serverSample((stack) => ({ loadBalancers: [ServerLoadBalancer.classic(classicIn(stack))] }));
    expect(Object.keys(classic.group.LoadBalancerInfo as object)).toEqual(['ElbInfoList']);
  });

  test('has the alarms that are given and those that are added', () => {
    const stack = stackOf();
    const alarm = (id: string) => RollbackAlarm.of(new cloudwatch.Alarm(stack, id, { metric: new cloudwatch.Metric({ namespace: 'Shop', metricName: id }), threshold: 1, evaluationPeriods: 1 }));
    const rollout = serverRolloutIn(stack, { rollback: { alarms: [alarm('Errors')] } });
    rollout.addAlarm(alarm('Latency'));
    const { group, template, description } = finishedServer(stack, rollout);
    const ids = ['FleetVerdict', 'Errors', 'Latency'].map((prefix) => only(template, 'AWS::CloudWatch::Alarm', prefix).id);
    expect(group.AlarmConfiguration).toEqual({ Enabled: true, IgnorePollAlarmFailure: false, Alarms: ids.map((Ref) => ({ Name: { Ref } })) });
    expect(description.alarms).toEqual(ids.map((logicalId) => ({ logicalId })));
    expect(description.verdictAlarm).toEqual({ logicalId: ids[0] });
  });

  test('shares an application, under another name', () => {
    const stack = stackOf();
    const application = new codedeploy.ServerApplication(stack, 'App', { applicationName: 'shop' });
    const targets = ServerTargets.ec2Tags([WEB_TAG]);
    serverRolloutIn(stack, { targets, application, deploymentGroupName: 'web' });
    expect(() => serverRolloutIn(stack, { targets, application, deploymentGroupName: 'web' }, 'Other')).toThrow("'deploymentGroupName' 'web' is that of rollout 'Shop/Fleet' already");
  });
});

describe('a deployment configuration of its own', () => {
  const zonal = { firstZoneMonitorDuration: Duration.minutes(10), monitorDuration: Duration.minutes(5), minimumHealthyHostsPerZone: HealthyHosts.count(1) };

  test.each<[string, ServerDeployment, Record<string, unknown>, object]>([
    ['1Hosts', ServerDeployment.inPlace({ healthyHosts: HealthyHosts.count(1) }), { MinimumHealthyHosts: { Type: 'HOST_COUNT', Value: 1 } }, { minimumHealthyHosts: { type: 'HOST_COUNT', value: 1 } }],
    ['34Percent', ServerDeployment.inPlace({ healthyHosts: HealthyHosts.percent(34) }), { MinimumHealthyHosts: { Type: 'FLEET_PERCENT', Value: 34 } }, { minimumHealthyHosts: { type: 'FLEET_PERCENT', value: 34 } }],
    [
      '50Percent-Zonal-First600Seconds-Each300Seconds-1Hosts',
      ServerDeployment.inPlace({ healthyHosts: HealthyHosts.halfAtATime(), zonal }),
      {
        MinimumHealthyHosts: { Type: 'FLEET_PERCENT', Value: 50 },
        ZonalConfig: { FirstZoneMonitorDurationInSeconds: 600, MonitorDurationInSeconds: 300, MinimumHealthyHostsPerZone: { Type: 'HOST_COUNT', Value: 1 } },
      },
      {
        minimumHealthyHosts: { type: 'FLEET_PERCENT', value: 50 },
        zonal: { firstZoneMonitorDurationSeconds: 600, monitorDurationSeconds: 300, minimumHealthyHostsPerZone: { type: 'HOST_COUNT', value: 1 } },
      },
    ],
    [
      '0Hosts-Zonal-Each60Seconds-50Percent',
      ServerDeployment.inPlace({ healthyHosts: HealthyHosts.allAtOnce(), zonal: { monitorDuration: Duration.seconds(60), minimumHealthyHostsPerZone: HealthyHosts.percent(50) } }),
      { MinimumHealthyHosts: { Type: 'HOST_COUNT', Value: 0 }, ZonalConfig: { MonitorDurationInSeconds: 60, MinimumHealthyHostsPerZone: { Type: 'FLEET_PERCENT', Value: 50 } } },
      { minimumHealthyHosts: { type: 'HOST_COUNT', value: 0 }, zonal: { monitorDurationSeconds: 60, minimumHealthyHostsPerZone: { type: 'FLEET_PERCENT', value: 50 } } },
    ],
  ])('is named %s', (label, deployment, expected, described) => {
    const { template, group, description } = serverSample((stack) => ({ deployment, targets: ServerTargets.autoScalingGroups(fleetIn(stack, { minCapacity: 4, maxCapacity: 8 })) }));
    const { id, properties } = only(template, 'AWS::CodeDeploy::DeploymentConfig');
    expect(properties).toEqual({ DeploymentConfigName: `Shop-Fleet-A75F5430-${label}`, ...expected });
    expect(group.DeploymentConfigName).toEqual({ Ref: id });
    expect(description).toMatchObject({ ...described, deploymentConfigName: { logicalId: id } });
  });
});

describe('a revision', () => {
  const bucketOf = (stack: ReturnType<typeof stackOf>) => new s3.Bucket(stack, 'Releases');

  test('of a bucket is described, and deployed by the command of the output', () => {
    const { description, template, stack } = serverSample((inStack) => ({
      revision: ServerRevision.fromBucket(bucketOf(inStack), 'shop/7.zip', { version: 'v7' }),
      fileExistsBehavior: ServerFileExistsBehavior.OVERWRITE,
      ignoreApplicationStopFailures: true,
      expectedRequestsPerSecond: 3,
    }));
    const bucket = only(template, 'AWS::S3::Bucket').id;
    expect(description).toMatchObject({
      revision: { source: 'bucket', bucket: { logicalId: bucket }, key: 'shop/7.zip', bundleType: 'zip', version: 'v7' },
      fileExistsBehavior: 'OVERWRITE',
      ignoreApplicationStopFailures: true,
      expectedRequestsPerSecond: 3,
    });
    const [[, { Value: value }]] = Object.entries(template.findOutputs('*')) as [[string, { Value: object }]];
    expect(value).toEqual({
      'Fn::Join': [
        '',
        [
          'aws deploy create-deployment --application-name Shop-Fleet-A75F5430 --deployment-group-name Shop-Fleet-A75F5430 --revision \'{"revisionType":"S3","s3Location":{"bucket":"',
          { Ref: bucket },
          '","key":"shop/7.zip","bundleType":"zip","version":"v7"}}\' --file-exists-behavior OVERWRITE --ignore-application-stop-failures',
        ],
      ],
    });
    expect(stack.resolve(value)).toEqual(value);
  });

  test('of a folder is described with the file of its archive', () => {
    const { description } = serverSample({ revision: ServerRevision.fromDirectory('examples/server-in-place/app') });
    const hash = /^[0-9a-f]{64}\.zip$/;
    expect(description.revision).toEqual({
      source: 'asset',
      bucket: { value: 'cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>' },
      key: expect.stringMatching(hash),
      bundleType: 'zip',
      path: expect.stringMatching(/^asset\.[0-9a-f]{64}\.zip$/),
    });
  });

  test('of GitHub is described', () => {
    const commitId = '0123456789abcdef0123456789abcdef01234567';
    const { description, template } = serverSample({ revision: ServerRevision.fromGitHub({ repository: 'my-org/shop', commitId, connection: 'shop' }) });
    expect(description.revision).toEqual({ source: 'gitHub', repository: 'my-org/shop', commitId });
    expect(Object.keys(template.findResources('AWS::IAM::Policy')).filter((id) => id.includes('ReadRevision'))).toEqual([]);
  });

  test('left out is not described, and has no command', () => {
    const { description, template } = serverSample();
    expect(description).not.toHaveProperty('revision');
    expect(template.findOutputs('*')).toEqual({});
  });
});
