/** What may surprise in releases to servers. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import { CfnParameter, Duration } from 'aws-cdk-lib/core';
import type { Stack } from 'aws-cdk-lib/core';

import type { ServerRolloutProps } from '../../../lib';
import { HealthyHosts, ServerAppSpec, ServerDeployment, ServerLoadBalancer, ServerOperatingSystem, ServerRevision, ServerTargets } from '../../../lib';
import { stackOf } from '../support/sample';
import type { ServerSample } from '../support/server-sample';
import { classicIn, finishedServer, findingsOf, fleetIn, serverRolloutIn, serverSample, targetGroupIn, WEB_TAG } from '../support/server-sample';

const { autoScalingGroups, ec2Tags, onPremisesTags } = ServerTargets;
const textOf = ({ description }: ServerSample) => description.findings.map(({ message, remedy }) => `${message}; ${remedy}`);
const inPlace = (healthyHosts: HealthyHosts, zonal?: object) => ServerDeployment.inPlace({ healthyHosts, zonal });

describe('the size of the fleet', () => {
  interface Sizes {
    readonly minCapacity: number;
    readonly maxCapacity: number;
    readonly desiredCapacity?: number;
  }

  test.each<[string, Sizes, ServerDeployment, string[]]>([
    ['is fine', { minCapacity: 2, maxCapacity: 4 }, ServerDeployment.inPlace(), []],
    ['is nothing to begin with', { minCapacity: 0, maxCapacity: 4 }, ServerDeployment.inPlace(), ['warning fleet-empty']],
    ['is nothing at times only', { minCapacity: 0, maxCapacity: 4, desiredCapacity: 2 }, ServerDeployment.inPlace(), []],
    ['is one', { minCapacity: 1, maxCapacity: 1 }, ServerDeployment.inPlace(), ['warning whole-fleet-at-once']],
    ['is taken down as a whole', { minCapacity: 2, maxCapacity: 2 }, inPlace(HealthyHosts.allAtOnce()), ['warning whole-fleet-at-once']],
    ['is too small for half of it to begin with', { minCapacity: 1, maxCapacity: 4 }, inPlace(HealthyHosts.halfAtATime()), ['warning healthy-hosts-unreachable']],
    ['is too small for half of it at times', { minCapacity: 1, maxCapacity: 4, desiredCapacity: 2 }, inPlace(HealthyHosts.halfAtATime()), ['warning healthy-hosts-unreachable']],
    ['may grow over the quota', { minCapacity: 2, maxCapacity: 2001 }, ServerDeployment.inPlace(), ['warning fleet-over-quota']],
    ['is taken down zone by zone', { minCapacity: 2, maxCapacity: 4 }, inPlace(HealthyHosts.allAtOnce(), { monitorDuration: Duration.minutes(5) }), []],
    ['is one in each zone, of which one stays', { minCapacity: 2, maxCapacity: 4 }, inPlace(HealthyHosts.count(0), { minimumHealthyHostsPerZone: HealthyHosts.count(1) }), ['warning healthy-hosts-unreachable', 'warning healthy-hosts-unreachable']],
  ])('%s', (_, sizes, deployment, expected) => {
    expect(findingsOf(serverSample((stack) => ({ deployment, targets: autoScalingGroups(fleetIn(stack, sizes)) })))).toEqual(expected);
  });

  test('is told with the size at which it fails', () => {
    const sample = serverSample((stack) => ({ deployment: inPlace(HealthyHosts.halfAtATime()), targets: autoScalingGroups(fleetIn(stack, { minCapacity: 1, maxCapacity: 4, desiredCapacity: 2 })) }));
    expect(textOf(sample)).toEqual([
      'at its smallest size, the fleet has 1 instance, and the minimum of healthy hosts is 1 (50 %, rounded up); nothing may be taken down, and every deployment fails with HEALTH_CONSTRAINTS_INVALID; ' +
        'use CodeDeployDefault.OneAtATime, or give the fleet more instances',
    ]);
  });

  test('adds up over groups', () => {
    const sample = serverSample((stack) => ({
      deployment: inPlace(HealthyHosts.count(3)),
      targets: autoScalingGroups(fleetIn(stack, { minCapacity: 2, maxCapacity: 2 }), fleetIn(stack, { minCapacity: 1, maxCapacity: 2 }, 'More')),
    }));
    expect(textOf(sample)).toEqual([expect.stringMatching(/^the fleet has 3 instances, and the minimum of healthy hosts is 3; nothing may be taken down/)]);
  });

  test('is not known where tags add to it, a group is imported, or a parameter says it', () => {
    const all = inPlace(HealthyHosts.allAtOnce());
    expect(findingsOf(serverSample((stack) => ({ deployment: all, targets: autoScalingGroups(fleetIn(stack)).and(ec2Tags([WEB_TAG])) })))).toEqual([]);
    expect(findingsOf(serverSample((stack) => ({ deployment: all, targets: autoScalingGroups(autoscaling.AutoScalingGroup.fromAutoScalingGroupName(stack, 'Web', 'web')) })))).toEqual([]);
    const byParameter = serverSample((stack) => {
      const fleet = fleetIn(stack);
      (fleet.node.defaultChild as autoscaling.CfnAutoScalingGroup).minSize = new CfnParameter(stack, 'Min').valueAsString;
      return { deployment: all, targets: autoScalingGroups(fleet) };
    });
    expect(findingsOf(byParameter)).toEqual([]);
  });
});

describe('zones', () => {
  const deployment = inPlace(HealthyHosts.allAtOnce(), { monitorDuration: Duration.minutes(5) });

  test.each<[string, (stack: Stack) => Partial<ServerRolloutProps>, string[]]>([
    ['of a group of this app are known', (stack) => ({ targets: autoScalingGroups(fleetIn(stack)) }), []],
    ['of tagged instances are not', () => ({ targets: ec2Tags([WEB_TAG]) }), ['info zones-unknown']],
    ['of an imported group are not', (stack) => ({ targets: autoScalingGroups(autoscaling.AutoScalingGroup.fromAutoScalingGroupName(stack, 'Web', 'web')) }), ['info zones-unknown']],
    ['of on-premises instances are none', (stack) => ({ targets: autoScalingGroups(fleetIn(stack)).and(onPremisesTags([WEB_TAG])) }), ['warning on-premises-without-zone']],
  ])('%s', (_, props, expected) => {
    expect(findingsOf(serverSample((stack) => ({ deployment, ...props(stack) })))).toEqual(expected);
  });
});

describe('an Auto Scaling group of two rollouts', () => {
  test('is hooked twice', () => {
    const stack = stackOf();
    const fleet = fleetIn(stack);
    serverRolloutIn(stack, { targets: autoScalingGroups(fleet) });
    const sample = finishedServer(stack, serverRolloutIn(stack, { targets: autoScalingGroups(fleet) }, 'Other'));
    expect(findingsOf(sample)).toEqual(['warning shared-auto-scaling-group']);
    expect(textOf(sample)[0]).toMatch(/^Auto Scaling group 'Shop\/Asg' is a target of rollout 'Shop\/Fleet' too: each hooks it/);
  });

  test('is the same where it is imported twice, and another where its name is', () => {
    const importing = (first: string, second: string) => {
      const stack = stackOf();
      const imported = (id: string, name: string) => autoScalingGroups(autoscaling.AutoScalingGroup.fromAutoScalingGroupName(stack, id, name));
      serverRolloutIn(stack, { targets: imported('One', first) });
      return findingsOf(finishedServer(stack, serverRolloutIn(stack, { targets: imported('Two', second) }, 'Other')));
    };
    expect(importing('web', 'web')).toEqual(['warning shared-auto-scaling-group']);
    expect(importing('web', 'api')).toEqual([]);
  });
});

describe('load balancers', () => {
  test('are attached to the Auto Scaling group, or told', () => {
    const attached = serverSample((stack) => {
      const fleet = fleetIn(stack);
      return { targets: autoScalingGroups(fleet), loadBalancers: [ServerLoadBalancer.targetGroup(targetGroupIn(stack, { targets: [fleet] }))] };
    });
    expect(findingsOf(attached)).toEqual([]);
    const classic = serverSample((stack) => {
      const [fleet, balancer] = [fleetIn(stack), classicIn(stack)];
      balancer.addTarget(fleet);
      return { targets: autoScalingGroups(fleet), loadBalancers: [ServerLoadBalancer.classic(balancer)] };
    });
    expect(findingsOf(classic)).toEqual([]);
    const apart = serverSample((stack) => ({ loadBalancers: [ServerLoadBalancer.targetGroup(targetGroupIn(stack))] }));
    expect(findingsOf(apart)).toEqual(['warning load-balancer-not-attached']);
    expect(textOf(apart)[0]).toMatch(/^'Shop\/Targets' is not attached to Auto Scaling group 'Shop\/Asg': /);
  });

  test('of both kinds are told', () => {
    const sample = serverSample((stack) => ({ targets: ec2Tags([WEB_TAG]), loadBalancers: [ServerLoadBalancer.targetGroup(targetGroupIn(stack)), ServerLoadBalancer.classic(classicIn(stack))] }));
    expect(findingsOf(sample)).toEqual(['warning mixed-load-balancers']);
  });
});

describe('a revision', () => {
  const bundle = (hooks: object) => ServerRevision.fromDirectory('examples/server-in-place/app', { exclude: ['appspec.yml'], appSpec: new ServerAppSpec({ os: ServerOperatingSystem.LINUX, hooks }) });
  const script = [{ location: 'scripts/check.sh', timeout: Duration.minutes(1) }];

  test.each<[string, object, (stack: Stack) => Partial<ServerRolloutProps>, string[]]>([
    ['without a script that looks', { applicationStop: script }, () => ({}), ['warning nothing-stops-a-release']],
    ['that is validated', { validateService: script }, () => ({}), []],
    ['behind a load balancer', { applicationStop: script }, (stack) => ({ targets: ec2Tags([WEB_TAG]), loadBalancers: [ServerLoadBalancer.targetGroup(targetGroupIn(stack))] }), ['info instance-role-not-managed']],
    ['with scripts at events that do not take place', { validateService: script, afterAllowTraffic: script }, () => ({}), ['warning appspec-script-hook-without-load-balancer']],
  ])('%s', (_, hooks, more, expected) => {
    expect(findingsOf(serverSample((stack) => ({ revision: bundle(hooks), ...more(stack) })))).toEqual(expected);
  });
});
