import type { CalendarCheckDocument } from '../../../lib/model/calendar-document';
import type { Probe } from '../engine/play';
import type { Measurement } from '../engine/state';
import { describeError, ServiceFailure } from '../failures';
import { counted, excerpt } from '../text';
import { wrong } from './fields';
import type { Fields } from './fields';
import type { CheckKind } from './kind';

/** Reads the state of a change calendar. Rejects with `ServiceFailure`. */
export interface CalendarReader {
  state(nameOrArn: string, signal: AbortSignal): Promise<CalendarState>;
}

export interface CalendarState {
  readonly state: 'OPEN' | 'CLOSED';
  /** When it changes next, as the service writes it; absent where it never does. */
  readonly nextTransition?: string;
}

const MAX_CALENDARS = 10;

export function calendarKind(reader: CalendarReader): CheckKind<CalendarCheckDocument> {
  return {
    parse: (fields, base) => ({ kind: 'calendar', ...base, calendars: parseCalendars(fields) }),
    probe: ({ calendars }) => calendarProbe(calendars, reader),
  };
}

/** Each calendar is asked for itself: of several together the service says only that one is closed, and not which. */
function calendarProbe(calendars: readonly string[], reader: CalendarReader): Probe {
  return async (signal) => {
    try {
      return judged(await Promise.all(calendars.map(async (name) => ({ name: shortName(name), ...(await reader.state(name, signal)) }))));
    } catch (error) {
      if (signal.aborted || !(error instanceof ServiceFailure)) {
        throw error;
      }
      return { outcome: 'error', reason: `the change calendars could not be read: ${describeError(error)}`, measurements: [], samples: 0, retryable: error.retryable };
    }
  };
}

function judged(readings: readonly ({ readonly name: string } & CalendarState)[]): Measurement {
  const closed = readings.filter(({ state }) => state === 'CLOSED');
  const names = readings.map(({ name }) => name).join(', ');
  return {
    outcome: closed.length > 0 ? 'fail' : 'pass',
    reason: excerpt(closed.length > 0 ? closed.map(closedReason).join('; ') : `${counted(readings.length, 'change calendar')} open: ${names}`, 1000),
    measurements: readings.map(({ name, state }) => ({ what: `change calendar ${name}`, measured: state, threshold: 'OPEN', ok: state === 'OPEN' })),
    samples: readings.length,
  };
}

function closedReason({ name, nextTransition }: { readonly name: string } & CalendarState): string {
  return `change calendar ${name} was CLOSED ${nextTransition === undefined ? 'for good' : `until ${excerpt(nextTransition)}`}, expected OPEN`;
}

/** The name of a document by its ARN. */
const shortName = (nameOrArn: string): string => excerpt(/^arn:[^:]+:ssm:[^:]*:[^:]*:document\/(.+)$/.exec(nameOrArn)?.[1] ?? nameOrArn);

function parseCalendars(fields: Fields): readonly string[] {
  const calendars = fields.atLeastOne('calendars', fields.names('calendars'));
  if (calendars.length > MAX_CALENDARS) {
    throw wrong(fields.at('calendars'), `a list of at most ${MAX_CALENDARS} entries`, calendars.length);
  }
  const blank = calendars.find((name) => name.trim() === '');
  if (blank !== undefined) {
    throw wrong(fields.at('calendars'), 'a list of names', blank);
  }
  return calendars;
}
