/** What the conductor waits for in the real world. */
import { performance } from 'node:perf_hooks';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Work of our own that has to end before time may move. */
export class WorkUnderWay {
  private readonly work = new Map<symbol, { readonly label: string; readonly due: number }>();

  constructor(private readonly changed: () => void) {}

  /** @param longestMs wall time after which it is overdue */
  begin(label: string, longestMs: number): () => void {
    const key = Symbol(label);
    this.work.set(key, { label, due: performance.now() + longestMs });
    return () => {
      if (this.work.delete(key)) {
        this.changed();
      }
    };
  }

  /** When the first piece is overdue; undefined where there is none. */
  due(): number | undefined {
    return this.work.size === 0 ? undefined : Math.min(...[...this.work.values()].map(({ due }) => due));
  }

  /** Name of a piece that is overdue. */
  overdue(): string | undefined {
    const now = performance.now();
    return [...this.work.values()].find(({ due }) => now >= due)?.label;
  }
}

/** A sleep in real time that can be cut short. */
export class Pause {
  private end: () => void = () => undefined;

  /** Resolves after so long or at the next `cut`, whichever comes first. Longer waits than a timer can take end early. */
  wait(wallMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.cut(), Math.min(Math.max(Math.ceil(wallMs), 0), LONGEST_TIMER_MS));
      this.end = () => {
        clearTimeout(timer);
        this.end = () => undefined;
        resolve();
      };
    });
  }

  cut(): void {
    this.end();
  }
}

/** Whether a promise has settled, or a predicate holds. The returned function throws what the promise rejected with. */
export function watch(until: PromiseLike<unknown> | (() => boolean), changed: () => void): () => boolean {
  if (typeof until === 'function') {
    return until;
  }
  let settled: { readonly error?: unknown } | undefined;
  const settle = (how: { readonly error?: unknown }) => {
    settled = how;
    changed();
  };
  until.then(
    () => settle({}),
    (error: unknown) => settle({ error }),
  );
  return () => {
    if (settled && 'error' in settled) {
      throw settled.error;
    }
    return settled !== undefined;
  };
}
