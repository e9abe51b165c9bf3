/** One hook at one stage: invoked, and invoked again while it is in progress, until it has an answer or its time is up. */
import type { EcsNativeHookEvent } from '../../../lib/model/ecs-native';
import type { Cancel } from '../ports';
import { understand } from './hook-answer';
import type { HookAnswer, LifecycleHookModel, NativePorts } from './service-model';

/** What is known of a hook's run; grows while it lasts. */
export interface HookRunRecord {
  readonly hook: LifecycleHookModel;
  readonly executionIds: readonly string[];
  readonly invokedAt: number;
  /** What ended it; absent while it lasts, and where the deployment ended first. */
  readonly end?: 'SUCCEEDED' | 'FAILED' | 'INVALID' | 'TIMED_OUT';
  /** Why it failed, where the answer itself does not say so. */
  readonly problem?: string;
  readonly answers: readonly HookAnswer[];
}

export interface HookRunOptions {
  readonly ports: Pick<NativePorts, 'scheduler' | 'hooks' | 'behaviour'>;
  readonly hook: LifecycleHookModel;
  /** The event of an invocation: the first is number 1. */
  readonly event: (invocation: number, hookDetails: Readonly<Record<string, unknown>> | undefined) => EcsNativeHookEvent;
  /** Details that an earlier stage left behind, or those of the service definition. */
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly keepDetails: (details: Readonly<Record<string, unknown>>) => void;
  /** Called once. */
  readonly ended: (succeeded: boolean) => void;
}

export class HookRun {
  readonly #options: HookRunOptions;
  readonly #invokedAt: number;
  readonly #executionIds: string[] = [];
  readonly #answers: HookAnswer[] = [];
  #details: Readonly<Record<string, unknown>> | undefined;
  #end: HookRunRecord['end'];
  #problem: string | undefined;
  #abandoned = false;
  #expiry: Cancel | undefined;
  #callBack: Cancel | undefined;

  constructor(options: HookRunOptions) {
    this.#options = options;
    this.#details = options.details;
    this.#invokedAt = options.ports.scheduler.now();
  }

  get record(): HookRunRecord {
    return {
      hook: this.#options.hook,
      executionIds: [...this.#executionIds],
      invokedAt: this.#invokedAt,
      ...(this.#end === undefined ? {} : { end: this.#end }),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      answers: [...this.#answers],
    };
  }

  begin(): void {
    const { ports, hook } = this.#options;
    const minutes = hook.timeoutMinutes ?? ports.behaviour.hookTimeoutMinutes;
    this.#expiry = ports.scheduler.after(minutes * 60_000, `time-out of hook ${hook.targetArn}`, () => this.#expire(minutes));
    this.#invoke();
  }

  /** Its answer is of no use any more. */
  abandon(): void {
    this.#abandoned = true;
    this.#expiry?.();
    this.#callBack?.();
  }

  #invoke(): void {
    const { ports, hook, event } = this.#options;
    const sent = event(this.#executionIds.length + 1, this.#details);
    this.#executionIds.push(sent.executionId);
    ports.hooks.invoke(hook, sent, (answer) => this.#answered(answer));
  }

  #answered(answer: HookAnswer): void {
    if (this.#abandoned || this.#end !== undefined) {
      return;
    }
    this.#answers.push(answer);
    const understood = understand(answer);
    if (understood.status !== 'IN_PROGRESS') {
      this.#finish(understood.status, understood.status === 'INVALID' ? understood.problem : undefined);
      return;
    }
    const { ports, hook, keepDetails } = this.#options;
    const { callBackDelaySeconds = ports.behaviour.callBackDelaySeconds, hookDetails } = understood;
    if (hookDetails !== undefined) {
      this.#details = ports.behaviour.hookDetailsMerge === 'shallow' ? { ...this.#details, ...hookDetails } : hookDetails;
      keepDetails(this.#details);
    }
    this.#callBack = ports.scheduler.after(callBackDelaySeconds * 1000, `call back of hook ${hook.targetArn}`, () => this.#invoke());
  }

  #expire(minutes: number): void {
    const { hook, ports } = this.#options;
    const action = hook.timeoutAction ?? ports.behaviour.hookTimeoutAction;
    const goesOn = action === 'CONTINUE';
    this.#finish('TIMED_OUT', `still in progress after ${minutes} minutes; the deployment ${goesOn ? 'goes on all the same' : 'is taken back'} (${action})`, goesOn);
  }

  #finish(end: NonNullable<HookRunRecord['end']>, problem: string | undefined, succeeded = end === 'SUCCEEDED'): void {
    this.#end = end;
    this.#problem = problem;
    this.#expiry?.();
    this.#callBack?.();
    this.#options.ended(succeeded);
  }
}
