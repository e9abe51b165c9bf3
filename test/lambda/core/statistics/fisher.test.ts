import { deviance, logBinomial, stirlingError } from '../../../../lambda/core/statistics/binomial';
import type { Count } from '../../../../lambda/core/statistics/fisher';
import { fisherGreater } from '../../../../lambda/core/statistics/fisher';
import { fc, RUNS } from '../../../support/properties';

const of = (hits: number, total: number): Count => ({ hits, total });

describe("Fisher's exact test", () => {
  // Counted by hand: of the C(8,4) = 70 ways to deal four errors to two groups of four, so many have at least that many in the first.
  test.each([
    [of(4, 4), of(0, 4), 1 / 70],
    [of(3, 4), of(1, 4), 17 / 70],
    [of(2, 4), of(2, 4), 53 / 70],
    [of(1, 4), of(3, 4), 69 / 70],
    [of(0, 4), of(4, 4), 1],
    // Two errors among 3 and 2: C(3,2) = 3 of C(5,2) = 10 have both in the first.
    [of(2, 3), of(0, 2), 3 / 10],
    [of(1, 1), of(0, 1), 1 / 2],
    // Nothing to deal out, and nothing else to deal out.
    [of(0, 0), of(0, 0), 1],
    [of(0, 5), of(0, 7), 1],
    [of(5, 5), of(7, 7), 1],
    [of(0, 0), of(3, 7), 1],
    [of(3, 7), of(0, 0), 1],
  ])('%j against %j: %f', (first, second, p) => {
    const tail = fisherGreater(first, second);
    expect(Math.abs(tail.p - p)).toBeLessThan(1e-14);
    expect(Math.abs(Math.exp(tail.lnP) - p)).toBeLessThan(1e-14);
  });

  test('knows the logarithm of what is too small for a number', () => {
    // 1 of C(2000000, 1000000): ln of that by Stirling is 2000000 ln 2 - ln(1000000 pi) / 2.
    const { p, lnP } = fisherGreater(of(1_000_000, 1_000_000), of(0, 1_000_000));
    expect(p).toBe(0);
    expect(lnP).toBeCloseTo(-(2_000_000 * Math.LN2 - Math.log(1_000_000 * Math.PI) / 2), 5);
  });

  test.each([
    [of(-1, 5), '-1 of 5'],
    [of(6, 5), '6 of 5'],
    [of(0.5, 5), '0.5 of 5'],
    [of(1, 5.5), '1 of 5.5'],
    [of(Number.NaN, 5), 'NaN of 5'],
    [of(1, Number.POSITIVE_INFINITY), '1 of Infinity'],
    [of(1, 2 ** 53), '1 of 9007199254740992'],
  ])('refuses %j', (count, shown) => {
    expect(() => fisherGreater(count, of(0, 1))).toThrow(`a count is a whole number of hits from 0 to the total, got ${shown}`);
    expect(() => fisherGreater(of(0, 1), count)).toThrow(RangeError);
  });
});

describe('whatever the counts', () => {
  const total = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 200_000 }));
  const count = total.chain((all) => fc.integer({ min: 0, max: all }).map((hits) => of(hits, all)));
  const rare = total.chain((all) => fc.integer({ min: 0, max: Math.min(all, 30) }).map((hits) => of(hits, all)));
  const pair = fc.tuple(fc.oneof(count, rare), fc.oneof(count, rare));

  test('the chance is one', () => {
    fc.assert(
      fc.property(pair, ([first, second]) => {
        const { p, lnP } = fisherGreater(first, second);
        expect(p).toBeGreaterThanOrEqual(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(lnP).toBeLessThanOrEqual(0);
      }),
      { numRuns: RUNS },
    );
  });

  test('one more error in the new version is never less evidence, and one more in the old one never more', () => {
    fc.assert(
      fc.property(pair, ([first, second]) => {
        const { lnP } = fisherGreater(first, second);
        const slack = 1e-9 * Math.max(1, Math.abs(lnP));
        if (first.hits < first.total) {
          expect(fisherGreater(of(first.hits + 1, first.total), second).lnP).toBeLessThanOrEqual(lnP + slack);
        }
        if (second.hits < second.total) {
          expect(fisherGreater(first, of(second.hits + 1, second.total)).lnP).toBeGreaterThanOrEqual(lnP - slack);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('errors and successes swapped, and versions swapped, ask the same question', () => {
    fc.assert(
      fc.property(pair, ([first, second]) => {
        const swapped = fisherGreater(of(second.total - second.hits, second.total), of(first.total - first.hits, first.total));
        const { lnP } = fisherGreater(first, second);
        expect(Math.abs(swapped.lnP - lnP)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(lnP)));
      }),
      { numRuns: RUNS },
    );
  });

  test('at least so many, and fewer, are all there is', () => {
    fc.assert(
      fc.property(pair, ([first, second]) => {
        if (first.hits === 0 || second.hits === second.total) {
          return;
        }
        // Fewer in the first group is one more at least in the second.
        const more = fisherGreater(of(second.hits + 1, second.total), of(first.hits - 1, first.total)).p;
        expect(fisherGreater(first, second).p + more).toBeCloseTo(1, 10);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('the binomial distribution', () => {
  test.each([
    [0, 4, 0.5, 1 / 16],
    [2, 4, 0.5, 6 / 16],
    [4, 4, 0.5, 1 / 16],
    [1, 3, 0.2, 0.384],
    [0, 10, 1e-20, 1],
    [10, 10, 1 - 1e-12, 1],
    [0, 3, 0, 1],
    [1, 3, 0, 0],
    [3, 3, 1, 1],
    [2, 3, 1, 0],
    [-1, 3, 0.5, 0],
    [4, 3, 0.5, 0],
  ])('%i of %i at %d is %d', (x, n, p, probability) => {
    expect(Math.abs(Math.exp(logBinomial(x, n, p, 1 - p)) - probability)).toBeLessThan(1e-10);
  });

  test.each([
    [0, 20, 0.95, 20 * Math.log1p(-0.95)],
    [20, 20, 0.95, 20 * Math.log(0.95)],
    [20, 20, 0.05, 20 * Math.log(0.05)],
    [0, 20, 0.05, 20 * Math.log(0.95)],
  ])('%i of %i at %d has the logarithm %d', (x, n, p, logarithm) => {
    expect(logBinomial(x, n, p, 1 - p)).toBeCloseTo(logarithm, 12);
  });

  test('sums to one', () => {
    const sum = Array.from({ length: 101 }, (_, x) => Math.exp(logBinomial(x, 100, 0.3, 0.7))).reduce((a, b) => a + b);
    expect(sum).toBeCloseTo(1, 13);
  });

  test("Stirling's error is what its formula leaves of a factorial", () => {
    let lnFactorial = 0;
    for (let n = 1; n <= 40; n++) {
      lnFactorial += Math.log(n);
      const stirling = (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI);
      expect(stirlingError(n)).toBeCloseTo(lnFactorial - stirling, 12);
    }
    expect([stirlingError(0), stirlingError(1e9)]).toEqual([0, 1 / 12e9]);
  });

  test.each([
    [5, 5, 0],
    [0, 5, 5],
    [10, 5, 10 * Math.log(2) - 5],
    [5, 10, 5 * Math.log(0.5) + 5],
    // Around the tenth at which the series takes over: x ln(x / 100) + 100 - x.
    [110, 100, 0.484119778475741],
    [130, 100, 4.107354380773837],
    [81, 100, 1.93159646343214],
    [82, 100, 1.727023024645256],
  ])('the deviance of %d from %d is %d', (x, mean, expected) => {
    expect(deviance(x, mean)).toBeCloseTo(expected, 12);
    expect(deviance(x, mean)).toBeGreaterThanOrEqual(0);
  });
});
