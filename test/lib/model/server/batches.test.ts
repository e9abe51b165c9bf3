import type { FleetSize } from '../../../../lib/model/server/batches';
import { monitorSeconds, predictBatches } from '../../../../lib/model/server/batches';
import type { MinimumHealthyHosts, ZonalConfiguration } from '../../../../lib/model/server/healthy-hosts';

const shown = (fleet: FleetSize, minimum: MinimumHealthyHosts, zonal?: ZonalConfiguration): string =>
  predictBatches(fleet, minimum, zonal).map(({ zone, instances, monitorSeconds: wait }) => `${zone === undefined ? '' : `${zone}:`}${instances}${wait === undefined ? '' : ` (${wait} s)`}`).join(' ');

const HALF: MinimumHealthyHosts = { type: 'FLEET_PERCENT', value: 50 };
const FORTY: MinimumHealthyHosts = { type: 'FLEET_PERCENT', value: 40 };
const QUARTER: MinimumHealthyHosts = { type: 'FLEET_PERCENT', value: 75 };
const SIX: MinimumHealthyHosts = { type: 'HOST_COUNT', value: 6 };

test.each([
  [1, '', '', '', ''],
  [2, '1 1', '1 1', '', ''],
  [3, '1 1 1', '1 1 1', '', ''],
  [4, '2 2', '2 2', '1 1 1 1', ''],
  [5, '2 2 1', '3 2', '1 1 1 1 1', ''],
  [6, '3 3', '3 3', '1 1 1 1 1 1', ''],
  [7, '3 3 1', '4 3', '1 1 1 1 1 1 1', '1 1 1 1 1 1 1'],
  [8, '4 4', '4 4', '2 2 2 2', '2 2 2 2'],
  [9, '4 4 1', '5 4', '2 2 2 2 1', '3 3 3'],
  [10, '5 5', '6 4', '2 2 2 2 2', '4 4 2'],
  [11, '5 5 1', '6 5', '2 2 2 2 2 1', '5 5 1'],
  [12, '6 6', '7 5', '3 3 3 3', '6 6'],
  [13, '6 6 1', '7 6', '3 3 3 3 1', '7 6'],
  [14, '7 7', '8 6', '3 3 3 3 2', '8 6'],
  [15, '7 7 1', '9 6', '3 3 3 3 3', '9 6'],
  [16, '8 8', '9 7', '4 4 4 4', '10 6'],
  [17, '8 8 1', '10 7', '4 4 4 4 1', '11 6'],
  [18, '9 9', '10 8', '4 4 4 4 2', '12 6'],
  [19, '9 9 1', '11 8', '4 4 4 4 3', '13 6'],
  [20, '10 10', '12 8', '5 5 5 5', '14 6'],
])('batches of %i instances', (total, half, forty, quarter, six) => {
  expect([HALF, FORTY, QUARTER, SIX].map((minimum) => shown({ any: total }, minimum))).toEqual([half, forty, quarter, six]);
});

describe('one zone after the other', () => {
  test.each([
    ["the user guide's example", { a: 100, b: 100 }, 160, { minimumHealthyHostsPerZone: { type: 'HOST_COUNT', value: 50 } }, 'a:40 a:40 a:20 b:40 b:40 b:20'],
    ['without a minimum of the zones a whole zone', { b: 4, a: 3 }, 2, {}, 'a:3 b:4'],
    ['percent of a zone are rounded up', { a: 5, b: 4 }, 0, { minimumHealthyHostsPerZone: { type: 'FLEET_PERCENT', value: 50 } }, 'a:2 a:2 a:1 b:2 b:2'],
    ['waits after each zone but the last', { a: 1, b: 1, c: 1 }, 1, { monitorDurationSeconds: 60 }, 'a:1 (60 s) b:1 (60 s) c:1'],
    ['waits longer after the first zone', { a: 2, b: 1, c: 1 }, 3, { monitorDurationSeconds: 60, firstZoneMonitorDurationSeconds: 600 }, 'a:1 a:1 (600 s) b:1 (60 s) c:1'],
    ['waits after the first zone only', { a: 1, b: 1, c: 1 }, 1, { firstZoneMonitorDurationSeconds: 600 }, 'a:1 (600 s) b:1 c:1'],
    ['a zone without instances is none', { a: 1, b: 0, c: 1 }, 1, { monitorDurationSeconds: 60 }, 'a:1 (60 s) c:1'],
    ['a zone of which nothing may be taken down fails the whole', { a: 3, b: 2 }, 1, { minimumHealthyHostsPerZone: { type: 'HOST_COUNT', value: 2 } }, ''],
    ['and so does the fleet', { a: 3, b: 2 }, 5, {}, ''],
  ] as const)('%s', (_, fleet, value, zonal, expected) => {
    expect(shown(fleet, { type: 'HOST_COUNT', value }, zonal)).toBe(expected);
  });

  test('there is no wait after a single zone', () => {
    expect(monitorSeconds({ firstZoneMonitorDurationSeconds: 60 }, 0, 1)).toBe(0);
  });
});
