/** What became of every hook: who reported what, what the handler wrote down, how its process ended. */
import { VERDICT_LOG_KEY, type VerdictRecord } from '../../lib/model/hook-contract';
import type { HookRunReport } from '../../lib/model/report';
import type { HookReportStatus } from '../../lib/model/status';
import { wholeMilliseconds } from '../engine/deployment-report';
import type { HookExecution } from '../engine/deployment-record';
import type { InvocationResult } from '../engine/ports';

interface Run {
  result?: InvocationResult;
  record?: VerdictRecord;
}

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
    this.hooks.set(executionId, { result, record: verdictRecord(result.log) });
  }

  guardianRan({ executionId, result }: FinishedInvocation): void {
    this.guardians.set(executionId, { result, record: verdictRecord(result.log) });
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
    return [...new Set(runs.flatMap(({ result }) => result?.realTime ?? []))];
  }

  /** @param reportsLater whether silence of the function itself is meant */
  report(hook: HookExecution, functionName: string, reportsLater: boolean): HookRunReport {
    const run = this.hooks.get(hook.executionId) ?? {};
    const report = this.reports.get(hook.executionId);
    const own = report !== undefined && (report.by === functionName || (reportsLater && report.by === undefined)) ? report.status : 'none';
    const lost = this.lost.get(hook.executionId);
    const guardian = this.guardians.get(hook.executionId)?.record;
    const guardianReport = report !== undefined && report.by !== undefined && report.by !== functionName ? report : undefined;
    return {
      function: functionName,
      report: own,
      verdict: run.record?.verdict ?? 'none',
      reason: `${run.record?.reason ?? this.reason(hook, run, guardianReport === undefined ? report : undefined, reportsLater)}${lost === undefined ? '' : `; ${lost}`}`,
      durationMs: Math.round(run.result?.wallMs ?? 0),
      checks: run.record?.checks ?? [],
      ...(guardian === undefined || guardianReport === undefined
        ? {}
        : { guardian: { report: guardianReport.status, reason: guardian.reason, at: wholeMilliseconds(guardianReport.at) } }),
    };
  }

  /** @param report that of the hook itself, or of somebody outside of the rehearsal's functions */
  private reason(hook: HookExecution, { result }: Run, report: AcceptedReport | undefined, reportsLater: boolean): string {
    if (hook.refused !== undefined) {
      return hook.refused;
    }
    if (result === undefined) {
      return this.expired.has(hook.executionId) ? 'never ran: its invocation was throttled until the event expired' : 'did not run to its end';
    }
    if (result.end !== 'returned') {
      const { errorType, errorMessage } = result.error ?? { errorType: 'ended', errorMessage: 'without an answer' };
      return `${errorType}: ${errorMessage}`;
    }
    if (report !== undefined) {
      return report.by === undefined ? `reported ${report.status} from elsewhere` : `reported ${report.status} by itself`;
    }
    return reportsLater ? 'returned; its report was to come from elsewhere, and never came' : 'returned without a report';
  }
}

/** The record in the one structured line that our handlers write. */
export function verdictRecord(log: readonly string[]): VerdictRecord | undefined {
  for (const line of log.toReversed()) {
    if (line.includes(VERDICT_LOG_KEY)) {
      const parsed = jsonObject(line)?.[VERDICT_LOG_KEY];
      if (isRecord(parsed)) {
        return parsed;
      }
    }
  }
  return undefined;
}

function isRecord(value: unknown): value is VerdictRecord {
  return typeof value === 'object' && value !== null && (value as VerdictRecord).schemaVersion === 1 && Array.isArray((value as VerdictRecord).checks);
}

function jsonObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line.slice(line.indexOf('{')));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
