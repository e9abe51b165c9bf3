/**
 * The result document, version 1: what a suite of your own hands to a `SuiteCheck`. Members beside these are ignored.
 */
import type { Words } from './quantities';

export interface SuiteResult {
  readonly schemaVersion: 1;
  /**
   * Without a single one that was run, nothing is proven.
   * @maxItems 10000
   */
  readonly cases: readonly SuiteCase[];
}

export interface SuiteCase {
  /** Unique in the document, and not empty. */
  readonly name: Words;
  readonly status: SuiteCaseStatus;
  /** @minimum 0 */
  readonly durationMs?: number;
  /** Why it did not pass, or was skipped. */
  readonly message?: string;
}

/** `failed`: it was measured, and is bad. `errored`: it broke before it could tell. `skipped`: it was not run. */
export type SuiteCaseStatus = 'passed' | 'failed' | 'errored' | 'skipped';

export const SUITE_CASE_STATUSES = ['passed', 'failed', 'errored', 'skipped'] as const satisfies readonly SuiteCaseStatus[];

/** What a suite is told when it is started: the payload of a function, and the environment variables of a build. */
export interface SuiteInput {
  readonly deploymentId: string;
  /** Lifecycle event of the hook. */
  readonly event: string;
  readonly rollout: string;
  readonly check: string;
  /** Base URLs without a trailing slash; absent where there is no such listener. */
  readonly testUrl?: string;
  readonly productionUrl?: string;
  /** The user's own. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Environment variables that a build gets besides the user's own. */
export const SUITE_VARIABLES = {
  deploymentId: 'GREENLIGHT_DEPLOYMENT_ID',
  event: 'GREENLIGHT_EVENT',
  rollout: 'GREENLIGHT_ROLLOUT',
  check: 'GREENLIGHT_CHECK',
  testUrl: 'GREENLIGHT_TEST_URL',
  productionUrl: 'GREENLIGHT_PRODUCTION_URL',
} as const satisfies Readonly<Record<Exclude<keyof SuiteInput, 'variables'>, string>>;

/** The cases of a suite as a report shows them: those that did not pass first. */
export interface ReportedCases {
  readonly listed: readonly SuiteCase[];
  /** How many more there were. */
  readonly leftOut: number;
}
