/**
 * How CloudFormation releases the alias: the update policy, which names group and hooks by literals, and the order in which an update comes to them.
 *
 * Literal names are no dependencies, so that whatever a hook or an alarm has of the alias closes no cycle. But nothing then has CloudFormation make a hook before the alias is
 * updated. So the alias waits, by `DependsOn`, for all of the rollout that does not itself wait for the alias; what does cannot come first, and is a finding.
 */
import { CfnResource, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { askWhenComplete } from './complete-app';
import type { SharedContext } from './hook-context';
import type { OwnAlias } from './lambda-alias';
import type { NamedHook } from './lambda-hook-map';
import type { LambdaRolloutSet } from './lambda-rollout-set';
import { unqualified } from './qualified-function';
import { cfnElementOf } from './references';
import { ResourceGraph } from './resource-graph';

export interface AliasUpdate {
  readonly rollout: Construct;
  readonly released: OwnAlias;
  readonly context: SharedContext;
  readonly hooks: readonly NamedHook[];
  /** Of which the rollout is one. */
  readonly set?: LambdaRolloutSet;
}

export function releaseByUpdates(update: AliasUpdate): void {
  const { released, context, hooks, rollout } = update;
  const nameAt = (event: NamedHook['event']) => hooks.find((hook) => hook.event === event)?.name;
  released.resource.cfnOptions.updatePolicy = {
    codeDeployLambdaAliasUpdate: {
      applicationName: context.applicationName,
      deploymentGroupName: context.groupName,
      beforeAllowTrafficHook: nameAt('BeforeAllowTraffic'),
      afterAllowTrafficHook: nameAt('AfterAllowTraffic'),
    },
  };
  askWhenComplete(rollout, (constructsOf) => {
    const graph = ResourceGraph.of(Stack.of(rollout), constructsOf);
    const problems = hooks.filter(({ literal }) => !literal).flatMap((hook) => cycleOf(hook, released, graph));
    if (problems.length === 0) {
      order(update, graph);
    }
    return problems;
  });
}

/** A function that is named by a reference, and refers to the alias. */
function cycleOf({ event, function: fn }: NamedHook, { resource }: OwnAlias, graph: ResourceGraph): string[] {
  const element = cfnElementOf(unqualified(fn).base);
  const path = CfnResource.isCfnResource(element) ? graph.path(element, resource) : undefined;
  return path === undefined
    ? []
    : [
        `hook ${event} is function '${fn.node.path}', which waits for the alias that names it: ${told(path)}; set 'functionName' on it, so that the alias names it by a literal, or use LifecycleHook.fromOutcome`,
      ];
}

/** Lets the alias wait for the rollout. @see docs/adr/0016-lambda-aliases-without-cycles.md */
function order({ rollout, released: { resource, function: fn }, hooks, context, set }: AliasUpdate, graph: ResourceGraph): void {
  const own = [...rollout.node.findAll().filter((construct) => CfnResource.isCfnResource(construct)), ...(set?.resourcesFor(fn) ?? [])];
  const functions = hooks.map(({ function: fn }) => cfnElementOf(unqualified(fn).base)).filter((element) => CfnResource.isCfnResource(element));
  const all = [...new Set([...own, ...functions])].filter(({ stack }) => stack === resource.stack);
  const waitedFor = new Map(all.map((each) => [each, graph.waitedFor(each)]));
  const late = all.filter((each) => waitedFor.get(each)!.has(resource));
  const first = all.filter((each) => !waitedFor.get(each)!.has(resource));
  // What another one waits for need not be named.
  const implied = new Set(first.flatMap((each) => [...waitedFor.get(each)!]));
  graph.add(
    resource,
    first.filter((each) => !implied.has(each)),
  );
  noteLate(late, { rollout, hooks, context, resource }, graph);
  notePermissionsLate(late, { rollout, context, resource }, graph);
}

function noteLate(late: readonly CfnResource[], { rollout, hooks, context, resource }: Omit<AliasUpdate, 'released'> & { resource: CfnResource }, graph: ResourceGraph): void {
  for (const { event, function: fn } of hooks) {
    const element = cfnElementOf(unqualified(fn).base);
    if (CfnResource.isCfnResource(element) && late.includes(element)) {
      context.findings.add({
        id: 'hook-after-alias',
        level: 'warning',
        message: `hook ${event} waits for the alias, so that CloudFormation updates the alias first, and a release is validated by the hook as it was before the update: ${told(graph.path(element, resource)!)}`,
        remedy: 'write the ARN of the alias as `${alias.lambda.functionArn}:${alias.aliasName}`, which waits for nothing, also in permissions; otherwise add such a hook, and change it, in an update of its own',
      });
    }
  }
  const group = late.find(({ cfnResourceType }) => cfnResourceType === 'AWS::CodeDeploy::DeploymentGroup');
  if (group !== undefined) {
    context.findings.add({
      id: 'group-after-alias',
      level: 'info',
      message: `the deployment group of rollout '${rollout.node.path}' waits for the alias, so that CloudFormation updates the alias first, and a release has the alarms and settings of before the update: ${told(graph.path(group, resource)!)}`,
      remedy: 'bring the rollout to an alias that is there already in an update that changes nothing of its function, and change alarms and settings likewise',
    });
  }
}

/** In a set, permissions name the functions of all rollouts, and one of those may call this alias. An alias that has been released already has its permissions from before. */
function notePermissionsLate(late: readonly CfnResource[], { rollout, context, resource }: Pick<AliasUpdate, 'rollout' | 'context'> & { resource: CfnResource }, graph: ResourceGraph): void {
  const policy = late.find(({ cfnResourceType }) => cfnResourceType === 'AWS::IAM::ManagedPolicy');
  if (policy !== undefined) {
    context.findings.add({
      id: 'permissions-after-alias',
      level: 'info',
      message: `permissions that rollout '${rollout.node.path}' shares wait for the alias, so that CloudFormation updates the alias first, and the first release has none of them where it comes in one update with the rollout: ${told(graph.path(policy, resource)!)}`,
      remedy: 'bring the rollout to an alias that is there already in an update that changes nothing of its function',
    });
  }
}

const told = (path: readonly CfnResource[]): string => path.map(({ node }) => node.path.replace(/\/Resource$/, '')).join(' → ');
