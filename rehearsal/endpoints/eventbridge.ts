/**
 * EventBridge's PutEvents; the entries are kept for the report.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
import type { PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, AwsService } from './aws-service';
import { uuidOf } from './aws-service';
import type { Fields } from './fields';

/** Prefix of `x-amz-target`. */
export const EVENTBRIDGE_TARGET = 'AWSEvents';

const MAX_ENTRIES = 10;
const MAX_ENTRY_BYTES = 256 * 1024;

/** An event that was accepted. */
export interface BusEvent {
  /** Virtual milliseconds. */
  readonly at: number;
  readonly id: string;
  readonly accessKeyId: string;
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly resources: readonly string[];
}

export function eventBridgeService(place: AwsPlace, accept: (event: BusEvent) => void): AwsService {
  const seen = new Map<string, number>();
  return {
    name: 'events',
    operations: {
      PutEvents: (input, caller) => {
        const entries = input.structures('Entries') ?? [];
        if (entries.length === 0 || entries.length > MAX_ENTRIES) {
          throw new ServiceError(
            'ValidationException',
            `1 validation error detected: 'entries' failed to satisfy constraint: Member must have length 1 to ${MAX_ENTRIES}, got ${entries.length}`,
          );
        }
        checkSize(entries);
        for (const entry of entries) {
          const context = { 'events:source': entry.string('Source') ?? '', 'events:detail-type': entry.string('DetailType') ?? '' };
          caller.authorize('events:PutEvents', busArn(place, entry.string('EventBusName')), context);
        }
        const results = entries.map((entry): PutEventsResultEntry => {
          const read = readEntry(place, entry);
          if ('ErrorCode' in read) {
            return read;
          }
          // By what was sent and how often, never by the order of arrival.
          const key = JSON.stringify([caller.accessKeyId, read.at, read.source, read.detailType, read.detail]);
          const times = (seen.get(key) ?? 0) + 1;
          seen.set(key, times);
          const id = uuidOf(`event:${key}:${times}`);
          accept({ ...read, id, accessKeyId: caller.accessKeyId });
          return { EventId: id };
        });
        return { FailedEntryCount: results.filter((result) => result.ErrorCode !== undefined).length, Entries: results };
      },
    },
  };
}

function busArn(place: AwsPlace, bus = 'default'): string {
  return bus.startsWith('arn:') ? bus : `arn:${place.partition}:events:${place.region}:${place.accountId}:event-bus/${bus}`;
}

/** The service refuses a request as a whole when it is too large. */
function checkSize(entries: readonly Fields[]): void {
  const size = entries
    .flatMap((entry) => ['Source', 'DetailType', 'Detail'].map((name) => Buffer.byteLength(entry.string(name) ?? '')))
    .reduce((sum, bytes) => sum + bytes, 0);
  if (size > MAX_ENTRY_BYTES) {
    throw new ServiceError(
      'ValidationException',
      `Total size of the entries in the request is over the limit. (${size} of ${MAX_ENTRY_BYTES} bytes)`,
    );
  }
}

function readEntry(place: AwsPlace, entry: Fields): Omit<BusEvent, 'id' | 'accessKeyId'> | { ErrorCode: string; ErrorMessage: string } {
  const [source, detailType, text] = ['Source', 'DetailType', 'Detail'].map((name) => entry.string(name));
  if (!source || !detailType || !text) {
    const name = !source ? 'Source' : !detailType ? 'DetailType' : 'Detail';
    return { ErrorCode: 'InvalidArgument', ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.` };
  }
  if (source.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  const detail = parseObject(text);
  if (detail === undefined) {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  }
  const at = entry.timestamp('Time');
  return {
    at: at === undefined ? place.now() : at - place.epochMs,
    bus: entry.string('EventBusName') ?? 'default',
    source,
    detailType,
    detail,
    resources: entry.strings('Resources') ?? [],
  };
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
