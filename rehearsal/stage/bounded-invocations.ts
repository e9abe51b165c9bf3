/** Asynchronous invocations of which only some run at the same time: each is a process, and a fleet may tell thousands of events at one moment. */
import type { AsyncInvocations } from '../engine/async-invocations';

/** For each function. */
export const INVOKED_AT_ONCE = 20;

interface Lane {
  running: number;
  readonly waiting: unknown[];
}

export class BoundedInvocations {
  readonly #invocations: Pick<AsyncInvocations, 'invoke' | 'onChange'>;
  readonly #lanes = new Map<string, Lane>();
  readonly #laneOf = new Map<string, string>();
  readonly #waited = new Set<string>();
  #waiting = 0;

  constructor(invocations: Pick<AsyncInvocations, 'invoke' | 'onChange'>) {
    this.#invocations = invocations;
    invocations.onChange(({ kind, event }) => {
      const name = kind === 'ended' ? this.#laneOf.get(event.requestId) : undefined;
      if (name !== undefined) {
        this.#laneOf.delete(event.requestId);
        this.#ended(name);
      }
    });
  }

  /** Events that wait for others to be over. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Functions for which events have waited. */
  get waited(): readonly string[] {
    return [...this.#waited];
  }

  /** @param name of a function of this rehearsal */
  invoke(name: string, payload: unknown): void {
    const lane = this.#lanes.get(name) ?? { running: 0, waiting: [] };
    this.#lanes.set(name, lane);
    if (lane.running < INVOKED_AT_ONCE) {
      this.#begin(name, lane, payload);
    } else {
      lane.waiting.push(payload);
      this.#waiting += 1;
      this.#waited.add(name);
    }
  }

  #begin(name: string, lane: Lane, payload: unknown): void {
    const answer = this.#invocations.invoke(name, payload);
    if (answer.accepted && answer.requestId !== undefined) {
      lane.running += 1;
      this.#laneOf.set(answer.requestId, name);
    }
  }

  #ended(name: string): void {
    const lane = this.#lanes.get(name)!;
    lane.running -= 1;
    if (lane.waiting.length > 0) {
      this.#waiting -= 1;
      this.#begin(name, lane, lane.waiting.shift());
    }
  }
}
