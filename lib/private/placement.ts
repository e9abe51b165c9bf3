/** Where a hook runs, so that it reaches what it checks through security groups that we make, or synth fails. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';

import type { BoundEndpoint, BoundListener } from './bound-endpoint';
import type { EcsHookContext, HookContext } from './hook-context';
import { plainText } from './plain-text';
import { requireRouteToAws } from './vpc-routes';

export interface Placement {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  readonly securityGroup: ec2.SecurityGroup;
  /** Whether the hook connects to the load balancer's private addresses instead of what its name resolves to. */
  readonly privateAddresses: boolean;
}

/** What a hook wants to reach, and where the user wants it to run. */
export interface Reach {
  readonly test: boolean;
  readonly production: boolean;
  readonly urlPorts: readonly number[];
  /** AWS services that its checks call, as their VPC endpoints are named: `ssm`. */
  readonly services: readonly string[];
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
}

/** By which way a hook comes to the load balancer: inside its VPC, out through its NAT gateways, or over the internet. */
type Way = 'group-to-group' | 'private-addresses' | 'nat' | 'internet';

/** Security group and subnets of the hook, with the rules made; nothing where it needs no VPC. */
export function placeHook(context: HookContext, reach: Reach): Placement | undefined {
  const way = context.endpoint !== undefined && (reach.test || reach.production) ? wayTo(context, reach) : 'internet';
  const vpc = reach.vpc ?? (way === 'internet' ? undefined : context.endpoint?.vpc);
  if (vpc === undefined) {
    if (way !== 'internet') {
      throw new Error(
        `hook ${context.event} must run in the VPC of load balancer '${context.endpoint?.loadBalancer.node.path}', ` +
          `which is not known; set 'vpc' of the endpoint`,
      );
    }
    return undefined;
  }

  if (context.endpoint !== undefined) {
    requireLoadBalancerVpc(context, vpc, way);
  }
  const subnets = reach.vpcSubnets ?? defaultSubnets(vpc, context);
  const securityGroup = new ec2.SecurityGroup(context.scope, 'SecurityGroup', {
    vpc,
    allowAllOutbound: false,
    description: plainText(`Hook ${context.event} of rollout ${context.rolloutName}`),
  });
  if (context.endpoint !== undefined) {
    listenersOf(context.endpoint, reach).forEach((listener) => allowTo(securityGroup, context, listener, way));
  }
  // Interface endpoints and public endpoints of AWS alike are reached by HTTPS; their addresses are not known here.
  new Set([443, ...reach.urlPorts]).forEach((port) => {
    securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(port), port === 443 ? 'AWS APIs and checked URLs' : 'checked URLs');
  });
  const privateAddresses = way === 'private-addresses';
  requireRouteToAws(context, vpc, subnets, [...new Set(['codedeploy', 'monitoring', 'events', ...(privateAddresses ? ['ec2'] : []), ...reach.services])]);
  return { vpc, subnets, securityGroup, privateAddresses };
}

/** A security group can let in groups of its own VPC only. */
function requireLoadBalancerVpc({ endpoint, event }: EcsHookContext, vpc: ec2.IVpc, way: Way): void {
  const inside = way === 'group-to-group' || way === 'private-addresses';
  if (inside && endpoint.vpc !== undefined && endpoint.vpc.vpcId !== vpc.vpcId) {
    throw new Error(
      `hook ${event} is placed in VPC '${vpc.node.path}', but the load balancer that it asks lets it in from VPC ` +
        `'${endpoint.vpc.node.path}' only; drop 'vpc' of the hook`,
    );
  }
}

function wayTo(context: EcsHookContext, reach: Reach): Way {
  const { endpoint, testAccess, event } = context;
  if (endpoint.scheme === 'internal') {
    return 'group-to-group';
  }
  if (testAccess?._way === 'private') {
    return 'private-addresses';
  }
  if (reach.production && !endpoint.productionOpen) {
    throw new Error(
      `hook ${event} asks the production listener, which is not open; use TestAccess.privateAddresses(), or open it by 'openProduction'`,
    );
  }
  if (!reach.test) {
    return 'internet';
  }
  if (testAccess === undefined) {
    throw new Error(
      `hook ${event} asks the test listener of an internet-facing load balancer, which nothing may reach yet; set 'testAccess' to ` +
        'TestAccess.privateAddresses(), TestAccess.fromCidrs(...) or TestAccess.open()',
    );
  }
  return testAccess._way === 'cidrs' ? 'nat' : 'internet';
}

const listenersOf = ({ test, production }: BoundEndpoint, reach: Reach): BoundListener[] => [
  ...(reach.test && test !== undefined ? [test] : []),
  ...(reach.production ? [production] : []),
];

function allowTo(from: ec2.SecurityGroup, context: EcsHookContext, listener: BoundListener, way: Way): void {
  const port = ec2.Port.tcp(listener.port);
  const description = `hook ${context.event} to port ${listener.port}`;
  const inside = way === 'group-to-group' || way === 'private-addresses';
  // A Network Load Balancer may have no group that could let the hook's in: it then takes whatever reaches it.
  if (inside && context.endpoint.loadBalancer.connections.securityGroups.length > 0) {
    from.connections.allowTo(context.endpoint.loadBalancer, port, description);
  } else if (listener.port !== 443) {
    from.addEgressRule(ec2.Peer.anyIpv4(), port, description);
  }
}

/** Private subnets with a way out, else isolated ones. */
export function defaultSubnets(vpc: ec2.IVpc, context: { readonly event: string }): ec2.SubnetSelection {
  if (vpc.privateSubnets.length > 0) {
    return { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
  }
  if (vpc.isolatedSubnets.length > 0) {
    return { subnetType: ec2.SubnetType.PRIVATE_ISOLATED };
  }
  throw new Error(
    `hook ${context.event} needs private subnets, VPC '${vpc.node.path}' has public ones only, where a ` +
      `function has no way out; add private subnets or set 'vpcSubnets'`,
  );
}
