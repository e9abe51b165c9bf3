/** The part of a description that tells how releases come to the instances. */
import type { BlueGreenDescription, InPlaceDescription, ServerRolloutDescription } from '../../../lib/model/server/rollout';
import { serverRollout } from '../../../rehearsal/assembly/server-rollout-shape';

type Deployment = InPlaceDescription | BlueGreenDescription;

const alternating = { type: 'ALTERNATING', autoScalingGroups: [{ logicalId: 'A' }, { logicalId: 'B', stack: 'Fleets' }], capacity: 1 } as const;
const copied = { type: 'COPIED', autoScalingGroup: { logicalId: 'A' } } as const;
const kept = { action: 'KEEP_ALIVE' } as const;
const blueGreen = (part: object): object => ({ type: 'BLUE_GREEN', originals: kept, fleet: alternating, ...part });

const described = (deployment: object): ServerRolloutDescription => ({
  schemaVersion: 1,
  platform: 'Server',
  name: 'Shop/Fleet',
  application: { logicalId: 'Application' },
  deploymentGroup: { logicalId: 'Group' },
  deploymentConfigName: { value: 'CodeDeployDefault.OneAtATime' },
  serviceRole: { logicalId: 'Role' },
  targets: { autoScalingGroups: [{ logicalId: 'A' }, { logicalId: 'B', stack: 'Fleets' }], ec2TagGroups: [], onPremisesTagGroups: [] },
  loadBalancers: { targetGroups: [{ logicalId: 'Targets' }], classic: [] },
  deployment: deployment as Deployment,
  minimumHealthyHosts: { type: 'MOST_CONCURRENCY', value: 1 },
  outdatedInstances: 'UPDATE',
  terminationHook: true,
  fileExistsBehavior: 'DISALLOW',
  ignoreApplicationStopFailures: false,
  rollbackEvents: ['DEPLOYMENT_FAILURE'],
  alarms: [{ logicalId: 'Verdict' }],
  verdictAlarm: { logicalId: 'Verdict' },
  gates: {},
  findings: [],
});

const problems = (deployment: object) => serverRollout(described(deployment), 'rollout');

test.each<[string, object]>([
  ['in place', { type: 'IN_PLACE' }],
  ['two groups that alternate, kept', blueGreen({})],
  ['two groups that alternate, scaled down at once', blueGreen({ fleet: { ...alternating, terminationWaitMinutes: 0 } })],
  ['the longest waits', blueGreen({ readyWaitMinutes: 2880, fleet: { ...alternating, terminationWaitMinutes: 2880 } })],
  ['a copied group, kept', blueGreen({ fleet: copied })],
  ['a copied group, terminated', blueGreen({ fleet: copied, originals: { action: 'TERMINATE', waitMinutes: 0 } })],
])('%s is understood', (_, deployment) => {
  expect(problems(deployment)).toEqual([]);
});

test.each<[string, object, string[]]>([
  ['no such kind', { type: 'ROLLING' }, ['rollout.deployment.type must be one of IN_PLACE, BLUE_GREEN, got "ROLLING"']],
  ['in place with a fleet', { type: 'IN_PLACE', fleet: copied }, ['rollout.deployment.fleet is not known']],
  ['no fleet', { type: 'BLUE_GREEN', originals: kept }, ['rollout.deployment.fleet must be an object, got nothing']],
  ['no such fleet', blueGreen({ fleet: { ...alternating, type: 'ROUND' } }), ['rollout.deployment.fleet.type must be one of ALTERNATING, COPIED, got "ROUND"']],
  ['one group that alternates', blueGreen({ fleet: { ...alternating, autoScalingGroups: [{ logicalId: 'A' }] } }), ['rollout.deployment.fleet.autoScalingGroups must be a list of 2, got [{"logicalId":"A"}]']],
  ['a fleet of nothing', blueGreen({ fleet: { ...alternating, capacity: 0 } }), ['rollout.deployment.fleet.capacity must be a number of at least 1, got 0']],
  ['a copied group with a capacity', blueGreen({ fleet: { ...copied, capacity: 1 } }), ['rollout.deployment.fleet.capacity is not known']],
  ['no ready wait that is one', blueGreen({ readyWaitMinutes: 0 }), ['rollout.deployment.readyWaitMinutes must be a number from 1 to 2880, got 0']],
  ['more than two days', blueGreen({ fleet: { ...alternating, terminationWaitMinutes: 2881 } }), ['rollout.deployment.fleet.terminationWaitMinutes must be a number from 0 to 2880, got 2881']],
  ['an end without a time', blueGreen({ originals: { action: 'TERMINATE' } }), ['rollout.deployment.originals.waitMinutes must be a number from 0 to 2880, got nothing']],
  ['no such end', blueGreen({ originals: { action: 'STOP' } }), ['rollout.deployment.originals.action must be one of KEEP_ALIVE, TERMINATE, got "STOP"']],
])('%s is told', (_, deployment, expected) => {
  expect(problems(deployment)).toEqual(expected);
});
