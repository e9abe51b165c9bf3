/**
 * The production traffic of users, which would be millions of requests: drawn for each stretch of virtual time as metrics alone.
 */
import type { ServiceProfile } from '../scenario/scenario';
import { AlbMetrics } from './alb-metrics';
import { binomial } from './draws';
import type { Cancel, MetricSink, RandomFor, ReleaseId, Routing, Scheduler } from './ports';
import { sequence } from './random';
import { faultApplies, pathMatches, routeAnswer } from './synthetic-service';
import { latencies, split } from './traffic-draws';

/** Length of one stretch. */
export const BUCKET_MS = 10_000;

/** How one version answers users. */
export type TrafficSource =
  /** Drawn from the profile. `upSince` is the virtual time at which the version came up. */
  | { readonly kind: 'synthetic'; readonly profile: ServiceProfile; readonly upSince: number }
  /** Scaled from a sample of real requests. Without any sample nothing is known, and nothing is published. */
  | { readonly kind: 'observed'; readonly sample: readonly ObservedRequest[] };

/** `status` is the target's; `elb` the load balancer's own, where the target did not answer. */
export type ObservedRequest = { readonly status: number; readonly latencyMs: number } | { readonly elb: 502 | 504 };

export interface BackgroundTrafficOptions {
  readonly requestsPerSecond: number;
  readonly routing: Routing;
  readonly source: (release: ReleaseId) => TrafficSource;
  readonly sink: MetricSink;
  readonly random: RandomFor;
  /** Dimension values of CloudWatch: `app/name/id`, and `targetgroup/name/id` by the target group as `routing` names it. */
  readonly loadBalancer: string;
  readonly targetGroupDimension: (targetGroup: string) => string;
}

/** A single request that went through the local load balancer. */
export interface SingleRequest {
  readonly at: number;
  /** Absent where no rule of the listener matched. */
  readonly targetGroup?: string;
  /** `elb`: the load balancer answered itself. */
  readonly outcome:
    { readonly kind: 'target'; readonly status: number; readonly latencyMs: number } | { readonly kind: 'elb'; readonly status: number };
}

/** What a stretch brought. */
export interface TrafficSummary {
  readonly fromMs: number;
  readonly toMs: number;
  /** Requests by target group, those included that found it empty. */
  readonly requests: ReadonlyMap<string, number>;
}

export class BackgroundTraffic {
  private readonly metrics: AlbMetrics;
  private playedTo = 0;

  constructor(private readonly options: BackgroundTrafficOptions) {
    this.metrics = new AlbMetrics(options.loadBalancer, options.sink);
  }

  /**
   * Plays one stretch after the other from now on. Until the returned function is called, an event every 10 s.
   * Call `playTo` just before the routing changes: a stretch has one routing.
   */
  start(scheduler: Scheduler): Cancel {
    this.playedTo = scheduler.now();
    let cancel: Cancel = () => undefined;
    const next = (): void => {
      cancel = scheduler.after(BUCKET_MS - (scheduler.now() % BUCKET_MS), 'background traffic', () => {
        this.playTo(scheduler.now());
        next();
      });
    };
    next();
    return () => cancel();
  }

  /** Plays from where the last stretch ended; nothing where that is now. */
  playTo(now: number): TrafficSummary | undefined {
    const fromMs = this.playedTo;
    if (now <= fromMs) {
      return undefined;
    }
    this.playedTo = now;
    return this.play(fromMs, now);
  }

  recordRequest(request: SingleRequest): void {
    const { at, targetGroup, outcome } = request;
    if (outcome.kind === 'elb' && (targetGroup === undefined || outcome.status === 503)) {
      this.metrics.errors(at, new Map([[outcome.status, 1]]));
    } else if (targetGroup !== undefined) {
      const one = new Map([[outcome.status, 1]]);
      const answered = outcome.kind === 'target';
      this.metrics.requests({
        at,
        targetGroup: this.options.targetGroupDimension(targetGroup),
        statuses: answered ? one : new Map(),
        latencies: answered ? [{ value: outcome.latencyMs, count: 1 }] : [],
        unanswered: answered ? new Map() : one,
      });
    }
  }

  private play(fromMs: number, toMs: number): TrafficSummary {
    const { requestsPerSecond, routing, random } = this.options;
    // Whole requests up to each moment, so that stretches of any length add up to the rate.
    const before = (ms: number): number => Math.floor((requestsPerSecond * ms) / 1000);
    const next = sequence(`traffic|${random(`traffic|${fromMs}`)}`);
    const targets = routing.targets('production').filter(({ weight }) => weight > 0);
    const counts = split(
      before(toMs) - before(fromMs),
      targets.map(({ weight }) => weight),
      next,
    );
    targets.forEach(({ targetGroup }, index) => this.playGroup(targetGroup, counts[index], { fromMs, next }));
    return { fromMs, toMs, requests: new Map(targets.map(({ targetGroup }, index) => [targetGroup, counts[index]])) };
  }

  private playGroup(targetGroup: string, count: number, stretch: Stretch): void {
    const release = this.options.routing.release(targetGroup);
    if (count === 0) {
      return;
    }
    if (release === undefined) {
      this.metrics.errors(stretch.fromMs, new Map([[503, count]]));
      return;
    }
    const source = this.options.source(release);
    const tally = new Tally();
    if (source.kind === 'observed') {
      drawObserved(source.sample, count, stretch, tally);
    } else {
      drawSynthetic(source, release, count, stretch, tally);
    }
    this.metrics.requests({ at: stretch.fromMs, targetGroup: this.options.targetGroupDimension(targetGroup), ...tally });
  }
}

interface Stretch {
  readonly fromMs: number;
  readonly next: () => number;
}

class Tally {
  readonly statuses = new Map<number, number>();
  readonly unanswered = new Map<number, number>();
  readonly latencies: { value: number; count: number }[] = [];

  add(to: 'statuses' | 'unanswered', status: number, count: number): void {
    if (count > 0) {
      this[to].set(status, (this[to].get(status) ?? 0) + count);
    }
  }
}

/** The paths that users ask for, in equal shares: those that routes and faults name, otherwise the root. */
export function productionPaths(profile: ServiceProfile): readonly string[] {
  const faults = profile.faults.filter((fault) => fault.listener !== 'test').flatMap(({ path }) => path ?? []);
  const named = [...profile.routes.map(({ path }) => path), ...faults].map((path) => (path.endsWith('*') ? path.slice(0, -1) : path));
  return named.length === 0 ? ['/'] : [...new Set(named)];
}

function drawSynthetic(
  source: TrafficSource & { kind: 'synthetic' },
  release: ReleaseId,
  count: number,
  stretch: Stretch,
  tally: Tally,
): void {
  const { profile, upSince } = source;
  const paths = productionPaths(profile);
  const counts = split(
    count,
    paths.map(() => 1),
    stretch.next,
  );
  // Answered requests by the latency that a fault adds to theirs.
  const added = new Map<number, number>();
  paths.forEach((path, index) => {
    let left = counts[index];
    if (left === 0) {
      return;
    }
    const status = routeAnswer(
      profile.routes.filter((route) => pathMatches(route.path, path)),
      path,
      release,
    ).status;
    for (const fault of profile.faults.filter((each) => faultApplies(each, 'production', path, stretch.fromMs - upSince))) {
      const hit = binomial(left, fault.rate, stretch.next);
      left -= hit;
      const { effect } = fault;
      if (effect.kind === 'hang' || effect.kind === 'reset') {
        tally.add('unanswered', effect.kind === 'hang' ? 504 : 502, hit);
      } else {
        tally.add('statuses', effect.kind === 'status' ? effect.status : status, hit);
        const addMs = effect.kind === 'latency' ? effect.addMs : 0;
        added.set(addMs, (added.get(addMs) ?? 0) + hit);
      }
    }
    tally.add('statuses', status, left);
    added.set(0, (added.get(0) ?? 0) + left);
  });
  for (const [addMs, answered] of added) {
    tally.latencies.push(...latencies(profile.latency, answered, addMs, stretch.next));
  }
}

function drawObserved(sample: readonly ObservedRequest[], count: number, stretch: Stretch, tally: Tally): void {
  const counts =
    sample.length === 0
      ? []
      : split(
          count,
          sample.map(() => 1),
          stretch.next,
        );
  sample.forEach((each, index) => {
    if ('elb' in each) {
      tally.add('unanswered', each.elb, counts[index]);
    } else {
      tally.add('statuses', each.status, counts[index]);
      tally.latencies.push({ value: each.latencyMs, count: counts[index] });
    }
  });
}
