import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Duration } from 'aws-cdk-lib/core';

/** The blue and the green target group behind a Network Load Balancer, which are made alike. */
export interface EcsNetworkTargetGroupOptions {
  /**
   * How the load balancer finds out that a task is healthy.
   *
   * @default - a TCP connection to the traffic port every 30 seconds
   */
  readonly healthCheck?: elbv2.HealthCheck;

  /**
   * Protocol from the load balancer to the tasks: TCP, or TLS where the listeners have certificates.
   *
   * @default elbv2.Protocol.TCP
   */
  readonly protocol?: elbv2.Protocol;

  /**
   * Time that a task which is taken out may finish its connections, up to an hour.
   *
   * @default Duration.minutes(5)
   */
  readonly deregistrationDelay?: Duration;

  /**
   * Whether connections are closed when that time is over.
   *
   * @default false
   */
  readonly connectionTermination?: boolean;

  /**
   * Whether tasks see the addresses of clients instead of the load balancer's.
   *
   * @default - true for targets by instance, and false for those by address
   */
  readonly preserveClientIp?: boolean;

  /**
   * Whether each connection begins with the client's address, by the proxy protocol version 2, which the task must expect.
   *
   * @default false
   */
  readonly proxyProtocolV2?: boolean;

  /**
   * How tasks are registered: `IP` for the network mode awsvpc, `INSTANCE` for bridge and host.
   *
   * @default - what the network mode of the task definition asks for
   */
  readonly targetType?: elbv2.TargetType;
}
