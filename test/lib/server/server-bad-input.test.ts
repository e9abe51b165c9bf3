/** What cannot be released to servers, and says so at synth with value, range and remedy. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib/core';

import { HealthyHosts, LambdaAlarm, ServerDeployment, ServerLoadBalancer, ServerTargets, SuspendableProcess } from '../../../lib';
import { stackOf } from '../support/sample';
import { fleetIn, serverRolloutIn, serverSample, targetGroupIn, WEB_TAG } from '../support/server-sample';

type Build = (stack: Stack) => unknown;

const { autoScalingGroups, ec2Tags, onPremisesTags } = ServerTargets;
const imported = (stack: Stack, id: string) => autoscaling.AutoScalingGroup.fromAutoScalingGroupName(stack, id, id);
const tags = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}` }));
const importedTargetGroup = (stack: Stack, id: string) =>
  elbv2.ApplicationTargetGroup.fromTargetGroupAttributes(stack, id, { targetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/${id}/0123456789abcdef` });

describe('targets', () => {
  test.each<[string, Build, string]>([
    ['of no Auto Scaling group', () => autoScalingGroups(), "'autoScalingGroups' names no group, and would select nothing; name one or leave it out"],
    ['of eleven Auto Scaling groups', (stack) => autoScalingGroups(...tags(11).map(({ key }) => imported(stack, key))), 'a rollout may have 10 Auto Scaling groups at most, got 11; make a second rollout for the others'],
    [
      'of one Auto Scaling group twice',
      (stack) => {
        const group = imported(stack, 'web');
        return autoScalingGroups(group).and(autoScalingGroups(group));
      },
      "Auto Scaling group 'Shop/web' is named twice; name it once",
    ],
    [
      'of one Auto Scaling group that is imported twice',
      (stack) => autoScalingGroups(...['one', 'two'].map((id) => autoscaling.AutoScalingGroup.fromAutoScalingGroupName(stack, id, 'web'))),
      "Auto Scaling group 'Shop/two' is named twice, as 'Shop/one' too: both are 'web'; name it once",
    ],
    ['of no tag', () => ec2Tags(), "'ec2Tags' names no tag, and would select nothing; name one or leave it out"],
    ['of an empty group of tags', () => onPremisesTags([]), "'onPremisesTags[0]' must have from 1 to 10 tags, got 0; add one"],
    ['of eleven tags', () => ec2Tags(tags(11)), "'ec2Tags[0]' must have from 1 to 10 tags, got 11; give the instances a tag that they share"],
    ['of four groups of tags', () => ec2Tags(...tags(4).map((tag) => [tag])), "'ec2Tags' may have 3 tag groups at most, got 4; put tags of which one is enough into the same group"],
    ['of a tag with neither key nor value', () => ec2Tags([{}]), "'ec2Tags[0][0]' must have a key, a value or both, got neither; name the tag"],
    ['of a long key', () => onPremisesTags([{ key: 'k'.repeat(129) }]), "the key of 'onPremisesTags[0][0]' must have from 1 to 128 characters, got 129; leave it out for any key"],
    ['of a long value', () => ec2Tags([{ value: 'v'.repeat(257) }]), "the value of 'ec2Tags[0][0]' must have up to 256 characters, got 257; shorten it"],
    ['of a tag that is not known yet', (stack) => ec2Tags([{ key: 'Stage', value: new CfnParameter(stack, 'Stage').valueAsString }]), "tags of 'ec2Tags' must be known at synth, got a deploy-time value; write the text"],
    [
      'of EC2 tags twice',
      () => ec2Tags([WEB_TAG]).and(ec2Tags([WEB_TAG])),
      "'ec2Tags' is given twice, and an instance would need tags of both; name all of its groups in one 'ec2Tags', or make a second rollout for what only the other selects",
    ],
    ['of on-premises tags twice', () => onPremisesTags([WEB_TAG]).and(onPremisesTags([WEB_TAG])), "'onPremisesTags' is given twice"],
  ])('%s', (_, build, message) => {
    expect(() => build(stackOf())).toThrow(message);
  });

  test('up to the limits', () => {
    const stack = stackOf();
    expect(() => autoScalingGroups(...tags(10).map(({ key }) => imported(stack, key))).and(ec2Tags(tags(10), [WEB_TAG], [WEB_TAG])).and(onPremisesTags([WEB_TAG]))).not.toThrow();
  });

  test('in another account or region', () => {
    const place = (account: string, region: string) => () => {
      const app = new App();
      const there = fleetIn(new Stack(app, 'There', { env: { account, region } }));
      return serverRolloutIn(new Stack(app, 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } }), { targets: autoScalingGroups(there) });
    };
    expect(place('999988887777', 'eu-west-1')).toThrow("Auto Scaling group 'There/Asg' is in account 999988887777, and the rollout in 111122223333; CodeDeploy finds groups of its own account only: make the rollout there");
    expect(place('111122223333', 'us-east-1')).toThrow("Auto Scaling group 'There/Asg' is in region us-east-1, and the rollout in eu-west-1");
    expect(place('111122223333', 'eu-west-1')).not.toThrow();
  });
});

describe('healthy hosts', () => {
  test.each<[string, () => unknown, string]>([
    ['below nothing', () => HealthyHosts.count(-1), "'hosts' must be a whole number from 0 to 1000000, got -1"],
    ['of half a host', () => HealthyHosts.count(0.5), "'hosts' must be a whole number from 0 to 1000000, got 0.5"],
    ['of 100 %', () => HealthyHosts.percent(100), "'percent' must be a whole number from 0 to 99, got 100"],
    ['below 0 %', () => HealthyHosts.percent(-1), "'percent' must be a whole number from 0 to 99, got -1"],
    ['one at a time with zones', () => ServerDeployment.inPlace({ zonal: {} }), "'zonal' takes a deployment configuration of your own, and 'oneAtATime' is one of the service's own that no other can say"],
    [
      'one at a time in each zone',
      () => ServerDeployment.inPlace({ healthyHosts: HealthyHosts.count(1), zonal: { minimumHealthyHostsPerZone: HealthyHosts.oneAtATime() } }),
      "'minimumHealthyHostsPerZone' is a count or a percentage, got 'oneAtATime'; give a count of one less than the zone has instances",
    ],
    [
      'with a wait of two days',
      () => ServerDeployment.inPlace({ healthyHosts: HealthyHosts.count(1), zonal: { monitorDuration: Duration.days(2) } }),
      "'monitorDuration' must be a whole number of seconds from 0 to 86400, got 172800 seconds",
    ],
    [
      'with a wait of half a second',
      () => ServerDeployment.inPlace({ healthyHosts: HealthyHosts.count(1), zonal: { firstZoneMonitorDuration: Duration.millis(500) } }),
      "'firstZoneMonitorDuration' must be a whole number of seconds from 0 to 86400, got 0.5 seconds",
    ],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(message);
  });

  test('at the limits', () => {
    expect([HealthyHosts.count(0), HealthyHosts.percent(0), HealthyHosts.percent(99)].map(({ _minimum }) => _minimum.value)).toEqual([0, 0, 99]);
  });
});

describe('a rollout', () => {
  const byTags = { targets: ServerTargets.ec2Tags([WEB_TAG]) };

  test.each<[string, Parameters<typeof serverSample>[0], string]>([
    ['with a termination hook and no Auto Scaling group', { ...byTags, terminationHook: true }, "'terminationHook' is about Auto Scaling groups, and 'targets' has none; add one or leave 'terminationHook' out"],
    ['with processes to suspend and no Auto Scaling group', { ...byTags, processesToSuspend: [SuspendableProcess.TERMINATE] }, "'processesToSuspend' is about Auto Scaling groups, and 'targets' has none"],
    ['with a process twice', { processesToSuspend: [SuspendableProcess.TERMINATE, SuspendableProcess.TERMINATE] }, "'processesToSuspend' names Terminate twice; name it once"],
    ['with a long name', { ...byTags, applicationName: 'a'.repeat(101) }, "'applicationName' must have 1 to 100 characters, got 101"],
    ['with a space in its name', { ...byTags, deploymentGroupName: 'my fleet' }, "'deploymentGroupName' may hold letters, digits and . _ - + = , @ only, got 'my fleet'"],
    ['without requests', { ...byTags, expectedRequestsPerSecond: 0 }, "'expectedRequestsPerSecond' must be above 0, got 0; leave it out where it is not known"],
    [
      'with an application of another platform',
      (stack) => ({ ...byTags, application: new codedeploy.EcsApplication(stack, 'Other') }),
      "'application' 'Shop/Other' is for ECS, and this rollout for Server; give a codedeploy.ServerApplication, or leave it out for a new one",
    ],
    [
      'with an alarm on an alias',
      { ...byTags, rollback: { alarms: [LambdaAlarm.throttles()] } },
      "rollout 'Shop/Fleet' is given LambdaAlarm.throttles, an alarm on the alias of a Lambda function, and releases none; make an alarm on metrics of what it releases, and give it RollbackAlarm.of(alarm)",
    ],
    [
      'with eleven target groups',
      (stack) => ({ ...byTags, loadBalancers: tags(11).map(({ key }) => ServerLoadBalancer.targetGroup(importedTargetGroup(stack, key))) }),
      "'loadBalancers' may have 10 target groups at most, got 11; drop some, or make a second rollout for the instances behind them",
    ],
    [
      'with a target group twice',
      (stack) => {
        const group = importedTargetGroup(stack, 'web');
        return { ...byTags, loadBalancers: [ServerLoadBalancer.targetGroup(group), ServerLoadBalancer.targetGroup(group)] };
      },
      "'loadBalancers' has 'Shop/web' twice; name it once",
    ],
    [
      'with a target group of addresses',
      (stack) => ({ ...byTags, loadBalancers: [ServerLoadBalancer.targetGroup(targetGroupIn(stack, { targetType: elbv2.TargetType.IP }))] }),
      "target group 'Shop/Targets' takes targets of type 'ip', and CodeDeploy registers instances; set its 'targetType' to 'instance'",
    ],
  ])('%s', (_, props, message) => {
    expect(() => serverSample(props)).toThrow(message);
  });
});

describe('a fleet that no deployment can succeed on', () => {
  const sized = (minCapacity: number, maxCapacity: number, deployment = ServerDeployment.inPlace(), region?: string) => () =>
    serverSample((stack) => ({ deployment, targets: autoScalingGroups(fleetIn(stack, { minCapacity, maxCapacity })) }), region === undefined ? stackOf() : new Stack(new App(), 'Shop', { env: { account: '111122223333', region } }));

  test.each<[string, () => unknown, string]>([
    ['has nothing', sized(0, 0), 'the fleet has 0 instances, and a deployment to it fails with NO_INSTANCES; give it 1 instance at least'],
    ['never has more than the minimum', sized(1, 3, ServerDeployment.inPlace({ healthyHosts: HealthyHosts.count(3) })), 'the fleet has 3 instances, and the minimum of healthy hosts is 3; nothing may be taken down'],
    ['has a percentage that rounds up to all', sized(2, 10, ServerDeployment.inPlace({ healthyHosts: HealthyHosts.percent(95) })), 'the fleet has 10 instances, and the minimum of healthy hosts is 10 (95 %, rounded up)'],
    [
      'has a zone that never has more than its minimum',
      sized(2, 4, ServerDeployment.inPlace({ healthyHosts: HealthyHosts.count(0), zonal: { minimumHealthyHostsPerZone: HealthyHosts.count(2) } })),
      'zone #1 has 2 instances, and the minimum of healthy hosts in a zone is 2; nothing may be taken down, and every deployment fails',
    ],
    ['is over the quota', sized(2001, 3000), 'the fleet has 2001 instances, and a deployment may have 2000; it fails with OVER_MAX_INSTANCES'],
    ['is over the smaller quota of its region', sized(1001, 3000, undefined, 'eu-west-1'), 'the fleet has 1001 instances, and a deployment may have 1000; it fails with OVER_MAX_INSTANCES'],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(message);
  });

  test('is none at the limits', () => {
    expect(sized(4, 4, ServerDeployment.inPlace({ healthyHosts: HealthyHosts.count(3) }))).not.toThrow();
    expect(sized(6, 6, ServerDeployment.inPlace({ healthyHosts: HealthyHosts.count(0), zonal: { minimumHealthyHostsPerZone: HealthyHosts.count(2) } }))).not.toThrow();
    expect(sized(1000, 1000, undefined, 'eu-west-1')).not.toThrow();
    expect(sized(0, 1)).not.toThrow();
  });
});
