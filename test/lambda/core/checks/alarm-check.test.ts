import { alarmKind } from '../../../../lambda/core/checks/alarm-check';
import type { ProbeTools } from '../../../../lambda/core/checks/tools';
import { ServiceFailure } from '../../../../lambda/core/failures';
import type { AlarmReading } from '../../../../lambda/core/ports';
import { FIRST_ATTEMPT } from '../../support/fake-ports';
import { fc, RUNS } from '../../../support/properties';

const POLICY = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 1000, intervalMs: 0, errorBudget: 0, deadlineMs: 60_000, inconclusive: 'FAIL' } as const;

function attempt(alarms: readonly string[], read: () => readonly AlarmReading[] | Error, signal = new AbortController().signal) {
  const states = async () => {
    const readings = read();
    if (readings instanceof Error) {
      throw readings;
    }
    return readings;
  };
  return alarmKind({ states }).probe({ kind: 'alarm', name: 'quiet', policy: POLICY, alarms }, {} as ProbeTools)(signal, FIRST_ATTEMPT);
}

const reading = (name: string, state: AlarmReading['state']): AlarmReading => ({ name, state, reason: 'Threshold Crossed' });

describe('an alarm check', () => {
  test.each<[readonly AlarmReading[], string, string]>([
    [[reading('a', 'OK'), reading('b', 'OK')], 'pass', '2 alarms quiet: a, b'],
    [[reading('a', 'ALARM'), reading('b', 'ALARM')], 'fail', 'alarm a was ALARM, expected OK (Threshold Crossed); alarm b was ALARM, expected OK (Threshold Crossed)'],
    [[reading('a', 'INSUFFICIENT_DATA'), reading('b', 'ALARM')], 'fail', 'alarm b was ALARM, expected OK (Threshold Crossed)'],
    [[reading('a', 'INSUFFICIENT_DATA')], 'inconclusive', 'alarm a was INSUFFICIENT_DATA, expected OK (Threshold Crossed); alarm b could not be judged: there is no such alarm'],
  ])('%#', async (readings, outcome, reason) => {
    const measurement = await attempt(['a', 'b'], () => readings);
    expect(measurement).toMatchObject({ outcome, reason, samples: readings.length });
    expect(measurement.measurements).toEqual(['a', 'b'].map((name) => {
      const state = readings.find((each) => each.name === name)?.state ?? null;
      return { what: `alarm ${name}`, measured: state, threshold: 'OK', ok: state === 'OK' };
    }));
  });

  test('that cannot read is an error', async () => {
    const failure = new ServiceFailure('cloudwatch:DescribeAlarms', 'AccessDenied', 'not authorized', false);
    expect(await attempt(['a'], () => failure)).toEqual({ outcome: 'error', reason: 'the alarms could not be read: cloudwatch:DescribeAlarms failed: AccessDenied: not authorized', measurements: [], samples: 0, retryable: false });
    await expect(attempt(['a'], () => failure, AbortSignal.abort())).rejects.toBe(failure);
    await expect(attempt(['a'], () => new TypeError('broken'))).rejects.toThrow('broken');
  });

  test('never passes unless every alarm was there and OK', () => {
    const readings = fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), state: fc.constantFrom('OK', 'OK', 'ALARM', 'INSUFFICIENT_DATA') }), { selector: ({ name }) => name });
    return fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }), readings, async (alarms, found) => {
        const { outcome } = await attempt(alarms, () => found.map(({ name, state }) => reading(name, state as AlarmReading['state'])));
        const quiet = alarms.every((name) => found.some((each) => each.name === name && each.state === 'OK'));
        expect(outcome === 'pass').toBe(quiet);
      }),
      { numRuns: RUNS / 4 },
    );
  });
});
