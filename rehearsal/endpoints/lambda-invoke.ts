/**
 * Lambda's Invoke: runs a function of the assembly.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
import type { FunctionInvocation, HookInvocation, InvocationResult } from '../engine/ports';
import { ServiceError } from '../engine/ports';
import { plainBody } from './aws-json';
import type { Caller } from './aws-service';
import { header } from './aws-service';
import type { LoopbackAnswer, LoopbackRequest as Request, LoopbackResponse as Answer } from './loopback-server';

/** Largest payload of a synchronous invocation, both ways, and of an asynchronous one, in bytes. */
export const MAX_SYNC_PAYLOAD = 6 * 1024 * 1024;
export const MAX_ASYNC_PAYLOAD = 1024 * 1024;
const MAX_SYNC_RESPONSE = MAX_SYNC_PAYLOAD + 100;

/** Largest client context, in bytes of base64, and how much of its log a function's answer carries. */
const MAX_CLIENT_CONTEXT = 3583;
const LOG_TAIL_BYTES = 4096;

export interface LambdaResult extends Pick<InvocationResult, 'end' | 'payload' | 'error'>, Partial<Pick<InvocationResult, 'log'>> {
  /** The version that ran. @default $LATEST */
  readonly executedVersion?: string;
}

export interface LambdaBackend {
  /** The function behind a name or an ARN, without its qualifier. */
  find(nameOrArn: string): { readonly arn: string; readonly timeoutMs: number } | undefined;
  /** Whether a version or an alias of this name can be invoked. @default every one can */
  isQualifier?(arn: string, qualifier: string): boolean;
  /** Runs a function and waits for its end. Rejects with a `ServiceError` that Lambda answers with, and otherwise only when the simulator itself fails. */
  invoke(arn: string, invocation: Omit<FunctionInvocation, 'requestId'>): Promise<LambdaResult>;
  /** Queues an asynchronous invocation. Absent: the same function is run, and its result dropped. */
  invokeLater(arn: string, payload: unknown): HookInvocation;
}

const INVOKE_PATH = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?(.*))?$/;

export const isInvoke = (request: Request): boolean => request.method === 'POST' && INVOKE_PATH.test(request.url);

export const isLambdaPath = (request: Request): boolean =>
  /^\/20\d\d-\d\d-\d\d\/(functions|layers|event-source-mappings|account-settings)(\/|\?|$)/.test(request.url);

/** A synchronous invocation is answered when the function has ended; meanwhile time goes on. */
export function invokeFunction(
  request: Request,
  wire: { readonly backend: LambdaBackend; readonly caller: Caller; readonly requestId: string },
): LoopbackAnswer {
  const { backend, caller, requestId } = wire;
  const [, encoded, query] = INVOKE_PATH.exec(request.url) ?? [];
  const asked = splitQualifier(decodeURIComponent(encoded));
  const qualifier = new URLSearchParams(query).get('Qualifier') ?? asked.qualifier;
  const found = backend.find(asked.name);
  if (found === undefined) {
    throw new ServiceError('ResourceNotFoundException', `Function not found: ${asked.name}`, 404);
  }
  const resource = qualifier === undefined ? found.arn : `${found.arn}:${qualifier}`;
  caller.authorize('lambda:InvokeFunction', resource);
  if (qualifier !== undefined && backend.isQualifier?.(found.arn, qualifier) === false) {
    throw new ServiceError('ResourceNotFoundException', `Function not found: ${resource}`, 404);
  }
  const headers = { 'x-amzn-requestid': requestId };
  const type = header(request, 'x-amz-invocation-type') ?? 'RequestResponse';
  const payload = readPayload(request, type === 'Event' ? MAX_ASYNC_PAYLOAD : MAX_SYNC_PAYLOAD);
  switch (type) {
    case 'DryRun':
      return { status: 204, headers };
    case 'Event': {
      const queued = backend.invokeLater(found.arn, payload);
      if (!queued.accepted) {
        throw new ServiceError('TooManyRequestsException', queued.message, 429);
      }
      return { status: 202, headers };
    }
    case 'RequestResponse':
      return { later: synchronously(request, { backend, found, payload, qualifier, requestId }) };
    default:
      throw new ServiceError('InvalidParameterValueException', `invocation type must be RequestResponse, Event or DryRun, got '${type}'`);
  }
}

interface Synchronous {
  readonly backend: LambdaBackend;
  readonly found: { readonly arn: string; readonly timeoutMs: number };
  readonly payload: unknown;
  readonly qualifier: string | undefined;
  readonly requestId: string;
}

/** What is wrong with the request is said at once; the function runs when time may pass. */
function synchronously(request: Request, { backend, found, payload, qualifier, requestId }: Synchronous): () => Promise<Answer> {
  const clientContext = readClientContext(request);
  const logType = header(request, 'x-amz-log-type') ?? 'None';
  if (logType !== 'None' && logType !== 'Tail') {
    throw new ServiceError('InvalidParameterValueException', `log type must be None or Tail, got '${logType}'`);
  }
  return async () => {
    const invocation = { payload, ...(clientContext === undefined ? {} : { clientContext }), ...(qualifier === undefined ? {} : { qualifier }) };
    const result = await backend.invoke(found.arn, invocation).catch((error: unknown) => refusal(error));
    if (result instanceof ServiceError) {
      return lambdaError(result, requestId);
    }
    const { executedVersion: version = '$LATEST', log = [] } = result;
    const headers = { 'x-amzn-requestid': requestId, 'x-amz-executed-version': version };
    return resultAnswer(result, found.timeoutMs, logType === 'Tail' ? { ...headers, 'x-amz-log-result': logTail(log, requestId, version) } : headers);
  };
}

function refusal(error: unknown): ServiceError {
  if (error instanceof ServiceError) {
    return error;
  }
  throw error;
}

function readClientContext(request: Request): object | undefined {
  const encoded = header(request, 'x-amz-client-context');
  if (encoded === undefined) {
    return undefined;
  }
  const context = encoded.length > MAX_CLIENT_CONTEXT ? undefined : jsonObject(Buffer.from(encoded, 'base64').toString('utf8'));
  if (context === undefined) {
    throw new ServiceError('InvalidRequestContentException', `Client context must be a valid Base64-encoded JSON object of at most ${MAX_CLIENT_CONTEXT} bytes.`);
  }
  return context;
}

function jsonObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The last bytes of the log in base64, between the lines that Lambda itself writes. */
function logTail(lines: readonly string[], requestId: string, version: string): string {
  const text = [`START RequestId: ${requestId} Version: ${version}`, ...lines, `END RequestId: ${requestId}`, `REPORT RequestId: ${requestId}`, ''].join('\n');
  return Buffer.from(text).subarray(-LOG_TAIL_BYTES).toString('base64');
}

/** `name`, `name:qualifier`, `account:function:name`, or an ARN with or without a qualifier. */
export function splitQualifier(identifier: string): { readonly name: string; readonly qualifier?: string } {
  const parts = identifier.split(':');
  const at = parts.indexOf('function');
  const own = at >= 0 ? parts.slice(at + 1) : parts;
  const [name, qualifier] = own;
  const full = at >= 0 && parts[0] === 'arn' ? [...parts.slice(0, at + 1), name].join(':') : name;
  return qualifier === undefined ? { name: full } : { name: full, qualifier };
}

function readPayload(request: Request, limit: number): unknown {
  const body = request.headers['content-encoding'] === undefined ? request.body : plainBody(request);
  if (body.length > limit) {
    throw new ServiceError('RequestTooLargeException', `Request must be smaller than ${limit} bytes for the InvokeFunction operation`, 413);
  }
  if (body.length === 0) {
    return {};
  }
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new ServiceError('InvalidRequestContentException', 'Could not parse request body into json: the payload is not valid JSON');
  }
}

function resultAnswer(result: LambdaResult, timeoutMs: number, headers: Record<string, string>): Answer {
  if (result.end === 'returned') {
    const body = JSON.stringify(result.payload ?? null);
    const size = Buffer.byteLength(body);
    if (size <= MAX_SYNC_RESPONSE) {
      return { status: 200, headers: { ...headers, 'content-type': 'application/json' }, body };
    }
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_SYNC_RESPONSE} bytes).`;
    return failed(headers, { errorType: 'Function.ResponseSizeTooLarge', errorMessage });
  }
  return failed(headers, result.error ?? silentEnd(result.end, timeoutMs, headers['x-amzn-requestid']));
}

/** What Lambda says for a function that ended without a word of its own. */
function silentEnd(end: LambdaResult['end'], timeoutMs: number, requestId: string): { errorType: string; errorMessage: string } {
  const prefix = `RequestId: ${requestId} Error: `;
  if (end === 'timedOut') {
    return { errorType: 'Sandbox.Timedout', errorMessage: `${prefix}Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds` };
  }
  return { errorType: 'Runtime.ExitError', errorMessage: `${prefix}Runtime exited without providing a reason` };
}

function failed(headers: Record<string, string>, error: object): Answer {
  return {
    status: 200,
    headers: { ...headers, 'content-type': 'application/json', 'x-amz-function-error': 'Unhandled' },
    body: JSON.stringify(error),
  };
}

/** REST-JSON errors carry their name in a header. */
export function lambdaError(error: ServiceError, requestId: string): Answer {
  const status = error.code === 'AccessDeniedException' ? 403 : error.status;
  const headers = { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': error.code };
  return {
    status,
    headers,
    body: JSON.stringify({ Type: status >= 500 ? 'Service' : 'User', message: error.message, Message: error.message }),
  };
}
