/**
 * Whether an invocation was a cold start, as the REPORT line in its log says: only the first invocation of an execution environment has the duration of
 * its init phase there, or that of its restore from a snapshot.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/snapstart-monitoring.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
 */
export interface Started {
  readonly start: 'cold' | 'warm';
  /** Milliseconds of the init phase, or the restore, of a cold start. */
  readonly initMs?: number;
}

interface Report {
  /** Milliseconds of init phase or restore; absent: this environment had served before. */
  readonly initMs?: number;
}

const REPORT = /^REPORT RequestId:/;
const INIT = /(?:Init|Restore) Duration: (\d+(?:\.\d+)?) ms/;

/**
 * Undefined where the log does not tell, as that of a function whose system log level leaves reports out.
 *
 * An environment of provisioned concurrency is initialized long before its first invocation, whose report has the duration nevertheless: one that is longer
 * than the whole invocation took can be no part of it. (Observed by its users; Lambda does not document it.)
 */
export function startOf(log: string, durationMs: number): Started | undefined {
  const reports = log.split(/\r?\n/).flatMap((line) => (REPORT.test(line) ? reportInText(line) : (reportInJson(line) ?? [])));
  const report = reports.at(-1);
  if (report === undefined) {
    return undefined;
  }
  const { initMs } = report;
  return initMs === undefined || initMs > durationMs ? { start: 'warm' } : { start: 'cold', initMs };
}

function reportInText(line: string): Report {
  const init = INIT.exec(line)?.[1];
  return init === undefined ? {} : { initMs: Number(init) };
}

/** Of a function that logs in JSON. */
function reportInJson(line: string): Report | undefined {
  const { type, record } = parsed(line);
  if (type !== 'platform.report') {
    return undefined;
  }
  const { initDurationMs, restoreDurationMs } = record?.metrics ?? {};
  const init = initDurationMs ?? restoreDurationMs;
  return typeof init === 'number' ? { initMs: init } : {};
}

interface PlatformLine {
  readonly type?: unknown;
  readonly record?: { readonly metrics?: { readonly initDurationMs?: unknown; readonly restoreDurationMs?: unknown } };
}

function parsed(line: string): PlatformLine {
  try {
    return (JSON.parse(line) ?? {}) as PlatformLine;
  } catch {
    // Most lines are text, and the first one of a tail may begin anywhere.
    return {};
  }
}
