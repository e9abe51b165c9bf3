/** The change calendars of a rehearsal: those of the template, and what the scenario says of them and of others. */
import type { Assembly } from '../assembly/assembly';
import { meant, pathOf } from '../assembly/meant';
import type { Called } from '../assembly/meant';
import { sameEnvironment } from '../assembly/stack';
import type { Stack } from '../assembly/stack';
import type { ChangeCalendar } from '../engine/change-calendars';
import { ChangeCalendars } from '../engine/change-calendars';
import { UserError } from '../report/user-error';
import type { Scenario } from '../scenario/scenario';

export interface StagedCalendars {
  readonly calendars: ChangeCalendars;
  /** Calendars of the template whose events nobody evaluates, and of which the scenario says nothing. */
  readonly untold: readonly string[];
}

export function stagedCalendars(assembly: Assembly, stack: Stack, scenario: Scenario): StagedCalendars {
  const made = calendarsBeside(assembly, stack);
  const told = scenario.calendars.map(({ calendar, state, forMs }): ChangeCalendar => {
    const [only, ...others] = meant(made, calendar);
    if (others.length > 0) {
      throw new UserError(`${scenario.file}: "${calendar}" stands for several change calendars; name one of ${made.map(({ path, name }) => path ?? name).join(', ')}`);
    }
    return { name: only?.name ?? calendar, open: state === 'open', ...(forMs === undefined ? {} : { changesAt: forMs }) };
  });
  const untold = made.filter(({ name }) => !told.some((one) => one.name === name));
  return { calendars: new ChangeCalendars([...told, ...untold]), untold: untold.map(({ name }) => name) };
}

/** What a calendar is outside of its events. */
const DEFAULT_CLOSED = /^X-CALENDAR-TYPE:\s*DEFAULT_CLOSED\s*$/m;

function calendarsBeside(assembly: Assembly, stack: Stack): readonly (Called & ChangeCalendar)[] {
  return assembly
    .resources('AWS::SSM::Document')
    .filter((place) => sameEnvironment(place.stack, stack) && assembly.properties(place).DocumentType === 'ChangeCalendar')
    .map((place) => ({
      name: assembly.ref(place.stack, place.logicalId),
      logicalId: place.logicalId,
      path: pathOf(place),
      open: !DEFAULT_CLOSED.test(String(assembly.properties(place).Content ?? '')),
    }));
}
