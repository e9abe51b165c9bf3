import { MAX_FUNCTION_TIMEOUT_SECONDS } from '../../../../lib/model/limits';
import type { CheckDocumentBase } from '../../../../lib/model/suite';
import type { InvocationCaseDocument, TargetVersionCheckDocument } from '../../../../lib/model/target-version-document';
import { MAX_CASE_CONCURRENCY, MAX_INVOCATION_CASES, PAYLOAD_FILE } from '../../../../lib/model/target-version-document';
import type { Fields } from '../fields';
import { wrong } from '../fields';
import { parseExpectation, parsePayload } from '../parse-invocation';

const MAX_MS = MAX_FUNCTION_TIMEOUT_SECONDS * 1_000;

export function parseTargetVersionCheck(fields: Fields, base: CheckDocumentBase): TargetVersionCheckDocument {
  return {
    kind: 'targetVersion',
    ...base,
    cases: parseCases(fields),
    concurrency: fields.integer('concurrency', 1, MAX_CASE_CONCURRENCY),
    timeoutMs: fields.integer('timeoutMs', 1, MAX_MS),
    ...(fields.has('coldBelowMs') ? { coldBelowMs: fields.integer('coldBelowMs', 1, MAX_MS) } : {}),
    ...(fields.has('warmBelowMs') ? { warmBelowMs: fields.integer('warmBelowMs', 1, MAX_MS) } : {}),
  };
}

function parseCases(fields: Fields): readonly InvocationCaseDocument[] {
  const cases = fields.list('cases', parseCase);
  if (cases.length > MAX_INVOCATION_CASES) {
    throw wrong(fields.at('cases'), `a list of at most ${MAX_INVOCATION_CASES} cases`, cases.length);
  }
  const names = cases.map(({ name }) => name);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice >= 0) {
    throw wrong(`${fields.at('cases')}[${twice}].name`, 'a name that no other case has', names[twice]);
  }
  return cases;
}

function parseCase(fields: Fields): InvocationCaseDocument {
  const payload = fields.object('payload');
  return {
    name: fields.string('name', /\S/, 'a name'),
    payload: payload.has('file') ? { file: payload.string('file', PAYLOAD_FILE, 'the name of a payload beside the suite') } : parsePayload(payload),
    ...parseExpectation(fields),
  };
}
