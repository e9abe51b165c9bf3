/** What the core asks of the world. Adapters hand these in; tests hand in their own. */
import type { HookEvent, VerdictRecord } from '../../lib/model/hook-contract';
import type { AlarmState, HookReportStatus } from '../../lib/model/status';

export interface Clock {
  /** Milliseconds on a clock that never runs backwards; only differences mean anything. */
  now(): number;
  /** Milliseconds since 1970, as this machine's wall clock has it: another machine reads it too, and it may jump. */
  epoch(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted earlier. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Uniform in [0, 1). */
export type Random = () => number;

/** Variables and files of this function. Reading a file that is not there throws. */
export interface Environment {
  variable(name: string): string | undefined;
  /** Text of the check suite beside the handler. */
  suite(): string;
  /** Text of a payload beside the suite. */
  payload(file: string): string;
}

/** Tells CodeDeploy how a hook ended. Rejects with `ServiceFailure`. */
export interface Reporter {
  putStatus(hook: HookEvent, status: HookReportStatus, signal: AbortSignal): Promise<void>;
}

/** Reads the states of alarms. Rejects with `ServiceFailure`. */
export interface AlarmReader {
  /** One entry for each name that exists. */
  states(names: readonly string[], signal: AbortSignal): Promise<readonly AlarmReading[]>;
}

export interface AlarmReading {
  readonly name: string;
  readonly state: AlarmState;
  readonly reason: string;
}

/** Parameters of Systems Manager Parameter Store. Rejects with `ServiceFailure`. */
export interface ParameterReader {
  /** The value of a parameter, by its name or ARN; that of a SecureString decrypted. */
  read(nameOrArn: string, signal: AbortSignal): Promise<string>;
}

/** Secrets of Secrets Manager. Rejects with `ServiceFailure`. */
export interface SecretReader {
  /** The current text of a secret, by its name or ARN. */
  read(nameOrArn: string, signal: AbortSignal): Promise<string>;
}

/** Both are names. */
export interface DeploymentGroup {
  readonly application: string;
  readonly group: string;
}

export interface Deployments {
  /** What a deployment is a deployment of. Rejects with `ServiceFailure`. */
  groupOf(deploymentId: string, signal: AbortSignal): Promise<DeploymentGroup>;
  /** Who started a deployment, such as `user` or `codeDeployRollback`. Rejects with `ServiceFailure`. */
  creatorOf(deploymentId: string, signal: AbortSignal): Promise<string | undefined>;
  /** Such as `InProgress`. Rejects with `ServiceFailure`. */
  statusOf(deploymentId: string, signal: AbortSignal): Promise<string | undefined>;
  /** When it was created, in milliseconds since 1970 by the clock of AWS. Rejects with `ServiceFailure`. */
  createdAt(deploymentId: string, signal: AbortSignal): Promise<number | undefined>;
}

/** The parameter that may turn enforcement off. Both reject with `ServiceFailure`. */
export interface OverrideStore {
  read(parameter: string, signal: AbortSignal): Promise<StoredOverride>;
  /** Replaces the value; the version that it has then. */
  write(parameter: string, value: string, signal: AbortSignal): Promise<number>;
}

export interface StoredOverride {
  readonly value: string;
  /** Goes up by one with every write. */
  readonly version: number;
  /** When it was written, in milliseconds since 1970 by the clock of AWS. */
  readonly modifiedAt: number;
}

/** Tells people. Rejects with `ServiceFailure`. */
export interface Notifier {
  publish(topicArn: string, notification: { readonly subject: string; readonly message: string }, signal: AbortSignal): Promise<void>;
}

/** Metric and alarm of the rollout. Both reject with `ServiceFailure`. */
export interface VerdictSink {
  publish(datum: VerdictDatum, signal: AbortSignal): Promise<void>;
  /** Puts the alarm into ALARM. `reason` has at most `MAX_STATE_REASON_LENGTH` characters. */
  raise(alarmName: string, reason: string, signal: AbortSignal): Promise<void>;
}

export interface VerdictDatum {
  readonly application: string;
  readonly deploymentGroup: string;
  readonly failed: boolean;
}

/** Sends an EventBridge event of one kind, such as that of a verdict. Rejects with `ServiceFailure`. */
export interface EventSink<Detail = VerdictRecord> {
  send(detail: Detail, signal: AbortSignal): Promise<void>;
}

/** One JSON line for each call. */
export interface Log {
  verdict(record: VerdictRecord): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** Sends one request, without a verdict on the answer. Rejects with `TransportFailure`. */
export interface HttpClient {
  send(request: OutgoingRequest, signal: AbortSignal): Promise<HttpAnswer>;
}

export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For everything from the name look-up to the last byte, redirects included. */
  readonly timeoutMs: number;
  /** Host header, TLS server name, and the name that the certificate is verified for. */
  readonly host?: string;
  /** Redirects to follow; the one after them is the answer. */
  readonly maxRedirects: number;
  /** Whether a text holds a secret. Where it does, it does not go to another origin: neither in a header, nor in a body, nor in a URL. */
  readonly isSecret?: (text: string) => boolean;
  /** Signs every leg within the origin with the credentials of this function; absent `region`: its own. */
  readonly sign?: { readonly service: string; readonly region?: string };
  /** Cookies that this request sends and receives. */
  readonly cookies?: CookieSession;
}

/** Requests with the same session share the cookies that their origin sets. */
export interface CookieSession {
  /** Told of each cookie's value. */
  received(value: string): void;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; a header that came several times is joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** Each `Set-Cookie` header for itself: joined, they could not be told apart. */
  readonly setCookies: readonly string[];
  readonly body: string;
  /** The body as it came. */
  readonly bytes: Uint8Array;
  /** The body went on after `MAX_BODY_BYTES`; `body` and `bytes` hold its beginning. */
  readonly bodyTruncated: boolean;
  /** What answered, after redirects. */
  readonly url: string;
  /** Of the server that answered; absent where it did not speak TLS. */
  readonly certificate?: ServerCertificate;
  /** From the start of the request to the last byte that was read, without the time to find its addresses. */
  readonly durationMs: number;
}

export interface ServerCertificate {
  /** Such as `2027-01-31T12:00:00.000Z`. */
  readonly validTo: string;
  /** From now; a part of a day counts as such. */
  readonly daysLeft: number;
}

/** Runs work that computes and never waits; throws `Overdue` when it computes for longer than `ms`. A timer could not end it. */
export type RunBounded = <T>(ms: number, work: () => T) => T;

/** Most of a body that is read. */
export const MAX_BODY_BYTES = 1_048_576;

/** Invokes a function and waits for its end. Rejects with `ServiceFailure` where the invocation itself did not work. */
export interface Invoker {
  invoke(invocation: Invocation, signal: AbortSignal): Promise<InvocationEnd>;
}

export interface Invocation {
  /** Or its name; with the qualifier of a version or an alias, where one is meant. */
  readonly functionArn: string;
  /** JSON. */
  readonly payload: string;
  /** Texts that the function finds in its client context, under `custom`. */
  readonly custom?: Readonly<Record<string, string>>;
  /** Bring the end of the function's log along. */
  readonly logTail?: boolean;
}

export type InvocationEnd = InvocationAnswer &
  ({ readonly end: 'returned' } | { readonly end: 'failed'; readonly errorType: string; readonly errorMessage: string });

interface InvocationAnswer {
  /** What the function returned, or its error as a document; as it came. */
  readonly payload: Uint8Array;
  /** The end of its log; empty where it was not asked for. */
  readonly log: string;
  /** The version that Lambda says it has run. */
  readonly executedVersion?: string;
}

/** Queues an invocation of this very function. Rejects with `ServiceFailure`. */
export interface SelfInvoker {
  invokeLater(payload: object, signal: AbortSignal): Promise<void>;
}

/** What every hook needs to report and to publish. */
export interface HookPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly reporter: Reporter;
  readonly deployments: Deployments;
  readonly verdicts: VerdictSink;
  readonly events: EventSink;
  readonly overrides: OverrideStore;
  readonly notifier: Notifier;
  readonly log: Log;
}
