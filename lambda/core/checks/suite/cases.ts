/** From the cases of a suite to what the check measured. */
import type { SuiteCheckDocument } from '../../../../lib/model/suite-document';
import type { ReportedCases, SuiteCase, SuiteCaseStatus } from '../../../../lib/model/suite-result';
import type { Measurement } from '../../engine/state';
import { counted, excerpt, quoted } from '../../text';

/** Cases that a report lists of one check, and the longest name and message that it shows of them, in characters. */
export const MAX_LISTED_CASES = 100;
const MAX_NAME = 200;
const MAX_MESSAGE = 300;

const MAX_REASON_LENGTH = 1000;

/** Cases that a reason names. */
const NAMED = 3;

export type CaseCounts = Readonly<Record<SuiteCaseStatus, number>>;

/** All cases by their number, and those that are worth to be listed. */
export interface SuiteOutcome {
  readonly counts: CaseCounts;
  /** In any order; those that did not pass are all here, up to the bound. */
  readonly cases: readonly SuiteCase[];
}

export const NO_CASES: CaseCounts = { passed: 0, failed: 0, errored: 0, skipped: 0 };

export function outcomeOfCases(cases: readonly SuiteCase[]): SuiteOutcome {
  return { cases, counts: cases.reduce((counts, { status }) => ({ ...counts, [status]: counts[status] + 1 }), NO_CASES) };
}

type Rule = Pick<SuiteCheckDocument, 'minCases' | 'allowSkipped'>;

/** One case that did not pass fails the check. Too few that were run prove nothing, and neither do skipped ones. */
export function judgeCases({ minCases, allowSkipped }: Rule, outcome: SuiteOutcome, facts: string): Measurement {
  const { passed, failed, errored, skipped } = outcome.counts;
  const bad = failed + errored;
  const run = passed + bad;
  const problem = run < minCases ? tooFew(outcome.counts, minCases) : skipped > 0 && !allowSkipped ? `${counted(skipped, 'case')} skipped, expected none` : undefined;
  const reason = bad > 0 ? whichFailed(outcome) : (problem ?? `${counted(passed, 'case')} passed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
  return {
    outcome: bad > 0 ? 'fail' : problem === undefined ? 'pass' : 'inconclusive',
    reason: excerpt(`${reason} (${facts})`, MAX_REASON_LENGTH),
    measurements: [
      { what: 'cases that did not pass', measured: bad, threshold: 0, ok: bad === 0 },
      { what: 'cases that were run', measured: run, threshold: minCases, ok: run >= minCases },
      ...(allowSkipped ? [] : [{ what: 'skipped cases', measured: skipped, threshold: 0, ok: skipped === 0 }]),
    ],
    samples: run,
    cases: reportedCases(outcome),
    ...(problem === undefined ? {} : { retryable: false }),
  };
}

function tooFew({ passed, skipped }: CaseCounts, minCases: number): string {
  const also = skipped === 0 ? '' : ` (${skipped} skipped)`;
  return passed === 0 ? `no case was run${also}, expected at least ${minCases}` : `${counted(passed, 'case')} run${also}, expected at least ${minCases}`;
}

function whichFailed({ counts, cases }: SuiteOutcome): string {
  const { failed, errored, passed } = counts;
  const bad = failed + errored;
  const named = byImportance(cases).slice(0, Math.min(bad, NAMED)).map(({ name, message }) => (message === undefined ? excerpt(name) : `${excerpt(name)}: ${quoted(message)}`));
  const also = errored === 0 ? '' : ` (${errored} of them errored)`;
  const more = bad > named.length ? `; and ${bad - named.length} more` : '';
  return `${bad} of ${counted(passed + bad, 'case')} did not pass${also}: ${named.join('; ')}${more}`;
}

const ORDER: Readonly<Record<SuiteCaseStatus, number>> = { failed: 0, errored: 1, skipped: 2, passed: 3 };

/** Those that did not pass first; else as the suite has them. */
const byImportance = (cases: readonly SuiteCase[]): readonly SuiteCase[] => cases.toSorted((a, b) => ORDER[a.status] - ORDER[b.status]);

export function reportedCases({ counts, cases }: SuiteOutcome): ReportedCases {
  const listed = byImportance(cases)
    .slice(0, MAX_LISTED_CASES)
    .map(({ name, status, durationMs, message }) => ({
      name: excerpt(name, MAX_NAME),
      status,
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(message === undefined ? {} : { message: excerpt(message, MAX_MESSAGE) }),
    }));
  return { listed, leftOut: counts.passed + counts.failed + counts.errored + counts.skipped - listed.length };
}
