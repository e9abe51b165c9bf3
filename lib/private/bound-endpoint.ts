/** What an endpoint comes to when it is bound to a rollout. Not exported. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Fn, Token } from 'aws-cdk-lib/core';

import type { _BoundRule } from '../ecs/ecs-listener-rule';
import type { ListenerGuard } from './listener-guards';

export interface EndpointContext {
  /** VPC of the service's cluster, where it is known. */
  readonly vpc?: ec2.IVpc;
  /** How targets must be registered for the service's network mode, where it is known. */
  readonly targetType?: elbv2.TargetType;
  /** Whether CloudFormation itself moves the listeners, by the template's own hook: nothing but the transform may write them. */
  readonly movedByCloudFormation?: boolean;
}

export interface BoundListener {
  readonly listener: elbv2.IListener;
  /** The security groups in front of it. */
  readonly connections: ec2.Connections;
  readonly port: number;
  readonly protocol: 'HTTP' | 'HTTPS';
  /** Rules that the rollout moves; empty where it moves the default action. */
  readonly rules: readonly _BoundRule[];
  /** What keeps a stack update from pointing it elsewhere. */
  readonly guard: ListenerGuard;
}

interface EndpointBase {
  readonly scheme: 'internal' | 'internet-facing';
  readonly vpc?: ec2.IVpc;
  readonly production: BoundListener;
  readonly test?: BoundListener;
  /** Whether anybody may reach the production listener, where we know it. */
  readonly productionOpen: boolean;
  /** Port of the targets' health check where it is not the traffic port. */
  readonly healthCheckPort?: number;
}

export interface ApplicationEndpoint extends EndpointBase {
  readonly kind: 'application';
  readonly loadBalancer: elbv2.IApplicationLoadBalancer;
  readonly blue: elbv2.IApplicationTargetGroup;
  readonly green: elbv2.IApplicationTargetGroup;
}

export interface NetworkEndpoint extends EndpointBase {
  readonly kind: 'network';
  readonly loadBalancer: elbv2.INetworkLoadBalancer;
  readonly blue: elbv2.INetworkTargetGroup;
  readonly green: elbv2.INetworkTargetGroup;
}

export type BoundEndpoint = ApplicationEndpoint | NetworkEndpoint;

/** Base URL of a listener, without a trailing slash. */
export function listenerUrl(endpoint: BoundEndpoint, listener: BoundListener): string {
  return `${listener.protocol.toLowerCase()}://${endpoint.loadBalancer.loadBalancerDnsName}:${listener.port}`;
}

/** The load balancer's security groups, by the port of the production listener where none is named. */
export const productionConnections = ({ loadBalancer, production }: BoundEndpoint): ec2.Connections =>
  new ec2.Connections({ securityGroups: loadBalancer.connections.securityGroups, defaultPort: ec2.Port.tcp(production.port) });

/** Each name is one token, however often it is asked for: a suite carries every distinct token in the environment. */
const FULL_NAMES = new WeakMap<object, string>();

function once(construct: object, make: () => string): string {
  const name = FULL_NAMES.get(construct) ?? make();
  FULL_NAMES.set(construct, name);
  return name;
}

/** `app/name/id` or `net/name/id`: how metrics and network interfaces name a load balancer. */
export function loadBalancerFullName(loadBalancer: elbv2.ILoadBalancerV2): string {
  return once(loadBalancer, () => Fn.select(1, Fn.split(':loadbalancer/', loadBalancer.loadBalancerRef.loadBalancerArn)));
}

/** `targetgroup/name/id`: how metrics name a target group. */
export function targetGroupFullName(group: elbv2.ITargetGroup): string {
  return once(group, () => Fn.select(5, Fn.split(':', group.targetGroupArn)));
}

/** Throws when the load balancer is known to be of another kind. */
export function requireApplicationLoadBalancer(loadBalancer: elbv2.IApplicationLoadBalancer): void {
  refuseOther(loadBalancer.loadBalancerArn, 'app', 'takes an Application Load Balancer, which alone shifts traffic in increments');
}

/** Throws when the load balancer is known to be of another kind. */
export function requireNetworkLoadBalancer(loadBalancer: elbv2.INetworkLoadBalancer, instead = 'EcsEndpoint.application'): void {
  refuseOther(loadBalancer.loadBalancerArn, 'net', `takes a Network Load Balancer; use ${instead} for an Application Load Balancer`);
}

const KINDS: Readonly<Record<string, string>> = { app: 'an Application Load Balancer', net: 'a Network Load Balancer', gwy: 'a Gateway Load Balancer' };

function refuseOther(arn: string, wanted: string, endpoint: string): void {
  const kind = Token.isUnresolved(arn) ? undefined : /:loadbalancer\/(app|net|gwy)\//.exec(arn)?.[1];
  if (kind !== undefined && kind !== wanted) {
    throw new Error(`load balancer '${arn}' is ${KINDS[kind]}; this endpoint ${endpoint}`);
  }
}
