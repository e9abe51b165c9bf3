import { ENV } from '../../../lib/model/hook-contract';
import type { TargetVersionCheckDocument } from '../../../lib/model/target-version-document';
import type { Probe } from '../engine/play';
import type { Attempt, JsonValue, Measurement } from '../engine/state';
import { functionName } from '../invocation';
import type { Invoker } from '../ports';
import type { TargetVersion } from '../release/find-release';
import type { ReleaseSource } from '../release/ports';
import { compileAssertion, textsOf } from './assertions';
import { findTarget, lambdaQuestion } from './find-target';
import type { CheckKind } from './kind';
import { judgeRound } from './target-version/judge-round';
import { parseTargetVersionCheck } from './target-version/parse';
import type { CaseResult, CaseResults } from './target-version/play-cases';
import { playCases } from './target-version/play-cases';
import type { Speed } from './target-version/speed';
import { NO_SPEED, withResults } from './target-version/speed';
import type { ProbeTools } from './tools';

export interface TargetVersionPorts {
  readonly invoker: Invoker;
  readonly releases: ReleaseSource;
}

export function targetVersionKind(ports: TargetVersionPorts): CheckKind<TargetVersionCheckDocument> {
  return {
    parse: parseTargetVersionCheck,
    texts: ({ cases }) => textsOf(cases.flatMap(({ assertions = [] }) => assertions)),
    probe: (document, tools) => targetVersionProbe(document, ports, tools),
  };
}

/** What later attempts know. Plain JSON. */
interface Memory {
  readonly target?: TargetVersion;
  /** Of the cases of this round that have been invoked: they are not invoked again. */
  readonly results?: CaseResults;
  /** Of the rounds before this one. */
  readonly speed?: Speed;
  readonly repeated?: boolean;
}

/** Each attempt invokes what has not been invoked in its round. A round that is over is judged, and followed by another one where the engine asks for it. */
function targetVersionProbe(document: TargetVersionCheckDocument, { invoker, releases }: TargetVersionPorts, tools: ProbeTools): Probe {
  const { clock, engines, environment, hook, run } = tools;
  const cases = document.cases.map((each) => ({ document: each, assertions: (each.assertions ?? []).map((assertion) => compileAssertion(assertion, engines)) }));
  const question = lambdaQuestion(environment, hook.DeploymentId);
  const identity = { deploymentId: hook.DeploymentId, event: environment.variable(ENV.event) ?? '', check: document.name };
  return async (signal, attempt) => {
    const memory = memoryOf(attempt);
    const target = memory.target ?? (await findTarget(releases, question, tools, signal));
    if ('reason' in target) {
      return { outcome: 'error', reason: target.reason, measurements: [], samples: 0, retryable: target.retryable };
    }
    const call = { ...target, timeoutMs: document.timeoutMs, concurrency: document.concurrency, identity };
    const before = memory.results ?? document.cases.map(() => null);
    const played = await playCases({ invoker, clock, environment, run }, cases, before, call, signal);
    const speed = withResults(memory.speed ?? NO_SPEED, played.results.filter((result): result is CaseResult => result !== null));
    const subject = functionName(`${target.functionName}:${target.version}`);
    const measurement = judgeRound({ document, subject, speed, repeated: memory.repeated === true }, played);
    return { ...measurement, memory: remembered(measurement, { ...memory, target }, { results: played.results, speed }) };
  };
}

/** An interrupted round is gone on with; after any other one a new one begins, which knows how fast those before it were. */
function remembered({ outcome }: Measurement, before: Memory, { results, speed }: { readonly results: CaseResults; readonly speed: Speed }): JsonValue {
  const after: Memory = outcome === 'error' ? { ...before, results } : { target: before.target!, speed, repeated: before.repeated === true || outcome === 'inconclusive' };
  return JSON.parse(JSON.stringify(after)) as JsonValue;
}

/** What an earlier attempt of this very check left behind. */
const memoryOf = ({ memory }: Attempt): Memory => (memory as unknown as Memory | undefined) ?? {};
