/** Takes listeners and target groups that exist in the app or were imported. */
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';

import type { ExistingEndpointOptions } from '../ecs/ecs-endpoint';
import type { EcsListenerRule, _BoundRule } from '../ecs/ecs-listener-rule';
import type { ApplicationEndpoint, BoundListener, EndpointContext } from './bound-endpoint';
import { requireApplicationLoadBalancer } from './bound-endpoint';
import { notOurs } from './listener-guards';
import { requireSameLoadBalancer, schemeOf } from './load-balancer-facts';
import { requireKnown, requireWhole } from './numbers';
import { requireBehind, requireTargetType } from './target-group-facts';

interface Parts {
  readonly blueTargetGroup: elbv2.ITargetGroup;
  readonly greenTargetGroup: elbv2.ITargetGroup;
  readonly productionListener: elbv2.IListener;
  readonly testListener?: elbv2.IListener;
}

/** A listener that takes rules. */
type ApplicationListener = BoundListener & { readonly listener: elbv2.IApplicationListener };

export function bindExistingEndpoint(scope: Construct, options: ExistingEndpointOptions, context: EndpointContext): ApplicationEndpoint {
  const { loadBalancer, blueTargetGroup: blue, greenTargetGroup: green } = options;
  requireApplicationLoadBalancer(loadBalancer);
  requireDifferent(options);
  requireSameLoadBalancer('production listener', options.productionListener, loadBalancer);
  if (options.testListener !== undefined) {
    requireSameLoadBalancer('test listener', options.testListener, loadBalancer);
  } else if ((options.testRules ?? []).length > 0) {
    throw new Error("'testRules' need a 'testListener'; name the listener that they belong to");
  }

  // A blue group without a type gets it from the service that is attached to it; the green one is filled by CodeDeploy alone.
  requireTargetType('blue', blue, context.targetType, context.targetType);
  requireTargetType('green', green, context.targetType, elbv2.TargetType.INSTANCE);
  if ((options.productionRules ?? []).length === 0) {
    requireBehind(scope, options.productionListener, blue, "make it the listener's default target group, or name rules by 'productionRules'");
  }

  const secure = options.https ?? false;
  const production = takeListener(options.productionListener, options.productionPort ?? (secure ? 443 : 80), secure);
  const test = options.testListener && takeListener(options.testListener, options.testPort ?? (secure ? 8443 : 8080), secure);
  const bindRules = (id: string, listener: ApplicationListener, rules: readonly EcsListenerRule[], target: elbv2.IApplicationTargetGroup) => {
    const bound = rules.map((rule, index) => rule._bind(scope, `${id}${index + 1}`, listener.listener, target));
    requireDistinctPriorities(listener, bound);
    return { ...listener, rules: bound, guard: notOurs(listener.listener, bound.length > 0) };
  };

  const scheme = schemeOf(loadBalancer, options.internetFacing);
  return {
    kind: 'application',
    loadBalancer,
    scheme,
    vpc: options.vpc ?? loadBalancer.vpc ?? context.vpc,
    production: bindRules('ProductionRule', production, options.productionRules ?? [], blue),
    ...(test === undefined ? {} : { test: bindRules('TestRule', test, options.testRules ?? [], green) }),
    blue,
    green,
    // Nothing tells how far a listener of somebody else's is open; an internet-facing one is taken as open to all.
    productionOpen: scheme === 'internet-facing',
  };
}

/** Throws when two of the parts that a release needs are one. */
export function requireDifferent(options: Parts): void {
  const { blueTargetGroup: blue, greenTargetGroup: green, productionListener: production, testListener: test } = options;
  if (blue === green || blue.targetGroupArn === green.targetGroupArn) {
    throw new Error(`blue and green target group are both '${blue.node.path}'; a release needs two, between which traffic is moved`);
  }
  if (test !== undefined && (test === production || test.listenerArn === production.listenerArn)) {
    throw new Error(
      `production and test listener are both '${production.node.path}'; give the new version a listener of ` +
        `its own to be tested on`,
    );
  }
}

function requireDistinctPriorities({ listener }: BoundListener, rules: readonly _BoundRule[]): void {
  const priorities = rules.map(({ options }) => options.priority);
  const twice = priorities.find((priority, index) => priorities.indexOf(priority) !== index);
  if (twice !== undefined) {
    throw new Error(`two rules of listener '${listener.node.path}' have the priority ${twice}; a listener has one rule for each, so change one`);
  }
}

/** A listener of this app knows port and protocol; of an imported one the user tells them. */
function takeListener(listener: elbv2.IApplicationListener, toldPort: number, toldSecure: boolean): ApplicationListener {
  if (listener instanceof elbv2.ApplicationListener) {
    const { port, protocol } = listener;
    requireKnown(`the port of listener '${listener.node.path}'`, port);
    return { listener, connections: listener.connections, port, protocol: protocol === elbv2.ApplicationProtocol.HTTPS ? 'HTTPS' : 'HTTP', rules: [], guard: notOurs(listener, false) };
  }
  requireWhole('port of an imported listener', toldPort, 1, 65_535);
  return { listener, connections: listener.connections, port: toldPort, protocol: toldSecure ? 'HTTPS' : 'HTTP', rules: [], guard: notOurs(listener, false) };
}
