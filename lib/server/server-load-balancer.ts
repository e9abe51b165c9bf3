import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancing';

import { requireKind } from '../private/kinds';

/**
 * What sends traffic to the instances of a rollout. Each instance is taken out before it is deployed to, and put back and awaited afterwards.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/integrations-aws-elastic-load-balancing.html
 */
export class ServerLoadBalancer {
  /** A target group of an Application or Network Load Balancer, whose targets are instances. Attach it to the Auto Scaling groups of the rollout, too, but for two that alternate. */
  public static targetGroup(group: elbv2.ITargetGroup): ServerLoadBalancer {
    requireKind("what 'targetGroup' names", group, 'targetGroupArn', 'give a target group of an Application or Network Load Balancer');
    return new ServerLoadBalancer(group, undefined);
  }

  /** A Classic Load Balancer. */
  public static classic(loadBalancer: elb.ILoadBalancerRef): ServerLoadBalancer {
    requireKind("what 'classic' names", loadBalancer, 'loadBalancerRef', 'give a Classic Load Balancer, or take ServerLoadBalancer.targetGroup(...)');
    return new ServerLoadBalancer(undefined, loadBalancer);
  }

  private constructor(
    private readonly target: elbv2.ITargetGroup | undefined,
    private readonly balancer: elb.ILoadBalancerRef | undefined,
  ) {}

  /** @internal */
  public get _targetGroup(): elbv2.ITargetGroup | undefined {
    return this.target;
  }

  /** @internal */
  public get _classic(): elb.ILoadBalancerRef | undefined {
    return this.balancer;
  }
}
