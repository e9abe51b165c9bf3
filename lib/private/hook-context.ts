/** What a hook is told about its rollout, and what it comes to. Not exported. */
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Duration } from 'aws-cdk-lib/core';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { ENV } from '../model/hook-contract';
import type { EcsHookEvent } from '../model/lifecycle';
import type { HookKind } from '../model/rollout';
import type { TrafficRouting } from '../model/traffic';
import type { BreakGlass } from '../rollout/break-glass';
import type { TestAccess } from '../rollout/test-access';
import type { BoundEndpoint } from './bound-endpoint';
import type { Findings } from './findings';

export interface RolloutContext {
  /** Path of the rollout, for people. */
  readonly rolloutName: string;
  readonly applicationName: string;
  readonly groupName: string;
  readonly groupArn: string;
  /** Set where CloudFormation performs the deployments: there is then no group, `groupArn` is a pattern, and deployments show no task sets. */
  readonly deployedBy?: 'CLOUDFORMATION';
  readonly verdictAlarm: cloudwatch.Alarm;
  readonly endpoint: BoundEndpoint;
  /** The function whose alias is released, unqualified; set in a rollout for Lambda only. */
  readonly releasedFunction?: lambda.IFunction;
  readonly traffic: TrafficRouting;
  /** Production requests in a second, as far as the user has told. */
  readonly expectedRequestsPerSecond?: number;
  readonly testAccess?: TestAccess;
  readonly breakGlass?: BreakGlass;
  readonly findings: Findings;
}

export interface HookContext extends RolloutContext {
  /** What the hook makes is made here. */
  readonly scope: Construct;
  readonly event: EcsHookEvent;
  /** Whether no hook of ours comes after this one. */
  readonly last: boolean;
}

/** A hook of deployments that ECS itself controls: no rollout knows its load balancer, its traffic and its deployment group. */
export interface NativeHookContext extends Pick<RolloutContext, 'findings' | 'rolloutName'> {
  readonly scope: Construct;
  /** The stages, for people. */
  readonly event: string;
  readonly groupArn?: undefined;
}

export type AnyHookContext = HookContext | NativeHookContext;

/** The rollout of the hook. @throws where a check needs one, and something else than a deployment group controls the deployments */
export function requireRollout(hook: AnyHookContext, check: string): HookContext {
  if (hook.groupArn === undefined) {
    throw new Error(
      `check '${check}' of hook ${hook.event} finds the versions of a release in a deployment of CodeDeploy, and ECS itself controls those of '${hook.rolloutName}'; ` +
        'measure the new version by a metric of its own, with MetricCheck.absolute',
    );
  }
  if (hook.deployedBy === 'CLOUDFORMATION') {
    throw new Error(
      `check '${check}' of hook ${hook.event} finds the versions of a release in the task sets of its deployment, and those that CloudFormation performs, as for '${hook.rolloutName}', ` +
        'show a stack instead; measure the new version by a metric of its own, with MetricCheck.absolute',
    );
  }
  return hook;
}

export interface BoundHook {
  readonly scope: Construct;
  readonly event: EcsHookEvent;
  readonly kind: HookKind;
  /** What CodeDeploy invokes. */
  readonly function: lambda.IFunction;
  /** The user's function behind an adapter of ours. */
  readonly target?: lambda.IFunction;
  readonly reportsLater: boolean;
  /** From the service's invocation to the report, at the longest. */
  readonly longestSeconds: number;
  /** Where a handler of ours says why it reported Failed. */
  readonly logGroup?: logs.ILogGroup;
  /** Absent: not ours to configure. */
  readonly guard?: Guard;
}

/** How a hook's asynchronous invocation leads to the guardian. */
export interface Guard {
  readonly function: lambda.IFunction;
  readonly qualifier?: string;
  readonly role: iam.IRole;
  readonly maxEventAge: Duration;
}

/** The environment that every function of a rollout has; literals, wherever the names are ours. */
export function rolloutEnvironment(context: RolloutContext): Record<string, string> {
  return {
    [ENV.rollout]: context.rolloutName,
    [ENV.application]: context.applicationName,
    [ENV.deploymentGroup]: context.groupName,
  };
}

/** The same, and what a hook of ours needs besides. */
export function hookEnvironment(context: HookContext): Record<string, string> {
  return {
    ...rolloutEnvironment(context),
    [ENV.event]: context.event,
    [ENV.verdictAlarm]: context.verdictAlarm.alarmName,
    ...(context.releasedFunction === undefined ? {} : { [ENV.releasedFunction]: context.releasedFunction.functionName }),
    ...breakGlassEnvironment(context, context.scope, context.last),
  };
}

/** Where the rollout has a break-glass parameter: which one, and who is told. */
export function breakGlassEnvironment({ breakGlass }: RolloutContext, scope: Construct, last: boolean): Record<string, string> {
  return breakGlass === undefined ? {} : { [ENV.breakGlass]: Stack.of(scope).toJsonString(breakGlass._settings(last)) };
}
