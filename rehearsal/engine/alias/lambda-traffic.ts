/** The invocations of an alias by users, which would be millions: drawn for each stretch of virtual time as metrics alone. */
import type { FaultProfile, ServiceProfile } from '../../scenario/scenario';
import { BUCKET_MS } from '../background-traffic';
import { binomial } from '../draws';
import type { Cancel, RandomFor, Scheduler } from '../ports';
import { sequence } from '../random';
import { latencies, split } from '../traffic-draws';
import type { FunctionInvocations, LambdaMetrics } from './lambda-metrics';

/** A version as its invocations show it. */
export interface TrafficVersion {
  readonly profile: ServiceProfile;
  readonly publishedAt: number;
}

export interface LambdaTrafficOptions {
  readonly requestsPerSecond: number;
  readonly aliasName: string;
  /** Shares of the versions, which sum to 100. */
  readonly shares: () => readonly { readonly version: string; readonly percent: number }[];
  readonly version: (version: string) => TrafficVersion;
  readonly timeoutMs: number;
  readonly metrics: LambdaMetrics;
  readonly random: RandomFor;
}

type Drawn = Pick<FunctionInvocations, 'errors' | 'throttles' | 'durations'>;

export class LambdaTraffic {
  private playedTo = 0;

  constructor(private readonly options: LambdaTrafficOptions) {}

  /**
   * Plays one stretch after the other from now on. Until the returned function is called, an event every 10 s.
   * Call `playTo` just before the alias changes: a stretch has one routing.
   */
  start(scheduler: Scheduler): Cancel {
    this.playedTo = scheduler.now();
    let cancel: Cancel = () => undefined;
    const next = (): void => {
      cancel = scheduler.after(BUCKET_MS - (scheduler.now() % BUCKET_MS), 'invocations by users', () => {
        this.playTo(scheduler.now());
        next();
      });
    };
    next();
    return () => cancel();
  }

  /** Plays from where the last stretch ended. */
  playTo(now: number): void {
    const { requestsPerSecond, random, aliasName, version, metrics } = this.options;
    const fromMs = this.playedTo;
    if (now <= fromMs) {
      return;
    }
    this.playedTo = now;
    const shares = this.options.shares();
    // Whole invocations up to each moment, so that stretches of any length add up to the rate.
    const before = (ms: number): number => Math.floor((requestsPerSecond * ms) / 1000);
    const next = sequence(`invocations|${random(`invocations|${fromMs}`)}`);
    const counts = split(before(now) - before(fromMs), shares.map(({ percent }) => percent), next);
    shares.forEach((share, index) => {
      if (counts[index] > 0) {
        const { profile, publishedAt } = version(share.version);
        const drawn = drawInvocations({ profile, sincePublishedMs: fromMs - publishedAt, timeoutMs: this.options.timeoutMs }, counts[index], next);
        metrics.record({ at: fromMs, version: share.version, qualifier: aliasName, ...drawn });
      }
    });
  }
}

interface Drawing {
  readonly profile: ServiceProfile;
  readonly sincePublishedMs: number;
  readonly timeoutMs: number;
}

/** Invocations that come to the same end, if time allows. */
interface Group {
  readonly count: number;
  readonly addMs: number;
  readonly throws: boolean;
}

function drawInvocations({ profile, sincePublishedMs, timeoutMs }: Drawing, count: number, next: () => number): Drawn {
  const groups: Group[] = [];
  let left = count;
  let throttles = 0;
  for (const { rate, effect } of profile.faults.filter(({ afterMs }) => sincePublishedMs >= afterMs)) {
    const hit = binomial(left, rate, next);
    left -= hit;
    if (effect.kind === 'throttled') {
      throttles += hit;
    } else {
      groups.push({ count: hit, addMs: addedMs(effect, timeoutMs), throws: effect.kind === 'error' });
    }
  }
  groups.push({ count: left, addMs: 0, throws: false });
  // What would take longer is killed at the time-out, which is an error.
  const ended = groups.flatMap(({ count: many, addMs, throws }) =>
    latencies(profile.latency, many, addMs, next).map((each) => ({ count: each.count, value: Math.min(each.value, timeoutMs), fails: throws || each.value >= timeoutMs })),
  );
  const errors = ended.reduce((sum, each) => sum + (each.fails ? each.count : 0), 0);
  return { errors, throttles, durations: ended.map(({ value, count: many }) => ({ value, count: many })) };
}

function addedMs(effect: FaultProfile['effect'], timeoutMs: number): number {
  switch (effect.kind) {
    case 'latency':
      return effect.addMs;
    case 'hang':
      return timeoutMs;
    default:
      return 0;
  }
}
