/**
 * One signed call to AWS, with the SDK's signer, transport and credentials and without its generated clients: those make two
 * thirds of a bundle and half of a cold start. Nothing here retries; how often a call may be made is decided in the core.
 */
import type { Readable } from 'node:stream';

import { fromEnv } from '@aws-sdk/credential-provider-env';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type { SdkError } from '@smithy/types';

import { ServiceFailure } from '../core/failures';
import type { AwsService, Variables } from './aws-endpoint';
import { endpointOf } from './aws-endpoint';

/** A hanging endpoint must not eat the time that is kept back to report. */
const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 5_000;

/** More than any answer that is read here: a function's own may have 6 MB. */
const MAX_ANSWER_BYTES = 8_388_608;

export interface AwsAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as it came. */
  readonly bytes: Uint8Array;
}

export interface AwsRequest {
  /** For failures, such as `GetDeployment`. */
  readonly operation: string;
  /** @default POST */
  readonly method?: 'GET';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends one request. Rejects with `ServiceFailure` when no answer came; an error of the service is an answer here. */
export type AwsCall = (request: AwsRequest, signal: AbortSignal) => Promise<AwsAnswer>;

export interface AwsCallOptions {
  /** Where region, credentials and endpoints are read, at every call. */
  readonly variables?: Variables;
  /** 0: no limit but the signal. */
  readonly requestTimeoutMs?: number;
  /** A connection of its own for every call, where a call must not be made twice: one that was kept may be closing. */
  readonly freshConnection?: boolean;
}

export function awsCall(service: AwsService, options: AwsCallOptions = {}): AwsCall {
  const connect = () =>
    new NodeHttpHandler({
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    });
  const kept = connect();
  return async (request, signal) => {
    const transport = options.freshConnection === true ? connect() : kept;
    try {
      const signed = await signedRequest(service, request, options.variables ?? process.env);
      const { response } = await transport.handle(signed, { abortSignal: signal });
      const bytes = await readAnswer(response.body as Readable, signal);
      return { status: response.statusCode, headers: lowerCased(response.headers), body: bytes.toString('utf8'), bytes };
    } catch (error) {
      throw signal.aborted ? signal.reason : notSent(service, request, error);
    } finally {
      if (transport !== kept) {
        transport.destroy();
      }
    }
  };
}

async function signedRequest(service: AwsService, request: AwsRequest, variables: Variables): Promise<HttpRequest> {
  const region = variables['AWS_REGION'] ?? variables['AWS_DEFAULT_REGION'];
  if (region === undefined || region === '') {
    throw new Error('environment variable AWS_REGION is not set');
  }
  const endpoint = endpointOf(service, region, variables);
  const unsigned = new HttpRequest({
    method: request.method ?? 'POST',
    protocol: endpoint.protocol,
    hostname: endpoint.hostname,
    ...(endpoint.port === '' ? {} : { port: Number(endpoint.port) }),
    path: `${endpoint.pathname.replace(/\/$/, '')}${request.path}`,
    headers: {
      host: endpoint.host,
      'content-length': String(Buffer.byteLength(request.body)),
      'user-agent': 'cdk-greenlight',
      ...traceHeader(variables),
      ...request.headers,
    },
    body: request.body,
  });
  const signer = new SignatureV4({ service: service.signingName, region, credentials: fromEnv(), sha256: Sha256 });
  const signed = await signer.sign(unsigned);
  return new HttpRequest(signed);
}

/** Lets Lambda see chains of functions, so that it can stop one that calls itself. */
function traceHeader(variables: Variables): Readonly<Record<string, string>> {
  const trace = variables['_X_AMZN_TRACE_ID'];
  return trace === undefined || trace === '' || variables['AWS_LAMBDA_FUNCTION_NAME'] === undefined ? {} : { 'x-amzn-trace-id': trace };
}

async function readAnswer(body: Readable, signal: AbortSignal): Promise<Buffer> {
  const stop = () => body.destroy(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
      size += (chunk as Buffer).length;
      if (size > MAX_ANSWER_BYTES) {
        throw new Error(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
      }
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function notSent(service: AwsService, request: AwsRequest, error: unknown): ServiceFailure {
  const { code, name, message } = error as SdkError & { readonly code?: unknown };
  const shownCode = typeof code === 'string' ? code : name;
  const retryable = isTransientError(error as SdkError) || RETRYABLE_CODES.includes(shownCode);
  return new ServiceFailure(`${service.prefix}:${request.operation}`, shownCode, message, retryable);
}

/** Besides those that the SDK calls transient: the name or the way is missing for a moment. */
const RETRYABLE_CODES: readonly string[] = ['EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN'];

/** An error as a service answers it. */
export interface ServiceError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The failure that an error of the service is to the core. */
export function serviceFailure(service: AwsService, operation: string, { status, code, message }: ServiceError): ServiceFailure {
  const error = Object.assign(new Error(message), { name: code, $metadata: { httpStatusCode: status } }) as SdkError;
  const retryable = isThrottlingError(error) || isTransientError(error) || isServerError(error);
  return new ServiceFailure(`${service.prefix}:${operation}`, code, message, retryable);
}
