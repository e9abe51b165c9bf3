/** Where a gate of servers runs, so that it reaches the instances that it asks, or synth fails or says what to allow. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Reference, Tokenization } from 'aws-cdk-lib/core';

import type { ServerGateOptions } from '../server/server-gate';
import type { ServerTargets } from '../server/server-targets';
import type { ServerGateContext } from './hook-context';
import type { FunctionPlace } from './own-function';
import type { Reach } from './placement';
import { defaultSubnets } from './placement';
import { plainText } from './plain-text';
import { cfnElementOf } from './references';
import { requireRouteToAws } from './vpc-routes';

export interface GateReach {
  readonly reach: Reach;
  /** Of the instances, where it asks them. */
  readonly port: number | undefined;
  readonly targets: ServerTargets;
}

/** What every gate calls; and what it finds addresses by. */
const SERVICES = ['codedeploy', 'monitoring', 'events'];

/** Subnets and security groups of the gate, with the rules made; nothing where it needs no VPC. */
export function placeGate(context: ServerGateContext, options: ServerGateOptions, { reach, port, targets }: GateReach): FunctionPlace | undefined {
  const vpc = options.vpc ?? (port === undefined ? undefined : vpcOfInstances(context, targets));
  if (vpc === undefined) {
    requireNothingOfAVpc(context, options);
    return undefined;
  }
  const subnets = options.vpcSubnets ?? defaultSubnets(vpc, context);
  const [first, ...others] = options.securityGroups ?? [ownGroup(context, vpc, reach.urlPorts)];
  if (first === undefined) {
    throw new Error(`'securityGroups' of gate ${context.event} is empty, and a function in a VPC has at least one; name one, or leave it out for a new one`);
  }
  const groups = [first, ...others];
  if (port !== undefined) {
    openInstances(context, { groups, own: options.securityGroups === undefined, port, targets });
  }
  requireRouteToAws(context, vpc, subnets, [...new Set([...SERVICES, ...(port === undefined ? [] : ['ec2']), ...reach.services])]);
  return { vpc, subnets, securityGroup: first, ...(others.length === 0 ? {} : { otherSecurityGroups: others }) };
}

function requireNothingOfAVpc({ event }: ServerGateContext, { vpcSubnets, securityGroups }: ServerGateOptions): void {
  const named = vpcSubnets !== undefined ? 'vpcSubnets' : securityGroups !== undefined ? 'securityGroups' : undefined;
  if (named !== undefined) {
    throw new Error(`'${named}' of gate ${event} is of a VPC, and the gate runs in none; set 'vpc', or drop '${named}'`);
  }
}

function ownGroup({ scope, event, rolloutName }: ServerGateContext, vpc: ec2.IVpc, urlPorts: readonly number[]): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc, allowAllOutbound: false, description: plainText(`Gate ${event} of rollout ${rolloutName}`) });
  // Interface endpoints and public endpoints of AWS alike are reached by HTTPS; their addresses are not known here.
  new Set([443, ...urlPorts]).forEach((port) => {
    group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(port), port === 443 ? 'AWS APIs and checked URLs' : 'checked URLs');
  });
  return group;
}

interface Opened {
  readonly groups: readonly ec2.ISecurityGroup[];
  /** Whether the first is ours: what it may reach is then for us to say. */
  readonly own: boolean;
  readonly port: number;
  readonly targets: ServerTargets;
}

/** Auto Scaling groups of the app let the gate in; who has the others is told what to allow. */
function openInstances({ event, findings }: ServerGateContext, { groups, own, port, targets }: Opened): void {
  const at = ec2.Port.tcp(port);
  const closed = targets._autoScalingGroups.filter((group) => {
    const connections = connectionsOf(group);
    if (connections !== undefined) {
      // From the gate's side, so that all rules stand in its stack: those of a fleet in another one must not refer to it.
      groups.forEach((from) => from.connections.allowTo(connections, at, plainText(`gate ${event} to port ${port}`)));
    }
    return connections === undefined;
  });
  const unknown = [...closed.map(({ node }) => `Auto Scaling group '${node.path}'`), ...(targets._ec2TagGroups.length === 0 ? [] : ['EC2 instances that are selected by tags'])];
  if (unknown.length === 0) {
    return;
  }
  if (own && port !== 443) {
    groups[0]!.addEgressRule(ec2.Peer.anyIpv4(), at, plainText('instances whose security groups the app does not know'));
  }
  findings.add({
    id: 'gate-instances-not-open',
    level: own ? 'warning' : 'info',
    message: `gate ${event} asks ${unknown.join(', and ')} at port ${port}, whose security groups are not of this app: they may not let it in, and it then fails every deployment`,
    remedy: own
      ? `give the gate 'securityGroups', and let those in at TCP port ${port} in the security groups of the instances`
      : `let ${groups.map((group) => `'${group.node.path}'`).join(' and ')} in at TCP port ${port} in the security groups of the instances`,
  });
}

/** An imported group has none, nor one with an imported launch template. */
function connectionsOf(group: autoscaling.IAutoScalingGroup): ec2.Connections | undefined {
  if (!(group instanceof autoscaling.AutoScalingGroup)) {
    return undefined;
  }
  try {
    return group.connections.securityGroups.length > 0 ? group.connections : undefined;
  } catch {
    return undefined;
  }
}

/** That of the Auto Scaling groups, whose subnets tell it. @throws where there is none that is known, or several */
function vpcOfInstances({ event }: ServerGateContext, targets: ServerTargets): ec2.IVpc {
  const known = new Set(targets._autoScalingGroups.flatMap(vpcsOf));
  const [vpc, another] = [...known];
  if (vpc === undefined) {
    throw new Error(`gate ${event} asks instances, and must run in their VPC, which nothing of the app tells; set 'vpc'`);
  }
  if (another !== undefined) {
    throw new Error(
      `gate ${event} asks instances in the VPCs '${vpc.node.path}' and '${another.node.path}', and a function runs in one; set 'vpc' to the one that reaches the other, or make a rollout for each`,
    );
  }
  return vpc;
}

function vpcsOf(group: autoscaling.IAutoScalingGroup): ec2.Vpc[] {
  const element = cfnElementOf(group);
  const ids = element instanceof autoscaling.CfnAutoScalingGroup ? (element.vpcZoneIdentifier ?? []) : [];
  return ids.flatMap((id) => {
    const token = Tokenization.reverse(id, { failConcat: false });
    // The resource of a subnet stands below its construct, and that below its VPC.
    const vpc = Reference.isReference(token) ? token.target.node.scope?.node.scope : undefined;
    return vpc instanceof ec2.Vpc ? [vpc] : [];
  });
}
