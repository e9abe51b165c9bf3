/** A service whose deployments ECS controls, as the engine needs it: what the template says, with every reference resolved. */
import type { EcsNativeHookEvent, EcsNativeHookStage, EcsNativeStrategy } from '../../../lib/model/ecs-native';
import type { ServiceDeploymentStatus } from '../../../lib/model/status';
import type { TargetGroupModel } from '../deployment-group';
import type { AlarmStates, InvocationResult, RandomFor, Scheduler } from '../ports';
import type { TargetGroups } from '../target-groups';
import type { NativeBehaviour } from './native-behaviour';

/** One entry of the service's lifecycle hooks. */
export interface LifecycleHookModel {
  /** Name or ARN of the function, as the service has it. */
  readonly targetArn: string;
  readonly roleArn: string;
  readonly stages: readonly EcsNativeHookStage[];
  readonly hookDetails?: Readonly<Record<string, unknown>>;
  readonly timeoutMinutes?: number;
  readonly timeoutAction?: 'ROLLBACK' | 'CONTINUE';
}

export interface NativeServiceModel {
  readonly clusterName: string;
  readonly serviceName: string;
  readonly serviceArn: string;
  readonly strategy: EcsNativeStrategy;
  /** Share of the first step of a canary, or of each step of a linear shift; the service's default where absent. */
  readonly stepPercent?: number;
  readonly stepBakeMinutes?: number;
  readonly bakeMinutes?: number;
  readonly hooks: readonly LifecycleHookModel[];
  /** The first one holds the version that runs before the first deployment. */
  readonly targetGroups: readonly [TargetGroupModel, TargetGroupModel];
  readonly hasTestListener: boolean;
  /** Empty where alarms are not enabled. */
  readonly alarmNames: readonly string[];
  readonly rollbackOnAlarm: boolean;
}

/** How one invocation of a hook ended, as the service sees it. */
export type HookAnswer = { readonly kind: 'answered'; readonly result: InvocationResult } | { readonly kind: 'refused'; readonly message: string };

/** Invokes a hook synchronously under its role; `done` is called once, in virtual time. */
export interface LifecycleHookInvoker {
  invoke(hook: LifecycleHookModel, event: EcsNativeHookEvent, done: (answer: HookAnswer) => void): void;
}

export interface NativePorts {
  readonly service: NativeServiceModel;
  readonly scheduler: Scheduler;
  readonly random: RandomFor;
  readonly hooks: LifecycleHookInvoker;
  readonly alarms: AlarmStates;
  readonly behaviour: NativeBehaviour;
  readonly targets: TargetGroups;
  emit(change: NativeChange): void;
}

/** What happens to service deployments, as it happens. */
export type NativeChange = { readonly at: number; readonly deploymentId: string } & (
  | { readonly kind: 'status'; readonly status: ServiceDeploymentStatus }
  | { readonly kind: 'stage'; readonly stage: string; readonly status: 'InProgress' | 'Succeeded' | 'Failed' }
  | { readonly kind: 'hook'; readonly stage: string; readonly text: string }
  | { readonly kind: 'traffic'; readonly original: number; readonly replacement: number }
  | { readonly kind: 'testTraffic'; readonly targetGroup: string }
);
