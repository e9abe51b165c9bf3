/** What a `SuiteCheck` is in the suite. */
import type { NonEmptyText, TimeoutMs, Variables, Words } from './quantities';
import type { CheckDocumentBase } from './suite';

/** Lets a suite of the user's run, and judges its cases. */
export interface SuiteCheckDocument extends CheckDocumentBase {
  readonly kind: 'suite';
  readonly run: SuiteRunDocument;
  /** What the suite is told besides the deployment. */
  readonly variables: Variables;
  /**
   * Cases that must have been run.
   * @asType integer
   * @minimum 1
   * @maximum 10000
   */
  readonly minCases: number;
  /** Whether skipped cases are no matter; otherwise they leave the check undecided. */
  readonly allowSkipped: boolean;
}

export type SuiteRunDocument = { readonly functionArn: NonEmptyText; readonly timeoutMs: TimeoutMs } | { readonly projectName: Words };
