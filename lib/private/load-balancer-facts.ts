/** What a load balancer or a listener tells about itself, where it is of this app. */
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Token } from 'aws-cdk-lib/core';

import { cfnElementOf } from './references';

/** A load balancer of this app tells its scheme; of an imported one the user does. */
export function schemeOf(loadBalancer: elbv2.ILoadBalancerV2, told: boolean | undefined): 'internal' | 'internet-facing' {
  const element = cfnElementOf(loadBalancer);
  if (!(element instanceof elbv2.CfnLoadBalancer)) {
    return told === true ? 'internet-facing' : 'internal';
  }
  const scheme = element.scheme === 'internal' ? 'internal' : 'internet-facing';
  if (told !== undefined && told !== (scheme === 'internet-facing')) {
    throw new Error(
      `'internetFacing' is ${told}, but load balancer '${loadBalancer.node.path}' is ${scheme}; leave it ` +
        `out for a load balancer of this app`,
    );
  }
  return scheme;
}

/** Throws when a listener is known to be on another load balancer. */
export function requireSameLoadBalancer(what: string, listener: elbv2.IListener, loadBalancer: elbv2.ILoadBalancerV2): void {
  const other =
    listener instanceof elbv2.ApplicationListener || listener instanceof elbv2.NetworkListener
      ? differ(listener.loadBalancer, loadBalancer)
      : arnsDiffer(arnFromListener(listener.listenerArn), loadBalancer.loadBalancerRef.loadBalancerArn);
  if (other) {
    throw new Error(
      `${what} '${listener.node.path}' is on another load balancer than '${loadBalancer.node.path}'; CodeDeploy ` +
        `moves listeners of one load balancer only`,
    );
  }
}

/** Two load balancers of this app differ when they are not the same construct; imported ones when their ARNs are known and differ. */
function differ(one: elbv2.ILoadBalancerV2, other: elbv2.ILoadBalancerV2): boolean {
  const ours = cfnElementOf(one) !== undefined && cfnElementOf(other) !== undefined;
  return one !== other && (ours || arnsDiffer(one.loadBalancerRef.loadBalancerArn, other.loadBalancerRef.loadBalancerArn));
}

const arnsDiffer = (one: string | undefined, other: string): boolean =>
  one !== undefined && !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;

/** `...:listener/app/name/id/listener-id` names its load balancer `...:loadbalancer/app/name/id`; `net` for `app` likewise. */
function arnFromListener(arn: string): string | undefined {
  if (Token.isUnresolved(arn)) {
    return undefined;
  }
  const parts = /^(.*):listener\/((?:app|net)\/[^/]+\/[^/]+)\/[^/]+$/.exec(arn);
  return parts === null ? undefined : `${parts[1]}:loadbalancer/${parts[2]}`;
}
