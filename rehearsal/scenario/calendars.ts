/** States of change calendars, as a scenario tells them. */
import { isMap } from 'yaml';
import type { Node } from 'yaml';

import type { Reader } from './reader';
import type { CalendarScenario } from './scenario';
import { readDuration } from './service-profile';

const STATES = ['open', 'closed'] as const;

/** `open` or `closed`, or a map that says for how long. */
export function readCalendars(reader: Reader, node: Node): readonly CalendarScenario[] {
  const read = (value: Node): Omit<CalendarScenario, 'calendar'> | undefined => {
    if (!isMap(reader.follow(value))) {
      const state = reader.oneOf(value, 'a calendar', STATES);
      return state === undefined ? undefined : { state };
    }
    const map = reader.map(value, 'a calendar', ['state', 'for']);
    const state = map?.required('state', (one) => reader.oneOf(one, '"state"', STATES));
    const forMs = map?.optional('for', readDuration(reader, '"for"'));
    return state === undefined ? undefined : { state, ...(forMs === undefined ? {} : { forMs }) };
  };
  return Object.entries(reader.free(node, '"calendars"', read) ?? {}).map(([calendar, told]) => ({ calendar, ...told }));
}
