/** Plays a suite: does what the engine says, over ports, until it has a verdict. */
import type { Verdict } from '../../../lib/model/status';
import type { Clock } from '../ports';
import { advance, begin, record } from './advance';
import type { Attempt, Measurement, Plan, RunningCheck, SuiteState } from './state';

/** Makes one attempt. Resolves with whatever came of it; rejects only where the handler itself is broken, or when it was abandoned. */
export type Probe = (signal: AbortSignal, attempt: Attempt) => Promise<Measurement>;

export interface Played {
  readonly state: SuiteState;
  readonly verdict: Verdict;
}

export async function play(plan: Plan, probes: ReadonlyMap<string, Probe>, clock: Clock, signal: AbortSignal): Promise<Played> {
  const attempts = new Attempts(probes, signal);
  let state = begin(plan, clock.now());
  try {
    for (;;) {
      if (signal.aborted) {
        return outOfTime(plan, state, clock.now());
      }
      const step = advance(plan, state, clock.now());
      state = step.state;
      step.abandon.forEach((name) => attempts.abandon(name));
      if (step.verdict !== undefined) {
        return { state, verdict: step.verdict };
      }
      step.begin.forEach((name) => attempts.begin(name, attemptOf(step.state.checks[name] as RunningCheck)));
      await attempts.next(clock, (step.continueAt ?? clock.now()) - clock.now());
      for (const [name, measurement] of attempts.take()) {
        state = record(plan, state, name, measurement, clock.now());
      }
    }
  } finally {
    attempts.abandonAll();
  }
}

function attemptOf({ attempts, startedAt, memory }: RunningCheck): Attempt {
  return { number: attempts, startedAt, ...(memory === undefined ? {} : { memory }) };
}

/** The hook's own time is up before the suite's: whatever is not over is undecided. */
function outOfTime(plan: Plan, state: SuiteState, now: number): Played {
  const over: Plan = { ...plan, suite: { ...plan.suite, deadlineMs: Math.max(0, now - state.startedAt) } };
  const step = advance(over, state, now);
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

  /** Returns when an attempt has ended, so much time has passed, or the time of the hook is up. Rejects when a probe is broken. */
  async next(clock: Clock, ms: number): Promise<void> {
    const timer = new AbortController();
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    if (this.done.length === 0 && this.failure === undefined) {
      const slept = clock.sleep(Math.max(0, ms), AbortSignal.any([this.signal, timer.signal])).catch((error: unknown) => {
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
