/** Takes listeners and target groups of a Network Load Balancer that exist in the app or were imported. */
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';

import type { ExistingNetworkEndpointOptions } from '../ecs/existing-network-endpoint-options';
import type { BoundListener, EndpointContext, NetworkEndpoint } from './bound-endpoint';
import { requireNetworkLoadBalancer } from './bound-endpoint';
import { requireDifferent } from './existing-endpoint';
import { notOurs } from './listener-guards';
import { requireSameLoadBalancer, schemeOf } from './load-balancer-facts';
import { requireKnown, requireWhole } from './numbers';
import { cfnElementOf } from './references';
import { requireBehind, requireTargetType } from './target-group-facts';

const HTTPS_PORT = 443;

export function bindExistingNetworkEndpoint(scope: Construct, options: ExistingNetworkEndpointOptions, context: EndpointContext): NetworkEndpoint {
  const { loadBalancer, productionListener, testListener, blueTargetGroup: blue, greenTargetGroup: green, https } = options;
  requireNetworkLoadBalancer(loadBalancer, 'EcsEndpoint.existing');
  requireDifferent(options);
  requireSameLoadBalancer('production listener', productionListener, loadBalancer);
  if (testListener !== undefined) {
    requireSameLoadBalancer('test listener', testListener, loadBalancer);
  }
  // A blue group without a type gets it from the service that is attached to it; the green one is filled by CodeDeploy alone.
  requireTargetType('blue', blue, context.targetType, context.targetType);
  requireTargetType('green', green, context.targetType, elbv2.TargetType.INSTANCE);
  requireBehind(scope, productionListener, blue, "make it the listener's default target group");

  const port = portOf(productionListener, 'productionPort', options.productionPort ?? (https === true ? HTTPS_PORT : 80));
  const take = (listener: elbv2.INetworkListener, itsPort: number): BoundListener => ({
    listener,
    connections: loadBalancer.connections,
    port: itsPort,
    protocol: (https ?? (port === HTTPS_PORT || endsTls(listener))) ? 'HTTPS' : 'HTTP',
    rules: [],
    guard: notOurs(listener, false),
  });
  const production = take(productionListener, port);
  const test = testListener && take(testListener, portOf(testListener, 'testPort', options.testPort ?? (production.protocol === 'HTTPS' ? 8443 : 8080)));

  const scheme = schemeOf(loadBalancer, options.internetFacing);
  return {
    kind: 'network',
    loadBalancer,
    scheme,
    vpc: options.vpc ?? loadBalancer.vpc ?? context.vpc,
    production,
    ...(test === undefined ? {} : { test }),
    blue,
    green,
    // Nothing tells how far a listener of somebody else's is open; an internet-facing one is taken as open to all.
    productionOpen: scheme === 'internet-facing',
  };
}

/** A listener of this app knows its port; of an imported one the user tells it. */
function portOf(listener: elbv2.INetworkListener, prop: string, told: number): number {
  const port = listenerOf(listener)?.port;
  if (port === undefined) {
    requireWhole(prop, told, 1, 65_535);
    return told;
  }
  requireKnown(`the port of listener '${listener.node.path}'`, port);
  return port;
}

const endsTls = (listener: elbv2.INetworkListener): boolean => listenerOf(listener)?.protocol === elbv2.Protocol.TLS;

function listenerOf(listener: elbv2.INetworkListener): elbv2.CfnListener | undefined {
  const element = cfnElementOf(listener);
  return element instanceof elbv2.CfnListener ? element : undefined;
}
