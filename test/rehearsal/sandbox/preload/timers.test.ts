import { VirtualClock } from '../../../../rehearsal/sandbox/preload/clock';
import { installTimers } from '../../../../rehearsal/sandbox/preload/timers';

const clock = () => new VirtualClock(0, 0, () => undefined);

/** A Node whose internals have the expected shape, but whose timers do not use them. */
const UNUSED: Record<string, unknown> = {
  'internal/test/binding': {
    internalBinding: () => ({
      getLibuvNow: () => 0,
      scheduleTimer: () => undefined,
      toggleTimerRef: () => undefined,
      timeoutInfo: [0],
    }),
  },
  'internal/timers': { timerListQueue: { peek: () => undefined }, getTimerCallbacks: () => ({ processTimers: () => 0 }) },
};

describe('installTimers', () => {
  test('fails when Node lacks what it replaces', () => {
    const without = { ...UNUSED, 'internal/test/binding': { internalBinding: () => ({}) } };
    expect(() => installTimers(clock(), (id) => without[id as keyof typeof without], () => undefined)).toThrow(
      'its timers binding lacks what the virtual clock replaces',
    );
  });

  test('fails when Node does not use what it replaces', () => {
    expect(() => installTimers(clock(), (id) => UNUSED[id], () => undefined)).toThrow(
      'its timers do not take their time from the binding that the virtual clock replaces',
    );
  });
});
