/** How long cold starts and other invocations took, apart from each other. */
import type { CheckMeasurement } from '../../../../lib/model/hook-contract';
import type { TargetVersionCheckDocument } from '../../../../lib/model/target-version-document';
import { counted, milliseconds } from '../../text';
import type { CaseResult } from './play-cases';

/** Plain JSON. */
export interface Speed {
  readonly cold: Times;
  readonly warm: Times;
  /** Invocations whose log does not tell. */
  readonly untold: number;
}

interface Times {
  readonly count: number;
  /** The longest; 0 where there was none. */
  readonly ms: number;
  /** Of the longest init phase of a cold start. */
  readonly initMs: number;
}

const NONE: Times = { count: 0, ms: 0, initMs: 0 };

export const NO_SPEED: Speed = { cold: NONE, warm: NONE, untold: 0 };

/** What was measured before, and these. */
export function withResults(before: Speed, results: readonly CaseResult[]): Speed {
  return results.reduce((speed, { start, durationMs, initMs = 0 }) => {
    if (durationMs === undefined) {
      return speed;
    }
    if (start === undefined) {
      return { ...speed, untold: speed.untold + 1 };
    }
    const { count, ms, initMs: longest } = speed[start];
    return { ...speed, [start]: { count: count + 1, ms: Math.max(ms, durationMs), initMs: Math.max(longest, initMs) } };
  }, before);
}

/** `1 cold start in 812 ms, 530 ms of it to initialize; 2 warm in 41 ms at most`. */
export function describeSpeed({ cold, warm, untold }: Speed): string {
  const time = ({ count, ms }: Times) => `${milliseconds(ms)} ms${count === 1 ? '' : ' at most'}`;
  const parts = [
    ...(cold.count === 0 ? [] : [`${counted(cold.count, 'cold start')} in ${time(cold)}, ${milliseconds(cold.initMs)} ms of it to initialize`]),
    ...(warm.count === 0 ? [] : [`${warm.count} warm in ${time(warm)}`]),
    ...(untold === 0 ? [] : [`${untold} of which the log does not tell whether cold or warm`]),
  ];
  return parts.join('; ');
}

export function speedMeasurements({ cold, warm }: Speed, { coldBelowMs, warmBelowMs }: TargetVersionCheckDocument): readonly CheckMeasurement[] {
  return [...measurement('slowest cold start in ms', cold, coldBelowMs), ...measurement('slowest warm invocation in ms', warm, warmBelowMs)];
}

function measurement(what: string, { count, ms }: Times, limit: number | undefined): readonly CheckMeasurement[] {
  if (count === 0 && limit === undefined) {
    return [];
  }
  return [{ what, measured: count === 0 ? null : milliseconds(ms), threshold: limit ?? null, ok: limit === undefined || (count > 0 && ms < limit) }];
}

export interface SpeedFinding {
  readonly outcome: 'fails' | 'undecided';
  readonly statement: string;
  /** Whether invoking everything once more would show it. */
  readonly again: boolean;
}

/** Limits that do not hold. What was not seen at all holds no limit. */
export function judgeSpeed(speed: Speed, { coldBelowMs, warmBelowMs }: TargetVersionCheckDocument): readonly SpeedFinding[] {
  return [...judgeTimes('cold start', speed.cold, coldBelowMs, speed.untold), ...judgeTimes('warm invocation', speed.warm, warmBelowMs, speed.untold)];
}

function judgeTimes(what: 'cold start' | 'warm invocation', { count, ms }: Times, limit: number | undefined, untold: number): readonly SpeedFinding[] {
  if (limit === undefined || (count > 0 && ms < limit)) {
    return [];
  }
  if (count > 0) {
    return [{ outcome: 'fails', statement: `the slowest ${what} took ${milliseconds(ms)} ms, expected below ${limit} ms`, again: false }];
  }
  const silent = untold === 0 ? '' : `, and ${untold} did not say what they were: the log of the function holds no REPORT line`;
  // What has been invoked once is warm the next time, and never cold again.
  return [{ outcome: 'undecided', statement: `there was no ${what} to be below ${limit} ms${silent}`, again: what === 'warm invocation' }];
}
