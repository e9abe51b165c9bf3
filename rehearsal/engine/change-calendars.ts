/** Change calendars of Systems Manager: open or closed, and perhaps the other from some moment on. Times are virtual milliseconds. */
import { ServiceError } from './ports';

export interface ChangeCalendar {
  readonly name: string;
  readonly open: boolean;
  /** From then on it is the other. */
  readonly changesAt?: number;
}

export interface CalendarReading {
  readonly open: boolean;
  readonly nextTransitionAt?: number;
}

export class ChangeCalendars {
  constructor(private readonly calendars: readonly ChangeCalendar[]) {}

  /** Of several together: closed where one of them is. @throws ServiceError `InvalidDocument` for one that is not there */
  read(names: readonly string[], at: number): CalendarReading {
    const found = names.map((name) => this.required(name));
    const transitions = found.flatMap(({ changesAt }) => (changesAt !== undefined && changesAt > at ? [changesAt] : []));
    return {
      open: found.every(({ open, changesAt }) => open !== (changesAt !== undefined && changesAt <= at)),
      ...(transitions.length === 0 ? {} : { nextTransitionAt: Math.min(...transitions) }),
    };
  }

  private required(name: string): ChangeCalendar {
    const found = this.calendars.find((calendar) => calendar.name === name);
    if (found === undefined) {
      throw new ServiceError('InvalidDocument', `Document with name ${name} does not exist.`);
    }
    return found;
  }
}
