/** Has the hook inspector of a rollout invoked as its rule in the template says, and tells what it found. */
import { HOOKS_MISSING_LOG_KEY, type HooksMissingRecord } from '../../lib/model/hook-inspector';
import type { Finding } from '../../lib/model/rollout';
import type { RolloutModel } from '../assembly/rollout-model';
import type { AsyncInvocations } from '../engine/async-invocations';
import { matchesPattern } from '../engine/event-pattern';
import type { InvocationResult, RandomFor } from '../engine/ports';
import { notifyOfStarts } from '../engine/start-notification';
import type { Conductor } from '../sandbox/conductor';
import type { CodeDeployRollout } from './codedeploy-rollout';
import type { LambdaRollout } from './lambda-rollout';
import { loggedUnder } from './log-records';

export interface InspectedStage {
  readonly conductor: Conductor;
  readonly random: RandomFor;
  readonly invocations: AsyncInvocations;
}

/** Plays the rules that invoke the rollout's inspector. */
export function inspectStarts({ conductor, random, invocations }: InspectedStage, { model, group, deployments }: CodeDeployRollout | LambdaRollout): void {
  const { hookInspector, account, region } = model;
  if (hookInspector === undefined) {
    return;
  }
  const options = { deployments, group, account, region, scheduler: conductor.scheduler, random, epochMs: conductor.epochMs };
  notifyOfStarts(options, (notification) => {
    if (hookInspector.rules.some(({ pattern }) => matchesPattern(pattern, notification) === true)) {
      invocations.invoke(hookInspector.name, notification);
    }
  });
}

/** What came of the inspections, by deployment. */
export class HookInspections {
  private readonly results = new Map<string, InvocationResult>();

  constructor(invocations: AsyncInvocations) {
    invocations.onChange((change) => {
      const deploymentId = inspectedId(change.event.payload);
      if (change.kind === 'ran' && deploymentId !== undefined) {
        this.results.set(deploymentId, change.result);
      }
    });
  }

  /**
   * @param remedy how deployments name every hook
   * @param deploymentIds those of one rollout, in the order of the report
   */
  findings({ name, hookInspector }: Pick<RolloutModel, 'name' | 'hookInspector'>, remedy: string, deploymentIds: readonly string[]): readonly Finding[] {
    return [
      ...(hookInspector?.rules ?? []).filter(({ pattern }) => matchesPattern(pattern, {}) === undefined).map((rule) => patternNotPlayed(rule.name)),
      ...deploymentIds.flatMap((id) => {
        const result = this.results.get(id);
        return result === undefined ? [] : [...hooksMissing(result, remedy), ...inspectorFailed(result, name)];
      }),
    ];
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

function patternNotPlayed(rule: string): Finding {
  return {
    id: 'rule-not-played',
    level: 'warning',
    message: `the event pattern of rule ${rule} asks for more than one of several values, which is not played, so that the hook inspector did not run`,
    remedy: 'leave the pattern of the rule as the rollout makes it',
  };
}

function inspectedId(payload: unknown): string | undefined {
  const { source, detail } = (payload ?? {}) as { readonly source?: unknown; readonly detail?: { readonly deploymentId?: unknown } };
  return source === 'aws.codedeploy' && typeof detail?.deploymentId === 'string' ? detail.deploymentId : undefined;
}
