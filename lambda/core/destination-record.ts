/**
 * What Lambda sends to the destination of an asynchronous invocation.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
import type { HookEvent } from '../../lib/model/hook-contract';
import { CONTINUATION_KEY } from '../../lib/model/hook-contract';
import { parseHookEvent } from './hook-event';
import { excerpt } from './text';

export interface DestinationRecord {
  /** ARN of the function, without version or alias. */
  readonly functionArn: string;
  /** `RetriesExhausted`, `EventAgeExceeded`, `Success`, or what Lambda may come to say besides. */
  readonly condition: string;
  /** The hook event; absent where the function was invoked with something else. */
  readonly hook?: HookEvent;
  /** Which invocation of its hook it was, where it was not the first one. */
  readonly invocation?: number;
  /** Whether the function said that it has reported: what our own hooks return. */
  readonly reported: boolean;
  /** Whether it said that nothing was to be done. */
  readonly idle: boolean;
  /** The invocation that it said goes on, and the time since the hook began. */
  readonly continued?: { readonly invocation: number; readonly elapsedMs: number };
  /** Of a function that failed, where Lambda or the function named them. */
  readonly errorType?: string;
  readonly errorMessage?: string;
}

/** Reads the record and leaves out every payload; a text is what is wrong with it. */
export function parseDestinationRecord(event: unknown): DestinationRecord | string {
  const record = fields(event);
  const context = fields(record['requestContext']);
  const functionArn = context['functionArn'];
  const condition = context['condition'];
  if (typeof functionArn !== 'string' || !functionArn.startsWith('arn:')) {
    return `'requestContext.functionArn' must be an ARN, got ${typeof functionArn}`;
  }
  const request = parseHookEvent(record['requestPayload']);
  const response = fields(record['responsePayload']);
  const end = fields(response['greenlight']);
  const invocation = fields(fields(record['requestPayload'])[CONTINUATION_KEY])['invocation'];
  return {
    functionArn: unqualifiedArn(functionArn),
    condition: typeof condition === 'string' ? excerpt(condition, 40) : 'none',
    ...(request.kind === 'unreportable' ? {} : { hook: request.hook }),
    ...(typeof invocation === 'number' ? { invocation } : {}),
    reported: end['reported'] === true,
    idle: end['idle'] === 'duplicate' || end['idle'] === 'over',
    ...continued(end),
    ...optional('errorType', response['errorType']),
    ...optional('errorMessage', response['errorMessage']),
  };
}

/** Nothing less than its own number and time is taken for an invocation that goes on. */
function continued({ continued: claim, invocation, elapsedMs }: Readonly<Record<string, unknown>>): Pick<DestinationRecord, 'continued'> {
  return claim === true && typeof invocation === 'number' && typeof elapsedMs === 'number' ? { continued: { invocation, elapsedMs } } : {};
}

/** `arn:aws:lambda:REGION:ACCOUNT:function:NAME` without the version or alias behind it. */
export function unqualifiedArn(arn: string): string {
  return arn.split(':').slice(0, 7).join(':');
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function optional(name: 'errorType' | 'errorMessage', value: unknown): Partial<Pick<DestinationRecord, 'errorType' | 'errorMessage'>> {
  return typeof value === 'string' && value !== '' ? { [name]: value } : {};
}
