/** Where both versions are equally good, how often is the new one stopped? At most as often as the significance says, however often it is looked at. */
import { judgeRates } from '../../../../../lambda/core/checks/metric/rates';
import { RATES } from './fixtures';

const SIMULATIONS = Math.min(400, Number(process.env['GREENLIGHT_PROPERTY_RUNS'] ?? 400));

/** Mulberry32: the same draws in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** From one hit to the next, the gaps of which are geometric. */
function hitsAmong(requests: number, rate: number, next: () => number): number {
  let hits = -1;
  for (let at = 0; at <= requests; at += 1 + Math.floor(Math.log(1 - next()) / Math.log(1 - rate))) {
    hits += 1;
  }
  return hits;
}

interface Play {
  readonly looks: number;
  readonly perLook: number;
  readonly rates: readonly [number, number];
  readonly significance: number;
}

/** Share of releases that a check with so many looks at growing counts fails. */
function failed({ looks, perLook, rates: [newer, older], significance }: Play): number {
  const next = seeded(looks * 1000 + perLook);
  let failures = 0;
  for (let release = 0; release < SIMULATIONS; release++) {
    const counts = { replacement: { hits: 0, total: 0 }, original: { hits: 0, total: 0 } };
    for (let number = 1; number <= looks; number++) {
      counts.replacement = { hits: counts.replacement.hits + hitsAmong(perLook, newer, next), total: number * perLook };
      counts.original = { hits: counts.original.hits + hitsAmong(perLook, older, next), total: number * perLook };
      const document = { ...RATES, significance, maxIncrease: 0 };
      if (judgeRates({ document, minSamples: 1, ...counts, number, planned: looks, closed: false, originally: '', span: '' }).outcome === 'fail') {
        failures += 1;
        break;
      }
    }
  }
  return failures / SIMULATIONS;
}

test.each([
  { looks: 1, perLook: 1000, rates: [0.01, 0.01], significance: 0.1 },
  { looks: 5, perLook: 200, rates: [0.05, 0.05], significance: 0.1 },
  { looks: 10, perLook: 100, rates: [0.02, 0.02], significance: 0.1 },
  { looks: 20, perLook: 50, rates: [0.2, 0.2], significance: 0.1 },
] satisfies Play[])('no difference: $looks looks fail at most a tenth of the releases', (play) => {
  // The standard error of a tenth among 400 is 0.015; Fisher's test and the shares of the looks are both on the safe side.
  expect(failed(play)).toBeLessThanOrEqual(0.1);
});

test('without shares, twenty looks would fail more than was asked for', () => {
  const uncorrected = { looks: 20, perLook: 50, rates: [0.2, 0.2] as const, significance: 0.1 * 20 };
  expect(failed(uncorrected)).toBeGreaterThan(0.2);
});

test('a difference is seen all the same', () => {
  expect(failed({ looks: 10, perLook: 200, rates: [0.06, 0.01], significance: 0.1 })).toBeGreaterThan(0.95);
});
