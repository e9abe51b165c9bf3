/** Makes load balancer, listeners and target groups of a rollout. */
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';

import type { ApplicationEndpointOptions } from '../ecs/ecs-endpoint';
import type { ApplicationEndpoint, BoundListener, EndpointContext } from './bound-endpoint';
import { requireApplicationLoadBalancer } from './bound-endpoint';
import { healthCheckPort, requirePorts, requireTargetTypeOption, TARGET_GROUP_PORT, vpcOf } from './endpoint-options';
import { guardListener } from './live-listener';
import { schemeOf } from './load-balancer-facts';

export function bindApplicationEndpoint(scope: Construct, options: ApplicationEndpointOptions, context: EndpointContext): ApplicationEndpoint {
  const secure = (options.certificates ?? []).length > 0;
  const productionPort = options.productionPort ?? (secure ? 443 : 80);
  requirePorts(productionPort, options.testPort);
  requireTargetTypeOption(options.targetGroups?.targetType, context);
  const vpc = vpcOf(options.vpc, options.loadBalancer, context);

  const loadBalancer = options.loadBalancer ?? newLoadBalancer(scope, vpc, options.internetFacing ?? false);
  requireApplicationLoadBalancer(loadBalancer);
  const scheme = schemeOf(loadBalancer, options.internetFacing);
  const productionOpen = options.openProduction ?? scheme === 'internet-facing';

  const blue = targetGroup(scope, 'BlueTargetGroup', vpc, options, context);
  const green = targetGroup(scope, 'GreenTargetGroup', vpc, options, context);
  const listen = (id: string, port: number, open: boolean, targets: NewListener['targets']) => newListener(scope, id, { loadBalancer, port, open, secure, targets, options, context });
  const production = listen('ProductionListener', productionPort, productionOpen, [blue, green]);
  // The test listener starts on the empty green group: CodeDeploy points it at whichever version is new.
  const test = options.testPort === undefined ? undefined : listen('TestListener', options.testPort, false, [green, blue]);

  return { kind: 'application', loadBalancer, scheme, vpc, production, test, blue, green, productionOpen, healthCheckPort: healthCheckPort(options.targetGroups?.healthCheck) };
}

function newLoadBalancer(scope: Construct, vpc: ec2.IVpc, internetFacing: boolean): elbv2.ApplicationLoadBalancer {
  return new elbv2.ApplicationLoadBalancer(scope, 'LoadBalancer', { vpc, internetFacing, dropInvalidHeaderFields: true });
}

function targetGroup(
  scope: Construct,
  id: string,
  vpc: ec2.IVpc,
  { targetGroups = {} }: ApplicationEndpointOptions,
  context: EndpointContext,
): elbv2.ApplicationTargetGroup {
  return new elbv2.ApplicationTargetGroup(scope, id, {
    vpc,
    port: TARGET_GROUP_PORT,
    protocol: targetGroups.protocol ?? elbv2.ApplicationProtocol.HTTP,
    protocolVersion: targetGroups.protocolVersion,
    targetType: targetGroups.targetType ?? context.targetType ?? elbv2.TargetType.IP,
    healthCheck: targetGroups.healthCheck,
    stickinessCookieDuration: targetGroups.stickinessCookieDuration,
    deregistrationDelay: targetGroups.deregistrationDelay,
  });
}

interface NewListener {
  readonly loadBalancer: elbv2.IApplicationLoadBalancer;
  readonly port: number;
  readonly open: boolean;
  readonly secure: boolean;
  /** The first is the one that it begins with. */
  readonly targets: readonly [elbv2.ApplicationTargetGroup, elbv2.ApplicationTargetGroup];
  readonly options: ApplicationEndpointOptions;
  readonly context: EndpointContext;
}

function newListener(scope: Construct, id: string, { loadBalancer, port, open, secure, targets, options, context }: NewListener): BoundListener {
  const listener = new elbv2.ApplicationListener(scope, id, {
    loadBalancer,
    port,
    open,
    protocol: secure ? elbv2.ApplicationProtocol.HTTPS : elbv2.ApplicationProtocol.HTTP,
    certificates: secure ? options.certificates : undefined,
    sslPolicy: secure ? options.sslPolicy : undefined,
    defaultTargetGroups: [targets[0]],
  });
  const guard = guardListener(listener, targets, options, context);
  return { listener, connections: listener.connections, port, protocol: secure ? 'HTTPS' : 'HTTP', rules: [], guard };
}
