import { ENV } from '../../../lib/model/hook-contract';
import type { InvokeCheckDocument } from '../../../lib/model/invoke-document';
import { MAX_FUNCTION_TIMEOUT_SECONDS } from '../../../lib/model/limits';
import type { Probe } from '../engine/play';
import { functionName, invokeForCheck } from '../invocation';
import type { Invoker } from '../ports';
import { milliseconds } from '../text';
import { compileAssertion, textsOf } from './assertions';
import { judgeInvocation } from './judge-invocation';
import { judged } from './judged';
import type { CheckKind } from './kind';
import { parseExpectation, parsePayload, payloadText } from './parse-invocation';
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
      ...parseExpectation(fields),
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
    const findings = judgeInvocation({ ...document, assertions }, functionArn, invoked, run);
    return judged(findings, `function ${functionName(functionArn)}, ${invoked.answer.end} after ${milliseconds(invoked.durationMs)} ms`);
  };
}
