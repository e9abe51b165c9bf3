import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Duration } from 'aws-cdk-lib/core';

/** The blue and the green target group, which are made alike. */
export interface EcsTargetGroupOptions {
  /**
   * How the load balancer finds out that a task is healthy.
   *
   * @default - GET / on the traffic port every 30 seconds must answer 200
   */
  readonly healthCheck?: elbv2.HealthCheck;

  /**
   * Protocol from the load balancer to the tasks.
   *
   * @default elbv2.ApplicationProtocol.HTTP
   */
  readonly protocol?: elbv2.ApplicationProtocol;

  /**
   * Version of that protocol.
   *
   * @default elbv2.ApplicationProtocolVersion.HTTP1
   */
  readonly protocolVersion?: elbv2.ApplicationProtocolVersion;

  /**
   * How long a client stays with the task that answered it first, from one second to seven days.
   *
   * A client then stays with its task, and so with its version, inside a target group; which group it comes to is drawn for each request.
   *
   * @default - no stickiness
   */
  readonly stickinessCookieDuration?: Duration;

  /**
   * Time that a task which is taken out may finish its requests, up to an hour.
   *
   * @default Duration.minutes(5)
   */
  readonly deregistrationDelay?: Duration;

  /**
   * How tasks are registered: `IP` for the network mode awsvpc, `INSTANCE` for bridge and host.
   *
   * @default - what the network mode of the task definition asks for
   */
  readonly targetType?: elbv2.TargetType;
}
