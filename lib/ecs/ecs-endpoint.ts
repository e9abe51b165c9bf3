import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';

import type { BoundEndpoint, EndpointContext } from '../private/bound-endpoint';
import { bindApplicationEndpoint } from '../private/application-endpoint';
import { bindExistingEndpoint } from '../private/existing-endpoint';
import { bindExistingNetworkEndpoint } from '../private/existing-network-endpoint';
import { bindNetworkEndpoint } from '../private/network-endpoint';
import type { EcsListenerRule } from './ecs-listener-rule';
import type { EcsNetworkTargetGroupOptions } from './ecs-network-target-group-options';
import type { EcsTargetGroupOptions } from './ecs-target-group-options';
import type { ExistingNetworkEndpointOptions } from './existing-network-endpoint-options';

/** What endpoints with listeners and target groups that a rollout makes have in common. */
export interface NewEndpointOptions {
  /**
   * VPC of the target groups, and of the load balancer where it is new.
   *
   * @default - the VPC of the service's cluster
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Whether a new load balancer has public addresses. For a load balancer that you imported: whether it has them.
   *
   * @default false - a load balancer of this app is asked itself
   */
  readonly internetFacing?: boolean;

  /**
   * Port of the production listener, 1 to 65,535.
   *
   * @default - 443 with certificates, 80 without
   */
  readonly productionPort?: number;

  /**
   * Port of the test listener, 1 to 65,535. The new version answers there before production traffic reaches it.
   *
   * @default - no test listener; the events AllowTestTraffic and AfterAllowTestTraffic are then left out by the service
   */
  readonly testPort?: number;

  /**
   * Whether a stack update that changes a listener of the rollout, such as its certificates, leaves it on the target group that is live. After an odd
   * number of releases that is not the one the template begins with, which is then empty.
   *
   * The guard is a custom resource: while a deployment shifts traffic, such an update is refused. Turning it off, after an odd number of releases, is
   * itself such an update. Where CloudFormation itself moves the listeners, in an `EcsCloudFormationRollout`, there is none.
   *
   * @default true
   */
  readonly listenerGuard?: boolean;
}

/** Listeners and target groups that a rollout makes behind an Application Load Balancer. */
export interface ApplicationEndpointOptions extends NewEndpointOptions {
  /**
   * The load balancer.
   *
   * @default - a new one in `vpc`
   */
  readonly loadBalancer?: elbv2.IApplicationLoadBalancer;

  /**
   * Certificates of both listeners, which then speak HTTPS.
   *
   * @default - both listeners speak HTTP
   */
  readonly certificates?: elbv2.IListenerCertificate[];

  /**
   * Ciphers and TLS versions of both listeners.
   *
   * @default - the recommended policy of the service
   */
  readonly sslPolicy?: elbv2.SslPolicy;

  /**
   * Whether everybody who has a route may reach the production listener. The test listener is never opened by this.
   *
   * @default - true for an internet-facing load balancer, false for an internal one
   */
  readonly openProduction?: boolean;

  /**
   * Health check, protocol and more of the two target groups.
   *
   * @default - HTTP, with the load balancer's default health check
   */
  readonly targetGroups?: EcsTargetGroupOptions;
}

/** Listeners and target groups that a rollout makes behind a Network Load Balancer. */
export interface NetworkEndpointOptions extends NewEndpointOptions {
  /**
   * The load balancer.
   *
   * @default - a new one in `vpc`, with a security group
   */
  readonly loadBalancer?: elbv2.INetworkLoadBalancer;

  /**
   * Certificates of both listeners, which then end TLS.
   *
   * @default - both listeners speak TCP, and hand on what the client sends, TLS included
   */
  readonly certificates?: elbv2.IListenerCertificate[];

  /**
   * Ciphers and TLS versions of both listeners, where they end TLS.
   *
   * @default - the recommended policy of the service
   */
  readonly sslPolicy?: elbv2.SslPolicy;

  /**
   * Whether clients speak HTTPS, which a listener that hands bytes on cannot tell: the base URLs of checks depend on it.
   *
   * @default - true with certificates and where the production port is 443
   */
  readonly https?: boolean;

  /**
   * Whether everybody who has a route may reach the production listener, as far as security groups of the load balancer decide it. The test
   * listener is never opened by this.
   *
   * @default - true for an internet-facing load balancer, false for an internal one
   */
  readonly openProduction?: boolean;

  /**
   * Health check, protocol and more of the two target groups.
   *
   * @default - TCP, with the load balancer's default health check
   */
  readonly targetGroups?: EcsNetworkTargetGroupOptions;
}

/** Listeners and target groups that you made. */
export interface ExistingEndpointOptions {
  /** The load balancer of both listeners. */
  readonly loadBalancer: elbv2.IApplicationLoadBalancer;

  /** The listener of production traffic. */
  readonly productionListener: elbv2.IApplicationListener;

  /**
   * The listener on which the new version is tested, on the same load balancer.
   *
   * @default - no test listener; the events AllowTestTraffic and AfterAllowTestTraffic are then left out by the service
   */
  readonly testListener?: elbv2.IApplicationListener;

  /** Target group that the service starts in. */
  readonly blueTargetGroup: elbv2.IApplicationTargetGroup;

  /** Target group of the first new version; the two swap with every release. */
  readonly greenTargetGroup: elbv2.IApplicationTargetGroup;

  /**
   * Rules of the production listener that are the rollout's, where several services share it.
   *
   * @default - the rollout moves the listener's default action
   */
  readonly productionRules?: EcsListenerRule[];

  /**
   * Rules of the test listener that are the rollout's.
   *
   * @default - the rollout moves the listener's default action
   */
  readonly testRules?: EcsListenerRule[];

  /**
   * Port of an imported production listener, 1 to 65,535. A listener of this app knows its own.
   *
   * @default - 443 with `https`, 80 without
   */
  readonly productionPort?: number;

  /**
   * Port of an imported test listener, 1 to 65,535. A listener of this app knows its own.
   *
   * @default - 8443 with `https`, 8080 without
   */
  readonly testPort?: number;

  /**
   * Whether imported listeners speak HTTPS. A listener of this app knows its own protocol.
   *
   * @default false
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

/** Where traffic comes in: load balancer, listeners and the two target groups between which a rollout moves it. */
export class EcsEndpoint {
  /** An Application Load Balancer, new or yours, with listeners and target groups that the rollout makes. */
  public static application(options: ApplicationEndpointOptions = {}): EcsEndpoint {
    return new EcsEndpoint((scope, context) => bindApplicationEndpoint(scope, options, context));
  }

  /**
   * A Network Load Balancer, new or yours, with listeners and target groups that the rollout makes. CodeDeploy moves its traffic all at once only.
   */
  public static network(options: NetworkEndpointOptions = {}): EcsEndpoint {
    return new EcsEndpoint((scope, context) => bindNetworkEndpoint(scope, options, context));
  }

  /** Listeners and target groups of an Application Load Balancer that you made, or rules of one that several services share. */
  public static existing(options: ExistingEndpointOptions): EcsEndpoint {
    return new EcsEndpoint((scope, context) => bindExistingEndpoint(scope, options, context));
  }

  /** Listeners and target groups of a Network Load Balancer that you made. CodeDeploy moves its traffic all at once only. */
  public static existingNetwork(options: ExistingNetworkEndpointOptions): EcsEndpoint {
    return new EcsEndpoint((scope, context) => bindExistingNetworkEndpoint(scope, options, context));
  }

  private constructor(private readonly make: (scope: Construct, context: EndpointContext) => BoundEndpoint) {}

  /** @internal */
  public _bind(scope: Construct, context: EndpointContext): BoundEndpoint {
    return this.make(scope, context);
  }
}
