import type { VersionDimensionDocument, VersionMetricDocument } from '../model/metric-document';
import { loadBalancerFullName, targetGroupFullName } from '../private/bound-endpoint';
import type { EcsHookContext, HookContext, LambdaHookContext, LambdaSetHookContext } from '../private/hook-context';
import { LAMBDA_NAMESPACE, requireVersionedMetric, versionedDimensions } from '../private/lambda-metrics';
import type { _CheckContext } from './check';

/** The dimension that tells the versions of a service or a function apart, and what stands there. The handler finds the values in the deployment. */
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

  /**
   * The number of the version that a Lambda alias is shifted from or to: what metrics of Lambda have as `ExecutedVersion`, and functions find in `AWS_LAMBDA_FUNCTION_VERSION`.
   *
   * @param name name of the dimension
   */
  public static executedVersion(name = 'ExecutedVersion'): VersionDimension {
    return new VersionDimension(name, 'lambdaVersion');
  }

  private constructor(
    private readonly name: string,
    private readonly is: VersionDimensionDocument['is'],
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
  public _render({ values }: _CheckContext, hook: HookContext): VersionDimensionDocument {
    if (this.is === 'lambdaVersion') {
      requireLambda(hook, `by dimension '${this.name}'`);
      return { dimension: this.name, is: this.is };
    }
    const { endpoint } = requireEcs(hook, `by dimension '${this.name}'`);
    return this.is === 'targetGroupFullName'
      ? { dimension: this.name, is: this.is, fullNames: [endpoint.blue, endpoint.green].map((group) => values.replace(targetGroupFullName(group))) }
      : { dimension: this.name, is: this.is };
  }
}

function requireEcs(hook: HookContext, what: string): EcsHookContext {
  if (hook.endpoint === undefined) {
    throw new Error(
      `hook ${hook.event} asks for a metric ${what}, which tells apart versions of an ECS service, and '${hook.rolloutName}' releases a Lambda alias; ` +
        'take VersionMetric.lambdaFunction, or VersionDimension.executedVersion for metrics of your own',
    );
  }
  return hook;
}

function requireLambda(hook: HookContext, what: string): LambdaHookContext | LambdaSetHookContext {
  if (hook.endpoint !== undefined) {
    throw new Error(
      `hook ${hook.event} asks for a metric ${what}, which tells apart versions of a Lambda function, and '${hook.rolloutName}' releases an ECS service; ` +
        'take VersionMetric.targetGroup, or VersionDimension.taskSet for metrics of your own',
    );
  }
  return hook;
}

/** The dimensions stand in the suite, and a hook that many aliases share has one suite. */
function requireOneAlias(hook: LambdaHookContext | LambdaSetHookContext, metricName: string): LambdaHookContext {
  if (hook.releasedFunction === undefined) {
    throw new Error(
      `hook ${hook.event} asks for the metric '${metricName}' of a Lambda alias, and the rollouts of '${hook.rolloutName}' share it, which release several; ` +
        "watch each alias by LambdaAlarm in 'rollback.alarms', or release the one that needs the check by a LambdaRollout of its own",
    );
  }
  return hook;
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
      const { kind, loadBalancer } = requireEcs(hook, `'${metricName}' by target group`).endpoint;
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

  /**
   * A metric of Lambda on the alias that is released, by the version that was invoked.
   *
   * @param metricName such as `Errors`, `Invocations`, `Throttles` or `Duration`
   * @throws when Lambda does not tell versions apart in it
   * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-view.html
   */
  public static lambdaFunction(metricName: string): VersionMetric {
    requireVersionedMetric(metricName);
    return new VersionMetric((context, hook) => {
      const { releasedFunction, releasedAlias } = requireOneAlias(requireLambda(hook, `'${metricName}' of a Lambda alias`), metricName);
      const dimensionsMap = versionedDimensions(releasedFunction.functionName, releasedAlias);
      return render({ namespace: LAMBDA_NAMESPACE, metricName, version: VersionDimension.executedVersion(), dimensionsMap }, context, hook);
    });
  }

  private constructor(private readonly make: (context: _CheckContext, hook: HookContext) => VersionMetricDocument) {}

  /** @internal */
  public _render(context: _CheckContext, hook: HookContext): VersionMetricDocument {
    return this.make(context, hook);
  }
}

function render({ namespace, metricName, version, dimensionsMap = {} }: VersionMetricOptions, context: _CheckContext, hook: HookContext): VersionMetricDocument {
  const text = (value: string) => context.values.replace(value);
  const dimensions = Object.fromEntries(Object.entries(dimensionsMap).map(([name, value]) => [name, text(value)]));
  return { namespace: text(namespace), metricName: text(metricName), dimensions, version: version._render(context, hook) };
}
