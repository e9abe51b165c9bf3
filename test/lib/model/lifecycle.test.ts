import { ecsHookRuns, ecsLifecycleEvents } from '../../../lib/model/lifecycle';

describe('lifecycle of an ECS deployment', () => {
  test('has eight events with a test listener, in the order of the service', () => {
    expect(ecsLifecycleEvents(true)).toEqual([
      'BeforeInstall',
      'Install',
      'AfterInstall',
      'AllowTestTraffic',
      'AfterAllowTestTraffic',
      'BeforeAllowTraffic',
      'AllowTraffic',
      'AfterAllowTraffic',
    ]);
  });

  test('has six events without one', () => {
    expect(ecsLifecycleEvents(false)).toEqual(['BeforeInstall', 'Install', 'AfterInstall', 'BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic']);
  });

  test.each([
    ['AfterAllowTestTraffic', false, false],
    ['AfterAllowTestTraffic', true, true],
    ['BeforeAllowTraffic', false, true],
  ] as const)('a hook on %s with test listener %s runs: %s', (event, hasTestListener, runs) => {
    expect(ecsHookRuns(event, hasTestListener)).toBe(runs);
  });
});
