/** What scales instances otherwise than deployments can stand. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type { Stack } from 'aws-cdk-lib/core';

import type { ServerRolloutProps } from '../../../lib';
import { ServerTargets } from '../../../lib';
import { alternatingIn, copiedIn, idleIn } from '../support/blue-green-sample';
import type { ServerSample } from '../support/server-sample';
import { fleetIn, serverSample } from '../support/server-sample';

const { autoScalingGroups } = ServerTargets;
const NEVER = autoscaling.Schedule.expression('0 8 * * *');

const about = ({ description }: ServerSample, id: string) => description.findings.filter((finding) => finding.id === id).map(({ level, message, remedy }) => `${level}: ${message}; ${remedy}`);
const changed = (build: (fleet: autoscaling.AutoScalingGroup) => unknown, fleet: autoscaling.AutoScalingGroup): autoscaling.AutoScalingGroup => {
  build(fleet);
  return fleet;
};
const warm = (fleet: autoscaling.AutoScalingGroup) => fleet.addWarmPool();
const scheduled = (fleet: autoscaling.AutoScalingGroup) => fleet.scaleOnSchedule('Morning', { schedule: NEVER, minCapacity: 2 });
const busy = (fleet: autoscaling.AutoScalingGroup) => fleet.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 50 });

type Build = (fleet: autoscaling.AutoScalingGroup) => unknown;
type Kind = (stack: Stack, build: Build) => Partial<ServerRolloutProps>;

const inPlace: Kind = (stack, build) => ({ targets: autoScalingGroups(changed(build, fleetIn(stack))) });
const alternating: Kind = (stack, build) => alternatingIn(stack, {}, { targets: autoScalingGroups(idleIn(stack, 'A'), changed(build, idleIn(stack, 'B'))) });
const copied: Kind = (stack, build) => copiedIn(stack, {}, { targets: autoScalingGroups(changed(build, fleetIn(stack, {}, 'Web'))) });

const WARM = (group: string) =>
  `warning: Auto Scaling group 'Shop/${group}' has the warm pool 'Shop/${group}/WarmPool/Resource', which CodeDeploy does not support: what is deployed to an instance that enters the pool is not what is released when it leaves it; remove the warm pool`;
const SCHEDULED =
  "warning: Auto Scaling group 'Shop/B' is scaled by the schedule 'Shop/B/ScheduledActionMorning/Resource', and alternates: at its time it may be the one that does not serve, and would then start instances that nothing is deployed to, " +
  'or end those of a deployment that is under way; scale both groups by policies on their own metrics, which leave a group without instances alone';

test.each<[string, Kind, Build, string, string[]]>([
  ['a warm pool in place', inPlace, warm, 'warm-pool', [WARM('Asg')]],
  ['a warm pool of a group that alternates', alternating, warm, 'warm-pool', [WARM('B')]],
  ['a warm pool of a group that is copied', copied, warm, 'warm-pool', [WARM('Web')]],
  ['no warm pool', inPlace, busy, 'warm-pool', []],
  ['a schedule of a group that alternates', alternating, scheduled, 'alternating-group-scheduled', [SCHEDULED]],
  ['a schedule in place', inPlace, scheduled, 'alternating-group-scheduled', []],
  ['a schedule of a group that is copied', copied, scheduled, 'alternating-group-scheduled', []],
  ['a policy of a group that alternates', alternating, busy, 'alternating-group-scheduled', []],
])('%s', (_, kind, build, id, expected) => {
  expect(about(serverSample((stack) => kind(stack, build)), id)).toEqual(expected);
});

test('an imported group is not looked at', () => {
  const sample = serverSample((stack) => ({ targets: autoScalingGroups(autoscaling.AutoScalingGroup.fromAutoScalingGroupName(stack, 'Imported', 'web')) }));
  expect(about(sample, 'warm-pool')).toEqual([]);
});
