/** The mark by which a deployment is known again: whose it is, and which request of CloudFormation it was started for. */
import { createHash } from 'node:crypto';

import type { ResourceRequest } from '../../../lib/model/deployment-request';
import { MARK_PREFIX } from '../../../lib/model/deployment-request';
import { MAX_DESCRIPTION_LENGTH } from '../../../lib/model/limits';
import { excerpt } from '../text';

const DIGEST_LENGTH = 16;
const MARK = new RegExp(`\\(${MARK_PREFIX}:([0-9a-f]{${DIGEST_LENGTH}}):([0-9a-f]{${DIGEST_LENGTH}})\\)$`);

export interface Mark {
  /** Of the stack and the resource in it. */
  readonly resource: string;
  /** Of one request for that resource. */
  readonly request: string;
}

export type Marked = Pick<ResourceRequest, 'RequestType' | 'StackId' | 'LogicalResourceId' | 'RequestId'>;

export function markOf({ StackId, LogicalResourceId, RequestId }: Marked): Mark {
  return { resource: digest(StackId, LogicalResourceId), request: digest(StackId, LogicalResourceId, RequestId) };
}

/** The description of the request's deployment: words for people, and the mark at its end. */
export function descriptionOf(request: Marked): string {
  const { resource, request: own } = markOf(request);
  const mark = `(${MARK_PREFIX}:${resource}:${own})`;
  const words = `${request.RequestType} of ${request.LogicalResourceId} in stack ${stackName(request.StackId)}`;
  return `${excerpt(words, MAX_DESCRIPTION_LENGTH - mark.length - 1)} ${mark}`;
}

/** The mark in a description; undefined where it carries none. */
export function readMark(description: string | undefined): Mark | undefined {
  const [, resource, request] = MARK.exec(description ?? '') ?? [];
  return resource === undefined || request === undefined ? undefined : { resource, request };
}

/** `arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID`; a text that is none is shown as it is. */
export function stackName(stackId: string): string {
  return stackId.split('/')[1] ?? stackId;
}

function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, DIGEST_LENGTH);
}
