import type { CalendarState } from '../../../../lambda/core/checks/calendar-check';
import { calendarKind } from '../../../../lambda/core/checks/calendar-check';
import { Fields } from '../../../../lambda/core/checks/fields';
import type { ProbeTools } from '../../../../lambda/core/checks/tools';
import { ServiceFailure } from '../../../../lambda/core/failures';
import { FIRST_ATTEMPT } from '../../support/fake-ports';

const POLICY = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 10_000, intervalMs: 1_000, errorBudget: 2, deadlineMs: 60_000, inconclusive: 'FAIL' } as const;
const SHARED = 'arn:aws:ssm:eu-central-1:444455556666:document/freeze';

async function attempt(states: Readonly<Record<string, CalendarState | Error>>, signal = new AbortController().signal) {
  const asked: string[] = [];
  const kind = calendarKind({
    state: async (name) => {
      asked.push(name);
      const state = states[name];
      if (state === undefined || state instanceof Error) {
        throw state ?? new Error('not told');
      }
      return state;
    },
  });
  const measurement = await kind.probe({ kind: 'calendar', name: 'no sale', policy: POLICY, calendars: Object.keys(states) }, {} as ProbeTools)(signal, FIRST_ATTEMPT);
  return { ...measurement, asked };
}

const OPEN: CalendarState = { state: 'OPEN', nextTransition: '2026-11-27T00:00:00Z' };
const CLOSED: CalendarState = { state: 'CLOSED', nextTransition: '2026-11-28T00:00:00Z' };

test.each<[string, Readonly<Record<string, CalendarState>>, string, string]>([
  ['one open', { sale: OPEN }, 'pass', '1 change calendar open: sale'],
  ['all open', { sale: OPEN, [SHARED]: OPEN }, 'pass', '2 change calendars open: sale, freeze'],
  ['one closed', { sale: CLOSED }, 'fail', 'change calendar sale was CLOSED until 2026-11-28T00:00:00Z, expected OPEN'],
  ['one of several closed', { sale: OPEN, [SHARED]: CLOSED }, 'fail', 'change calendar freeze was CLOSED until 2026-11-28T00:00:00Z, expected OPEN'],
  ['all closed', { sale: CLOSED, freeze: { state: 'CLOSED' } }, 'fail', 'change calendar sale was CLOSED until 2026-11-28T00:00:00Z, expected OPEN; change calendar freeze was CLOSED for good, expected OPEN'],
])('%s', async (_, states, outcome, reason) => {
  const measurement = await attempt(states);
  expect(measurement).toMatchObject({ outcome, reason, samples: Object.keys(states).length });
  expect(measurement.asked).toEqual(Object.keys(states));
});

test('says what was measured and what was asked for', async () => {
  expect((await attempt({ sale: OPEN, [SHARED]: CLOSED })).measurements).toEqual([
    { what: 'change calendar sale', measured: 'OPEN', threshold: 'OPEN', ok: true },
    { what: 'change calendar freeze', measured: 'CLOSED', threshold: 'OPEN', ok: false },
  ]);
});

test.each([
  ['ThrottlingException', true],
  ['InvalidDocument', false],
  ['AccessDeniedException', false],
])('one that could not be read is no verdict: %s', async (code, retryable) => {
  const measurement = await attempt({ sale: OPEN, freeze: new ServiceFailure('ssm:GetCalendarState', code, 'no', retryable) });
  expect(measurement).toMatchObject({ outcome: 'error', samples: 0, measurements: [], retryable, reason: `the change calendars could not be read: ssm:GetCalendarState failed: ${code}: no` });
});

test('a check that was abandoned, and a mistake of ours, are thrown on', async () => {
  const stop = new AbortController();
  stop.abort(new Error('over'));
  await expect(attempt({ sale: new ServiceFailure('ssm:GetCalendarState', 'X', 'no', true) }, stop.signal)).rejects.toThrow('no');
  await expect(attempt({ sale: new TypeError('oops') })).rejects.toThrow('oops');
});

describe('parse', () => {
  const parse = (calendars: unknown) => calendarKind({ state: () => Promise.reject(new Error('not called')) }).parse(new Fields({ calendars }, 'checks[0]'), { name: 'no sale', policy: POLICY });

  test('reads names and ARNs', () => {
    expect(parse(['sale', SHARED])).toEqual({ kind: 'calendar', name: 'no sale', policy: POLICY, calendars: ['sale', SHARED] });
  });

  test.each<[unknown, string]>([
    [undefined, "'checks[0].calendars' must be a list of names, got nothing"],
    ['sale', "'checks[0].calendars' must be a list of names, got \"sale\""],
    [[], "'checks[0].calendars' must be a list with at least one entry"],
    [[5], "'checks[0].calendars' must be a list of names, got a list"],
    [[' '], "'checks[0].calendars' must be a list of names, got \" \""],
    [Array.from({ length: 11 }, (_, index) => `c${index}`), "'checks[0].calendars' must be a list of at most 10 entries, got 11"],
  ])('refuses %j', (calendars, message) => {
    expect(() => parse(calendars)).toThrow(message);
  });
});
