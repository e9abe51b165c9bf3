/**
 * The check suite: what the constructs write at synth beside the handler (`suite.json`), and the handler plays.
 *
 * Strings may hold `${greenlight:NAME}`: values that are known only at deploy time and ride in the environment (`ENV.values`).
 */
import type { CalendarCheckDocument } from './calendar-document';
import type { CheckPolicy, SuitePolicy } from './check-policy';
import type { ECS_NATIVE_EVENT } from './ecs-native';
import type { Captures, HttpAuthDocument } from './http-document';
import type { InvokeCheckDocument } from './invoke-document';
import type { EcsHookEvent } from './lifecycle';
import type { LoadCheckDocument } from './load-document';
import type { MetricCheckDocument } from './metric-document';
import type { ProvisionedCheckDocument } from './provisioned-concurrency';
import type { Days, HeaderName, Headers, IntervalMs, NonEmptyText, Repeats, Sha256, StatusCode, StatusCodes, TimeoutMs, WholeNumber, Words } from './quantities';
import type { RuntimeValues } from './runtime-value';
import type { ServerGateEvent } from './server/gates';
import type { SuiteCheckDocument } from './suite-document';
import type { TargetVersionCheckDocument } from './target-version-document';

/** Name of the suite's file beside the handler. */
export const SUITE_FILE = 'suite.json';

/** A reference to a deploy-time value inside any string of the suite. */
export const DEPLOY_TIME_VALUE = /\$\{greenlight:([A-Za-z0-9_]+)\}/g;

export interface CheckSuite {
  readonly schemaVersion: 1;
  /** Event of CodeDeploy, or `EcsNative`: then each invocation names its stage; or what a gate of a fleet is called. */
  readonly event: EcsHookEvent | typeof ECS_NATIVE_EVENT | ServerGateEvent;
  readonly policy: SuitePolicy;
  /** Proves first that the new version answers; absent: the checks start at once. */
  readonly settle?: SettleDocument;
  /** @minItems 1 */
  readonly checks: readonly CheckDocument[];
}

/** Ends when `consecutive` responses in a row came from the new version; fails when that has not happened within `timeoutMs`. */
export interface SettleDocument {
  readonly target: RequestTarget;
  readonly request: HttpRequestDocument;
  readonly consecutive: Repeats;
  readonly intervalMs: IntervalMs;
  readonly timeoutMs: TimeoutMs;
  /** How a response proves its version; absent: any answer below 500 counts. */
  readonly version?: { readonly header: HeaderName; readonly equals: NonEmptyText } | { readonly jsonPath: string; readonly equals: NonEmptyText };
}

/** Where a request goes: a listener of the rollout, whose base URL rides in the environment, or a URL. */
export type RequestTarget = { readonly listener: 'test' | 'production' } | { readonly url: string };

export interface HttpRequestDocument {
  /** @pattern ^[A-Za-z]{1,20}$ */
  readonly method: string;
  /**
   * Path and query, appended to a listener's base URL; empty for a URL target.
   * @pattern ^((/|\$\{greenlight:)[^\s#]*)?$
   */
  readonly path: string;
  readonly headers: Headers;
  readonly body?: string;
  readonly timeoutMs: TimeoutMs;
  /** Host header, TLS server name, and the name that the certificate is verified for. */
  readonly host?: string;
  /**
   * Redirects to follow; 0 takes a redirect as the answer.
   * @asType integer
   * @minimum 0
   * @maximum 10
   */
  readonly maxRedirects: number;
}

/**
 * A check of any kind; `kind` tells them apart.
 *
 * @discriminator kind
 */
export type CheckDocument =
  | HttpCheckDocument
  | AlarmCheckDocument
  | InvokeCheckDocument
  | TargetVersionCheckDocument
  | LoadCheckDocument
  | MetricCheckDocument
  | SuiteCheckDocument
  | CalendarCheckDocument
  | ProvisionedCheckDocument;

/** Kinds that the small handler plays, which is faster to start; a suite with any other kind travels beside the handler that plays all. */
export const HTTP_HANDLER_KINDS = ['http', 'alarm'] as const satisfies readonly CheckDocument['kind'][];

export type HttpHandlerKind = (typeof HTTP_HANDLER_KINDS)[number];

export interface CheckDocumentBase {
  /** Unique in the suite. */
  readonly name: Words;
  readonly policy: CheckPolicy;
  /** Values by the names that texts of the check refer to as `{{name}}`; absent: none. Never the values themselves. */
  readonly values?: RuntimeValues;
}

/** None of these alarms may be in ALARM. */
export interface AlarmCheckDocument extends CheckDocumentBase {
  readonly kind: 'alarm';
  /**
   * Names, in the region and account of the hook.
   * @minItems 1
   */
  readonly alarms: readonly string[];
}

export interface HttpCheckDocument extends CheckDocumentBase {
  readonly kind: 'http';
  /**
   * Sent one after the other; the first that does not pass is the end of them.
   * @minItems 1
   */
  readonly steps: readonly HttpStepDocument[];
  /** Cookies that a step sets are sent along by later steps, within their origin. */
  readonly keepCookies?: boolean;
}

/** One request and what is made of its answer. Texts may hold `{{name}}`: a value of the check, or one that an earlier step has captured. */
export interface HttpStepDocument {
  readonly target: RequestTarget;
  readonly request: HttpRequestDocument;
  readonly auth?: HttpAuthDocument;
  /** All of them must hold. Empty only where the step captures something and another one follows. */
  readonly assertions: readonly AssertionDocument[];
  /** By name; absent: none. */
  readonly captures?: Captures;
}

/**
 * What is asserted of an answer, and how it is judged.
 *
 * @discriminator kind
 */
export type AssertionDocument = ConditionDocument & AssertionModifiers;

export interface AssertionModifiers {
  /** The condition must not hold. What it is about must still be there: a value that is missing proves nothing. */
  readonly negate?: boolean;
  /** Reported, and never decides. */
  readonly warning?: boolean;
  /** What it means, for people. */
  readonly description?: Words;
}

/** Ranges include both ends. */
export type ConditionDocument =
  | { readonly kind: 'status'; readonly equals: StatusCode }
  | { readonly kind: 'statusIn'; readonly values: StatusCodes }
  | { readonly kind: 'statusBetween'; readonly min: StatusCode; readonly max: StatusCode }
  | { readonly kind: 'headerEquals'; readonly name: HeaderName; readonly equals: string }
  | { readonly kind: 'headerMatches'; readonly name: HeaderName; readonly pattern: string }
  | { readonly kind: 'headerExists'; readonly name: HeaderName }
  | { readonly kind: 'headerAbsent'; readonly name: HeaderName }
  | { readonly kind: 'bodyContains'; readonly text: NonEmptyText }
  | { readonly kind: 'bodyMatches'; readonly pattern: string }
  /** Bytes. */
  | { readonly kind: 'bodySize'; readonly min: WholeNumber; readonly max: WholeNumber }
  /** Of the bytes as they came. */
  | { readonly kind: 'bodySha256'; readonly equals: Sha256 }
  | { readonly kind: 'jsonPathEquals'; readonly path: string; readonly equals: string | number | boolean | null }
  | { readonly kind: 'jsonPathMatches'; readonly path: string; readonly pattern: string }
  | { readonly kind: 'jsonPathBetween'; readonly path: string; readonly min: number; readonly max: number }
  | { readonly kind: 'jsonPathExists'; readonly path: string }
  | { readonly kind: 'jsonPathAbsent'; readonly path: string }
  /** How many values the path selects. */
  | { readonly kind: 'jsonPathCount'; readonly path: string; readonly min: WholeNumber; readonly max: WholeNumber }
  /** Draft 2020-12; of the body, or of every value that the path selects. */
  | { readonly kind: 'jsonSchema'; readonly schema: JsonSchema; readonly path?: string }
  | { readonly kind: 'latencyBelow'; readonly ms: TimeoutMs }
  /** The certificate of the server is valid for at least so many days more. */
  | { readonly kind: 'tlsDaysLeft'; readonly atLeast: Days }
  /** Where the answer came from, after redirects. */
  | { readonly kind: 'finalUrlEquals'; readonly equals: NonEmptyText }
  | { readonly kind: 'finalUrlMatches'; readonly pattern: string }
  | CookieConditionDocument;

/**
 * What matches everything asserts nothing.
 * @minProperties 1
 */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** The answer sets this cookie, and all that is named here holds for it. */
export interface CookieConditionDocument {
  readonly kind: 'cookie';
  readonly name: HeaderName;
  readonly equals?: string;
  readonly attributes: CookieAttributes;
}

export interface CookieAttributes {
  readonly secure?: boolean;
  readonly httpOnly?: boolean;
  readonly sameSite?: 'Strict' | 'Lax' | 'None';
  readonly domain?: string;
  readonly path?: string;
}
