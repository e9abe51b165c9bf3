/** What an `InvokeCheck` is in the suite. */
import type { NonEmptyText, TimeoutMs, Words } from './quantities';
import type { AssertionDocument, CheckDocumentBase, ConditionDocument } from './suite';

/** Invokes a Lambda function synchronously and judges what it answers. */
export interface InvokeCheckDocument extends CheckDocumentBase {
  readonly kind: 'invoke';
  /** ARN, with the qualifier of a version or an alias where one is meant. */
  readonly functionArn: NonEmptyText;
  readonly payload: PayloadDocument;
  /** Time from sending the invocation to its answer. */
  readonly timeoutMs: TimeoutMs;
  /** `errorType` that the function must fail with; absent: it must return. */
  readonly expectedErrorType?: Words;
  /**
   * What must hold for the payload that it answers with, as for the body of an answer by HTTP; absent: nothing but its end counts.
   * @minItems 1
   */
  readonly assertions?: readonly AssertionDocument[];
}

/** A value that is sent as JSON, or a text that is JSON already. */
export type PayloadDocument = { readonly value: unknown } | { readonly json: Words };

/** Conditions that an invocation can be judged by: those about a payload, and the time that it took. */
export const INVOCATION_CONDITIONS = [
  'bodyContains',
  'bodyMatches',
  'bodySize',
  'bodySha256',
  'jsonPathEquals',
  'jsonPathMatches',
  'jsonPathBetween',
  'jsonPathExists',
  'jsonPathAbsent',
  'jsonPathCount',
  'jsonSchema',
  'latencyBelow',
] as const satisfies readonly ConditionDocument['kind'][];

/** Keys under `custom` in the client context of a function that a check invokes. Their values are texts: some runtimes take nothing else. */
export const CLIENT_CONTEXT = {
  deploymentId: 'greenlight.deploymentId',
  event: 'greenlight.event',
  check: 'greenlight.check',
  /** Only where a check has several. */
  case: 'greenlight.case',
} as const;
