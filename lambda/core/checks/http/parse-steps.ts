/** Reads the steps of an HTTP check, and finds out whether every value that they refer to is there by then. */
import type { CaptureDocument, HttpAuthDocument } from '../../../../lib/model/http-document';
import { VALUE_NAME } from '../../../../lib/model/runtime-value';
import type { HttpStepDocument } from '../../../../lib/model/suite';
import { ConfigurationError } from '../../failures';
import { textsOf } from '../assertions';
import type { Fields } from '../fields';
import { wrong } from '../fields';
import type { EngineTexts } from '../kind';
import { parseAssertion, requireDecisive } from '../parse-assertion';
import { HEADER_NAME, parseRequest, parseTarget } from '../parse-http';
import { requireReferences } from '../references';

const NOT_EMPTY = /[^]/;

/** A user name ends at the first colon. */
const USER = /^[^:\x00-\x1f\x7f]+$/;

/** @param values names of the values that the check has from the beginning */
export function parseSteps(fields: Fields, values: readonly string[]): readonly HttpStepDocument[] {
  const known = [...values];
  const steps = fields.list('steps', (step) => {
    const parsed = parseStep(step);
    requireReferences(step.place, parsed, known);
    for (const name of Object.keys(parsed.captures ?? {})) {
      if (known.includes(name)) {
        throw new ConfigurationError(`suite.json: '${step.at('captures')}' captures {{${name}}}, which is there already; give it another name`);
      }
      known.push(name);
    }
    return parsed;
  });
  requireProof(fields, steps);
  return steps;
}

function parseStep(fields: Fields): HttpStepDocument {
  const target = parseTarget(fields.object('target'));
  const request = parseRequest(fields.object('request'), target);
  const auth = fields.has('auth') ? { auth: parseAuth(fields.object('auth')) } : {};
  if (fields.has('auth') && Object.keys(request.headers).some((name) => name.toLowerCase() === 'authorization')) {
    throw new ConfigurationError(`suite.json: '${fields.at('auth')}' writes the header "authorization", which stands in the request too; leave one of them out`);
  }
  const captures = fields.has('captures') ? { captures: fields.map('captures', VALUE_NAME, parseCapture) } : {};
  return { target, request, ...auth, assertions: fields.entriesOf('assertions', parseAssertion), ...captures };
}

/** A step that asserts nothing is there for what it captures; the last one must prove something. */
function requireProof(fields: Fields, steps: readonly HttpStepDocument[]): void {
  steps.forEach(({ assertions, captures }, index) => {
    const place = `${fields.at('steps')}[${index}].assertions`;
    if (assertions.length === 0 && (captures === undefined || index === steps.length - 1)) {
      throw wrong(place, 'a list with at least one entry', []);
    }
    if (assertions.length > 0 && (captures === undefined || index === steps.length - 1)) {
      requireDecisive(place, assertions);
    }
  });
}

function parseAuth(fields: Fields): HttpAuthDocument {
  const kind = fields.oneOf('kind', ['basic', 'bearer', 'sigV4']);
  switch (kind) {
    case 'basic':
      return { kind, user: fields.string('user', USER, 'a user name without a colon'), password: fields.string('password', NOT_EMPTY, 'a text that is not empty') };
    case 'bearer':
      return { kind, token: fields.string('token', NOT_EMPTY, 'a text that is not empty') };
    case 'sigV4': {
      const service = fields.string('service', /^[a-z0-9-]+$/, 'the name of a service as signatures have it, such as execute-api');
      return { kind, service, ...(fields.has('region') ? { region: fields.string('region', /^[a-z0-9-]+$/, 'a region') } : {}) };
    }
  }
}

function parseCapture(fields: Fields): CaptureDocument {
  const from = fields.oneOf('from', ['jsonPath', 'header', 'cookie', 'body']);
  const pattern = fields.has('pattern') ? { pattern: fields.string('pattern') } : {};
  switch (from) {
    case 'jsonPath':
      return { from, path: fields.string('path'), ...pattern };
    case 'header':
      return { from, name: fields.string('name', HEADER_NAME, 'a header name').toLowerCase(), ...pattern };
    case 'cookie':
      return { from, name: fields.string('name', HEADER_NAME, 'a cookie name'), ...pattern };
    case 'body':
      return { from, pattern: fields.string('pattern') };
  }
}

/** What the engines must compile for all steps. */
export function textsOfSteps(steps: readonly HttpStepDocument[]): EngineTexts {
  const asserted = textsOf(steps.flatMap(({ assertions }) => assertions));
  const captures = steps.flatMap((step) => Object.values(step.captures ?? {}));
  return {
    ...asserted,
    groups: captures.flatMap(({ pattern }) => (pattern === undefined ? [] : [pattern])),
    jsonPaths: [...asserted.jsonPaths, ...captures.flatMap((capture) => (capture.from === 'jsonPath' ? [capture.path] : []))],
  };
}
