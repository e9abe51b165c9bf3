import type { FleetProgress } from '../../../../lib/model/server/healthy-hosts';
import { DEFAULT_SERVER_CONFIG, PREDEFINED_SERVER_CONFIGS, brokenOff, concurrency, failsAtOnce, hasSucceeded, mayBegin, mayReroute, pickingRank, requiredHealthy } from '../../../../lib/model/server/healthy-hosts';
import { CELLS } from './healthy-hosts-table';

describe('fleets of 1 to 20 instances', () => {
  test('the table has them all', () => {
    expect(CELLS).toHaveLength(240);
  });

  test.each(CELLS)('$instances with $configuration', ({ instances, minimum, works }) => {
    expect(failsAtOnce(minimum, instances)).toBe(works === undefined);
    expect(concurrency(minimum, instances)).toBe(works?.atATime ?? 0);
    if (works !== undefined) {
      const required = requiredHealthy(minimum, instances);
      expect(hasSucceeded(works.mustSucceed, required)).toBe(true);
      expect(hasSucceeded(works.mustSucceed - 1, required)).toBe(false);
    }
  });
});

test('the predefined configurations are those that the service lists', () => {
  expect(PREDEFINED_SERVER_CONFIGS).toEqual({
    'CodeDeployDefault.AllAtOnce': { type: 'HOST_COUNT', value: 0 },
    'CodeDeployDefault.HalfAtATime': { type: 'FLEET_PERCENT', value: 50 },
    'CodeDeployDefault.OneAtATime': { type: 'MOST_CONCURRENCY', value: 1 },
  });
  expect(DEFAULT_SERVER_CONFIG).toBe('CodeDeployDefault.OneAtATime');
});

const progress = (total: number, required: number, failed: number, inProgress: number, remaining: number): FleetProgress => ({ total, required, failed, inProgress, remaining });

describe('instances that may be begun with', () => {
  test.each([
    ['10 hosts, 3 healthy: 7 in the first batch', progress(10, 3, 0, 0, 10), 7, 7],
    ['and then the remaining 3', progress(10, 3, 0, 0, 3), 3, 3],
    ['none besides those in the batch', progress(10, 3, 0, 7, 3), 0, 0],
    ['one less for each that has failed', progress(10, 8, 1, 0, 8), 1, 1],
    ['none where the minimum is reached', progress(10, 8, 2, 0, 8), 0, 1],
    ['none where it is more than there are', progress(5, 6, 0, 0, 5), 0, 1],
    ['one, where it is traffic only, as long as none is under way', progress(8, 8, 0, 1, 7), 0, 0],
  ])('%s', (_, state, begin, reroute) => {
    expect(mayBegin(state)).toBe(begin);
    expect(mayReroute(state)).toBe(reroute);
  });
});

describe('a deployment is broken off', () => {
  test.each([
    ['10 hosts, 9 healthy: by the first failure', progress(10, 9, 1, 0, 9), true],
    ['but not by that of the last instance', progress(10, 9, 1, 0, 0), false],
    ['10 hosts, 8 healthy: not by one failure', progress(10, 8, 1, 0, 8), false],
    ['by two', progress(10, 8, 2, 0, 1), true],
    ['but not where the last instance is the second to fail', progress(10, 8, 2, 0, 0), false],
    ['10 hosts, 0 healthy: not before all have failed', progress(10, 0, 9, 0, 1), false],
    ['by nothing that has not failed', progress(10, 10, 0, 0, 10), false],
  ])('%s', (_, state, expected) => {
    expect(brokenOff(state)).toBe(expected);
  });
});

test('it picks unhealthy instances first, then those of unknown, old and current revision', () => {
  expect(pickingRank({ healthy: false, revision: 'current' })).toBe(0);
  expect(pickingRank({ healthy: false, revision: 'unknown' })).toBe(0);
  expect(pickingRank({ healthy: true, revision: 'unknown' })).toBe(1);
  expect(pickingRank({ healthy: true, revision: 'old' })).toBe(2);
  expect(pickingRank({ healthy: true, revision: 'current' })).toBe(3);
});
