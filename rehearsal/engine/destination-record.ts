/**
 * The record of an asynchronous invocation that Lambda sends to a destination.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
import type { FunctionSpec, InvocationResult } from './ports';

export type FinalCondition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';

export interface DestinationRecord {
  readonly version: '1.0';
  readonly timestamp: string;
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: FinalCondition;
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload: unknown;
  readonly responseContext?: {
    readonly statusCode: number;
    readonly executedVersion: '$LATEST';
    readonly functionError?: 'Unhandled' | 'Handled';
  };
  readonly responsePayload?: unknown;
}

export interface DestinationRecordInput {
  readonly spec: FunctionSpec;
  readonly requestId: string;
  readonly payload: unknown;
  readonly condition: FinalCondition;
  readonly attempts: number;
  /** Time of day of virtual zero. */
  readonly epochMs: number;
  readonly now: number;
  /** Result of the last attempt. */
  readonly result: InvocationResult | undefined;
  /** Whether an event that was never attempted has a response, with status 429. */
  readonly responseWithoutAttempt: boolean;
}

export function destinationRecord(input: DestinationRecordInput): DestinationRecord {
  const { spec, requestId, payload, condition, attempts, epochMs, now, result } = input;
  return {
    version: '1.0',
    timestamp: iso(epochMs + now),
    requestContext: { requestId, functionArn: `${spec.arn}:$LATEST`, condition, approximateInvokeCount: attempts },
    requestPayload: payload,
    ...(result === undefined ? missingResponse(input.responseWithoutAttempt) : response(result, input)),
  };
}

function missingResponse(wanted: boolean): Pick<DestinationRecord, 'responseContext'> {
  return wanted ? { responseContext: { statusCode: 429, executedVersion: '$LATEST', functionError: 'Unhandled' } } : {};
}

type Response = Pick<DestinationRecord, 'responseContext' | 'responsePayload'>;

function response(result: InvocationResult, { spec, requestId, epochMs }: DestinationRecordInput): Response {
  const context = { statusCode: 200, executedVersion: '$LATEST' } as const;
  switch (result.end) {
    case 'returned':
      return { responseContext: context, responsePayload: result.payload ?? null };
    case 'silent':
      return { responseContext: context, responsePayload: null };
    case 'timedOut': {
      const seconds = (spec.timeoutMs / 1000).toFixed(2);
      const errorMessage = `${iso(epochMs + result.endedAt)} ${requestId} Task timed out after ${seconds} seconds`;
      return { responseContext: { ...context, functionError: 'Unhandled' }, responsePayload: { errorMessage } };
    }
    case 'threw':
    case 'crashed': {
      const errorMessage = `RequestId: ${requestId} Error: Runtime exited without providing a reason`;
      const responsePayload = result.error ?? { errorType: 'Runtime.ExitError', errorMessage };
      return { responseContext: { ...context, functionError: 'Unhandled' }, responsePayload };
    }
  }
}

/** With milliseconds, as Lambda writes it. */
function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
