/** Reads what checks that invoke a function have in common. */
import type { InvokeCheckDocument, PayloadDocument } from '../../../lib/model/invoke-document';
import { INVOCATION_CONDITIONS } from '../../../lib/model/invoke-document';
import { MAX_SYNC_PAYLOAD_BYTES } from '../../../lib/model/limits';
import type { AssertionDocument } from '../../../lib/model/suite';
import type { Fields } from './fields';
import { wrong } from './fields';
import { parseAssertion } from './parse-assertion';

export function parseExpectation(fields: Fields): Pick<InvokeCheckDocument, 'expectedErrorType' | 'assertions'> {
  return {
    ...(fields.has('expectedErrorType') ? { expectedErrorType: fields.string('expectedErrorType', /\S/, 'the type of an error') } : {}),
    ...(fields.has('assertions') ? { assertions: fields.list('assertions', parseInvocationAssertion) } : {}),
  };
}

function parseInvocationAssertion(fields: Fields): AssertionDocument {
  const assertion = parseAssertion(fields);
  if (!INVOCATION_CONDITIONS.some((kind) => kind === assertion.kind)) {
    throw wrong(fields.at('kind'), `one of ${INVOCATION_CONDITIONS.join(', ')}, since an invocation has nothing else to judge`, assertion.kind);
  }
  return assertion;
}

export function parsePayload(fields: Fields): PayloadDocument {
  if (!fields.has('json') && !fields.has('value')) {
    throw wrong(fields.place, "an object with 'value' or 'json'", {});
  }
  const payload: PayloadDocument = fields.has('json') ? { json: fields.string('json', /\S/, 'a JSON text') } : { value: fields.raw('value') };
  const bytes = new TextEncoder().encode(payloadText(payload)).length;
  if (bytes > MAX_SYNC_PAYLOAD_BYTES) {
    throw wrong(fields.place, `at most ${MAX_SYNC_PAYLOAD_BYTES} bytes of JSON`, bytes);
  }
  if ('json' in payload && !isJson(payload.json)) {
    throw wrong(fields.at('json'), 'a JSON text', payload.json);
  }
  return payload;
}

export const payloadText = (payload: PayloadDocument): string => ('json' in payload ? payload.json : (JSON.stringify(payload.value) ?? 'null'));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
