import type { InvokeCheckDocument, PayloadDocument } from '../../../lib/model/invoke-document';
import { INVOCATION_CONDITIONS } from '../../../lib/model/invoke-document';
import { MAX_FUNCTION_TIMEOUT_SECONDS, MAX_SYNC_PAYLOAD_BYTES } from '../../../lib/model/limits';
import type { AssertionDocument } from '../../../lib/model/suite';
import { ENV } from '../../../lib/model/hook-contract';
import type { Probe } from '../engine/play';
import type { Invoked } from '../invocation';
import { functionName, invokeForCheck } from '../invocation';
import { lastWords } from '../log-tail';
import type { HttpAnswer, Invoker } from '../ports';
import { excerpt, milliseconds, quoted } from '../text';
import type { Finding } from './assertions';
import { compileAssertion, judgeAnswer, textsOf } from './assertions';
import type { Fields } from './fields';
import { wrong } from './fields';
import { judged } from './judged';
import type { CheckKind } from './kind';
import { parseAssertion } from './parse-assertion';
import type { ProbeTools } from './tools';

export const FUNCTION_ARN = /^arn:[^:]+:lambda:[^:]+:\d{12}:function:[^:]+(:[^:]+)?$/;

export function invokeKind(invoker: Invoker): CheckKind<InvokeCheckDocument> {
  return {
    parse: (fields, base) => ({
      kind: 'invoke',
      ...base,
      functionArn: fields.string('functionArn', FUNCTION_ARN, 'the ARN of a function'),
      payload: parsePayload(fields.object('payload')),
      timeoutMs: fields.integer('timeoutMs', 1, MAX_FUNCTION_TIMEOUT_SECONDS * 1_000),
      ...(fields.has('expectedErrorType') ? { expectedErrorType: fields.string('expectedErrorType', /\S/, 'the type of an error') } : {}),
      ...(fields.has('assertions') ? { assertions: fields.list('assertions', parseInvocationAssertion) } : {}),
    }),
    texts: ({ assertions = [] }) => textsOf(assertions),
    probe: (document, tools) => invokeProbe(document, invoker, tools),
  };
}

/** Each attempt invokes the function once and judges its answer. */
function invokeProbe(document: InvokeCheckDocument, invoker: Invoker, { clock, engines, environment, hook, run }: ProbeTools): Probe {
  const { functionArn, timeoutMs, name } = document;
  const assertions = (document.assertions ?? []).map((assertion) => compileAssertion(assertion, engines));
  const identity = { deploymentId: hook.DeploymentId, event: environment.variable(ENV.event) ?? '', check: name };
  const call = { functionArn, payload: payloadText(document.payload), timeoutMs, identity };
  return async (signal) => {
    const invoked = await invokeForCheck({ invoker, clock }, call, signal);
    if ('outcome' in invoked) {
      return invoked;
    }
    const end = judgeEnd(document, invoked);
    // An answer of the wrong sort is not looked into: what it lacks would only hide what it is.
    const findings = end.outcome === 'holds' ? [end, ...judgeAnswer(assertions, payloadAsAnswer(functionArn, invoked), run)] : [end];
    return judged(findings, `function ${functionName(functionArn)}, ${invoked.answer.end} after ${milliseconds(invoked.durationMs)} ms`);
  };
}

/** Whether the function ended as it was to. */
function judgeEnd({ expectedErrorType }: InvokeCheckDocument, { answer }: Invoked): Finding {
  const threshold = expectedErrorType === undefined ? 'returned' : `failed with ${excerpt(expectedErrorType)}`;
  const expected = expectedErrorType === undefined ? 'it to return' : `it to fail with ${excerpt(expectedErrorType)}`;
  const finding = (holds: boolean, measured: string, did: string): Finding => ({
    outcome: holds ? 'holds' : 'fails',
    what: 'end',
    measured,
    threshold,
    statement: holds ? `it ${did}` : `it ${did}, expected ${expected}${lastWords(answer.log)}`,
    warning: false,
  });
  if (answer.end === 'returned') {
    return finding(expectedErrorType === undefined, 'returned', `returned ${quoted(textOf(answer.payload))}`);
  }
  const { errorType, errorMessage } = answer;
  return finding(errorType === expectedErrorType, `failed with ${excerpt(errorType)}`, `failed with ${excerpt(errorType)}: ${quoted(errorMessage, 300)}`);
}

/** The payload as the assertions look at it. */
function payloadAsAnswer(url: string, { answer: { payload }, durationMs }: Invoked): HttpAnswer {
  return { status: 200, headers: {}, setCookies: [], body: textOf(payload), bytes: payload, bodyTruncated: false, url, durationMs };
}

const textOf = (payload: Uint8Array): string => new TextDecoder().decode(payload);

function parseInvocationAssertion(fields: Fields): AssertionDocument {
  const assertion = parseAssertion(fields);
  if (!INVOCATION_CONDITIONS.some((kind) => kind === assertion.kind)) {
    throw wrong(fields.at('kind'), `one of ${INVOCATION_CONDITIONS.join(', ')}, since an invocation has nothing else to judge`, assertion.kind);
  }
  return assertion;
}

function parsePayload(fields: Fields): PayloadDocument {
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

const payloadText = (payload: PayloadDocument): string => ('json' in payload ? payload.json : (JSON.stringify(payload.value) ?? 'null'));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
