import type { StackReader } from '../core/deployment/facts';
import { ServiceFailure } from '../core/failures';
import type { AwsAnswer, AwsCall } from './aws-call';
import { awsCall, serviceFailure } from './aws-call';
import { CLOUD_FORMATION } from './aws-endpoint';
import { fields, listed, parseDocument, text } from './xml';

const OPERATION = 'DescribeStacks';
const API_VERSION = '2010-05-15';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
export function cloudFormation(call: AwsCall = awsCall(CLOUD_FORMATION)): StackReader {
  return {
    statusOf: async (stackId, signal) => {
      const form = new URLSearchParams({ Action: OPERATION, StackName: stackId, Version: API_VERSION });
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await call({ operation: OPERATION, path: '/', headers, body: form.toString() }, signal);
      return statusIn(answer);
    },
  };
}

function statusIn(answer: AwsAnswer): string | undefined {
  const root = parseDocument(CLOUD_FORMATION, OPERATION, answer);
  const { status } = answer;
  if (status < 200 || status >= 300) {
    const error = fields(fields(root['ErrorResponse'])['Error']);
    const code = text(error['Code']) ?? `HTTP ${status}`;
    const message = text(error['Message']) ?? 'no message';
    if (code === 'ValidationError' && message.includes('does not exist')) {
      return undefined;
    }
    throw serviceFailure(CLOUD_FORMATION, OPERATION, { status, code, message });
  }
  const [stack] = listed(fields(fields(fields(root['DescribeStacksResponse'])['DescribeStacksResult'])['Stacks'])['member']);
  const found = text(fields(stack)['StackStatus']);
  if (found === undefined) {
    throw new ServiceFailure(`cloudformation:${OPERATION}`, 'UnexpectedAnswer', 'the answer holds no status of a stack', true);
  }
  return found;
}
