/** Whether a hook in a VPC has a way to the AWS services that it reports to. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';

import type { ConstructsOf } from './complete-app';
import { askWhenComplete } from './complete-app';
import type { HookContext } from './hook-context';
import { cfnElementOf } from './references';

/** The hook that is placed. */
export type Placed = Pick<HookContext, 'findings' | 'rolloutName' | 'scope'> & { readonly event: string };

/** Where it runs, and what it calls there. */
export interface Place {
  readonly vpc: ec2.IVpc;
  readonly subnets: readonly ec2.ISubnet[];
  /** As their VPC endpoints are named: `ssm`. */
  readonly services: readonly string[];
  /** What else can be done than to add endpoints. */
  readonly otherwise: string;
}

const PLACE_THE_HOOK = "place the hook by 'vpcSubnets' where there is a NAT gateway";

/**
 * Subnets without a route out need interface endpoints. They may be added to the VPC later than the rollout, so that this is looked at
 * when the app is complete. Endpoints of an imported VPC cannot be seen: a finding says which ones must be there.
 */
export function requireRouteToAws(context: Placed, vpc: ec2.IVpc, selection: ec2.SubnetSelection, services: readonly string[]): void {
  const place = { vpc, subnets: vpc.selectSubnets(selection).subnets, services, otherwise: PLACE_THE_HOOK };
  if (closedSubnets(place).length === 0) {
    return;
  }
  if (cfnElementOf(vpc) === undefined) {
    noteUnseen(context, place);
    return;
  }
  askWhenComplete(context.scope, (constructsOf) => missingRoutes(context, place, constructsOf));
}

/** Those that the VPC gives no way out for a function: it has no public address, so that an internet gateway is none. */
export function closedSubnets({ vpc, subnets }: Pick<Place, 'vpc' | 'subnets'>): readonly ec2.ISubnet[] {
  const closed = new Set([...vpc.isolatedSubnets, ...vpc.publicSubnets].map(({ subnetId }) => subnetId));
  return subnets.filter(({ subnetId }) => closed.has(subnetId));
}

export function noteUnseen({ findings, event }: Placed, place: Place): void {
  findings.add({
    id: 'endpoints-unverified',
    level: 'warning',
    message: `hook ${event} runs in ${kindOf(place)} subnets of an imported VPC, whose endpoints cannot be seen here`,
    remedy: `make sure that it has interface endpoints for ${place.services.join(', ')}, or the hook will never report`,
  });
}

/** What is wrong in a VPC of this app; nothing where there is a way to all of the services. */
export function missingRoutes({ rolloutName, event, scope }: Placed, place: Place, constructsOf: ConstructsOf): string[] {
  const { vpc, services, otherwise } = place;
  const around = constructsOf(scope, vpc);
  if (closedSubnets(place).every((subnet) => leadsOut(subnet, around))) {
    return [];
  }
  const endpoints = around.filter((child) => child instanceof ec2.CfnVPCEndpoint).filter((endpoint) => endpoint.vpcId === vpc.vpcId);
  const missing = services.filter((service) => !endpoints.some((endpoint) => namesService(endpoint, service)));
  return missing.length === 0
    ? []
    : [
        `hook ${event} of rollout '${rolloutName}' runs in ${kindOf(place)} subnets of VPC '${vpc.node.path}' without interface ` +
          `endpoints for ${missing.join(', ')}, so that it could never report; add them by 'addInterfaceEndpoint', with private DNS, or ${otherwise}`,
      ];
}

/** Whether the app gives a subnet a default route of its own, as to a transit gateway or a NAT instance. */
function leadsOut({ routeTable: { routeTableId } }: ec2.ISubnet, around: readonly IConstruct[]): boolean {
  return around
    .filter((child) => child instanceof ec2.CfnRoute)
    .some((route) => route.routeTableId === routeTableId && route.destinationCidrBlock === '0.0.0.0/0' && route.gatewayId === undefined);
}

const kindOf = (place: Place): string => {
  const isolated = new Set(place.vpc.isolatedSubnets.map(({ subnetId }) => subnetId));
  return closedSubnets(place).some(({ subnetId }) => isolated.has(subnetId)) ? 'isolated' : 'public';
};

/**
 * The name is `com.amazonaws.REGION.SERVICE`, where the region is a reference unless the stack names it. Without private DNS the SDK does not come to the endpoint, since
 * the service's own name leads out of the VPC.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
 */
function namesService({ stack, serviceName, privateDnsEnabled }: ec2.CfnVPCEndpoint, service: string): boolean {
  const named = JSON.stringify(stack.resolve(serviceName)).replace(/["\]})]+$/, '').endsWith(`.${service}`);
  return named && privateDnsEnabled !== undefined && privateDnsEnabled !== false;
}
