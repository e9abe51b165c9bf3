/**
 * Elastic Load Balancing's DescribeListeners and DescribeTargetGroups, version 2015-12-01.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListeners.html
 */
import { ServiceError } from '../engine/ports';
import type { AwsService, Caller } from './aws-service';
import { notModelled } from './aws-service';
import type { Fields } from './fields';

export const ELASTIC_LOAD_BALANCING_XMLNS = 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/';

export interface ListenerView {
  readonly arn: string;
  readonly port: number;
  readonly protocol: string;
  /** Where the default action forwards to. */
  readonly forward: readonly { readonly arn: string; readonly weight: number }[];
}

export interface TargetGroupView {
  readonly arn: string;
  readonly name: string;
}

/** A load balancer with what is behind it. */
export interface LoadBalancerView {
  readonly arn: string;
  readonly listeners: readonly ListenerView[];
  readonly targetGroups: readonly TargetGroupView[];
}

export function elasticLoadBalancingService(loadBalancers: () => readonly LoadBalancerView[]): AwsService {
  return {
    name: 'elasticloadbalancing',
    operations: {
      DescribeListeners: (input, caller) => describeListeners(loadBalancers(), input, caller),
      DescribeTargetGroups: (input, caller) => describeTargetGroups(loadBalancers(), input, caller),
    },
  };
}

function describeListeners(all: readonly LoadBalancerView[], input: Fields, caller: Caller): object {
  caller.authorize('elasticloadbalancing:DescribeListeners', '*');
  const balancer = input.string('LoadBalancerArn');
  const arns = input.strings('ListenerArns');
  if ((balancer === undefined) === (arns === undefined)) {
    throw new ServiceError('ValidationError', 'You must specify either listener ARNs or a load balancer ARN');
  }
  const found =
    arns === undefined
      ? loadBalancer(all, balancer ?? '').listeners.map((listener) => [balancer, listener] as const)
      : arns.map((arn) => one(all.flatMap(({ arn: of, listeners }) => listeners.map((listener) => [of, listener] as const)), ([, listener]) => listener.arn === arn, listenerNotFound(arn)));
  return { Listeners: found.map(([of, listener]) => listenerShape(of ?? '', listener)) };
}

function describeTargetGroups(all: readonly LoadBalancerView[], input: Fields, caller: Caller): object {
  caller.authorize('elasticloadbalancing:DescribeTargetGroups', '*');
  const balancer = input.string('LoadBalancerArn');
  const arns = input.strings('TargetGroupArns');
  if (input.strings('Names') !== undefined) {
    throw notModelled('DescribeTargetGroups by names');
  }
  const groups = all.flatMap(({ arn: of, targetGroups }) => targetGroups.map((group) => ({ of, group })));
  const found =
    arns === undefined
      ? groups.filter(({ of }) => balancer === undefined || of === loadBalancer(all, balancer).arn)
      : arns.map((arn) => one(groups, ({ group }) => group.arn === arn, new ServiceError('TargetGroupNotFound', 'One or more target groups not found')));
  return { TargetGroups: found.map(({ of, group: { arn, name } }) => ({ TargetGroupArn: arn, TargetGroupName: name, LoadBalancerArns: [of] })) };
}

function loadBalancer(all: readonly LoadBalancerView[], arn: string): LoadBalancerView {
  return one(all, (each) => each.arn === arn, new ServiceError('LoadBalancerNotFound', `One or more load balancers not found: ${arn}`));
}

const listenerNotFound = (arn: string): ServiceError => new ServiceError('ListenerNotFound', `One or more listeners not found: ${arn}`);

function one<T>(list: readonly T[], is: (each: T) => boolean, error: ServiceError): T {
  const found = list.find(is);
  if (found === undefined) {
    throw error;
  }
  return found;
}

/** A forward to one target group names it twice; one to several names them in its configuration only. */
function listenerShape(loadBalancerArn: string, { arn, port, protocol, forward }: ListenerView): object {
  const alone = forward.length === 1 ? forward[0] : undefined;
  const action = {
    Type: 'forward',
    ...(alone === undefined ? {} : { TargetGroupArn: alone.arn }),
    ForwardConfig: {
      TargetGroups: forward.map((group) => ({ TargetGroupArn: group.arn, Weight: alone === undefined ? group.weight : 1 })),
      TargetGroupStickinessConfig: { Enabled: false },
    },
  };
  return { ListenerArn: arn, LoadBalancerArn: loadBalancerArn, Port: port, Protocol: protocol, DefaultActions: [action] };
}
