/**
 * The check suite: what the constructs write at synth beside the handler (`suite.json`), and the handler plays.
 *
 * Strings may hold `${greenlight:NAME}`: values that are known only at deploy time and ride in the environment (`ENV.values`).
 */
import type { CheckPolicy, SuitePolicy } from './check-policy';
import type { EcsHookEvent } from './lifecycle';

/** Name of the suite's file beside the handler. */
export const SUITE_FILE = 'suite.json';

/** A reference to a deploy-time value inside any string of the suite. */
export const DEPLOY_TIME_VALUE = /\$\{greenlight:([A-Za-z0-9_]+)\}/g;

export interface CheckSuite {
  readonly schemaVersion: 1;
  readonly event: EcsHookEvent;
  readonly policy: SuitePolicy;
  /** Proves first that the new version answers; absent: the checks start at once. */
  readonly settle?: SettleDocument;
  /** At least one. */
  readonly checks: readonly CheckDocument[];
}

/** Ends when `consecutive` responses in a row came from the new version; fails when that has not happened within `timeoutMs`. */
export interface SettleDocument {
  readonly target: RequestTarget;
  readonly request: HttpRequestDocument;
  readonly consecutive: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** How a response proves its version; absent: any answer below 500 counts. */
  readonly version?: { readonly header: string; readonly equals: string } | { readonly jsonPath: string; readonly equals: string };
}

/** Where a request goes: a listener of the rollout, whose base URL rides in the environment, or a URL. */
export type RequestTarget = { readonly listener: 'test' | 'production' } | { readonly url: string };

export interface HttpRequestDocument {
  readonly method: string;
  /** Path and query, appended to a listener's base URL; empty for a URL target. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** Host header, TLS server name, and the name that the certificate is verified for. */
  readonly host?: string;
  /** Redirects to follow; 0 takes a redirect as the answer. */
  readonly maxRedirects: number;
}

/** A check of any kind; `kind` tells them apart. */
export type CheckDocument = HttpCheckDocument | AlarmCheckDocument;

export interface CheckDocumentBase {
  /** Unique in the suite. */
  readonly name: string;
  readonly policy: CheckPolicy;
}

/** None of these alarms may be in ALARM. */
export interface AlarmCheckDocument extends CheckDocumentBase {
  readonly kind: 'alarm';
  /** Names, in the region and account of the hook; never empty. */
  readonly alarms: readonly string[];
}

export interface HttpCheckDocument extends CheckDocumentBase {
  readonly kind: 'http';
  readonly target: RequestTarget;
  readonly request: HttpRequestDocument;
  /** All of them must hold. Never empty. */
  readonly assertions: readonly AssertionDocument[];
}

export type AssertionDocument =
  | { readonly kind: 'status'; readonly equals: number }
  | { readonly kind: 'statusBetween'; readonly min: number; readonly max: number }
  | { readonly kind: 'headerEquals'; readonly name: string; readonly equals: string }
  | { readonly kind: 'headerMatches'; readonly name: string; readonly pattern: string }
  | { readonly kind: 'bodyContains'; readonly text: string }
  | { readonly kind: 'bodyMatches'; readonly pattern: string }
  | { readonly kind: 'jsonPathEquals'; readonly path: string; readonly equals: string | number | boolean | null }
  | { readonly kind: 'jsonPathMatches'; readonly path: string; readonly pattern: string }
  | { readonly kind: 'jsonPathExists'; readonly path: string }
  | { readonly kind: 'latencyBelow'; readonly ms: number };
