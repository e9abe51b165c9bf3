/** From what came of the cases to what the attempt came to. */
import type { CheckMeasurement } from '../../../../lib/model/hook-contract';
import type { SuiteCase } from '../../../../lib/model/suite-result';
import type { TargetVersionCheckDocument } from '../../../../lib/model/target-version-document';
import type { Measurement } from '../../engine/state';
import { counted, excerpt } from '../../text';
import { outcomeOfCases, reportedCases } from '../suite/cases';
import type { CaseResult, PlayedCases } from './play-cases';
import type { Speed } from './speed';
import { describeSpeed, judgeSpeed, speedMeasurements } from './speed';

const MAX_REASON_LENGTH = 1000;

/** Cases that a reason names. */
const NAMED = 2;

export interface Round {
  readonly document: TargetVersionCheckDocument;
  /** Such as `orders:42`. */
  readonly subject: string;
  /** Of all rounds. */
  readonly speed: Speed;
  /** Whether one was played before that came to nothing for want of a warm invocation. */
  readonly repeated: boolean;
}

/** One case that did not pass fails the check, whatever could not be told of the others. */
export function judgeRound({ document, subject, speed, repeated }: Round, { results, notStarted }: PlayedCases): Measurement {
  const cases = document.cases.map(({ name }, index) => suiteCase(name, results[index] ?? null, notStarted));
  const { counts } = outcomeOfCases(cases);
  const limits = judgeSpeed(speed, document);
  const broken = limits.filter(({ outcome }) => outcome === 'fails');
  const unseen = limits.filter(({ outcome }) => outcome === 'undecided');
  const facts = [subject, describeSpeed(speed)].filter((part) => part !== '').join(': ');
  const invoked = counts.passed + counts.failed + counts.errored;
  const said = (statements: readonly string[]) => excerpt(`${statements.join('; ')} (${facts})`, MAX_REASON_LENGTH);
  const shared = { measurements: measurementsOf(counts.failed + counts.errored, speed, document), samples: counts.passed + counts.failed, cases: reportedCases({ counts, cases }) };
  if (counts.failed > 0 || broken.length > 0) {
    return { ...shared, outcome: 'fail', reason: said([...named(cases, 'failed', invoked), ...broken.map(({ statement }) => statement)]) };
  }
  if (notStarted !== undefined) {
    return { ...shared, outcome: 'error', reason: said([`${counted(counts.skipped, 'case')} of ${cases.length} not invoked: ${notStarted}`]), retryable: true };
  }
  if (counts.errored > 0) {
    return { ...shared, outcome: 'inconclusive', reason: said(named(cases, 'errored', invoked)), retryable: false };
  }
  if (unseen.length > 0) {
    return { ...shared, outcome: 'inconclusive', reason: said(unseen.map(({ statement }) => statement)), retryable: !repeated && unseen.every(({ again }) => again) };
  }
  return { ...shared, outcome: 'pass', reason: said([`${counted(counts.passed, 'case')} passed`]) };
}

function suiteCase(name: string, result: CaseResult | null, notStarted: string | undefined): SuiteCase {
  if (result === null) {
    return { name, status: 'skipped', message: notStarted ?? 'not invoked' };
  }
  const { status, message, durationMs } = result;
  return { name, status, ...(durationMs === undefined ? {} : { durationMs }), ...(status === 'passed' ? {} : { message }) };
}

/** `1 of 3 cases failed: empty order: ...`. */
function named(cases: readonly SuiteCase[], status: 'failed' | 'errored', invoked: number): readonly string[] {
  const those = cases.filter((each) => each.status === status);
  if (those.length === 0) {
    return [];
  }
  const first = those.slice(0, NAMED).map(({ name, message }) => `${excerpt(name)}: ${message}`);
  const more = those.length > NAMED ? [`and ${those.length - NAMED} more`] : [];
  const what = status === 'failed' ? 'failed' : 'could not be told';
  return [`${those.length} of ${counted(invoked, 'case')} ${what}: ${[...first, ...more].join('; ')}`];
}

function measurementsOf(bad: number, speed: Speed, document: TargetVersionCheckDocument): readonly CheckMeasurement[] {
  return [{ what: 'cases that did not pass', measured: bad, threshold: 0, ok: bad === 0 }, ...speedMeasurements(speed, document)];
}
