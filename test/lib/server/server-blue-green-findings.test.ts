/** What may surprise in blue/green releases to servers. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CfnParameter, Duration } from 'aws-cdk-lib/core';
import type { Stack } from 'aws-cdk-lib/core';

import type { ServerBlueGreenOptions, ServerRolloutProps } from '../../../lib';
import { BlueGreenFleet, CodeDeployAgent, CodeDeployAgentHosts, CodeDeployAgentInstallation, CodeDeployAgentSystem, HealthyHosts, OriginalFleet, ServerDeployment, ServerDeploymentTrigger, ServerRevision, ServerTargets } from '../../../lib';
import { alternatingIn, copiedBy, copiedIn, idleIn } from '../support/blue-green-sample';
import { stackOf } from '../support/sample';
import type { ServerSample } from '../support/server-sample';
import { findingsOf, finishedServer, fleetIn, serverRolloutIn, serverSample } from '../support/server-sample';

const { autoScalingGroups } = ServerTargets;
const textOf = ({ description }: ServerSample, id: string) => description.findings.filter((finding) => finding.id === id).map(({ message, remedy }) => `${message}; ${remedy}`);
const imported = (stack: Stack, id: string) => autoscaling.AutoScalingGroup.fromAutoScalingGroupName(stack, id, id);

describe('a group that is copied', () => {
  const REPLACED = "rollout 'Shop/Fleet' replaces Auto Scaling group 'Shop/Asg' by a copy with each deployment: from the first one on, what CloudFormation made does not serve any more, updates of the stack do not reach the instances that do, and";
  const REMEDY = 'take BlueGreenFleet.alternating(), unless you want the copies of the service';

  test.each<[string, OriginalFleet, string]>([
    ['is kept', OriginalFleet.keepAlive(), 'it and its instances are kept without traffic, and cost what they cost'],
    [
      'is deleted',
      OriginalFleet.terminate({ wait: Duration.minutes(30) }),
      'CodeDeploy deletes it 30 minutes after the first deployment, and an update of the stack that changes it fails from then on',
    ],
  ])('%s, and that is told loudly', (_, originals, end) => {
    const sample = serverSample((stack) => copiedIn(stack, { originals }));
    expect(findingsOf(sample)).toEqual(['warning copied-auto-scaling-group']);
    expect(textOf(sample, 'copied-auto-scaling-group')).toEqual([`${REPLACED} ${end}; ${REMEDY}`]);
  });

  const REFERENCE_REMEDY = 'select instances by a tag that the group propagates, measure at the load balancer, or take BlueGreenFleet.alternating()';
  test('and that something else refers to, goes on being referred to', () => {
    const one = fleetSample((fleet) => fleet.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 50 }));
    expect(textOf(one, 'copied-group-referenced')).toEqual([
      `'Shop/Web/ScalingPolicyCpu/Resource' refers to Auto Scaling group 'Shop/Web', which is replaced by a copy with each deployment, and from the first one on is about a group that does not serve; ${REFERENCE_REMEDY}`,
    ]);
  });

  test('has alarms, schedules and an agent that do not follow', () => {
    const sample = fleetSample((fleet, stack) => {
      fleet.scaleOnSchedule('Night', { schedule: autoscaling.Schedule.cron({ hour: '1' }), minCapacity: 1 });
      new cloudwatch.Alarm(stack, 'Busy', {
        metric: new cloudwatch.Metric({ namespace: 'AWS/EC2', metricName: 'CPUUtilization', dimensionsMap: { AutoScalingGroupName: fleet.autoScalingGroupName } }),
        threshold: 90,
        evaluationPeriods: 1,
      });
    });
    expect(textOf(sample, 'copied-group-referenced')).toEqual([
      `'Shop/Busy/Resource', 'Shop/Web/ScheduledActionNight/Resource' refer to Auto Scaling group 'Shop/Web', which is replaced by a copy with each deployment, and from the first one on are about a group that does not serve; ${REFERENCE_REMEDY}`,
    ]);
    const byManager = fleetSample((fleet, stack) => new CodeDeployAgent(stack, 'Agent', { hosts: [CodeDeployAgentHosts.fromAutoScalingGroup(fleet)], system: CodeDeployAgentSystem.AMAZON_LINUX_2023, installation: CodeDeployAgentInstallation.systemsManager() }));
    expect(textOf(byManager, 'copied-group-referenced').join()).toMatch(/^'Shop\/Agent\/.*' refers? to Auto Scaling group 'Shop\/Web'/);
  });

  test('counts what is too much to name', () => {
    const sample = fleetSample((fleet) => {
      for (let index = 0; index < 7; index++) {
        fleet.scaleOnSchedule(`At${index}`, { schedule: autoscaling.Schedule.cron({ hour: `${index}` }), minCapacity: 1 });
      }
    });
    expect(textOf(sample, 'copied-group-referenced')[0]).toMatch(/^('Shop\/Web\/ScheduledActionAt\d\/Resource'(, )?){5} and 2 more refer to/);
  });

  test('that is imported has nobody look for references', () => {
    const sample = serverSample((stack) => copiedIn(stack, {}, { targets: autoScalingGroups(imported(stack, 'Elsewhere')) }));
    expect(findingsOf(sample)).toEqual(['warning launch-not-known', 'warning copied-auto-scaling-group']);
  });

  test('should be attached to the load balancer', () => {
    const sample = serverSample((stack) => copiedIn(stack, {}, { targets: autoScalingGroups(fleetIn(stack, {}, 'Web')) }));
    expect(findingsOf(sample)).toEqual(['warning copied-auto-scaling-group', 'warning load-balancer-not-attached']);
  });

  test('is deployed to all at once without being taken down', () => {
    const sample = serverSample((stack) => copiedIn(stack, {}, { deployment: copiedBy({}, { healthyHosts: HealthyHosts.allAtOnce() }) }));
    expect(findingsOf(sample)).toEqual(['warning copied-auto-scaling-group']);
  });

  /** The fleet `Web` is the one that is copied, with what refers to it. */
  function fleetSample(refer: (fleet: autoscaling.AutoScalingGroup, stack: Stack) => unknown): ServerSample {
    return serverSample((stack) => {
      const fleet = fleetIn(stack, {}, 'Web');
      refer(fleet, stack);
      return copiedIn(stack, {}, { targets: autoScalingGroups(fleet) });
    });
  }
});

describe('two groups that alternate', () => {
  const NO_TRIGGER =
    "rollout 'Shop/Fleet' has two Auto Scaling groups alternate and no ServerDeploymentTrigger: a deployment finds no replacement unless whoever starts it has scaled the idle group up, and names it by 'targetInstances'; " +
    'add a ServerDeploymentTrigger, or do as docs/server-blue-green.md says for deployments by other means';
  test('need somebody who scales the idle one up, and no attached load balancer', () => {
    const sample = serverSample(alternatingIn);
    expect(findingsOf(sample)).toEqual(['warning no-deployment-trigger']);
    expect(textOf(sample, 'no-deployment-trigger')).toEqual([NO_TRIGGER]);
  });

  test('have a trigger that does so, made after them', () => {
    const stack = stackOf();
    const rollout = serverRolloutIn(stack, alternatingIn(stack, {}, { revision: ServerRevision.fromBucket(s3.Bucket.fromBucketName(stack, 'Ours', 'ours'), 'a.zip', { version: 'v1' }) }));
    new ServerDeploymentTrigger(stack, 'Deploy', { rollout });
    expect(findingsOf(finishedServer(stack, rollout)).filter((finding) => finding.endsWith('trigger'))).toEqual([]);
  });

  const NOT_SEEN =
    'and alternates: whether an update of it scales it while it serves, and whether its instances get traffic before they are deployed to, nobody has seen; ' +
    'make sure that it has a smallest size of 0, that nothing sets its desired capacity, and that no load balancer is attached to it';

  test('that are imported could not be looked at', () => {
    const sample = serverSample((stack) => alternatingIn(stack, {}, { targets: autoScalingGroups(imported(stack, 'One'), imported(stack, 'Two')) }));
    expect(textOf(sample, 'fleet-not-examined')).toEqual(['One', 'Two'].map((id) => `Auto Scaling group 'Shop/${id}' is not made in this app, ${NOT_SEEN}`));
  });

  test('of a size that is known when the stack is deployed could not be looked at either', () => {
    const sample = serverSample((stack) => {
      const second = idleIn(stack, 'Two');
      (second.node.defaultChild as autoscaling.CfnAutoScalingGroup).minSize = new CfnParameter(stack, 'Min').valueAsString;
      return alternatingIn(stack, {}, { targets: autoScalingGroups(idleIn(stack, 'One'), second) });
    });
    expect(textOf(sample, 'fleet-not-examined')).toEqual([`Auto Scaling group 'Shop/Two' has a 'minCapacity' that is known when the stack is deployed, ${NOT_SEEN}`]);
  });

  interface Case {
    readonly options: ServerBlueGreenOptions;
    readonly max: [number, number];
    readonly expected: string[];
  }

  test.each<[string, Case]>([
    ['one instance, of which none is taken down', { options: { healthyHosts: HealthyHosts.allAtOnce() }, max: [6, 6], expected: [] }],
    ['one instance, of which half must be healthy', { options: { healthyHosts: HealthyHosts.halfAtATime() }, max: [6, 6], expected: ['warning healthy-hosts-unreachable'] }],
    ['two instances, of which half must be healthy', { options: { healthyHosts: HealthyHosts.halfAtATime(), fleet: BlueGreenFleet.alternating({ capacity: 2 }) }, max: [6, 6], expected: [] }],
    ['as many as the quota', { options: {}, max: [2000, 2001], expected: [] }],
    ['more than the quota, if something scales them', { options: {}, max: [2001, 2001], expected: ['warning fleet-over-quota'] }],
  ])('of %s', (_, { options, max: [first, second], expected }) => {
    const sample = serverSample((stack) => alternatingIn(stack, options, { targets: autoScalingGroups(idleIn(stack, 'One', { maxCapacity: first }), idleIn(stack, 'Two', { maxCapacity: second })) }));
    expect(findingsOf(sample)).toEqual(['warning no-deployment-trigger', ...expected]);
  });

  test('of which one is known are judged by what they begin with', () => {
    const props = (stack: Stack): Partial<ServerRolloutProps> => ({ targets: autoScalingGroups(idleIn(stack, 'One'), imported(stack, 'Two')), deployment: ServerDeployment.blueGreen({ healthyHosts: HealthyHosts.halfAtATime() }) });
    expect(findingsOf(serverSample((stack) => alternatingIn(stack, {}, props(stack))))).toEqual(['warning no-deployment-trigger', 'warning fleet-not-examined', 'warning healthy-hosts-unreachable']);
  });
});
