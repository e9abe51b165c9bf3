/**
 * What an Application Load Balancer publishes about the requests that went through it. Counts are sparse: no zeros.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
import type { MetricDatum, MetricSink } from './ports';

export const ALB_NAMESPACE = 'AWS/ApplicationELB';

/** `targetGroup` is the value of the dimension, such as `targetgroup/blue/6d0ecf831eec9f09`. */
export interface TargetRequests {
  readonly at: number;
  readonly targetGroup: string;
  /** Answers of the targets, by status. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Time until a target's answer began, in milliseconds, with how many requests took it. */
  readonly latencies: readonly { readonly value: number; readonly count: number }[];
  /** Requests that reached a target group, but that the load balancer answered itself (502, 504). */
  readonly unanswered: ReadonlyMap<number, number>;
}

/** By its full name, such as `net/web/50dc6c495c0c9188`. It publishes nothing about requests. */
export const isNetworkLoadBalancer = (fullName: string): boolean => fullName.startsWith('net/');

export class AlbMetrics {
  /** @param loadBalancer value of the dimension, such as `app/web/50dc6c495c0c9188` */
  constructor(
    private readonly loadBalancer: string,
    private readonly sink: MetricSink,
  ) {}

  /** Requests for which a target could be chosen. */
  requests(requests: TargetRequests): void {
    const { at, targetGroup, statuses, latencies, unanswered } = requests;
    const everywhere = this.targetDimensions(targetGroup);
    this.count(at, 'RequestCount', sum(statuses) + sum(unanswered), everywhere);
    for (const [name, count] of classes(statuses)) {
      this.count(at, `HTTPCode_Target_${name}_Count`, count, everywhere);
    }
    const values = latencies.filter(({ count }) => count > 0).map(({ value, count }) => ({ value: value / 1000, count }));
    if (values.length > 0) {
      everywhere.forEach((dimensions) => this.put({ at, metricName: 'TargetResponseTime', dimensions, values }));
    }
    this.errors(at, unanswered);
  }

  /** Answers of the load balancer itself. Where no target could be chosen at all (503), the request is not counted as one. */
  errors(at: number, statuses: ReadonlyMap<number, number>): void {
    if (statuses.size === 0) {
      return;
    }
    const own = [{ LoadBalancer: this.loadBalancer }];
    for (const [name, count] of classes(statuses)) {
      this.count(at, `HTTPCode_ELB_${name}_Count`, count, own);
    }
    for (const status of [500, 502, 503, 504]) {
      this.count(at, `HTTPCode_ELB_${status}_Count`, statuses.get(status) ?? 0, own);
    }
  }

  private targetDimensions(targetGroup: string): readonly Record<string, string>[] {
    const LoadBalancer = this.loadBalancer;
    return [{ LoadBalancer }, { TargetGroup: targetGroup }, { LoadBalancer, TargetGroup: targetGroup }];
  }

  private count(at: number, metricName: string, count: number, dimensionSets: readonly Record<string, string>[]): void {
    if (count > 0) {
      // The load balancer publishes 1 for each request; alarms use the sum.
      dimensionSets.forEach((dimensions) => this.put({ at, metricName, dimensions, values: [{ value: 1, count }] }));
    }
  }

  private put(datum: Omit<MetricDatum, 'namespace'>): void {
    if (isNetworkLoadBalancer(this.loadBalancer)) {
      return;
    }
    this.sink.put({ namespace: ALB_NAMESPACE, ...datum });
  }
}

function classes(statuses: ReadonlyMap<number, number>): Map<string, number> {
  const byClass = new Map<string, number>();
  for (const [status, count] of statuses) {
    const name = `${Math.floor(status / 100)}XX`;
    byClass.set(name, (byClass.get(name) ?? 0) + count);
  }
  return byClass;
}

const sum = (counts: ReadonlyMap<number, number>): number => [...counts.values()].reduce((total, count) => total + count, 0);
