import type { CheckResult, HookEvent } from '../../../lib/model/hook-contract';
import { LONGEST_EVENT_AGE_SECONDS } from '../../../lib/model/hook-contract';
import type { Verdict } from '../../../lib/model/status';
import type { CheckDocument, CheckSuite } from '../../../lib/model/suite';
import type { HandOver } from '../continuation';
import type { PlayBounds, Probe, Standing } from '../engine/play';
import { cutShort, play } from '../engine/play';
import { readPlay } from '../engine/read-play';
import { fingerprint, savePlay } from '../engine/saved-play';
import type { EndedCheck, Plan, PlannedCheck, SuiteState } from '../engine/state';
import { ConfigurationError } from '../failures';
import type { Judgement } from '../judgement';
import type { Environment } from '../ports';
import { counted } from '../text';
import { Redaction } from '../redaction';
import { discreet } from './discreet';
import { loadEngines } from './engines';
import type { CheckKind, LoadedKinds } from './kind';
import { RuntimeValues } from './runtime-values';
import { SETTLE, settleCheck, settleProbe } from './settle';
import type { CheckPorts, ProbeTools } from './tools';

/** A suite in one deployment, with the kinds of its checks. */
export interface PlayableSuite {
  readonly suite: CheckSuite;
  readonly kinds: LoadedKinds;
  readonly hook: HookEvent;
}

/** The time that a suite has in one invocation, and where it stands. */
export interface SuiteBounds extends Pick<PlayBounds, 'signal' | 'handOverAt' | 'restMs'> {
  /** What an earlier invocation has handed over, as it came. Absent: the suite begins. */
  readonly from?: unknown;
  /** Longest time that can lie between two invocations. @default that of an event of a hook */
  readonly longestGapMs?: number;
}

/**
 * Plays a suite, from its beginning or from where an earlier invocation has left it, to its judgement or to the moment at which it must hand
 * over. Nothing is sent before every part of it has been found playable.
 *
 * @throws HandOverFailure where it cannot be gone on with, or not be handed over
 */
export async function runSuite(playable: PlayableSuite, environment: Environment, ports: CheckPorts, bounds: SuiteBounds): Promise<Judgement | HandOver> {
  const { suite, kinds, hook } = playable;
  const { clock } = ports;
  const { signal, from: left, handOverAt, restMs, longestGapMs = LONGEST_EVENT_AGE_SECONDS * 1_000 } = bounds;
  const tools: ProbeTools = { ...ports, environment, hook, engines: await loadEngines(suite, kinds) };
  const plan = planOf(suite);
  const hidden = new Redaction();
  const own = fingerprint(suite);
  const from = left === undefined ? undefined : readPlay(left, plan, { suite: own, epochMs: clock.epoch(), longestGapMs });
  requireRoom(plan, from, handOverAt === undefined ? Infinity : handOverAt - clock.now());
  const played = await play(plan, probesOf(playable, { tools, hidden, signal }), { clock, signal, from, handOverAt, restMs });
  if (played.end === 'verdict') {
    return judgementOf(plan, played);
  }
  const { standing, dueInMs } = played;
  const saved = savePlay(standing, { suite: own, epochMs: clock.epoch(), redact: (text) => hidden.text(text) });
  return { play: saved, dueInMs, unfinished: judgementOf(plan, cutShort(plan, standing)) };
}

/** An attempt that fits into no invocation would be left to the next one for ever. */
function requireRoom({ checks }: Plan, from: Standing | undefined, roomMs: number): void {
  const large = checks.find(({ name, policy }) => policy.attemptMs > roomMs && from?.state.checks[name]?.phase !== 'ended');
  if (large !== undefined) {
    throw new ConfigurationError(
      `one attempt of check "${large.name}" takes up to ${large.policy.attemptMs} ms, of which ${Math.floor(roomMs)} fit into an invocation; raise the time-out of the function`,
    );
  }
}

function judgementOf(plan: Plan, { state, verdict }: { readonly state: SuiteState; readonly verdict: Verdict }): Judgement {
  return { verdict, reason: overallReason(plan, state), checks: plan.checks.map((check) => resultOf(check, state)) };
}

/** Everything comes after the settle phase, where there is one. */
function planOf({ policy, settle, checks }: CheckSuite): Plan {
  const planned = checks.map(({ name, kind, policy: own }) => ({ name, kind, policy: own }));
  if (settle === undefined) {
    return { suite: policy, checks: planned };
  }
  const later = planned.map((check) => ({ ...check, policy: { ...check.policy, after: [SETTLE, ...check.policy.after] } }));
  return { suite: policy, checks: [settleCheck(settle), ...later] };
}

interface SuiteTools {
  readonly tools: ProbeTools;
  /** What must not be shown: the values that were read for any of the checks. */
  readonly hidden: Redaction;
  readonly signal: AbortSignal;
}

function probesOf({ suite: { settle, checks }, kinds }: PlayableSuite, { tools, hidden, signal }: SuiteTools): ReadonlyMap<string, Probe> {
  const values = new RuntimeValues(tools, hidden, signal);
  const probes = new Map(checks.map((document) => [document.name, discreet(kindOf(document, kinds).probe(document, tools), { document, values, hidden })]));
  return settle === undefined ? probes : probes.set(SETTLE, settleProbe(settle, tools));
}

function kindOf({ kind }: CheckDocument, kinds: LoadedKinds): CheckKind {
  const found = kinds.get(kind);
  if (found === undefined) {
    throw new Error(`no kind '${kind}' was loaded for the suite`);
  }
  return found;
}

function resultOf(check: PlannedCheck, { checks }: SuiteState): CheckResult {
  const { startedAt, endedAt, verdict, reason, measurements, samples, errors, cases } = checks[check.name] as EndedCheck;
  const shadow = check.policy.mode === 'SHADOW' ? ({ shadow: true } as const) : {};
  return { name: check.name, kind: check.kind, verdict, ...shadow, reason, measurements, samples, errors, windowMs: Math.round(endedAt - startedAt), ...(cases === undefined ? {} : { cases }) };
}

/** The first failed check speaks for all; else the first undecided one. What shadows would have said comes last. */
function overallReason(plan: Plan, state: SuiteState): string {
  const enforced = plan.checks.filter(({ policy }) => policy.mode === 'ENFORCE').map((check) => resultOf(check, state));
  const failed = enforced.filter(({ verdict }) => verdict === 'fail');
  const undecided = enforced.filter(({ verdict }) => verdict === 'inconclusive');
  const [first, ...others] = [...failed, ...undecided];
  return `${first === undefined ? passedReason(enforced) : spoken(first, others.length)}${shadowReason(plan, state)}`;
}

function passedReason(enforced: readonly CheckResult[]): string {
  const played = enforced.filter(({ kind }) => kind !== SETTLE);
  if (played.length === 0) {
    return 'no check is enforced';
  }
  return `${counted(played.length, 'check')} passed: ${played.map(({ name }) => name).join(', ')}`;
}

function spoken({ name, reason }: CheckResult, others: number): string {
  return `${name}: ${reason}${others === 0 ? '' : `; and ${counted(others, 'more check')} did not pass`}`;
}

function shadowReason(plan: Plan, state: SuiteState): string {
  const shadows = plan.checks.filter(({ policy }) => policy.mode === 'SHADOW').map((check) => resultOf(check, state));
  const against = shadows.filter(({ verdict }) => verdict !== 'pass');
  return against.length === 0 ? '' : `; in shadow, ${against.map(({ name }) => name).join(', ')} would have stopped it`;
}
