/** The test reports of a build: how many cases of each status, and those worth to be listed. */
import type { SuiteCase } from '../../../../lib/model/suite-result';
import type { Builds, BuildReport, ReportedStatus } from './builds';
import type { SuiteOutcome } from './cases';
import { MAX_LISTED_CASES, NO_CASES } from './cases';

/** Those that did not pass first, since no more than a bounded number is read. */
const BY_IMPORTANCE: readonly ReportedStatus[] = ['FAILED', 'ERROR', 'UNKNOWN', 'SKIPPED', 'SUCCEEDED'];

export type ReadReports = SuiteOutcome | { readonly waitingFor: string } | { readonly unreadable: string };

export async function readReports(arns: readonly string[], builds: Builds, signal: AbortSignal): Promise<ReadReports> {
  if (arns.length === 0) {
    return { unreadable: "the build made no test report, so that nothing says what was run; give its buildspec a 'reports' section" };
  }
  const all = await builds.reports(arns, signal);
  const reports = all.filter(({ isTest }) => isTest);
  const problem = problemOf(arns, all);
  if (problem !== undefined) {
    return problem;
  }
  return { counts: summed(reports), cases: await listed(reports, builds, signal) };
}

function problemOf(arns: readonly string[], reports: readonly BuildReport[]): Exclude<ReadReports, SuiteOutcome> | undefined {
  const missing = arns.find((arn) => !reports.some((report) => report.arn === arn));
  if (missing !== undefined) {
    return { unreadable: `test report ${missing} does not exist` };
  }
  const generating = reports.find(({ status }) => status === 'GENERATING');
  if (generating !== undefined) {
    return { waitingFor: `test report ${generating.arn} is being made` };
  }
  const broken = reports.find(({ status }) => status !== 'SUCCEEDED' && status !== 'FAILED');
  if (broken !== undefined) {
    return { unreadable: `test report ${broken.arn} is ${broken.status}` };
  }
  const uncounted = reports.find(({ isTest, counts, total }) => isTest && counts.passed + counts.failed + counts.errored + counts.skipped !== total);
  return uncounted === undefined ? undefined : { unreadable: `test report ${uncounted.arn} has ${uncounted.total} cases, and not as many with a status` };
}

function summed(reports: readonly BuildReport[]): SuiteOutcome['counts'] {
  return reports.reduce(
    (sum, { counts }) => ({
      passed: sum.passed + counts.passed,
      failed: sum.failed + counts.failed,
      errored: sum.errored + counts.errored,
      skipped: sum.skipped + counts.skipped,
    }),
    NO_CASES,
  );
}

/** Asks for no status of which there is no case, and for nothing beyond what is shown. */
async function listed(reports: readonly BuildReport[], builds: Builds, signal: AbortSignal): Promise<readonly SuiteCase[]> {
  const found: SuiteCase[] = [];
  for (const status of BY_IMPORTANCE) {
    for (const { arn, counts } of reports) {
      if (found.length < MAX_LISTED_CASES && hasAny(counts, status)) {
        found.push(...(await builds.cases(arn, status, signal)));
      }
    }
  }
  return found;
}

function hasAny({ passed, failed, errored, skipped }: BuildReport['counts'], status: ReportedStatus): boolean {
  return { SUCCEEDED: passed, FAILED: failed, ERROR: errored, UNKNOWN: errored, SKIPPED: skipped }[status] > 0;
}
