import type { AlarmCheckDocument } from '../../../lib/model/suite';
import type { Probe } from '../engine/play';
import { describeError, ServiceFailure } from '../failures';
import type { AlarmReader, AlarmReading } from '../ports';
import { counted, excerpt } from '../text';
import type { CheckKind } from './kind';

/** Longest piece of an alarm's own reason that is shown, in characters. */
const MAX_ALARM_REASON = 200;

export function alarmKind(reader: AlarmReader): CheckKind<AlarmCheckDocument> {
  return {
    parse: (fields, base) => ({ kind: 'alarm', ...base, alarms: fields.atLeastOne('alarms', fields.names('alarms')) }),
    probe: ({ alarms }) => alarmProbe(alarms, reader),
  };
}

/** None of the alarms may be in ALARM. One that does not exist, or has no data, has not been found quiet. */
function alarmProbe(alarms: readonly string[], reader: AlarmReader): Probe {
  return async (signal) => {
    try {
      return judged(alarms, await reader.states(alarms, signal));
    } catch (error) {
      if (signal.aborted || !(error instanceof ServiceFailure)) {
        throw error;
      }
      return { outcome: 'error', reason: `the alarms could not be read: ${describeError(error)}`, measurements: [], samples: 0, retryable: error.retryable };
    }
  };
}

function judged(names: readonly string[], readings: readonly AlarmReading[]) {
  const found = names.map((name) => readings.find((reading) => reading.name === name) ?? { name, state: null, reason: 'there is no such alarm' });
  const red = found.filter(({ state }) => state === 'ALARM');
  const unknown = found.filter(({ state }) => state === null || state === 'INSUFFICIENT_DATA');
  const quiet = `${counted(names.length, 'alarm')} quiet: ${names.join(', ')}`;
  return {
    outcome: red.length > 0 ? ('fail' as const) : unknown.length > 0 ? ('inconclusive' as const) : ('pass' as const),
    reason: red.length > 0 ? red.map(stateOf).join('; ') : unknown.length > 0 ? unknown.map(stateOf).join('; ') : quiet,
    measurements: found.map(({ name, state }) => ({ what: `alarm ${name}`, measured: state, threshold: 'OK', ok: state === 'OK' })),
    samples: readings.length,
  };
}

function stateOf({ name, state, reason }: { readonly name: string; readonly state: string | null; readonly reason: string }): string {
  const because = excerpt(reason, MAX_ALARM_REASON);
  return state === null ? `alarm ${name} could not be judged: ${because}` : `alarm ${name} was ${state}, expected OK (${because})`;
}
