/** What became of every hook: who reported what, what the handler wrote down, how its process ended. */
import { VERDICT_LOG_KEY, type VerdictRecord } from '../../lib/model/hook-contract';
import type { HookRunReport } from '../../lib/model/report';
import type { HookReportStatus } from '../../lib/model/status';
import { wholeMilliseconds } from '../engine/deployment-report';
import type { HookExecution } from '../engine/deployment-record';
import type { InvocationResult } from '../engine/ports';
import { loggedUnder } from './log-records';

interface Run {
  /** Of every invocation, in the order in which they ended. */
  readonly results: readonly InvocationResult[];
  /** What the last one that came to a verdict wrote down. */
  readonly record?: VerdictRecord;
}

const NOTHING_RAN: Run = { results: [] };

interface AcceptedReport {
  readonly status: HookReportStatus;
  /** Name of the function that reported; undefined for somebody outside of the rehearsal's functions. */
  readonly by: string | undefined;
  readonly at: number;
}

export interface FinishedInvocation {
  readonly executionId: string;
  readonly result: InvocationResult;
}

export class HookRuns {
  private readonly hooks = new Map<string, Run>();
  private readonly guardians = new Map<string, Run>();
  private readonly reports = new Map<string, AcceptedReport>();
  private readonly expired = new Set<string>();
  private readonly lost = new Map<string, string>();

  /** A report that the service accepted. */
  reported(executionId: string, report: AcceptedReport): void {
    this.reports.set(executionId, report);
  }

  hookRan({ executionId, result }: FinishedInvocation): void {
    note(this.hooks, executionId, result);
  }

  guardianRan({ executionId, result }: FinishedInvocation): void {
    note(this.guardians, executionId, result);
  }

  /** Lambda gave the invocation up before it ever ran. */
  invocationExpired(executionId: string): void {
    this.expired.add(executionId);
  }

  /** Nobody heard how the invocation ended. */
  recordLost(executionId: string, reason: string): void {
    this.lost.set(executionId, reason);
  }

  /** Functions that fell back to real time, and why; each reason once. */
  get realTime(): readonly string[] {
    const runs = [...this.hooks.values(), ...this.guardians.values()];
    return [...new Set(runs.flatMap(({ results }) => results.flatMap(({ realTime }) => realTime ?? [])))];
  }

  /** @param reportsLater whether silence of the function itself is meant */
  report(hook: HookExecution, functionName: string, reportsLater: boolean): HookRunReport {
    const run = this.hooks.get(hook.executionId) ?? NOTHING_RAN;
    const report = this.reports.get(hook.executionId);
    const own = report !== undefined && (report.by === functionName || (reportsLater && report.by === undefined)) ? report.status : 'none';
    const lost = this.lost.get(hook.executionId);
    const guardian = this.guardians.get(hook.executionId)?.record;
    const override = run.record?.override ?? guardian?.override;
    const guardianReport = report !== undefined && report.by !== undefined && report.by !== functionName ? report : undefined;
    return {
      function: functionName,
      report: own,
      verdict: run.record?.verdict ?? 'none',
      reason: `${run.record?.reason ?? this.reason(hook, run, guardianReport === undefined ? report : undefined, reportsLater)}${lost === undefined ? '' : `; ${lost}`}`,
      ...(override === undefined ? {} : { override }),
      ...(run.results.length > 1 ? { invocations: run.results.length } : {}),
      durationMs: Math.round(run.results.reduce((sum, { wallMs }) => sum + wallMs, 0)),
      checks: run.record?.checks ?? [],
      ...(guardian === undefined || guardianReport === undefined
        ? {}
        : { guardian: { report: guardianReport.status, reason: guardian.reason, at: wholeMilliseconds(guardianReport.at) } }),
    };
  }

  /** @param report that of the hook itself, or of somebody outside of the rehearsal's functions */
  private reason(hook: HookExecution, { results }: Run, report: AcceptedReport | undefined, reportsLater: boolean): string {
    if (hook.refused !== undefined) {
      return hook.refused;
    }
    const result = results.at(-1);
    if (this.expired.has(hook.executionId)) {
      const which = results.length === 0 ? 'its invocation' : `its invocation ${results.length + 1}`;
      return `never ran${results.length === 0 ? '' : ' to its end'}: ${which} was throttled until the event expired`;
    }
    if (result === undefined) {
      return 'did not run to its end';
    }
    if (result.end !== 'returned') {
      const { errorType, errorMessage } = result.error ?? { errorType: 'ended', errorMessage: 'without an answer' };
      return `${errorType}: ${errorMessage}`;
    }
    if (report !== undefined) {
      return report.by === undefined ? `reported ${report.status} from elsewhere` : `reported ${report.status} by itself`;
    }
    const idle = idleReason(result.payload);
    if (idle !== undefined) {
      return idle;
    }
    return reportsLater ? 'returned; its report was to come from elsewhere, and never came' : 'returned without a report';
  }
}

function note(runs: Map<string, Run>, executionId: string, result: InvocationResult): void {
  const { results, record: before } = runs.get(executionId) ?? NOTHING_RAN;
  const record = verdictRecord(result.log) ?? before;
  runs.set(executionId, { results: [...results, result], ...(record === undefined ? {} : { record }) });
}

/** Why one of our own hooks had nothing to do. */
function idleReason(payload: unknown): string | undefined {
  const { idle } = ((payload as { readonly greenlight?: unknown } | null | undefined)?.greenlight ?? {}) as { readonly idle?: unknown };
  return idle === 'over' ? 'ended without a verdict, since the deployment was over' : undefined;
}

/** The record in the one structured line that our handlers write. */
export function verdictRecord(log: readonly string[]): VerdictRecord | undefined {
  const record = loggedUnder(log, VERDICT_LOG_KEY);
  return isRecord(record) ? record : undefined;
}

function isRecord(value: unknown): value is VerdictRecord {
  return typeof value === 'object' && value !== null && (value as VerdictRecord).schemaVersion === 1 && Array.isArray((value as VerdictRecord).checks);
}
