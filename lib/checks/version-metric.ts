import type { VersionDimensionDocument, VersionMetricDocument } from '../model/metric-document';
import { loadBalancerFullName, targetGroupFullName } from '../private/bound-endpoint';
import type { EcsHookContext } from '../private/hook-context';
import type { _CheckContext } from './check';

/** The dimension that tells the versions of a service apart, and what stands there. The handler finds the values in the deployment. */
export class VersionDimension {
  /**
   * The full name of the version's target group, such as `targetgroup/web/6d0ecf831eec9f09`: what the metrics of a load balancer have.
   *
   * @param name name of the dimension
   */
  public static targetGroupFullName(name = 'TargetGroup'): VersionDimension {
    return new VersionDimension(name, 'targetGroupFullName');
  }

  /**
   * The name of the version's target group.
   *
   * @param name name of the dimension
   */
  public static targetGroupName(name: string): VersionDimension {
    return new VersionDimension(name, 'targetGroupName');
  }

  /**
   * The id of the version's task set, such as `ecs-svc/9223370493423413672`: what tasks find as `startedBy` of themselves.
   *
   * @param name name of the dimension
   */
  public static taskSet(name: string): VersionDimension {
    return new VersionDimension(name, 'taskSet');
  }

  private constructor(
    private readonly name: string,
    private readonly is: Exclude<VersionDimensionDocument['is'], 'lambdaVersion'>,
  ) {
    if (name.trim() === '') {
      throw new Error("the 'name' of a version dimension must not be empty; write the dimension as the metric has it");
    }
  }

  /** @internal */
  public get _name(): string {
    return this.name;
  }

  /** @internal */
  public _render({ values }: _CheckContext, { endpoint }: EcsHookContext): VersionDimensionDocument {
    return this.is === 'targetGroupFullName'
      ? { dimension: this.name, is: this.is, fullNames: [endpoint.blue, endpoint.green].map((group) => values.replace(targetGroupFullName(group))) }
      : { dimension: this.name, is: this.is };
  }
}

/** Metrics of target groups that Application Load Balancers alone have. */
const METRICS_OF_REQUESTS = /^(HTTPCode_|RequestCount|TargetResponseTime|TargetConnectionErrorCount|AnomalousHostCount|MitigatedHostCount)/;

/** A metric of which each version has its own. */
export interface VersionMetricOptions {
  /** Namespace of the metric, such as `Shop`. */
  readonly namespace: string;

  /** Name of the metric, such as `FailedOrders`. */
  readonly metricName: string;

  /** The dimension that tells the versions apart. */
  readonly version: VersionDimension;

  /**
   * All other dimensions of the metric: CloudWatch finds data only by all of them.
   *
   * @default - none
   */
  readonly dimensionsMap?: Record<string, string>;
}

/** A metric of which each version has its own: which series is whose is known only while a deployment runs. */
export class VersionMetric {
  /** A metric with a dimension that tells the versions apart. */
  public static of(options: VersionMetricOptions): VersionMetric {
    if (Object.keys(options.dimensionsMap ?? {}).includes(options.version._name)) {
      throw new Error(`'dimensionsMap' of metric '${options.metricName}' names '${options.version._name}', which tells the versions apart; leave it out there`);
    }
    return new VersionMetric((context, hook) => render(options, context, hook));
  }

  /**
   * A metric of the rollout's load balancer by target group.
   *
   * A Network Load Balancer counts no requests: of it, there are metrics such as `UnHealthyHostCount`.
   *
   * @param metricName such as `HTTPCode_Target_5XX_Count`
   * @throws when the load balancer is a Network Load Balancer, and the metric one of requests
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
   */
  public static targetGroup(metricName: string): VersionMetric {
    return new VersionMetric((context, hook) => {
      const { kind, loadBalancer } = hook.endpoint;
      if (kind === 'network' && METRICS_OF_REQUESTS.test(metricName)) {
        throw new Error(
          `hook ${hook.event} asks for the metric '${metricName}' by target group, which a Network Load Balancer does not have, since it sees no requests; ` +
            'use a metric of the service itself, by VersionMetric.of or MetricCheck.absolute',
        );
      }
      const dimensionsMap = { LoadBalancer: loadBalancerFullName(loadBalancer) };
      const namespace = kind === 'network' ? 'AWS/NetworkELB' : 'AWS/ApplicationELB';
      return render({ namespace, metricName, version: VersionDimension.targetGroupFullName(), dimensionsMap }, context, hook);
    });
  }

  private constructor(private readonly make: (context: _CheckContext, hook: EcsHookContext) => VersionMetricDocument) {}

  /** @internal */
  public _render(context: _CheckContext, hook: EcsHookContext): VersionMetricDocument {
    return this.make(context, hook);
  }
}

function render({ namespace, metricName, version, dimensionsMap = {} }: VersionMetricOptions, context: _CheckContext, hook: EcsHookContext): VersionMetricDocument {
  const text = (value: string) => context.values.replace(value);
  const dimensions = Object.fromEntries(Object.entries(dimensionsMap).map(([name, value]) => [name, text(value)]));
  return { namespace: text(namespace), metricName: text(metricName), dimensions, version: version._render(context, hook) };
}
