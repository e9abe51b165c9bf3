/** What a hook is told about its rollout, and what it comes to. Not exported. */
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Duration } from 'aws-cdk-lib/core';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { ENV } from '../model/hook-contract';
import type { EcsHookEvent } from '../model/lifecycle';
import type { HookKind } from '../model/rollout';
import type { ServerGateEvent } from '../model/server/gates';
import type { TrafficRouting } from '../model/traffic';
import type { BreakGlass } from '../rollout/break-glass';
import type { TestAccess } from '../rollout/test-access';
import type { BoundEndpoint } from './bound-endpoint';
import type { Findings } from './findings';

/** The alarm that hooks set. In a set of rollouts each has one, of a name that hooks make from that of the group. */
export interface VerdictAlarm {
  readonly alarmName?: string;
  /** In a set a pattern. */
  readonly alarmArn: string;
}

/** What the hooks of every rollout are told, whatever is released. */
export interface SharedContext {
  /** Path of the rollout, for people. */
  readonly rolloutName: string;
  readonly applicationName: string;
  readonly groupName: string;
  /** In a set of rollouts a pattern. */
  readonly groupArn: string;
  readonly verdictAlarm: VerdictAlarm;
  readonly traffic: TrafficRouting;
  /** Production requests in a second, as far as the user has told. */
  readonly expectedRequestsPerSecond?: number;
  readonly breakGlass?: BreakGlass;
  readonly findings: Findings;
}

/** A rollout of an ECS service. */
export interface RolloutContext extends SharedContext {
  /** Set where CloudFormation performs the deployments: there is then no group, `groupArn` is a pattern, and deployments show no task sets. */
  readonly deployedBy?: 'CLOUDFORMATION';
  readonly endpoint: BoundEndpoint;
  readonly testAccess?: TestAccess;
  readonly releasedFunction?: undefined;
  readonly releasedFunctions?: undefined;
}

/** A rollout of a Lambda alias: there are no listeners, and hooks learn alias and versions from the deployment. */
export interface LambdaRolloutContext extends SharedContext {
  /** The function that the alias is of, unqualified. */
  readonly releasedFunction: lambda.IFunction;
  /** Name of the alias: what is made of it waits for no alias. */
  readonly releasedAlias: string;
  readonly releasedFunctions?: undefined;
  readonly deployedBy?: undefined;
  readonly endpoint?: undefined;
  readonly testAccess?: undefined;
}

/** A set of rollouts of Lambda aliases that share their hooks: which of them a deployment is of, a hook learns from the deployment. */
export interface LambdaSetContext extends Omit<SharedContext, 'groupName'> {
  /** What the names of the set's groups begin with. */
  readonly groups: string;
  /** The functions that the aliases are of, unqualified, each once. */
  readonly releasedFunctions: readonly lambda.IFunction[];
  readonly groupName?: undefined;
  readonly releasedFunction?: undefined;
  readonly deployedBy?: undefined;
  readonly endpoint?: undefined;
  readonly testAccess?: undefined;
}

/** A rollout, or a set of them. */
export type AnyRolloutContext = SharedContext | LambdaSetContext;

/** Where a hook stands in its rollout. */
interface HookPlace {
  /** What the hook makes is made here. */
  readonly scope: Construct;
  readonly event: EcsHookEvent;
  /** Whether no hook of ours comes after this one. */
  readonly last: boolean;
}

export type EcsHookContext = HookPlace & RolloutContext;

export type LambdaHookContext = HookPlace & LambdaRolloutContext;

export type LambdaSetHookContext = HookPlace & LambdaSetContext;

export type HookContext = EcsHookContext | LambdaHookContext | LambdaSetHookContext;

/** A hook of deployments that ECS itself controls: no rollout knows its load balancer, its traffic and its deployment group. */
export interface NativeHookContext extends Pick<SharedContext, 'findings' | 'rolloutName'> {
  readonly scope: Construct;
  /** The stages, for people. */
  readonly event: string;
  readonly groupArn?: undefined;
}

/** A gate of a rollout to EC2/on-premises: its deployments show instances, and no versions. */
export interface ServerGateContext extends Pick<SharedContext, 'findings' | 'rolloutName'> {
  readonly scope: Construct;
  readonly event: ServerGateEvent;
  readonly releases: 'servers';
  readonly groupArn?: undefined;
}

export type AnyHookContext = HookContext | NativeHookContext | ServerGateContext;

/** The rollout of the hook. @throws where a check needs the versions of a release, and the deployments show none */
export function requireRollout(hook: AnyHookContext, check: string): HookContext {
  if ('releases' in hook) {
    throw new Error(
      `check '${check}' of gate ${hook.event} finds the versions of a release in a deployment of ECS or of Lambda, and '${hook.rolloutName}' releases to servers, whose deployments show instances only; ` +
        'measure the fleet by a metric of its own, with MetricCheck.absolute',
    );
  }
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
export function rolloutEnvironment(context: AnyRolloutContext): Record<string, string> {
  return {
    [ENV.rollout]: context.rolloutName,
    [ENV.application]: context.applicationName,
    ...(context.groupName === undefined ? { [ENV.deploymentGroups]: context.groups } : { [ENV.deploymentGroup]: context.groupName }),
  };
}

/** Name of the alarm that a function sets, where there is one only. */
export const verdictAlarmEnvironment = ({ verdictAlarm: { alarmName } }: AnyRolloutContext): Record<string, string> => (alarmName === undefined ? {} : { [ENV.verdictAlarm]: alarmName });

/** The same, and what a hook of ours needs besides. */
export function hookEnvironment(context: HookContext): Record<string, string> {
  return {
    ...rolloutEnvironment(context),
    [ENV.event]: context.event,
    ...verdictAlarmEnvironment(context),
    ...(context.releasedFunction === undefined ? {} : { [ENV.releasedFunction]: context.releasedFunction.functionName }),
    ...breakGlassEnvironment(context, context.scope, context.last),
  };
}

/** Where the rollout has a break-glass parameter: which one, and who is told. */
export function breakGlassEnvironment({ breakGlass }: Pick<SharedContext, 'breakGlass'>, scope: Construct, last: boolean): Record<string, string> {
  return breakGlass === undefined ? {} : { [ENV.breakGlass]: Stack.of(scope).toJsonString(breakGlass._settings(last)) };
}
