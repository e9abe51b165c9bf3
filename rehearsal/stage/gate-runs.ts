/** What became of the gates of rollouts to EC2/on-premises: what their functions wrote down, how they ended, and which instances they were about. */
import { VERDICT_LOG_KEY, type VerdictRecord } from '../../lib/model/hook-contract';
import type { GateReport } from '../../lib/model/report';
import { INSTANCE_STATE_CHANGE } from '../../lib/model/server/gates';
import type { GateModel } from '../assembly/server-gates';
import { wholeMilliseconds } from '../engine/deployment-report';
import type { AsyncInvocations } from '../engine/async-invocations';
import type { InvocationResult } from '../engine/ports';
import { loggedUnder } from './log-records';

export interface GateRun {
  readonly gate: GateModel;
  /** Name of the function. */
  readonly function: string;
  readonly deploymentId: string;
  readonly instanceId?: string;
  readonly result: InvocationResult;
}

export class GateRuns {
  readonly #runs = new Map<string, GateRun[]>();

  /** Functions that fell back to real time, and why; each reason once. */
  get realTime(): readonly string[] {
    return [...new Set([...this.#runs.values()].flatMap((runs) => runs.flatMap(({ result: { realTime } }) => realTime ?? [])))];
  }

  /**
   * Notes the runs of gates that events invoke.
   * @param nameOf name of a function by its name or ARN
   */
  watch(invocations: AsyncInvocations, gates: readonly GateModel[], nameOf: (nameOrArn: string) => string): void {
    const byName = new Map(gates.filter(({ gate }) => gate !== 'instance').map((gate) => [nameOf(gate.function), gate]));
    invocations.onChange((change) => {
      const { functionName, payload } = change.event;
      const gate = byName.get(functionName);
      const { deploymentId, instanceId } = eventOf(payload);
      if (change.kind === 'ran' && gate !== undefined && deploymentId !== undefined) {
        this.note({ gate, function: functionName, deploymentId, ...(instanceId === undefined ? {} : { instanceId }), result: change.result });
      }
    });
  }

  note(run: GateRun): void {
    const runs = this.#runs.get(run.deploymentId) ?? [];
    this.#runs.set(run.deploymentId, runs);
    runs.push(run);
  }

  /** By the time at which they began, and those of the same moment by their instances. */
  report(deploymentId: string): readonly GateReport[] {
    const entries = new Map<string, GateReport>();
    const runs = (this.#runs.get(deploymentId) ?? []).toSorted((a, b) => a.result.startedAt - b.result.startedAt || compare(a.instanceId ?? '', b.instanceId ?? ''));
    for (const [index, run] of runs.entries()) {
      const entry = entryOf(run);
      const alike = (entry.verdict === 'pass' && entry.override === undefined) || (entry.verdict === 'none' && run.result.end === 'returned');
      const key = alike ? JSON.stringify([entry.gate, entry.function, entry.verdict, entry.reason]) : String(index);
      const known = entries.get(key);
      entries.set(key, known === undefined ? entry : together(known, entry));
    }
    return [...entries.values()];
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function together(first: GateReport, next: GateReport): GateReport {
  return { ...first, durationMs: first.durationMs + next.durationMs, runs: (first.runs ?? 1) + 1, instances: [...new Set([...first.instances, ...next.instances])] };
}

function entryOf({ gate: { event }, function: name, instanceId, result }: GateRun): GateReport {
  const record = loggedUnder(result.log, VERDICT_LOG_KEY) as VerdictRecord | undefined;
  const listed = record?.instances?.listed.map((one) => one.instanceId) ?? [];
  return {
    gate: event,
    function: name,
    verdict: record?.verdict ?? 'none',
    reason: record === undefined ? reasonOf(result) : withoutInstance(record.reason, instanceId),
    ...(record?.override === undefined ? {} : { override: record.override }),
    at: wholeMilliseconds(result.startedAt),
    durationMs: Math.round(result.wallMs),
    checks: record?.checks ?? [],
    instances: listed.length > 0 || instanceId === undefined ? listed : [instanceId],
  };
}

function reasonOf({ end, error, payload, log }: InvocationResult): string {
  if (end !== 'returned') {
    const { errorType, errorMessage } = error ?? { errorType: 'ended', errorMessage: 'without an answer' };
    return `${errorType}: ${errorMessage}`;
  }
  const { reason } = (payload ?? {}) as { readonly reason?: unknown };
  return typeof reason === 'string' ? reason : (lastMessage(log) ?? 'returned without a verdict');
}

/** A gate that has nothing to check says so in its log. */
function lastMessage(log: readonly string[]): string | undefined {
  const message = loggedUnder(log, 'message');
  return typeof message === 'string' ? message : undefined;
}

/** `i-1 (10.0.0.4): 503` stands beside the id of the instance. */
function withoutInstance(reason: string, instanceId: string | undefined): string {
  const rest = instanceId !== undefined && reason.startsWith(instanceId) ? /^(?: \([^)]*\))?: (.+)$/s.exec(reason.slice(instanceId.length)) : null;
  return rest?.[1] ?? reason;
}

function eventOf(payload: unknown): { readonly deploymentId?: string; readonly instanceId?: string } {
  const { 'detail-type': type, detail } = (payload ?? {}) as { readonly 'detail-type'?: unknown; readonly detail?: { readonly deploymentId?: unknown; readonly instanceId?: unknown } };
  return {
    ...(typeof detail?.deploymentId === 'string' ? { deploymentId: detail.deploymentId } : {}),
    ...(type === INSTANCE_STATE_CHANGE && typeof detail?.instanceId === 'string' ? { instanceId: detail.instanceId } : {}),
  };
}
