/** A function that is invoked to learn something from it: once, and never again where it may have begun. */
import { CLIENT_CONTEXT } from '../../lib/model/invoke-document';
import { within } from './deadline';
import type { Measurement } from './engine/state';
import { describeError, Overdue, ServiceFailure } from './failures';
import type { Clock, InvocationEnd, Invoker } from './ports';
import { excerpt } from './text';

/** The function was surely not started, so that another try cannot run it twice: throttled, or no connection was made. */
const NOT_STARTED: readonly string[] = ['TooManyRequestsException', 'ECONNREFUSED', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'];

/** Lambda takes 3,583 bytes of client context, in base64; names of checks may be of any length. */
const MAX_CONTEXT_TEXT = 200;

export function surelyNotStarted(error: unknown): boolean {
  return error instanceof ServiceFailure && NOT_STARTED.includes(error.code);
}

/** What the invoked function is told about the check. */
export interface CheckIdentity {
  readonly deploymentId: string;
  readonly event: string;
  readonly check: string;
  /** Where the check has several. */
  readonly case?: string;
}

export interface CheckInvocation {
  readonly functionArn: string;
  readonly payload: string;
  readonly timeoutMs: number;
  readonly identity: CheckIdentity;
}

/** How the function ended, and how long it took from sending the invocation to its answer. */
export interface Invoked {
  readonly answer: InvocationEnd;
  readonly durationMs: number;
}

/** The function's end, or the measurement that came to nothing. */
export async function invokeForCheck(ports: { readonly invoker: Invoker; readonly clock: Clock }, call: CheckInvocation, signal: AbortSignal): Promise<Invoked | Measurement> {
  const { functionArn, payload, timeoutMs, identity } = call;
  const { clock, invoker } = ports;
  const startedAt = clock.now();
  try {
    const invocation = { functionArn, payload, custom: contextOf(identity), logTail: true };
    const answer = await within(clock, { ms: timeoutMs, signal }, (inner) => invoker.invoke(invocation, inner));
    return { answer, durationMs: clock.now() - startedAt };
  } catch (error) {
    if (signal.aborted) {
      throw error;
    }
    return { outcome: 'error', ...whatWentWrong(error, call), measurements: [], samples: 0 };
  }
}

function whatWentWrong(error: unknown, { functionArn, timeoutMs }: CheckInvocation): Pick<Measurement, 'reason' | 'retryable'> {
  const name = `function ${functionName(functionArn)}`;
  if (error instanceof Overdue) {
    return { reason: `${name} had not answered after ${timeoutMs} ms; it may still run, and is not invoked again`, retryable: false };
  }
  if (!(error instanceof ServiceFailure)) {
    throw error;
  }
  if (surelyNotStarted(error)) {
    return { reason: `${name} was not started: ${describeError(error)}`, retryable: true };
  }
  // What is transient to Lambda's front may have come after the function began.
  const why = error.retryable ? 'may have run, and did not answer; it is not invoked again' : 'could not be invoked';
  return { reason: `${name} ${why}: ${describeError(error)}`, retryable: false };
}

function contextOf({ deploymentId, event, check, case: name }: CheckIdentity): Readonly<Record<string, string>> {
  return {
    [CLIENT_CONTEXT.deploymentId]: excerpt(deploymentId, MAX_CONTEXT_TEXT),
    [CLIENT_CONTEXT.event]: excerpt(event, MAX_CONTEXT_TEXT),
    [CLIENT_CONTEXT.check]: excerpt(check, MAX_CONTEXT_TEXT),
    ...(name === undefined ? {} : { [CLIENT_CONTEXT.case]: excerpt(name, MAX_CONTEXT_TEXT) }),
  };
}

/** `orders:live` of an ARN that ends so; anything else as it is. */
export function functionName(functionArn: string): string {
  return excerpt(/^arn:[^:]*:lambda:[^:]*:[^:]*:function:(.+)$/.exec(functionArn)?.[1] ?? functionArn);
}
