/** The functions that a rehearsal plays asynchronously, and what is noted of their runs. */
import type { RolloutModel } from '../assembly/rollout-model';
import type { StagedModel } from '../assembly/staged-model';
import type { AsyncFunction, AsyncInvocations } from '../engine/async-invocations';
import type { FunctionLibrary } from './functions';
import type { HookRuns } from './hook-runs';

/** Names or ARNs of the hooks and hook inspectors of every rollout. */
export function hookNames(models: readonly (StagedModel & Pick<RolloutModel, 'hookInspector'>)[]): readonly string[] {
  return models.flatMap((model) => [
    ...model.hookFunctions.map(({ function: name }) => name),
    ...(model.hookInspector !== undefined ? [model.hookInspector.name] : []),
  ]);
}

/** These functions, and whatever their asynchronous invocations lead to. */
export function playedFunctions(first: readonly string[], functions: FunctionLibrary): readonly AsyncFunction[] {
  const found = new Map<string, AsyncFunction>();
  const names = [...first];
  for (const name of names) {
    const staged = functions.find(name);
    if (staged !== undefined && !found.has(staged.spec.arn)) {
      const { maximumRetryAttempts, maximumEventAgeSeconds, onSuccess, onFailure } = staged.asynchronous;
      const destinations = { ...(onSuccess === undefined ? {} : { onSuccess }), ...(onFailure === undefined ? {} : { onFailure }) };
      found.set(staged.spec.arn, { spec: staged.spec, config: { maximumRetryAttempts, maximumEventAgeSeconds, ...destinations } });
      // Grows while it is walked: a destination is a function that may have destinations.
      names.push(...Object.values(destinations));
    }
  }
  return [...found.values()];
}

/** Notes what becomes of hooks and guardians, by the execution id that the service gave. */
export function watchHooks(invocations: AsyncInvocations, runs: HookRuns): void {
  invocations.onChange((change) => {
    const { payload } = change.event;
    const own = executionIdOf(payload);
    const guarded = executionIdOf(member(payload, 'requestPayload'));
    if (change.kind === 'ran' && own !== undefined) {
      runs.hookRan({ executionId: own, result: change.result });
    } else if (change.kind === 'ran' && guarded !== undefined) {
      runs.guardianRan({ executionId: guarded, result: change.result });
    } else if (change.kind === 'ended' && change.condition === 'EventAgeExceeded' && own !== undefined) {
      runs.invocationExpired(own);
    } else if (change.kind === 'undelivered' && own !== undefined) {
      runs.recordLost(own, change.reason);
    }
  });
}

/** Counts events that are not over, so that a rehearsal ends only when nothing is under way any more. */
export function countPending(invocations: AsyncInvocations): () => number {
  let pending = 0;
  invocations.onChange(({ kind }) => {
    pending += kind === 'accepted' ? 1 : kind === 'ended' ? -1 : 0;
  });
  return () => pending;
}

function executionIdOf(payload: unknown): string | undefined {
  const id = member(payload, 'LifecycleEventHookExecutionId');
  return typeof id === 'string' ? id : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
