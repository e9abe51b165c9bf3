/** Plays a suite: does what the engine says, over ports, until it has a verdict. */
import type { Verdict } from '../../../lib/model/status';
import type { Clock } from '../ports';
import { advance, begin, record } from './advance';
import type { Attempt, Measurement, Plan, RunningCheck, SuiteState } from './state';

/** Makes one attempt. Resolves with whatever came of it; rejects only where the handler itself is broken, or when it was abandoned. */
export type Probe = (signal: AbortSignal, attempt: Attempt) => Promise<Measurement>;

/** How far a play has come. */
export interface Standing {
  readonly state: SuiteState;
  /** Milliseconds since the suite began, whoever played it meanwhile. */
  readonly playedMs: number;
}

/** The time that a play has, on its clock. */
export interface PlayBounds {
  readonly clock: Clock;
  /** Ends the play at once: what is not over is undecided. */
  readonly signal: AbortSignal;
  /** Where an earlier play ended. Absent: from the beginning. */
  readonly from?: Standing;
  /** Moment of the clock by which the play hands over, its attempts ended. Absent: it goes on to the verdict. */
  readonly handOverAt?: number;
  /** A rest at least this long, with nothing under way, is handed over too: whoever goes on costs less than to wait. Absent: it is waited out. */
  readonly restMs?: number;
}

/** The verdict, or how far the play has come where another one is to go on. */
export type Played =
  | { readonly end: 'verdict'; readonly state: SuiteState; readonly verdict: Verdict }
  | { readonly end: 'handOver'; readonly standing: Standing; /** Time until there is something to do. */ readonly dueInMs: number };

export async function play(plan: Plan, probes: ReadonlyMap<string, Probe>, { clock, signal, from, handOverAt, restMs = Infinity }: PlayBounds): Promise<Played> {
  const began = clock.now() - (from?.playedMs ?? 0);
  const now = () => clock.now() - began;
  const until = handOverAt === undefined ? Infinity : handOverAt - began;
  const attempts = new Attempts(probes, signal);
  let state = from?.state ?? begin(plan, 0);
  try {
    for (;;) {
      if (signal.aborted) {
        return { end: 'verdict', ...cutShort(plan, { state, playedMs: now() }) };
      }
      const step = advance(plan, state, now(), until);
      state = step.state;
      step.abandon.forEach((name) => attempts.abandon(name));
      if (step.verdict !== undefined) {
        return { end: 'verdict', state, verdict: step.verdict };
      }
      const waitMs = (step.continueAt ?? 0) - now();
      const rests = handOverAt !== undefined && step.begin.length === 0 && attempts.none && waitMs >= restMs;
      if (step.handOver === true || rests) {
        return { end: 'handOver', standing: { state, playedMs: now() }, dueInMs: Math.max(0, waitMs) };
      }
      step.begin.forEach((name) => attempts.begin(name, attemptOf(step.state.checks[name] as RunningCheck, began)));
      await attempts.next(clock, waitMs);
      for (const [name, measurement] of attempts.take()) {
        state = record(plan, state, name, measurement, now());
      }
    }
  } finally {
    attempts.abandonAll();
  }
}

function attemptOf({ attempts, startedAt, memory }: RunningCheck, began: number): Attempt {
  return { number: attempts, startedAt: began + startedAt, ...(memory === undefined ? {} : { memory }) };
}

/** What a suite comes to that nobody goes on with: whatever is not over is undecided. */
export function cutShort(plan: Plan, { state, playedMs }: Standing): { readonly state: SuiteState; readonly verdict: Verdict } {
  const over: Plan = { ...plan, suite: { ...plan.suite, deadlineMs: Math.max(0, playedMs - state.startedAt) } };
  const step = advance(over, state, playedMs);
  return { state: step.state, verdict: step.verdict ?? 'inconclusive' };
}

/** The attempts under way, and what has come of those that ended. */
class Attempts {
  private readonly running = new Map<string, AbortController>();
  private readonly done: [string, Measurement][] = [];
  private failure: { readonly error: unknown } | undefined;
  private wake: () => void = () => undefined;

  constructor(
    private readonly probes: ReadonlyMap<string, Probe>,
    private readonly signal: AbortSignal,
  ) {}

  begin(name: string, attempt: Attempt): void {
    const probe = this.probes.get(name);
    if (probe === undefined) {
      throw new Error(`check '${name}' has nothing to measure with`);
    }
    const controller = new AbortController();
    this.running.set(name, controller);
    const ended = (measurement?: Measurement): void => {
      // One that was abandoned, and perhaps begun anew, has no say any more.
      if (this.running.get(name) === controller) {
        this.running.delete(name);
        if (measurement !== undefined) {
          this.done.push([name, measurement]);
        }
      }
      this.wake();
    };
    probe(AbortSignal.any([this.signal, controller.signal]), attempt).then(ended, (error: unknown) => {
      if (this.running.get(name) === controller && !this.signal.aborted) {
        this.failure ??= { error };
      }
      ended();
    });
  }

  abandon(name: string): void {
    this.running.get(name)?.abort(new Error(`check '${name}' has ended`));
    this.running.delete(name);
  }

  abandonAll(): void {
    [...this.running.keys()].forEach((name) => this.abandon(name));
  }

  /** Whether nothing is under way, and nothing has ended that was not taken. */
  get none(): boolean {
    return this.running.size === 0 && this.done.length === 0;
  }

  /** Returns when an attempt has ended, so much time has passed, or the time of the hook is up. Rejects when a probe is broken. */
  async next(clock: Clock, ms: number): Promise<void> {
    const timer = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    if (this.done.length === 0 && this.failure === undefined) {
      // In whole milliseconds: a rest too small for the clock would never pass.
      const slept = clock.sleep(Math.max(0, Math.ceil(ms)), AbortSignal.any([this.signal, timer.signal])).catch((error: unknown) => {
        // A sleep that was cut short says only that there is something to look at.
        if (!timer.signal.aborted && !this.signal.aborted) {
          throw error;
        }
      });
      try {
        await Promise.race([woken, slept]);
      } finally {
        timer.abort();
      }
    }
    if (this.failure !== undefined) {
      throw this.failure.error;
    }
  }

  take(): [string, Measurement][] {
    return this.done.splice(0);
  }
}
