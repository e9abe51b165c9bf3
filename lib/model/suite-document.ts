/** What a `SuiteCheck` is in the suite. */
import type { CheckDocumentBase } from './suite';

/** Lets a suite of the user's run, and judges its cases. */
export interface SuiteCheckDocument extends CheckDocumentBase {
  readonly kind: 'suite';
  readonly run: SuiteRunDocument;
  /** What the suite is told besides the deployment. */
  readonly variables: Readonly<Record<string, string>>;
  /** Cases that must have been run, at least 1. */
  readonly minCases: number;
  /** Whether skipped cases are no matter; otherwise they leave the check undecided. */
  readonly allowSkipped: boolean;
}

export type SuiteRunDocument = { readonly functionArn: string; readonly timeoutMs: number } | { readonly projectName: string };
