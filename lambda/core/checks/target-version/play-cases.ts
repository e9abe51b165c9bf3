/** Invokes the target version with each case once, several at a time where that is asked for. */
import type { InvocationCaseDocument } from '../../../../lib/model/target-version-document';
import { startOf } from '../../cold-start';
import { ConfigurationError, describeError } from '../../failures';
import type { CheckIdentity, Invoked } from '../../invocation';
import { invokeForCheck } from '../../invocation';
import { lastWords } from '../../log-tail';
import type { Clock, Environment, Invoker, RunBounded } from '../../ports';
import { excerpt, milliseconds } from '../../text';
import type { Assertion } from '../assertions';
import { judgeInvocation } from '../judge-invocation';
import { judged } from '../judged';
import { payloadText } from '../parse-invocation';

/** Longest message of a case, in characters: those of a hundred travel to the next invocation of the hook. */
const MAX_MESSAGE = 600;

/** A case, its assertions compiled. */
export interface Case {
  readonly document: InvocationCaseDocument;
  readonly assertions: readonly Assertion[];
}

/** What came of a case. Plain JSON. */
export interface CaseResult {
  /** `errored`: it could not be told, and the function may have run. */
  readonly status: 'passed' | 'failed' | 'errored';
  /** Why it did not pass; else what holds. */
  readonly message: string;
  /** From sending the invocation to its answer; absent where none came. */
  readonly durationMs?: number;
  /** Absent where the log does not tell. */
  readonly start?: 'cold' | 'warm';
  readonly initMs?: number;
}

/** By the order of the cases; null: not invoked yet, or surely not started. */
export type CaseResults = readonly (CaseResult | null)[];

export interface CasePorts {
  readonly invoker: Invoker;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly run: RunBounded;
}

export interface CaseCall {
  readonly functionName: string;
  readonly version: string;
  readonly timeoutMs: number;
  readonly concurrency: number;
  readonly identity: CheckIdentity;
}

export interface PlayedCases {
  readonly results: CaseResults;
  /** Why the first of those that were not started was not. */
  readonly notStarted?: string;
}

/** Those that have a result already are not invoked again. */
export async function playCases(ports: CasePorts, cases: readonly Case[], before: CaseResults, call: CaseCall, signal: AbortSignal): Promise<PlayedCases> {
  const results = [...before];
  const refusals: string[] = [];
  const waiting = cases.map((each, index) => ({ each, index })).filter(({ index }) => results[index] === null);
  const queue = waiting.values();
  const work = async () => {
    for (const { each, index } of queue) {
      const came = await invokeCase(ports, each, call, signal);
      if (typeof came === 'string') {
        refusals.push(came);
      } else {
        results[index] = came;
      }
    }
  };
  await Promise.all(Array.from({ length: call.concurrency }, work));
  const [notStarted] = refusals;
  return { results, ...(notStarted === undefined ? {} : { notStarted }) };
}

/** A text is why the function was surely not started. */
async function invokeCase({ invoker, clock, environment, run }: CasePorts, each: Case, { functionName, version, timeoutMs, identity }: CaseCall, signal: AbortSignal): Promise<CaseResult | string> {
  const functionArn = `${functionName}:${version}`;
  const named = { ...identity, case: each.document.name };
  const invoked = await invokeForCheck({ invoker, clock }, { functionArn, payload: payloadOf(each.document, environment), timeoutMs, identity: named }, signal);
  if ('outcome' in invoked) {
    return invoked.retryable === true ? invoked.reason : { status: 'errored', message: excerpt(invoked.reason, MAX_MESSAGE) };
  }
  const { answer, durationMs } = invoked;
  const told = { durationMs: milliseconds(durationMs), ...startOf(answer.log, durationMs) };
  const { executedVersion = version } = answer;
  if (executedVersion !== version) {
    return { status: 'errored', message: `version ${excerpt(executedVersion)} answered, expected ${version}`, ...told };
  }
  return { ...judgeCase(each, functionArn, invoked, run), ...told };
}

function judgeCase({ document, assertions }: Case, functionArn: string, invoked: Invoked, run: RunBounded): Pick<CaseResult, 'status' | 'message'> {
  const { answer, durationMs } = invoked;
  const findings = judgeInvocation({ ...document, assertions }, functionArn, invoked, run);
  const { outcome, reason } = judged(findings, `${answer.end} after ${milliseconds(durationMs)} ms`);
  // An end that was not expected has been told with the log already.
  const words = outcome === 'fail' && findings[0]?.outcome === 'holds' ? lastWords(answer.log) : '';
  return { status: outcome === 'pass' ? 'passed' : outcome === 'fail' ? 'failed' : 'errored', message: excerpt(`${reason}${words}`, MAX_MESSAGE) };
}

/** @throws ConfigurationError */
function payloadOf({ payload }: InvocationCaseDocument, environment: Environment): string {
  if (!('file' in payload)) {
    return payloadText(payload);
  }
  try {
    return environment.payload(payload.file);
  } catch (error) {
    throw new ConfigurationError(`payload ${payload.file} cannot be read beside the handler: ${describeError(error)}; deploy the rollout again`);
  }
}
