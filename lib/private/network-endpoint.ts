/** Makes Network Load Balancer, listeners and target groups of a rollout. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';

import type { NetworkEndpointOptions } from '../ecs/ecs-endpoint';
import type { TrafficRouting } from '../model/traffic';
import type { BoundEndpoint, BoundListener, EndpointContext, NetworkEndpoint } from './bound-endpoint';
import { requireNetworkLoadBalancer } from './bound-endpoint';
import { healthCheckPort, requirePorts, requireTargetTypeOption, TARGET_GROUP_PORT, vpcOf } from './endpoint-options';
import type { Findings } from './findings';
import { guardListener } from './live-listener';
import { schemeOf } from './load-balancer-facts';
import { plainText } from './plain-text';

export function bindNetworkEndpoint(scope: Construct, options: NetworkEndpointOptions, context: EndpointContext): NetworkEndpoint {
  const secure = (options.certificates ?? []).length > 0;
  const productionPort = options.productionPort ?? (secure ? 443 : 80);
  requirePorts(productionPort, options.testPort);
  requireTargetTypeOption(options.targetGroups?.targetType, context);
  requireTargetProtocol(options, secure);
  const vpc = vpcOf(options.vpc, options.loadBalancer, context);

  const loadBalancer = options.loadBalancer ?? newLoadBalancer(scope, vpc, options.internetFacing ?? false);
  requireNetworkLoadBalancer(loadBalancer);
  const scheme = schemeOf(loadBalancer, options.internetFacing);
  const productionOpen = options.openProduction ?? scheme === 'internet-facing';
  if (productionOpen) {
    loadBalancer.connections.allowFrom(ec2.Peer.anyIpv4(), ec2.Port.tcp(productionPort), `Allow from anyone on port ${productionPort}`);
  }

  const blue = targetGroup(scope, 'BlueTargetGroup', vpc, options, context);
  const green = targetGroup(scope, 'GreenTargetGroup', vpc, options, context);
  const protocol = (options.https ?? (secure || productionPort === 443)) ? 'HTTPS' : 'HTTP';
  const listen = (id: string, port: number, target: elbv2.NetworkTargetGroup, other: elbv2.NetworkTargetGroup): BoundListener => {
    const listener = new elbv2.NetworkListener(scope, id, {
      loadBalancer,
      port,
      protocol: secure ? elbv2.Protocol.TLS : elbv2.Protocol.TCP,
      certificates: secure ? options.certificates : undefined,
      sslPolicy: secure ? options.sslPolicy : undefined,
      defaultTargetGroups: [target],
    });
    const guard = guardListener(listener, [target, other], options, context);
    return { listener, connections: loadBalancer.connections, port, protocol, rules: [], guard };
  };
  const production = listen('ProductionListener', productionPort, blue, green);
  // The test listener starts on the empty green group: CodeDeploy points it at whichever version is new.
  const test = options.testPort === undefined ? undefined : listen('TestListener', options.testPort, green, blue);

  return { kind: 'network', loadBalancer, scheme, vpc, production, test, blue, green, productionOpen, healthCheckPort: healthCheckPort(options.targetGroups?.healthCheck) };
}

/** A TCP listener hands bytes on as they are; only one that ends TLS can begin it anew. */
function requireTargetProtocol({ targetGroups }: NetworkEndpointOptions, secure: boolean): void {
  const protocol = targetGroups?.protocol ?? elbv2.Protocol.TCP;
  if (protocol !== elbv2.Protocol.TCP && protocol !== elbv2.Protocol.TLS) {
    throw new Error(`'protocol' of the target groups must be TCP or TLS, got ${protocol}; the listeners of a rollout speak TCP, or TLS with certificates`);
  }
  if (protocol === elbv2.Protocol.TLS && !secure) {
    throw new Error(
      "'protocol' of the target groups is TLS, which a listener without certificates does not speak; set 'certificates', or leave 'protocol' out to " +
        'hand on what the client sends, TLS included',
    );
  }
}

/** A Network Load Balancer takes security groups when it is made, and never later. */
function newLoadBalancer(scope: Construct, vpc: ec2.IVpc, internetFacing: boolean): elbv2.NetworkLoadBalancer {
  const securityGroup = new ec2.SecurityGroup(scope, 'LoadBalancerSecurityGroup', {
    vpc,
    allowAllOutbound: false,
    description: plainText(`Load balancer of rollout ${scope.node.path}`),
  });
  return new elbv2.NetworkLoadBalancer(scope, 'LoadBalancer', { vpc, internetFacing, securityGroups: [securityGroup] });
}

function targetGroup(
  scope: Construct,
  id: string,
  vpc: ec2.IVpc,
  { targetGroups = {} }: NetworkEndpointOptions,
  context: EndpointContext,
): elbv2.NetworkTargetGroup {
  const { protocol = elbv2.Protocol.TCP, targetType = context.targetType ?? elbv2.TargetType.IP, ...others } = targetGroups;
  return new elbv2.NetworkTargetGroup(scope, id, { vpc, port: TARGET_GROUP_PORT, protocol, targetType, ...others });
}

/** Throws for what CodeDeploy refuses behind a Network Load Balancer, and says what cannot be done for one. */
export function examineEndpoint(rollout: Construct, endpoint: BoundEndpoint, traffic: TrafficRouting, findings: Findings): void {
  if (endpoint.kind === 'network') {
    requireTraffic(rollout, traffic);
    noteOpenBalancer(endpoint, findings);
  }
}

function requireTraffic(rollout: Construct, traffic: TrafficRouting): void {
  if (traffic.type !== 'AllAtOnce') {
    throw new Error(
      `rollout '${rollout.node.path}' shifts traffic in increments of ${traffic.percentage} %, which CodeDeploy refuses behind a Network Load Balancer ("Only ALB ` +
        'supports gradual traffic routing, use AllAtOnce Traffic routing instead when you create/update Deployment group."); use TrafficShift.allAtOnce(), or ' +
        'EcsEndpoint.application',
    );
  }
}

function noteOpenBalancer({ loadBalancer }: NetworkEndpoint, findings: Findings): void {
  if (loadBalancer.connections.securityGroups.length === 0) {
    findings.add({
      id: 'load-balancer-without-security-groups',
      level: 'warning',
      message: `load balancer '${loadBalancer.node.path}' has no security groups, so that nothing lets it reach the tasks, and everybody with a route may use the test listener`,
      remedy:
        "let its addresses, and those of its clients where they are preserved, in by 'service.connections.allowFrom'; or make it with 'securityGroups', which cannot be " +
        'added later',
    });
  }
}
