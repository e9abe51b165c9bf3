/** What cannot be released blue/green to servers, and says so at synth with value, range and remedy. */
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib/core';

import type { ServerRolloutProps } from '../../../lib';
import { BlueGreenFleet, HealthyHosts, OriginalFleet, ServerDeployment, ServerTargets, SuspendableProcess } from '../../../lib';
import { alternatingIn, copiedIn, idleIn, targetsOf } from '../support/blue-green-sample';
import { stackOf } from '../support/sample';
import type { ServerSample } from '../support/server-sample';
import { classicIn, fleetIn, serverRolloutIn, serverSample, WEB_TAG } from '../support/server-sample';

const { alternating } = BlueGreenFleet;
const { autoScalingGroups, ec2Tags, onPremisesTags } = ServerTargets;
const { terminate } = OriginalFleet;

const TWO_DAYS = "the service refuses more with 'Timeout for instance termination cannot be more than 2 days', and OriginalFleet.keepAlive() ends no instance at all";
const NOTHING = 'a fleet of no instance serves nothing, and a deployment to it fails with NO_INSTANCES';

describe('an option', () => {
  const later = () => new CfnParameter(stackOf(), 'Later', { type: 'Number' }).valueAsNumber;

  test.each<[string, () => unknown, string]>([
    ['of more than two days before originals end', () => terminate({ wait: Duration.minutes(2881) }), `'wait' must be a whole number of minutes from 0 to 2880, got 2881 minutes; ${TWO_DAYS}`],
    ['of half a minute before originals end', () => terminate({ wait: Duration.seconds(30) }), `'wait' must be a whole number of minutes from 0 to 2880, got 0.5 minutes; ${TWO_DAYS}`],
    ['of a wait that is not known yet', () => terminate({ wait: Duration.minutes(later()) }), "'wait' must be known at synth, got a deploy-time value; write the number"],
    ['of no ready wait that is one', () => ServerDeployment.blueGreen({ readyWait: Duration.minutes(0) }), "'readyWait' must be a whole number of minutes from 1 to 2880, got 0 minutes; leave it out for a deployment that goes on by itself"],
    ['of a ready wait over two days', () => ServerDeployment.blueGreen({ readyWait: Duration.days(3) }), "'readyWait' must be a whole number of minutes from 1 to 2880, got 4320 minutes; leave it out for a deployment that goes on by itself"],
    ['of a ready wait of seconds', () => ServerDeployment.blueGreen({ readyWait: Duration.seconds(90) }), "'readyWait' must be a whole number of minutes from 1 to 2880, got 1.5 minutes"],
    ['of a fleet of zero', () => alternating({ capacity: 0 }), `'capacity' must be a whole number from 1 to 10000, got 0; ${NOTHING}`],
    ['of a fleet below zero', () => alternating({ capacity: -1 }), `'capacity' must be a whole number from 1 to 10000, got -1; ${NOTHING}`],
    ['of half an instance', () => alternating({ capacity: 1.5 }), `'capacity' must be a whole number from 1 to 10000, got 1.5; ${NOTHING}`],
    ['of a fleet beyond all', () => alternating({ capacity: 10_001 }), `'capacity' must be a whole number from 1 to 10000, got 10001; ${NOTHING}`],
    ['of a fleet that is not known yet', () => alternating({ capacity: later() }), "'capacity' must be known at synth, got a deploy-time value; write the number"],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(message);
  });

  test('at its limits is taken', () => {
    expect([terminate({ wait: Duration.minutes(0) }), terminate({ wait: Duration.days(2) }), terminate()].map(({ _config }) => _config)).toEqual([0, 2880, 60].map((waitMinutes) => ({ action: 'TERMINATE', waitMinutes })));
    expect([1, 2880].map((minutes) => ServerDeployment.blueGreen({ readyWait: Duration.minutes(minutes) })._blueGreen?.readyWaitMinutes)).toEqual([1, 2880]);
    expect([1, 10_000].map((capacity) => alternating({ capacity })._fleet)).toMatchObject([{ capacity: 1 }, { capacity: 10_000 }]);
  });
});

type Props = (stack: Stack) => Partial<ServerRolloutProps>;

describe('a rollout', () => {
  const BY_TAGS = "rollout 'Shop/Fleet' is blue/green, and its 'targets' select instances by tags: which of them are the replacement, nothing would tell; name Auto Scaling groups alone, or deploy by ServerDeployment.inPlace()";
  const TWO = (count: number) =>
    `rollout 'Shop/Fleet' has two Auto Scaling groups alternate and its 'targets' name ${count}; name 2, of which the first serves first, or take BlueGreenFleet.copyAutoScalingGroup() for 1`;
  const ONE = (count: number) =>
    `rollout 'Shop/Fleet' copies an Auto Scaling group and its 'targets' name ${count}; the service: 'Exactly one AutoScaling group must be specified when selecting the ` +
    "COPY_AUTO_SCALING_GROUP green fleet provisioning option.'; name 1, or take BlueGreenFleet.alternating() for 2";

  test.each<[string, Props, string]>([
    [
      'without a load balancer',
      (stack) => alternatingIn(stack, {}, { loadBalancers: [] }),
      "rollout 'Shop/Fleet' is blue/green and has 0 load balancers, and the service refuses that with 'BLUE_GREEN deployment type not supported with WITHOUT_TRAFFIC_CONTROL option'; name one by 'loadBalancers', or deploy by ServerDeployment.inPlace()",
    ],
    ['that copies without a load balancer', (stack) => copiedIn(stack, {}, { loadBalancers: undefined }), "rollout 'Shop/Fleet' is blue/green and has 0 load balancers"],
    ['by EC2 tags', (stack) => alternatingIn(stack, {}, { targets: ec2Tags([WEB_TAG]) }), BY_TAGS],
    ['by on-premises tags', (stack) => copiedIn(stack, {}, { targets: onPremisesTags([WEB_TAG]) }), BY_TAGS],
    ['by groups and tags', (stack) => alternatingIn(stack, {}, { targets: autoScalingGroups(idleIn(stack, 'One'), idleIn(stack, 'Two')).and(ec2Tags([WEB_TAG])) }), BY_TAGS],
    ['of one group that is to alternate', (stack) => alternatingIn(stack, {}, { targets: autoScalingGroups(idleIn(stack, 'One')) }), TWO(1)],
    ['of three groups that are to alternate', (stack) => alternatingIn(stack, {}, { targets: autoScalingGroups(idleIn(stack, 'One'), idleIn(stack, 'Two'), idleIn(stack, 'Three')) }), TWO(3)],
    ['of two groups that are to be copied', (stack) => copiedIn(stack, {}, { targets: autoScalingGroups(fleetIn(stack, {}, 'One'), fleetIn(stack, {}, 'Two')) }), ONE(2)],
    [
      'that takes over a group without a name',
      (stack) => alternatingIn(stack, { adoptExistingGroup: true }),
      "'adoptExistingGroup' takes over the deployment group that 'deploymentGroupName' names, and rollout 'Shop/Fleet' names none; give the name of the group, and its 'application'",
    ],
    [
      'with processes to suspend',
      (stack) => alternatingIn(stack, {}, { processesToSuspend: [SuspendableProcess.TERMINATE] }),
      "'processesToSuspend' is about deployments in place, and rollout 'Shop/Fleet' is blue/green; leave it out",
    ],
  ])('%s', (_, props, message) => {
    const stack = stackOf();
    expect(() => serverRolloutIn(stack, props(stack))).toThrow(message);
  });

  test.each<[string, (stack: Stack) => Partial<ServerRolloutProps>, string]>([
    ['alternates', (stack) => alternatingIn(stack), 'A'],
    ['is copied', (stack) => copiedIn(stack), 'Asg'],
  ])('with a group that %s for another one already', (_, props, name) => {
    const stack = stackOf();
    const shared = props(stack);
    serverRolloutIn(stack, shared);
    expect(() => serverRolloutIn(stack, shared, 'Other')).toThrow(
      `Auto Scaling group 'Shop/${name}' is of the blue/green rollout 'Shop/Fleet' already, and 'Shop/Other' would end instances that serve for it; give each rollout Auto Scaling groups of its own, put both applications into one revision, or deploy one of them by ServerDeployment.inPlace()`,
    );
    expect(() => serverRolloutIn(stack, { targets: shared.targets! }, 'Beside')).not.toThrow();
  });

  test('with a group of another region or account', () => {
    const place = (account: string, region: string) => () => {
      const app = new App();
      const there = new Stack(app, 'There', { env: { account, region } });
      const here = new Stack(app, 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
      return serverRolloutIn(here, alternatingIn(here, {}, { targets: autoScalingGroups(idleIn(here, 'One'), idleIn(there, 'Two')) }));
    };
    expect(place('999988887777', 'eu-west-1')).toThrow("Auto Scaling group 'There/Two' is in account 999988887777, and the rollout in 111122223333; CodeDeploy finds groups of its own account only: make the rollout there");
    expect(place('111122223333', 'us-east-1')).toThrow("Auto Scaling group 'There/Two' is in region us-east-1, and the rollout in eu-west-1");
    expect(place('111122223333', 'eu-west-1')).not.toThrow();
  });
});

describe('a group that is to alternate', () => {
  const CAPACITY = "'capacity' of BlueGreenFleet.alternating()";
  const UNDER_TRAFFIC =
    'and alternates: an instance would get traffic as soon as it is launched, before anything has been deployed to it and while the other group serves; ' +
    "name the group neither in 'targets' of a target group or load balancer nor attach it by a method of its own, since CodeDeploy registers its instances by itself";

  const change = (stack: Stack, build: (b: autoscaling.AutoScalingGroup, element: autoscaling.CfnAutoScalingGroup) => unknown, capacity = 2) => {
    const b = idleIn(stack, 'B', { maxCapacity: 2 });
    build(b, b.node.defaultChild as autoscaling.CfnAutoScalingGroup);
    return alternatingIn(stack, { fleet: alternating({ capacity }) }, { targets: autoScalingGroups(idleIn(stack, 'A'), b) });
  };

  test.each<[string, Props, string]>([
    [
      'has a smallest size',
      (stack) => change(stack, (_b, element) => (element.minSize = '1')),
      `Auto Scaling group 'Shop/B' has 'minCapacity' 1, and alternates: it has no instance while the other one serves; set 'minCapacity' to 0, and let ${CAPACITY} say how many instances there are to begin with`,
    ],
    [
      'has a size that it is scaled to',
      (stack) => change(stack, (_b, element) => (element.desiredCapacity = '2')),
      `Auto Scaling group 'Shop/B' has 'desiredCapacity' 2 in its template, and alternates: each update of the stack would scale it to that, whether it serves or not; leave 'desiredCapacity' out, and let ${CAPACITY} say how many instances there are to begin with`,
    ],
    ['has one by an override', (stack) => change(stack, (_b, element) => element.addPropertyOverride('DesiredCapacity', 0)), "Auto Scaling group 'Shop/B' has 'desiredCapacity' 0 in its template, and alternates"],
    [
      'has one that is known when the stack is deployed',
      (stack) => change(stack, (_b, element) => (element.desiredCapacity = new CfnParameter(stack, 'Desired').valueAsString)),
      `Auto Scaling group 'Shop/B' has 'desiredCapacity' {"Ref":"Desired"} in its template, and alternates`,
    ],
    ['is smaller than what serves', (stack) => change(stack, () => undefined, 3), `Auto Scaling group 'Shop/B' has 'maxCapacity' 2, and ${CAPACITY} is 3; raise 'maxCapacity' to 3 at least, or lower 'capacity'`],
    ['is attached to a target group of its rollout', (stack) => change(stack, (b) => b.attachToApplicationTargetGroup(targetsOf(stack))), UNDER_TRAFFIC],
    ['is a target of it', (stack) => change(stack, (b) => targetsOf(stack).addTarget(b)), UNDER_TRAFFIC],
    ['is attached to a Classic Load Balancer', (stack) => change(stack, (b) => b.attachToClassicLB(classicIn(stack))), `in its 'LoadBalancerNames', ${UNDER_TRAFFIC}`],
    [
      'has a source of traffic',
      (stack) => change(stack, (_b, element) => (element.trafficSources = [{ type: 'vpc-lattice', identifier: 'arn:aws:vpc-lattice:eu-west-1:111122223333:targetgroup/tg-0123456789abcdef0' }])),
      `Auto Scaling group 'Shop/B' has [{"Identifier":"arn:aws:vpc-lattice:eu-west-1:111122223333:targetgroup/tg-0123456789abcdef0","Type":"vpc-lattice"}] in its 'TrafficSources', ${UNDER_TRAFFIC}`,
    ],
  ])('%s', (_, props, message) => {
    expect(() => serverSample(props)).toThrow(message);
  });

  test('names all that is wrong with both', () => {
    const build = () =>
      serverSample((stack) => alternatingIn(stack, { fleet: alternating({ capacity: 3 }) }, { targets: autoScalingGroups(fleetIn(stack, { minCapacity: 1, maxCapacity: 2 }, 'A'), fleetIn(stack, { minCapacity: 2, maxCapacity: 2, desiredCapacity: 2 }, 'B')) }));
    expect(build).toThrow(/'Shop\/A' has 'minCapacity' 1[^]*'Shop\/A' has 'maxCapacity' 2[^]*'Shop\/B' has 'minCapacity' 2[^]*'Shop\/B' has 'desiredCapacity' 2[^]*'Shop\/B' has 'maxCapacity' 2/);
  });

  test('is fine as large as what serves, with nothing attached, and no size by CloudFormation', () => {
    const at = (build: Parameters<typeof change>[1]): ServerSample => serverSample((stack) => change(stack, build));
    expect(() => at(() => undefined)).not.toThrow();
    expect(() => at((_b, element) => element.addPropertyOverride('TargetGroupARNs', []))).not.toThrow();
    expect(() => at((_b, element) => element.addPropertyOverride('DesiredCapacity', { Ref: 'AWS::NoValue' }))).not.toThrow();
  });
});

describe('a fleet that no deployment can succeed on', () => {
  const by = (healthyHosts: HealthyHosts, capacity: number, maxCapacity = 6) => (stack: Stack) =>
    alternatingIn(stack, { healthyHosts, fleet: alternating({ capacity }) }, { targets: autoScalingGroups(idleIn(stack, 'A', { maxCapacity: 10_000 }), idleIn(stack, 'B', { maxCapacity })) });

  test('never has more than the minimum', () => {
    expect(() => serverSample(by(HealthyHosts.count(6), 2))).toThrow('the fleet has 6 instances, and the minimum of healthy hosts is 6; nothing may be taken down, and every deployment fails with HEALTH_CONSTRAINTS_INVALID');
    expect(() => serverSample(by(HealthyHosts.count(5), 6))).not.toThrow();
  });

  test('is over the quota', () => {
    expect(() => serverSample(by(HealthyHosts.oneAtATime(), 2001, 2001))).toThrow('the fleet has 2001 instances, and a deployment may have 2000; it fails with OVER_MAX_INSTANCES');
    expect(() => serverSample(by(HealthyHosts.oneAtATime(), 2000, 2000))).not.toThrow();
  });

  test('is copied from one that is never there', () => {
    const build = () => serverSample((stack) => copiedIn(stack, {}, { targets: autoScalingGroups(fleetIn(stack, { minCapacity: 0, maxCapacity: 0 }, 'Empty')) }));
    expect(build).toThrow('the fleet has 0 instances, and a deployment to it fails with NO_INSTANCES; give it 1 instance at least');
  });
});
