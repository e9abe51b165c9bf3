/** What a suite in CodeBuild asks of the world. */
import type { SuiteCase } from '../../../../lib/model/suite-result';
import type { CaseCounts } from './cases';

/** Builds of CodeBuild projects. Every method rejects with `ServiceFailure`. */
export interface Builds {
  /** The same token within five minutes starts no second build. */
  start(request: BuildRequest, signal: AbortSignal): Promise<Build>;
  /** Undefined where there is no such build. */
  read(id: string, signal: AbortSignal): Promise<Build | undefined>;
  /** Test reports, in any order; those that do not exist are left out. */
  reports(arns: readonly string[], signal: AbortSignal): Promise<readonly BuildReport[]>;
  /** The first cases of a report with this status, at most 100. */
  cases(reportArn: string, status: ReportedStatus, signal: AbortSignal): Promise<readonly SuiteCase[]>;
}

export interface BuildRequest {
  readonly projectName: string;
  readonly token: string;
  readonly variables: Readonly<Record<string, string>>;
  /** CodeBuild ends the build by then: a whole number from 5. */
  readonly timeoutMinutes: number;
}

export interface Build {
  readonly id: string;
  readonly status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'FAULT' | 'TIMED_OUT' | 'STOPPED';
  /** Such as `BUILD`. */
  readonly phase: string;
  /** What the phase that did not succeed says. */
  readonly problem?: string;
  readonly reportArns: readonly string[];
}

export interface BuildReport {
  readonly arn: string;
  /** `GENERATING` goes on to one of the others. */
  readonly status: string;
  /** Code coverage has no cases. */
  readonly isTest: boolean;
  readonly counts: CaseCounts;
  /** Of all cases, whatever their status. */
  readonly total: number;
}

/** As CodeBuild names them. `UNKNOWN` counts as errored. */
export type ReportedStatus = 'SUCCEEDED' | 'FAILED' | 'ERROR' | 'SKIPPED' | 'UNKNOWN';
