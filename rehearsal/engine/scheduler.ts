/** The heap of events on which virtual time rests. Pure: it knows neither a real clock nor who waits for an event. */
import type { Cancel, Scheduler } from './ports';

interface Entry {
  readonly at: number;
  /** Number of the call that scheduled it: the order among equal times. */
  readonly order: number;
  readonly label: string;
  readonly action: () => void;
  cancelled: boolean;
}

export class EventScheduler implements Scheduler {
  private readonly heap: Entry[] = [];
  private time = 0;
  private scheduled = 0;

  now(): number {
    return this.time;
  }

  at(at: number, label: string, action: () => void): Cancel {
    if (!Number.isFinite(at)) {
      throw new RangeError(`event '${label}' must have a finite time in milliseconds, got ${at}`);
    }
    const entry: Entry = { at: Math.max(at, this.time), order: this.scheduled++, label, action, cancelled: false };
    this.push(entry);
    return () => {
      entry.cancelled = true;
    };
  }

  after(delayMs: number, label: string, action: () => void): Cancel {
    return this.at(this.time + delayMs, label, action);
  }

  /** Time of the next event; undefined where none is left. */
  nextAt(): number | undefined {
    return this.next()?.at;
  }

  /** Name of the next event, for messages. */
  nextLabel(): string | undefined {
    return this.next()?.label;
  }

  /** Moves to the next event and runs it. False where none is left. */
  runNext(): boolean {
    const entry = this.next();
    if (entry === undefined) {
      return false;
    }
    this.removeFirst();
    this.time = entry.at;
    entry.action();
    return true;
  }

  /** Runs every event up to `at`, that time included, and leaves the clock there. */
  advanceTo(at: number): void {
    if (!(at >= this.time)) {
      throw new RangeError(`time cannot go back from ${this.time} ms to ${at} ms`);
    }
    for (let next = this.nextAt(); next !== undefined && next <= at; next = this.nextAt()) {
      this.runNext();
    }
    this.time = at;
  }

  private next(): Entry | undefined {
    while (this.heap[0]?.cancelled) {
      this.removeFirst();
    }
    return this.heap[0];
  }

  private push(entry: Entry): void {
    const heap = this.heap;
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(entry, heap[parent])) {
        break;
      }
      heap[index] = heap[parent];
      index = parent;
    }
    heap[index] = entry;
  }

  private removeFirst(): void {
    const heap = this.heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) {
      return;
    }
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) {
        break;
      }
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) {
        child += 1;
      }
      if (!before(heap[child], last)) {
        break;
      }
      heap[index] = heap[child];
      index = child;
    }
    heap[index] = last;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
