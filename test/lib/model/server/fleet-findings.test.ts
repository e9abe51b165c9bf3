import type { FleetConfiguration } from '../../../../lib/model/server/fleet-findings';
import { fleetFindings } from '../../../../lib/model/server/fleet-findings';
import { instancesPerDeployment } from '../../../../lib/model/server/quotas';

const lines = (configuration: Partial<FleetConfiguration>): string[] =>
  fleetFindings({ fleet: { a: 4, b: 4 }, minimum: { type: 'HOST_COUNT', value: 4 }, inPlace: true, quota: 1000, ...configuration }).map(
    ({ id, level, message, remedy }) => `${level} ${id}: ${message}; ${remedy}`,
  );

test.each<[string, Partial<FleetConfiguration>, string[]]>([
  ['nothing, where nothing is wrong', {}, []],
  ['no instances', { fleet: { a: 0 } }, ['error fleet-empty: the fleet has 0 instances, and a deployment to it fails with NO_INSTANCES; give it 1 instance at least']],
  [
    'a count of all of them',
    { minimum: { type: 'HOST_COUNT', value: 8 } },
    ['error healthy-hosts-unreachable: the fleet has 8 instances, and the minimum of healthy hosts is 8; nothing may be taken down, and every deployment fails with HEALTH_CONSTRAINTS_INVALID; lower the minimum to 7 at most, or give the fleet more instances'],
  ],
  [
    'percent that are rounded up to all of them',
    { fleet: { any: 10 }, minimum: { type: 'FLEET_PERCENT', value: 95 } },
    ['error healthy-hosts-unreachable: the fleet has 10 instances, and the minimum of healthy hosts is 10 (95 %, rounded up); nothing may be taken down, and every deployment fails with HEALTH_CONSTRAINTS_INVALID; lower the minimum to 9 at most, or give the fleet more instances'],
  ],
  [
    'half of a single instance',
    { fleet: { any: 1 }, minimum: { type: 'FLEET_PERCENT', value: 50 } },
    ['error healthy-hosts-unreachable: the fleet has 1 instance, and the minimum of healthy hosts is 1 (50 %, rounded up); nothing may be taken down, and every deployment fails with HEALTH_CONSTRAINTS_INVALID; use CodeDeployDefault.OneAtATime, or give the fleet more instances'],
  ],
  [
    'all at once, in place',
    { minimum: { type: 'HOST_COUNT', value: 0 } },
    ['warning whole-fleet-at-once: the fleet has 8 instances, and each deployment takes all of them down at the same time, since the minimum of healthy hosts is 0; set a minimum from 1 to 7, or deploy blue/green'],
  ],
  ['a single instance, in place', { fleet: { a: 1 }, minimum: { type: 'MOST_CONCURRENCY', value: 1 } }, ['warning whole-fleet-at-once: the fleet has 1 instance, and each deployment takes it down; give the fleet a second instance, or deploy blue/green']],
  ['all at once, blue/green', { minimum: { type: 'HOST_COUNT', value: 0 }, inPlace: false }, []],
  ['all at once, a zone at a time', { minimum: { type: 'HOST_COUNT', value: 0 }, zonal: {} }, []],
  [
    'all at once, in a single zone',
    { fleet: { a: 3, b: 0 }, minimum: { type: 'HOST_COUNT', value: 0 }, zonal: {} },
    ['warning whole-fleet-at-once: the fleet has 3 instances, and each deployment takes all of them down at the same time, since the minimum of healthy hosts is 0; set a minimum from 1 to 2, or deploy blue/green'],
  ],
  [
    'a zone of which nothing may be taken down',
    { fleet: { b: 1, a: 3, c: 0 }, minimum: { type: 'HOST_COUNT', value: 1 }, zonal: { minimumHealthyHostsPerZone: { type: 'HOST_COUNT', value: 1 } } },
    ['error healthy-hosts-unreachable: zone b has 1 instance, and the minimum of healthy hosts in a zone is 1; nothing may be taken down, and every deployment fails; lower the minimum of the zones, or give the zone more instances'],
  ],
  ['as many as the quota', { fleet: { a: 1000 } }, []],
  [
    'more than the quota',
    { fleet: { a: 1001 } },
    ['error fleet-over-quota: the fleet has 1001 instances, and a deployment may have 1000; it fails with OVER_MAX_INSTANCES; ask AWS to raise the quota of instances in a deployment, or make several deployment groups'],
  ],
])('finds %s', (_, configuration, expected) => {
  expect(lines(configuration)).toEqual(expected);
});

test.each([
  ['eu-west-1', 1000],
  ['us-east-1', 2000],
  ['us-east-2', 2000],
  ['us-west-2', 2000],
  ['eu-central-1', 2000],
  [undefined, 2000],
])('instances of a deployment in %s: %i', (region, expected) => {
  expect(instancesPerDeployment(region)).toBe(expected);
});
