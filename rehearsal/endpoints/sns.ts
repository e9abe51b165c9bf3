/**
 * SNS's Publish; the messages are kept, and delivered to nobody.
 *
 * @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
import type { PublishResponse } from '@aws-sdk/client-sns';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, AwsService } from './aws-service';
import { notModelled, uuidOf } from './aws-service';
import type { Fields } from './fields';

export const SNS_XMLNS = 'http://sns.amazonaws.com/doc/2010-03-31/';

const MAX_MESSAGE_BYTES = 262_144;
const SUBJECT = /^[!-~][ -~]{0,99}$/;

/** What the rehearsal leaves out of Publish. */
const OTHER_MEMBERS = ['TargetArn', 'PhoneNumber', 'MessageStructure', 'MessageAttributes', 'MessageGroupId', 'MessageDeduplicationId'] as const;

/** A message that was accepted. */
export interface TopicMessage {
  /** Virtual milliseconds. */
  readonly at: number;
  readonly id: string;
  readonly accessKeyId: string;
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
}

export function snsService(place: AwsPlace, accept: (message: TopicMessage) => void): AwsService {
  let published = 0;
  return {
    name: 'sns',
    operations: {
      Publish: (input, caller): PublishResponse => {
        const topicArn = topicOf(place, input);
        caller.authorize('sns:Publish', topicArn);
        const { subject, message } = contentOf(input);
        const id = uuidOf(`${topicArn} ${++published}`);
        accept({ at: place.now(), id, accessKeyId: caller.accessKeyId, topicArn, message, ...(subject === undefined ? {} : { subject }) });
        return { MessageId: id };
      },
    },
  };
}

/** Topics are not looked up: each of this account and region is taken to exist. */
function topicOf({ partition, region, accountId }: AwsPlace, input: Fields): string {
  const other = OTHER_MEMBERS.find((member) => input.has(member));
  if (other !== undefined) {
    throw notModelled(`Publish with ${other}`);
  }
  const topicArn = input.string('TopicArn') ?? '';
  if (!/^arn:[^:]+:sns:[^:]+:\d{12}:[A-Za-z0-9_.-]{1,256}$/.test(topicArn)) {
    throw invalid('TopicArn');
  }
  if (!topicArn.startsWith(`arn:${partition}:sns:${region}:${accountId}:`)) {
    throw notModelled(`Publish to another account or region (${topicArn})`);
  }
  return topicArn;
}

function contentOf(input: Fields): { readonly subject?: string; readonly message: string } {
  const message = input.string('Message') ?? '';
  if (message === '') {
    throw invalid('Empty message');
  }
  if (Buffer.byteLength(message) > MAX_MESSAGE_BYTES) {
    throw invalid('Message too long');
  }
  const subject = input.string('Subject');
  if (subject !== undefined && !SUBJECT.test(subject)) {
    throw invalid('Subject');
  }
  return { message, ...(subject === undefined ? {} : { subject }) };
}

function invalid(what: string): ServiceError {
  return new ServiceError('InvalidParameter', `Invalid parameter: ${what}`);
}
