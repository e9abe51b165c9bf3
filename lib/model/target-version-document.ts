/** What an `InvokeCheck` of the target version of a Lambda release is in the suite. */
import type { PayloadDocument } from './invoke-document';
import type { TimeoutMs, Words } from './quantities';
import type { AssertionDocument, CheckDocumentBase } from './suite';

/** Invokes the version that a rollout for Lambda releases, once with each case. The deployment tells which version that is. */
export interface TargetVersionCheckDocument extends CheckDocumentBase {
  readonly kind: 'targetVersion';
  /**
   * Their names are unique in the check.
   * @minItems 1
   * @maxItems 100
   */
  readonly cases: readonly InvocationCaseDocument[];
  /**
   * Cases that are invoked at the same time.
   * @asType integer
   * @minimum 1
   * @maximum 50
   */
  readonly concurrency: number;
  /** Of each invocation: time from sending it to its answer. */
  readonly timeoutMs: TimeoutMs;
  /** Every invocation that was a cold start is faster than this, and there was one; absent: no limit. */
  readonly coldBelowMs?: TimeoutMs;
  /** The same for the others. */
  readonly warmBelowMs?: TimeoutMs;
}

export interface InvocationCaseDocument {
  readonly name: Words;
  readonly payload: PayloadDocument | PayloadFileDocument;
  /** `errorType` that the function must fail with; absent: it must return. */
  readonly expectedErrorType?: Words;
  /**
   * What must hold for the payload that it answers with; absent: nothing but its end counts.
   * @minItems 1
   */
  readonly assertions?: readonly AssertionDocument[];
}

/** A JSON text in a file beside the suite. */
export interface PayloadFileDocument {
  /**
   * Its name, with the SHA-256 of what is in it.
   * @pattern ^payload-[0-9a-f]{64}\.json$
   */
  readonly file: string;
}

export const PAYLOAD_FILE = /^payload-[0-9a-f]{64}\.json$/;

export const MAX_INVOCATION_CASES = 100;

export const MAX_CASE_CONCURRENCY = 50;
