/**
 * CloudWatch Logs' FilterLogEvents.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
import type { LogEvent, LogGroups } from '../engine/log-groups';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, AwsService, Caller } from './aws-service';
import { notModelled, uuidOf } from './aws-service';
import { pageOf } from './codedeploy-lookup';
import { isRecord, type Fields } from './fields';

/** Prefix of `x-amz-target`. */
export const LOGS_TARGET = 'Logs_20140328';

const MAX_LIMIT = 10_000;

export function logsService(place: AwsPlace, groups: LogGroups): AwsService {
  return {
    name: 'logs',
    operations: {
      FilterLogEvents: (input, caller) => filterLogEvents(place, groups, input, caller),
    },
  };
}

function filterLogEvents(place: AwsPlace, groups: LogGroups, input: Fields, caller: Caller): object {
  const group = groupOf(input);
  // The resource is all streams of the group: a policy has to end in `:*`.
  caller.authorize('logs:FilterLogEvents', `arn:${place.partition}:logs:${place.region}:${place.accountId}:log-group:${group}:log-stream:`);
  if (!groups.has(group)) {
    throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
  }
  const limit = input.number('limit') ?? MAX_LIMIT;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new ServiceError('InvalidParameterException', `limit must be from 1 to ${MAX_LIMIT}, got ${limit}`);
  }
  const [start, end] = [input.number('startTime') ?? -Infinity, input.number('endTime') ?? Infinity];
  const wanted = pattern(input.string('filterPattern') ?? '');
  const streams = input.strings('logStreamNames');
  const matching = groups
    .events(group, place.now())
    .filter((event) => within(place, event, start, end) && (streams?.includes(event.stream) ?? true) && wanted(event.message));
  const page = pageOf(matching, input.string('nextToken'), limit);
  return { events: page.items.map((event) => wire(place, event)), searchedLogStreams: [], nextToken: page.nextToken };
}

function groupOf(input: Fields): string {
  const other = ['logStreamNamePrefix', 'unmask', 'interleaved'].find((name) => input.has(name));
  if (other !== undefined) {
    throw notModelled(`FilterLogEvents with ${other}`);
  }
  const identifier = input.string('logGroupIdentifier');
  const name = input.string('logGroupName') ?? identifier?.replace(/^arn:[^:]+:logs:[^:]*:[^:]*:log-group:/, '').replace(/:\*$/, '');
  if (name === undefined || name === '') {
    throw new ServiceError('InvalidParameterException', 'a logGroupName or a logGroupIdentifier is needed');
  }
  return name;
}

/** Milliseconds since 1970, both ends included. */
function within({ epochMs }: AwsPlace, { at }: LogEvent, start: number, end: number): boolean {
  return epochMs + at >= start && epochMs + at <= end;
}

const TERM = /\s*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z0-9_-]+))\s*/y;
const MEMBER = /^\{\s*\$((?:\.[A-Za-z_][\w-]*)+)\s*=\s*"([^"*%]*)"\s*\}$/;

/** Terms, quoted or plain, all of which a message must contain; or one member of a message that is JSON. */
function pattern(text: string): (message: string) => boolean {
  const [, path, value] = MEMBER.exec(text.trim()) ?? [];
  if (path !== undefined) {
    return (message) => memberAt(message, path.slice(1).split('.')) === value;
  }
  const terms: string[] = [];
  TERM.lastIndex = 0;
  while (TERM.lastIndex < text.length) {
    const match = TERM.exec(text);
    if (match === null) {
      throw notModelled(`the filter pattern ${text}: terms that all must be there, and { $.member = "text" }, are; it`);
    }
    terms.push(match[1]?.replace(/\\(.)/g, '$1') ?? match[2] ?? '');
  }
  return (message) => terms.every((term) => message.includes(term));
}

function memberAt(message: string, path: readonly string[]): unknown {
  try {
    return path.reduce((at: unknown, name) => (isRecord(at) ? at[name] : undefined), JSON.parse(message));
  } catch {
    return undefined;
  }
}

function wire({ epochMs }: AwsPlace, { group, stream, at, message }: LogEvent): object {
  return { logStreamName: stream, timestamp: Math.floor(epochMs + at), ingestionTime: Math.floor(epochMs + at), message, eventId: uuidOf(`${group} ${stream} ${at} ${message}`) };
}
