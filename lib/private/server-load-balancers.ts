/** The load balancers of a rollout to servers. */
import type * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Stack } from 'aws-cdk-lib/core';
import type * as elb from 'aws-cdk-lib/aws-elasticloadbalancing';
import type { IConstruct, IDependable } from 'constructs';
import { Dependable } from 'constructs';

import type { ServerLoadBalancer } from '../server/server-load-balancer';
import { cfnElementOf } from './references';

export interface BoundLoadBalancers {
  readonly targetGroups: readonly elbv2.ITargetGroup[];
  readonly classic: readonly elb.ILoadBalancerRef[];
}

/**
 * Of either kind in one deployment group.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_LoadBalancerInfo.html
 */
const MAX_OF_A_KIND = 10;

/** @throws for what the service would refuse */
export function bindLoadBalancers(loadBalancers: readonly ServerLoadBalancer[]): BoundLoadBalancers {
  const targetGroups = loadBalancers.flatMap(({ _targetGroup }) => _targetGroup ?? []);
  const classic = loadBalancers.flatMap(({ _classic }) => _classic ?? []);
  requireFew('target groups', targetGroups);
  requireFew('Classic Load Balancers', classic);
  return { targetGroups, classic };
}

function requireFew(what: string, constructs: readonly IConstruct[]): void {
  if (constructs.length > MAX_OF_A_KIND) {
    throw new Error(`'loadBalancers' may have ${MAX_OF_A_KIND} ${what} at most, got ${constructs.length}; drop some, or make a second rollout for the instances behind them`);
  }
  const twice = constructs.find((construct, index) => constructs.indexOf(construct) !== index);
  if (twice !== undefined) {
    throw new Error(`'loadBalancers' has '${twice.node.path}' twice; name it once`);
  }
}

export const hasLoadBalancer = ({ targetGroups, classic }: BoundLoadBalancers): boolean => targetGroups.length + classic.length > 0;

/**
 * Without any it is empty, and so takes away those that were there before: what is left out the service keeps. An empty list beside a full one is never said; that is how Terraform,
 * which updates groups by the same call, does it.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/deploy/deployment_group.go
 */
export function loadBalancerInfo({ targetGroups, classic }: BoundLoadBalancers): codedeploy.CfnDeploymentGroup.LoadBalancerInfoProperty {
  return {
    ...(classic.length === 0 ? {} : { elbInfoList: classic.map(({ loadBalancerRef: { loadBalancerName } }) => ({ name: loadBalancerName })) }),
    ...(targetGroups.length === 0 ? {} : { targetGroupInfoList: targetGroups.map(({ targetGroupName }) => ({ name: targetGroupName })) }),
  };
}

/**
 * What attaches target groups to their load balancers, as far as it is in this stack; a listener of another one, which needs the target group, is made after this stack, and would make
 * the two need each other. Without a listener no instance becomes healthy.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function attachedIn(stack: Stack, loadBalancers: readonly ServerLoadBalancer[]): IDependable[] {
  return loadBalancers.flatMap(({ _targetGroup: group }) => (group === undefined ? [] : [rootsIn(stack, group)]));
}

/** Looked at when the app is complete: listeners may be made later. */
function rootsIn(stack: Stack, group: elbv2.ITargetGroup): IDependable {
  const dependable = {};
  Dependable.implement(dependable, {
    get dependencyRoots() {
      return Dependable.of(group.loadBalancerAttached).dependencyRoots.filter((root) => Stack.of(root) === stack);
    },
  });
  return dependable;
}

/** What is wrong with a target group, when the app is complete: CodeDeploy registers instances by their ids. */
export function targetTypeProblems({ targetGroups }: BoundLoadBalancers): string[] {
  return targetGroups.flatMap((group) => {
    const element = cfnElementOf(group);
    const type: unknown = element instanceof elbv2.CfnTargetGroup ? Stack.of(element).resolve(element.targetType) : undefined;
    return typeof type === 'string' && type !== 'instance'
      ? [`target group '${group.node.path}' takes targets of type '${type}', and CodeDeploy registers instances; set its 'targetType' to 'instance'`]
      : [];
  });
}
