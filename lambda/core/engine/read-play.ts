/** Reads what an earlier invocation has written down. It came over a wire: nothing in it is taken for granted, and what cannot be is refused. */
import type { CheckMeasurement } from '../../../lib/model/hook-contract';
import type { Verdict } from '../../../lib/model/status';
import type { ReportedCases, SuiteCase } from '../../../lib/model/suite-result';
import { SUITE_CASE_STATUSES } from '../../../lib/model/suite-result';
import { HandOverFailure } from '../failures';
import { Members } from '../members';
import { quoted } from '../text';
import { hasPassed } from './check';
import type { Standing } from './play';
import { MAX_SAVED_BYTES, sameChecks, sizeOf } from './saved-play';
import type { CheckState, EndedCheck, JsonValue, Plan, PlannedCheck, RunningCheck } from './state';

/** Longest play of any hook, in milliseconds: two weeks, which is what an ECS lifecycle hook can wait. */
export const LONGEST_PLAY_MS = 20_160 * 60_000;
const MOST_ATTEMPTS = 1_000_000;
const MOST_SAMPLES = 1e12;

export interface Reading {
  /** Fingerprint of the suite that is to be played. */
  readonly suite: string;
  /** Milliseconds since 1970. */
  readonly epochMs: number;
  /** Longest time that can lie between the two invocations. */
  readonly longestGapMs: number;
}

/**
 * Where the play stands now. The time between the two invocations counts, as the wall clocks of both tell it: one that went back counts for
 * nothing, and one that went ahead for no more than the longest gap, so that a jump can make a verdict undecided and never a wait endless.
 *
 * @throws HandOverFailure
 */
export function readPlay(value: unknown, plan: Plan, { suite, epochMs, longestGapMs }: Reading): Standing {
  const saved = new Members(value, 'the state', ['schemaVersion', 'suite', 'writtenAt', 'playedMs', 'state']);
  if (saved.raw('schemaVersion') !== 1) {
    throw saved.wrong('schemaVersion', 1);
  }
  if (saved.raw('suite') !== suite) {
    throw new HandOverFailure('the checks of this hook were deployed anew while it ran, so that what was measured before says nothing about them; release again');
  }
  if (sizeOf(value) > MAX_SAVED_BYTES) {
    throw new HandOverFailure(`it has ${sizeOf(value)} bytes, of which ${MAX_SAVED_BYTES} are taken`);
  }
  const gap = Math.min(longestGapMs, Math.max(0, epochMs - saved.number('writtenAt', 0, Number.MAX_SAFE_INTEGER)));
  const playedMs = saved.number('playedMs', 0, LONGEST_PLAY_MS);
  const state = new Members(saved.raw('state'), 'state', ['startedAt', 'checks']);
  const checks = state.raw('checks');
  if (typeof checks !== 'object' || checks === null || !sameChecks(plan, checks)) {
    throw state.wrong('checks', 'those of the suite');
  }
  const byName = checks as Readonly<Record<string, unknown>>;
  return {
    state: {
      startedAt: state.number('startedAt', 0, 0),
      checks: Object.fromEntries(plan.checks.map((check) => [check.name, readCheck(byName[check.name], check, playedMs)])),
    },
    playedMs: playedMs + gap,
  };
}

function readCheck(value: unknown, check: PlannedCheck, playedMs: number): CheckState {
  const place = `check ${quoted(check.name)}`;
  switch ((value as { readonly phase?: unknown } | null | undefined)?.phase) {
    case 'waiting':
      new Members(value, place, ['phase']);
      return { phase: 'waiting' };
    case 'running':
      return readRunning(new Members(value, place, RUNNING, RUNNING_OPTIONAL), check, playedMs);
    case 'ended':
      return readEnded(new Members(value, place, ENDED, ['cases']), playedMs);
    default:
      throw new HandOverFailure(`${place} is neither waiting, nor running, nor ended`);
  }
}

const RUNNING = ['phase', 'startedAt', 'attempts', 'passes', 'failures', 'row', 'errors', 'samples'] as const;
const RUNNING_OPTIONAL = ['dueAt', 'memory', 'measurements', 'cases', 'lastReason'] as const;
const ENDED = ['phase', 'startedAt', 'endedAt', 'verdict', 'reason', 'measurements', 'samples', 'errors'] as const;

function readRunning(members: Members, { policy }: PlannedCheck, playedMs: number): CheckState {
  const startedAt = members.number('startedAt', 0, playedMs);
  const errors = members.whole('errors', 0, MOST_ATTEMPTS);
  const samples = members.whole('samples', 0, MOST_SAMPLES);
  const measurements = members.has('measurements') ? readMeasurements(members) : [];
  if (!members.has('dueAt')) {
    // It may have done what it is for, such as sending load: it is never begun a second time.
    const reason = 'an attempt was under way when an earlier invocation ended, and what came of it is not known';
    return { phase: 'ended', startedAt, endedAt: playedMs, verdict: 'inconclusive', reason, measurements, samples, errors, ...readCases(members) };
  }
  const attempts = members.whole('attempts', 0, MOST_ATTEMPTS);
  const passes = members.whole('passes', 0, attempts);
  const running: RunningCheck = {
    phase: 'running',
    startedAt,
    // A measurement may name its own pause; the end of the check comes first where that is too long.
    dueAt: members.number('dueAt', startedAt, LONGEST_PLAY_MS),
    attempts,
    ...(members.has('memory') ? { memory: members.raw('memory') as JsonValue } : {}),
    passes,
    failures: members.whole('failures', 0, attempts),
    row: members.whole('row', 0, passes),
    errors,
    samples,
    ...(members.has('measurements') ? { measurements } : {}),
    ...readCases(members),
    ...(members.has('lastReason') ? { lastReason: members.text('lastReason') } : {}),
  };
  if (hasPassed(policy.passes, running)) {
    throw members.wrong('passes', 'fewer than make it pass');
  }
  return running;
}

const VERDICTS: readonly unknown[] = ['pass', 'fail', 'inconclusive'] satisfies Verdict[];

function readEnded(members: Members, playedMs: number): EndedCheck {
  const verdict = members.raw('verdict');
  if (!VERDICTS.includes(verdict)) {
    throw members.wrong('verdict', 'pass, fail or inconclusive');
  }
  const startedAt = members.number('startedAt', 0, playedMs);
  return {
    phase: 'ended',
    startedAt,
    endedAt: members.number('endedAt', startedAt, playedMs),
    verdict: verdict as Verdict,
    reason: members.text('reason'),
    measurements: readMeasurements(members),
    // A pass without a sample is none, whoever says so.
    samples: members.number('samples', verdict === 'pass' ? 1 : 0, MOST_SAMPLES),
    errors: members.whole('errors', 0, MOST_ATTEMPTS),
    ...readCases(members),
  };
}

function readCases(members: Members): { readonly cases?: ReportedCases } {
  if (!members.has('cases')) {
    return {};
  }
  const cases = new Members(members.raw('cases'), 'cases', ['listed', 'leftOut']);
  const listed = cases.raw('listed');
  if (!Array.isArray(listed)) {
    throw cases.wrong('listed', 'a list');
  }
  return { cases: { listed: listed.map(readCase), leftOut: cases.whole('leftOut', 0, MOST_SAMPLES) } };
}

function readCase(entry: unknown): SuiteCase {
  const one = new Members(entry, 'a case', ['name', 'status'], ['durationMs', 'message']);
  const status = SUITE_CASE_STATUSES.find((known) => known === one.raw('status'));
  if (status === undefined) {
    throw one.wrong('status', SUITE_CASE_STATUSES.join(', '));
  }
  return {
    name: one.text('name'),
    status,
    ...(one.has('durationMs') ? { durationMs: one.number('durationMs', 0, Number.MAX_VALUE) } : {}),
    ...(one.has('message') ? { message: one.text('message') } : {}),
  };
}

function readMeasurements(members: Members): readonly CheckMeasurement[] {
  const list = members.raw('measurements');
  if (!Array.isArray(list)) {
    throw members.wrong('measurements', 'a list');
  }
  return list.map((entry: unknown) => {
    const one = new Members(entry, 'a measurement', ['what', 'measured', 'threshold', 'ok']);
    const ok = one.raw('ok');
    if (typeof ok !== 'boolean') {
      throw one.wrong('ok', 'true or false');
    }
    return { what: one.text('what'), measured: one.measured('measured'), threshold: one.measured('threshold'), ok };
  });
}
