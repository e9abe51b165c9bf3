/** The answer to CloudFormation: its bytes, and that it gets there. */
import type { ResourceAnswer, ResourceRequest, StepEvent } from '../../../lib/model/deployment-request';
import { parseDestinationRecord } from '../destination-record';
import { ServiceFailure } from '../failures';
import { retrying } from '../retry';
import { excerpt } from '../text';
import type { DeploymentPorts } from './facts';
import type { Memory } from './situation';
import { physicalIdOf } from './task';

/**
 * Longest answer that CloudFormation reads, in bytes.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 */
export const MAX_ANSWER_BYTES = 4096;

/** Time and tries of one invocation; the state machine invokes again. */
const SENDING = { ms: 25_000, attempts: 5 } as const;

const MAX_CAUSE = 600;

/** Share of a reason that is kept at each cut. */
const CUT = 0.95;

/** `S3` words it so when a presigned URL, or the credentials that signed it, are too old. */
const EXPIRED = /expired/i;

/** The body of the answer. A reason that is too long is cut. */
export function answerBody(request: ResourceRequest, answer: ResourceAnswer): string {
  const { Status, Reason, Data } = answer;
  const { StackId, RequestId, LogicalResourceId } = request;
  const body = (reason: string | undefined): string =>
    JSON.stringify({ Status, ...(reason === undefined ? {} : { Reason: reason }), PhysicalResourceId: physicalIdOf(request), StackId, RequestId, LogicalResourceId, ...(Data === undefined ? {} : { Data }) });
  let reason = Reason;
  while (reason !== undefined && reason.length > 1 && Buffer.byteLength(body(reason)) > MAX_ANSWER_BYTES) {
    reason = excerpt(reason, Math.floor(reason.length * CUT));
  }
  return body(reason);
}

/** What is answered where the steps ended without an answer. */
export function lostAnswer({ step, error }: Extract<StepEvent, { readonly action: 'answer' }>): ResourceAnswer {
  if (step.answer !== undefined) {
    return step.answer;
  }
  const { deploymentId } = step.memory as Partial<Memory>;
  const followed = deploymentId === undefined ? 'it is not known to have started a deployment' : `it followed deployment ${deploymentId}`;
  return { Status: 'FAILED', Reason: `the deployment provider could not go on: ${causeOf(error)}; ${followed}. Its log says more` };
}

/** The request of an intake that failed for good, and what it is answered; undefined for anything else. */
export function failedIntake(event: unknown): { readonly request: ResourceRequest; readonly answer: ResourceAnswer } | undefined {
  const record = parseDestinationRecord(event);
  if (typeof record === 'string' || record.condition === 'Success') {
    return undefined;
  }
  const request = (event as { readonly requestPayload?: unknown }).requestPayload;
  if (!isRequest(request)) {
    return undefined;
  }
  const { condition, errorType = 'no error', errorMessage = 'no message' } = record;
  const cause = `${condition}: ${excerpt(errorType, MAX_CAUSE)}: ${excerpt(errorMessage, MAX_CAUSE)}`;
  return { request, answer: { Status: 'FAILED', Reason: `the deployment provider could not begin (${cause}); no deployment was started` } };
}

/** Whether this can be answered: everything that an answer names is there. */
export function isRequest(value: unknown): value is ResourceRequest {
  const { RequestType, ResponseURL, StackId, RequestId, LogicalResourceId, ResourceType, ResourceProperties } = (value ?? {}) as Readonly<Record<keyof ResourceRequest, unknown>>;
  const texts = [RequestType, ResponseURL, StackId, RequestId, LogicalResourceId, ResourceType];
  return texts.every((text) => typeof text === 'string' && text !== '') && typeof ResourceProperties === 'object' && ResourceProperties !== null;
}

/**
 * Sends the answer. Rejects where it has not got there, and another try may have another end.
 */
export async function sendAnswer(ports: DeploymentPorts, request: ResourceRequest, answer: ResourceAnswer): Promise<void> {
  const { log, clock } = ports;
  const ids = { resource: request.LogicalResourceId, requestId: request.RequestId, status: answer.Status };
  if (!mayBeAnswered(request.ResponseURL)) {
    log.error('the response URL is not one of HTTPS; nothing is answered', ids);
    return;
  }
  const body = answerBody(request, answer);
  const bounds = { until: clock.now() + SENDING.ms, attempts: SENDING.attempts };
  const expired = await retrying(ports, bounds, (signal) => put(ports, request.ResponseURL, body, signal));
  if (expired) {
    log.error('the response URL has expired: CloudFormation waits no longer', ids);
  } else {
    log.info('answered', ids);
  }
}

/** Whether the URL has expired. */
async function put({ responses }: DeploymentPorts, url: string, body: string, signal: AbortSignal): Promise<boolean> {
  const { status, body: said } = await responses.put(url, body, signal);
  if (status >= 200 && status < 300) {
    return false;
  }
  if (status === 403 && EXPIRED.test(said)) {
    return true;
  }
  throw new ServiceFailure('the answer to CloudFormation', `HTTP ${status}`, 'not taken', true);
}

/** Plain HTTP is for the loopback of tests. */
function mayBeAnswered(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname));
}

/** Lambda's cause is a document: `{ errorType, errorMessage, trace }`. */
function causeOf(error: { readonly Error?: string; readonly Cause?: string } | undefined): string {
  const { Error: name = 'no error', Cause: cause = 'no cause' } = error ?? {};
  return `${excerpt(name, MAX_CAUSE)}: ${excerpt(messageIn(cause), MAX_CAUSE)}`;
}

function messageIn(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { readonly errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}

