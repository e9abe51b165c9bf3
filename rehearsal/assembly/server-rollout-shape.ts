/** The description of a rollout to EC2/on-premises as `lib/model/server/rollout.ts` defines it, for checking one that comes out of a template. */
import { MAX_WAIT_MINUTES } from '../../lib/model/limits';
import { SCHEMA_VERSION, finding, reference, rollbackEvents } from './rollout-shape';
import { flag, listOf, number, object, oneOf, optional, text, variant } from './shape';

const seconds = number(0);

const tagGroup = listOf(object({ key: optional(text), value: optional(text) }));

const revision = variant((value) =>
  value.source === 'gitHub'
    ? object({ source: text, repository: text, commitId: text })
    : object({ source: oneOf('asset', 'bucket'), bucket: reference, key: text, bundleType: oneOf('zip', 'tar', 'tgz'), version: optional(text), path: optional(text) }),
);

const minutes = (min: number) => number(min, MAX_WAIT_MINUTES);

const originals = variant(({ action }) => (action === 'TERMINATE' ? object({ action: oneOf('TERMINATE'), waitMinutes: minutes(0) }) : object({ action: oneOf('KEEP_ALIVE', 'TERMINATE') })));

const fleet = variant(({ type }) =>
  type === 'COPIED'
    ? object({ type: oneOf('COPIED'), autoScalingGroup: reference })
    : object({ type: oneOf('ALTERNATING', 'COPIED'), autoScalingGroups: listOf(reference, 2), capacity: number(1), terminationWaitMinutes: optional(minutes(0)) }),
);

const deployment = variant(({ type }) =>
  type === 'BLUE_GREEN' ? object({ type: oneOf('BLUE_GREEN'), readyWaitMinutes: optional(minutes(1)), originals, fleet }) : object({ type: oneOf('IN_PLACE', 'BLUE_GREEN') }),
);

/** In the metadata of the deployment group, which for blue/green is a custom resource. */
export const serverRollout = object({
  schemaVersion: number(SCHEMA_VERSION, SCHEMA_VERSION),
  platform: oneOf('Server'),
  name: text,
  application: reference,
  deploymentGroup: reference,
  deploymentConfigName: reference,
  serviceRole: reference,
  targets: object({ autoScalingGroups: listOf(reference), ec2TagGroups: listOf(tagGroup), onPremisesTagGroups: listOf(tagGroup) }),
  loadBalancers: object({ targetGroups: listOf(reference), classic: listOf(reference) }),
  deployment,
  minimumHealthyHosts: object({ type: oneOf('HOST_COUNT', 'FLEET_PERCENT', 'MOST_CONCURRENCY'), value: number(0) }),
  zonal: optional(
    object({
      monitorDurationSeconds: optional(seconds),
      firstZoneMonitorDurationSeconds: optional(seconds),
      minimumHealthyHostsPerZone: optional(object({ type: oneOf('HOST_COUNT', 'FLEET_PERCENT'), value: number(0) })),
    }),
  ),
  outdatedInstances: oneOf('UPDATE', 'IGNORE'),
  terminationHook: flag,
  fileExistsBehavior: oneOf('DISALLOW', 'OVERWRITE', 'RETAIN'),
  ignoreApplicationStopFailures: flag,
  revision: optional(revision),
  trigger: optional(reference),
  rollbackEvents,
  alarms: listOf(reference),
  verdictAlarm: reference,
  gates: object({ readyWait: optional(reference), instance: optional(reference), fleet: optional(reference) }),
  guardian: optional(reference),
  expectedRequestsPerSecond: optional(number(0)),
  findings: listOf(finding),
});
