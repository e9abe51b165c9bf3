/** What functions wrote to CloudWatch Logs. */
import type { ServiceBehaviour } from './service-behaviour';

export interface LogEvent {
  readonly group: string;
  readonly stream: string;
  /** Virtual milliseconds at which it was written. */
  readonly at: number;
  readonly message: string;
}

export class LogGroups {
  readonly #events: LogEvent[] = [];
  readonly #names = new Set<string>();

  /** @param names groups that exist before anything is written */
  constructor(
    names: readonly string[],
    private readonly behaviour: Pick<ServiceBehaviour, 'logIngestionMs'>,
  ) {
    this.add(names);
  }

  add(names: readonly string[]): void {
    names.forEach((name) => this.#names.add(name));
  }

  has(group: string): boolean {
    return this.#names.has(group);
  }

  /** Writes lines; Lambda makes the group of a function where the template does not. */
  write(group: string, stream: string, at: number, lines: readonly string[]): void {
    this.#names.add(group);
    this.#events.push(...lines.map((message) => ({ group, stream, at, message })));
  }

  /** What can be found at this time, in the order of writing. */
  events(group: string, now: number): readonly LogEvent[] {
    return this.#events.filter((event) => event.group === group && event.at + this.behaviour.logIngestionMs <= now);
  }
}
