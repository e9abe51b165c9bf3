/** From what the assertions found in one answer to what the attempt came to. */
import type { Measurement } from '../engine/state';
import { counted, excerpt } from '../text';
import type { Finding } from './assertions';

/** Longest reason of a check, in characters. */
const MAX_REASON_LENGTH = 1000;

/** @param facts what was asked and what answered, in a few words */
export function judged(findings: readonly Finding[], facts: string): Measurement {
  const decisive = findings.filter(({ warning }) => !warning);
  const failed = decisive.filter(({ outcome }) => outcome === 'fails');
  const undecided = decisive.filter(({ outcome }) => outcome === 'undecided');
  const telling = failed.length > 0 ? failed : undecided;
  const because = telling.length > 0 ? telling.map(({ statement }) => statement) : [`${counted(decisive.length, 'assertion')} held`];
  const warnings = findings.filter(({ warning, outcome }) => warning && outcome !== 'holds').map(({ statement }) => `warning: ${statement}`);
  return {
    // Warnings alone prove nothing.
    outcome: failed.length > 0 ? 'fail' : undecided.length > 0 || decisive.length === 0 ? 'inconclusive' : 'pass',
    reason: excerpt(`${[...because, ...warnings].join('; ')} (${facts})`, MAX_REASON_LENGTH),
    measurements: findings.map(({ what, measured, threshold, outcome }) => ({ what, measured, threshold, ok: outcome === 'holds' })),
    samples: 1,
    // The same answer would be as undecided the next time: its body is too large, or too deep.
    ...(failed.length === 0 && undecided.length > 0 ? { retryable: false } : {}),
  };
}
