/** What the hook inspector of a rollout found, which its rule in the template invokes. */
import { HOOKS_MISSING_LOG_KEY, type HooksMissingRecord } from '../../lib/model/hook-inspector';
import type { Finding } from '../../lib/model/rollout';
import type { RolloutModel } from '../assembly/rollout-model';
import type { AsyncInvocations } from '../engine/async-invocations';
import type { InvocationResult } from '../engine/ports';
import { loggedUnder } from './log-records';

/** What came of the inspections, by deployment. */
export class HookInspections {
  private readonly results = new Map<string, InvocationResult>();

  constructor(invocations: AsyncInvocations) {
    invocations.onChange((change) => {
      const deploymentId = inspectedId(change.event.payload);
      if (change.kind === 'ran' && deploymentId !== undefined) {
        this.results.set(keyOf(change.event.functionName, deploymentId), change.result);
      }
    });
  }

  /**
   * @param remedy how deployments name every hook
   * @param deploymentIds those of one rollout, in the order of the report
   */
  findings({ name, hookInspector }: Pick<RolloutModel, 'name' | 'hookInspector'>, remedy: string, deploymentIds: readonly string[]): readonly Finding[] {
    return deploymentIds.flatMap((id) => {
      const result = hookInspector === undefined ? undefined : this.results.get(keyOf(hookInspector.name, id));
      return result === undefined ? [] : [...hooksMissing(result, remedy), ...inspectorFailed(result, name)];
    });
  }
}

function hooksMissing({ log }: InvocationResult, remedy: string): readonly Finding[] {
  const record = loggedUnder(log, HOOKS_MISSING_LOG_KEY) as HooksMissingRecord | undefined;
  return record === undefined ? [] : [{ id: 'hooks-missing', level: 'error', message: record.reason, remedy }];
}

function inspectorFailed({ end, error }: InvocationResult, rollout: string): readonly Finding[] {
  if (end === 'returned') {
    return [];
  }
  const { errorType, errorMessage } = error ?? { errorType: end, errorMessage: 'without an answer' };
  const message = `the hook inspector of ${rollout} did not come to its end: ${errorType}: ${errorMessage}`;
  return [{ id: 'hook-inspector-failed', level: 'warning', message, remedy: 'see what it could not do; Lambda tries it twice more' }];
}

const keyOf = (functionName: string, deploymentId: string): string => `${functionName} ${deploymentId}`;

function inspectedId(payload: unknown): string | undefined {
  const { source, detail } = (payload ?? {}) as { readonly source?: unknown; readonly detail?: { readonly deploymentId?: unknown } };
  return source === 'aws.codedeploy' && typeof detail?.deploymentId === 'string' ? detail.deploymentId : undefined;
}
