import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/** Listeners and target groups of a Network Load Balancer that you made. */
export interface ExistingNetworkEndpointOptions {
  /** The load balancer of both listeners. Without security groups, which cannot be added later, nothing of ours lets it reach the tasks. */
  readonly loadBalancer: elbv2.INetworkLoadBalancer;

  /** The listener of production traffic, whose default action the rollout moves. */
  readonly productionListener: elbv2.INetworkListener;

  /**
   * The listener on which the new version is tested, on the same load balancer.
   *
   * @default - no test listener; the events AllowTestTraffic and AfterAllowTestTraffic are then left out by the service
   */
  readonly testListener?: elbv2.INetworkListener;

  /** Target group that the service starts in. */
  readonly blueTargetGroup: elbv2.INetworkTargetGroup;

  /** Target group of the first new version; the two swap with every release. */
  readonly greenTargetGroup: elbv2.INetworkTargetGroup;

  /**
   * Port of an imported production listener, 1 to 65,535. A listener of this app knows its own.
   *
   * @default - 443 with `https`, 80 without
   */
  readonly productionPort?: number;

  /**
   * Port of an imported test listener, 1 to 65,535. A listener of this app knows its own.
   *
   * @default - 8443 where clients of the production listener speak HTTPS, else 8080
   */
  readonly testPort?: number;

  /**
   * Whether clients speak HTTPS, which a listener that hands bytes on cannot tell: the base URLs of checks depend on it.
   *
   * @default - true for a listener of this app that ends TLS, and for both where the production port is 443
   */
  readonly https?: boolean;

  /**
   * Whether an imported load balancer has public addresses. A load balancer of this app is asked itself.
   *
   * @default false
   */
  readonly internetFacing?: boolean;

  /**
   * VPC of the load balancer, for hooks that must be placed in it.
   *
   * @default - the VPC that the load balancer knows, else that of the service's cluster
   */
  readonly vpc?: ec2.IVpc;
}
