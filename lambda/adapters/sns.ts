import type { Notifier } from '../core/ports';
import type { AwsCall } from './aws-call';
import { awsCall, serviceFailure } from './aws-call';
import { SNS } from './aws-endpoint';

const OPERATION = 'Publish';
const API_VERSION = '2010-03-31';

/** @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export function simpleNotifications(call: AwsCall = awsCall(SNS)): Notifier {
  return {
    publish: async (topicArn, { subject, message }, signal) => {
      const form = new URLSearchParams({ Action: OPERATION, Version: API_VERSION, TopicArn: topicArn, Subject: subject, Message: message });
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const { status, body } = await call({ operation: OPERATION, path: '/', headers, body: form.toString() }, signal);
      if (status < 200 || status >= 300) {
        throw serviceFailure(SNS, OPERATION, { status, code: element(body, 'Code') ?? `HTTP ${status}`, message: element(body, 'Message') ?? 'no message' });
      }
    },
  };
}

/** An error is `<ErrorResponse><Error><Type/><Code/><Message/></Error></ErrorResponse>`: two texts, for which no parser is carried. */
function element(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]{1,1000})</${name}>`).exec(xml)?.[1];
}
