import type { Completion } from '../../../lib/model/deployment-request';
import type { HookRun, RolloutTimes } from '../../../lib/model/deployment-time';
import { SERVICE_TIMES, longestAliasWaitSeconds, longestHookSeconds, longestWaitSeconds, waitSegments } from '../../../lib/model/deployment-time';

const ALL_AT_ONCE = { type: 'AllAtOnce' } as const;

const PLAIN: RolloutTimes = { traffic: ALL_AT_ONCE, hooks: [], terminationWaitMinutes: 10 };

/** Install 3,600 s, nine times 5 s for eight events and one increment, 60 s for a rollback. */
const UNTIL_SHIFTED = 3705;

describe('longestWaitSeconds', () => {
  test.each<[string, Partial<RolloutTimes>, number, number]>([
    ['a plain rollout', {}, UNTIL_SHIFTED, UNTIL_SHIFTED + 600],
    ['no termination wait', { terminationWaitMinutes: 0 }, UNTIL_SHIFTED, UNTIL_SHIFTED],
    ['an approval wait', { approvalWaitMinutes: 90 }, UNTIL_SHIFTED + 5400, UNTIL_SHIFTED + 6000],
    ['a canary', { traffic: { type: 'TimeBasedCanary', percentage: 10, intervalMinutes: 5 } }, UNTIL_SHIFTED + 5 + 300, UNTIL_SHIFTED + 5 + 900],
    ['three hours of a linear shift', { traffic: { type: 'TimeBasedLinear', percentage: 10, intervalMinutes: 20 } }, UNTIL_SHIFTED + 45 + 10_800, UNTIL_SHIFTED + 45 + 11_400],
    [
      'hooks, the one after the shift included',
      { hooks: [{ seconds: 100 }, { seconds: 20 }, { seconds: 3 }] },
      UNTIL_SHIFTED + 123,
      UNTIL_SHIFTED + 123 + 600,
    ],
  ])('of %s', (_what, differs, shifted, completed) => {
    const seconds = (completion: Completion) => longestWaitSeconds({ ...PLAIN, ...differs }, completion);
    expect([seconds('STARTED'), seconds('TRAFFIC_SHIFTED'), seconds('COMPLETED')]).toEqual([0, shifted, completed]);
  });

  test('takes other times of the service', () => {
    expect(longestWaitSeconds(PLAIN, 'TRAFFIC_SHIFTED', { ...SERVICE_TIMES, install: 600 })).toBe(UNTIL_SHIFTED - 3000);
    expect(longestWaitSeconds(PLAIN, 'TRAFFIC_SHIFTED', { install: 600, event: 1, rollback: 2 })).toBe(611);
  });
});

describe('longestAliasWaitSeconds', () => {
  /** Four times 5 s for three events and one increment, 60 s for a rollback. */
  const PLAIN_ALIAS = 80;

  test.each<[string, Partial<RolloutTimes>, number]>([
    ['a plain rollout', {}, PLAIN_ALIAS],
    ['a canary', { traffic: { type: 'TimeBasedCanary', percentage: 10, intervalMinutes: 5 } }, PLAIN_ALIAS + 5 + 300],
    ['ten increments', { traffic: { type: 'TimeBasedLinear', percentage: 10, intervalMinutes: 1 } }, PLAIN_ALIAS + 45 + 540],
    ['hooks', { hooks: [{ seconds: 100 }, { seconds: 20 }] }, PLAIN_ALIAS + 120],
  ])('of %s', (_what, differs, seconds) => {
    const times = { traffic: ALL_AT_ONCE, hooks: [], ...differs };
    expect((['STARTED', 'TRAFFIC_SHIFTED', 'COMPLETED'] as const).map((completion) => longestAliasWaitSeconds(times, completion))).toEqual([0, seconds, seconds]);
  });

  test('takes other times of the service', () => {
    expect(longestAliasWaitSeconds({ traffic: ALL_AT_ONCE, hooks: [] }, 'COMPLETED', { event: 1, rollback: 2 })).toBe(6);
  });
});

describe('waitSegments', () => {
  test.each([
    [0, 1],
    [3000, 1],
    [3001, 2],
    [6000, 2],
    [6001, 3],
    [UNTIL_SHIFTED + 45 + 11_400, 6],
  ])('%i seconds are %i', (seconds, segments) => {
    expect(waitSegments(seconds)).toBe(segments);
  });

  test('are bounded by what the service allows', () => {
    const hooks = Array.from({ length: 5 }, () => ({ seconds: 3600 }));
    const longest: RolloutTimes = { traffic: { type: 'TimeBasedCanary', percentage: 10, intervalMinutes: 2880 }, hooks, approvalWaitMinutes: 2880, terminationWaitMinutes: 2880 };
    expect(waitSegments(longestWaitSeconds(longest, 'COMPLETED'))).toBe(181);
  });
});

describe('longestHookSeconds', () => {
  const RUN: HookRun = { lateSeconds: 300, runSeconds: 60, guarded: true, reportsLater: false };

  test.each<[string, Partial<HookRun>, number]>([
    ['starts late, runs to its end, and is reported for', {}, 480],
    ['cannot take more than the service waits', { runSeconds: 3181 }, 3600],
    ['takes just what the service waits', { runSeconds: 3180 }, 3600],
    ['takes a second less', { runSeconds: 3179 }, 3599],
    ['has a time-out that is not known', { runSeconds: undefined }, 3600],
    ['has no guardian', { guarded: false }, 3600],
    ['reports later', { reportsLater: true }, 3600],
  ])('of a hook that %s', (_what, differs, seconds) => {
    expect(longestHookSeconds({ ...RUN, ...differs })).toBe(seconds);
  });
});
