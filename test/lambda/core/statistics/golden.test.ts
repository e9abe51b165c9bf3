/** Against figures that SciPy and NumPy computed: test/golden/statistics.py. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Count } from '../../../../lambda/core/statistics/fisher';
import { fisherGreater } from '../../../../lambda/core/statistics/fisher';
import type { Weighted } from '../../../../lambda/core/statistics/percentile';
import { percentileOf } from '../../../../lambda/core/statistics/percentile';

interface Golden {
  readonly fisher: readonly { readonly first: Count; readonly second: Count; readonly p: number }[];
  readonly percentiles: readonly { readonly values: readonly Weighted[]; readonly results: readonly { readonly percentile: number; readonly result: number }[] }[];
}

const golden = JSON.parse(readFileSync(join(__dirname, '../../../golden/statistics.json'), 'utf8')) as Golden;

/** Relative where figures are small. */
function deviation(got: number, expected: number): number {
  return got === expected ? 0 : Math.abs(got - expected) / Math.min(1, Math.max(Math.abs(expected), Number.MIN_VALUE));
}

test("Fisher's exact test is that of SciPy to 1e-9, down to tails of 1e-300", () => {
  expect(golden.fisher.length).toBeGreaterThan(150);
  expect(Math.min(...golden.fisher.map(({ p }) => p))).toBeLessThan(1e-250);
  const off = golden.fisher.map((each) => ({ ...each, got: fisherGreater(each.first, each.second) })).filter(({ p, got }) => !(deviation(got.p, p) < 1e-9));
  expect(off).toEqual([]);
});

test('percentiles are those of NumPy to 1e-9', () => {
  const asked = golden.percentiles.flatMap(({ values, results }) => results.map((each) => ({ values, ...each })));
  expect(asked.length).toBeGreaterThan(100);
  const off = asked
    .map(({ values, percentile, result }) => ({ percentile, result, got: percentileOf(values, percentile) }))
    .filter(({ result, got }) => !(got !== undefined && Math.abs(got - result) <= 1e-9 * Math.max(1e-9, Math.abs(result))));
  expect(off).toEqual([]);
});
