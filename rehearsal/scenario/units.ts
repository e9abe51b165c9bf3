/** Durations and shares as people write them in a scenario. */

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Longest duration of a scenario: a rehearsal that lasts longer than a month is a slip of the pen. */
export const MAX_DURATION_MS = 31 * 86_400_000;

/** Milliseconds of `90s`, `10m`, `1h30m`, `250ms` or `2d`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(text)) {
    return undefined;
  }
  const pieces = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)].map(([, amount, unit]) => Number(amount) * (UNIT_MS[unit ?? ''] ?? 0));
  const whole = Math.round(pieces.reduce((sum, piece) => sum + piece, 0));
  return whole <= MAX_DURATION_MS ? whole : undefined;
}

/** 0 to 1, from `20%` or a plain number such as 0.2; undefined for anything else. */
export function parseShare(value: string | number): number | undefined {
  const percent = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s?%$/.exec(value)?.[1] : undefined;
  const share = percent === undefined ? value : Number(percent) / 100;
  return typeof share === 'number' && share >= 0 && share <= 1 ? share : undefined;
}
