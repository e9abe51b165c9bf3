/** Answers in XML, of the services that speak the query protocol. */
import { parseXML } from '@aws-sdk/xml-builder';

import type { AwsAnswer } from './aws-call';
import { serviceFailure } from './aws-call';
import type { AwsService } from './aws-endpoint';

export type XmlFields = Readonly<Record<string, unknown>>;

/** The document; rejects what is no XML as an answer of that status. */
export function parseDocument(service: AwsService, operation: string, { status, body }: Pick<AwsAnswer, 'status' | 'body'>): XmlFields {
  try {
    return fields(parseXML(body));
  } catch {
    throw serviceFailure(service, operation, { status, code: `HTTP ${status}`, message: `the answer is no XML (${body.length} characters)` });
  }
}

export function fields(value: unknown): XmlFields {
  return typeof value === 'object' && value !== null ? (value as XmlFields) : {};
}

/** One element is parsed as itself, several as a list. */
export function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
