import type { VerdictRecord } from '../../lib/model/hook-contract';
import { counted, excerpt } from './text';

/** EventBridge takes 256 KB for an entry; the rest is room for the envelope. */
export const MAX_DETAIL_BYTES = 200_000;

/**
 * A record that fits an event: first the cases of suites go, then the measurements, then checks, those that passed before the others. The
 * log line keeps everything.
 */
export function boundedForEvent(record: VerdictRecord, maxBytes = MAX_DETAIL_BYTES): VerdictRecord {
  if (fits(record, maxBytes)) {
    return record;
  }
  const caseless = { ...record, checks: record.checks.map(({ cases: _cases, ...check }) => check) };
  if (fits(caseless, maxBytes)) {
    return caseless;
  }
  const bare = caseless.checks.map((check) => ({ ...check, reason: excerpt(check.reason, 300), measurements: [] }));
  const ordered = [...bare.filter(({ verdict }) => verdict !== 'pass'), ...bare.filter(({ verdict }) => verdict === 'pass')];
  const reason = excerpt(record.reason, 2000);
  for (let kept = ordered.length; kept > 0; kept = Math.floor(kept / 2)) {
    const dropped = ordered.length - kept;
    const note = dropped === 0 ? '' : ` (${counted(dropped, 'check')} left out here; the log line has them)`;
    const shorter = { ...record, reason: `${reason}${note}`, checks: dropped === 0 ? bare : ordered.slice(0, kept) };
    if (fits(shorter, maxBytes)) {
      return shorter;
    }
  }
  return { ...record, reason, checks: [] };
}

function fits(record: VerdictRecord, maxBytes: number): boolean {
  return new TextEncoder().encode(JSON.stringify(record)).length <= maxBytes;
}
