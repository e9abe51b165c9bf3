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
  /** It is that of the guardian, in the place of one that died or never began. */
  readonly byGuardian?: true;
}

export class GateRuns {
  readonly #runs = new Map<string, GateRun[]>();

  /** Functions that fell back to real time, and why; each reason once. */
  get realTime(): readonly string[] {
    return [...new Set([...this.#runs.values()].flatMap((runs) => runs.flatMap(({ result: { realTime } }) => realTime ?? [])))];
  }

  /**
   * Notes the runs of gates that events invoke, and those of the guardians that their failures lead to.
   * @param nameOf name of a function by its name or ARN
   */
  watch(invocations: AsyncInvocations, gates: readonly GateModel[], nameOf: (nameOrArn: string) => string): void {
    const byName = new Map(gates.filter(({ gate }) => gate !== 'instance').map((gate) => [nameOf(gate.function), gate]));
    invocations.onChange((change) => {
      const { functionName, payload } = change.event;
      const guarded = guardedBy(payload);
      const name = guarded === undefined ? functionName : nameOf(guarded.function);
      const gate = byName.get(name);
      const { deploymentId, instanceId } = eventOf(guarded === undefined ? payload : guarded.event);
      if (change.kind === 'ran' && gate !== undefined && deploymentId !== undefined) {
        this.note({ gate, function: name, deploymentId, ...(instanceId === undefined ? {} : { instanceId }), result: change.result, ...(guarded === undefined ? {} : { byGuardian: true }) });
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
    const all = (this.#runs.get(deploymentId) ?? []).toSorted((a, b) => a.result.startedAt - b.result.startedAt || compare(a.instanceId ?? '', b.instanceId ?? ''));
    const [guardians, runs] = [all.filter(({ byGuardian }) => byGuardian), all.filter(({ byGuardian }) => !byGuardian)];
    for (const [index, entry] of [...runs.map((run) => entryOf(run, guardians.find((one) => isOf(one, run)))), ...guardians.filter((one) => !runs.some((run) => isOf(one, run))).map(neverBegun)].entries()) {
      const passed = entry.verdict === 'pass' && entry.report !== 'none' && entry.override === undefined;
      const key = passed ? JSON.stringify([entry.gate, entry.function, entry.reason]) : String(index);
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

const isOf = (guardian: GateRun, run: GateRun): boolean => guardian.function === run.function && guardian.instanceId === run.instanceId;

const recordOf = ({ log }: InvocationResult): VerdictRecord | undefined => loggedUnder(log, VERDICT_LOG_KEY) as VerdictRecord | undefined;

function guardianOf({ result }: GateRun): NonNullable<GateReport['guardian']> {
  const record = recordOf(result);
  return { report: record?.report ?? 'none', reason: record?.reason ?? reasonOf(result), at: wholeMilliseconds(result.startedAt) };
}

/** Lambda gave its event up before it ran. */
function neverBegun(run: GateRun): GateReport {
  const { gate: { event }, function: name, instanceId, result } = run;
  const guardian = guardianOf(run);
  return { gate: event, function: name, verdict: 'none', report: 'none', reason: 'the gate was never run', guardian, at: guardian.at, durationMs: Math.round(result.wallMs), checks: [], instances: instanceId === undefined ? [] : [instanceId] };
}

function entryOf({ gate: { event }, function: name, instanceId, result }: GateRun, guardian: GateRun | undefined): GateReport {
  const record = recordOf(result);
  const listed = record?.instances?.listed.map((one) => one.instanceId) ?? [];
  return {
    gate: event,
    function: name,
    verdict: record?.verdict ?? 'none',
    report: record?.report ?? 'none',
    reason: record?.reason ?? reasonOf(result),
    ...(guardian === undefined ? {} : { guardian: guardianOf(guardian) }),
    ...(record?.override === undefined ? {} : { override: record.override }),
    at: wholeMilliseconds(result.startedAt),
    durationMs: Math.round(result.wallMs),
    checks: record?.checks ?? [],
    instances: listed.length > 0 || instanceId === undefined ? listed : [instanceId],
  };
}

function reasonOf({ end, error, payload }: InvocationResult): string {
  if (end !== 'returned') {
    const { errorType, errorMessage } = error ?? { errorType: 'ended', errorMessage: 'without an answer' };
    return `${errorType}: ${errorMessage}`;
  }
  const { reason } = (payload ?? {}) as { readonly reason?: unknown };
  return typeof reason === 'string' ? reason : 'returned without a verdict';
}

/** The gate whose failure leads to a guardian, and its event; undefined for what is no record of a destination. */
function guardedBy(payload: unknown): { readonly function: string; readonly event: unknown } | undefined {
  const { requestContext, requestPayload } = (payload ?? {}) as { readonly requestContext?: { readonly functionArn?: unknown }; readonly requestPayload?: unknown };
  const arn = requestContext?.functionArn;
  return typeof arn === 'string' ? { function: arn.replace(/:\$LATEST$/, ''), event: requestPayload } : undefined;
}

function eventOf(payload: unknown): { readonly deploymentId?: string; readonly instanceId?: string } {
  const { 'detail-type': type, detail } = (payload ?? {}) as { readonly 'detail-type'?: unknown; readonly detail?: { readonly deploymentId?: unknown; readonly instanceId?: unknown } };
  return {
    ...(typeof detail?.deploymentId === 'string' ? { deploymentId: detail.deploymentId } : {}),
    ...(type === INSTANCE_STATE_CHANGE && typeof detail?.instanceId === 'string' ? { instanceId: detail.instanceId } : {}),
  };
}
