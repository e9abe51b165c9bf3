import { binomial, logNormalQuantile, normalQuantile } from '../../../rehearsal/engine/draws';
import { sequence } from '../../../rehearsal/engine/random';

describe('binomial', () => {
  test.each([
    [0, 0.5, 0],
    [10, 0, 0],
    [10, 1, 10],
  ])('%d trials at %d always hit %d times', (trials, share, hits) => {
    expect(binomial(trials, share, () => 0.5)).toBe(hits);
  });

  // Of three coins: none 1/8, one 3/8, two 3/8, three 1/8.
  test.each([
    [0.1, 0],
    [0.13, 1],
    [0.49, 1],
    [0.51, 2],
    [0.87, 2],
    [0.88, 3],
  ])('three coins at %d show %d', (uniform, hits) => {
    expect(binomial(3, 0.5, () => uniform)).toBe(hits);
  });

  test.each([
    ['few', 50, 0.02, 1, 0.98],
    ['many', 100_000, 0.3, 30_000, 21_000],
    ['nearly all', 2000, 0.99, 1980, 19.8],
  ])('%s: mean and variance are those of the distribution', (_what, trials, share, mean, variance) => {
    const next = sequence('binomial');
    const draws = Array.from({ length: 4000 }, () => binomial(trials, share, next));
    const average = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const spread = draws.reduce((sum, draw) => sum + (draw - average) ** 2, 0) / draws.length;
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(variance / draws.length));
    expect(spread / variance).toBeGreaterThan(0.85);
    expect(spread / variance).toBeLessThan(1.15);
    expect(draws.every((draw) => Number.isInteger(draw) && draw >= 0 && draw <= trials)).toBe(true);
  });
});

test.each([
  [0.5, 0],
  [0.975, 1.959963985],
  [0.01, -2.326347874],
  [0.99, 2.326347874],
  [0.9999, 3.719016485],
])('the normal quantile of %d is %d', (probability, value) => {
  expect(normalQuantile(probability)).toBeCloseTo(value, 7);
});

test.each([
  [0.5, 20],
  [0.99, 200],
  [0.01, 2],
])('a latency with p50 20 and p99 200 is below the quantile %d of %d ms', (probability, value) => {
  expect(logNormalQuantile({ p50Ms: 20, p99Ms: 200 }, probability)).toBeCloseTo(value, 6);
});

test('a latency of zero, and one without spread', () => {
  expect(logNormalQuantile({ p50Ms: 0, p99Ms: 50 }, 0.99)).toBe(0);
  expect(logNormalQuantile({ p50Ms: 30, p99Ms: 30 }, 0.999)).toBe(30);
});
