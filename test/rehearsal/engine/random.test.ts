import { logNormal, normal, seededRandom, sequence } from '../../../rehearsal/engine/random';

describe('seededRandom', () => {
  test.each([
    [1, 'a', 0.779056555847454],
    [1, 'b', 0.31618761080127633],
    [2, 'a', 0.41316252872828463],
    [1, 'ü', 0.5364869906025701],
    [1, '', 0.8754812601237281],
  ])('seed %p and identity %p always give the same number', (seed, identity, expected) => {
    expect(seededRandom(seed)(identity)).toBe(expected);
  });

  test('does not depend on the order of asking', () => {
    const [first, second] = [seededRandom(7), seededRandom(7)];
    const forth = ['a', 'b', 'c'].map(first);
    const back = ['c', 'b', 'a'].map(second).reverse();
    expect(back).toEqual(forth);
  });

  test('is uniform over identities that differ in one digit', () => {
    const random = seededRandom(1);
    const draws = Array.from({ length: 100_000 }, (_, index) => random(`request ${index}`));
    const buckets = Array.from({ length: 20 }, (_, bucket) => draws.filter((draw) => Math.floor(draw * 20) === bucket).length);
    // Each holds 5,000 on average with a standard deviation of 69.
    expect(Math.min(...buckets)).toBeGreaterThan(4_650);
    expect(Math.max(...buckets)).toBeLessThan(5_350);
    expect(new Set(draws).size).toBe(100_000);
  });

  test('neighbouring seeds are not alike', () => {
    const pairs = Array.from({ length: 10_000 }, (_, seed) => [seededRandom(seed)('x'), seededRandom(seed + 1)('x')]);
    const covariance = pairs.reduce((sum, [a, b]) => sum + (a - 0.5) * (b - 0.5), 0) / pairs.length;
    expect(Math.abs(covariance)).toBeLessThan(0.004);
  });
});

describe('sequence', () => {
  test('repeats itself with the seed', () => {
    const draw = sequence('seed');
    expect([draw(), draw(), draw()]).toEqual([0.016100433189421892, 0.5870443910825998, 0.23396600177511573]);
    expect(sequence('other')()).not.toBe(sequence('seed')());
  });
});

describe('normal', () => {
  test.each([
    [0.5, 0.25, 0],
    [0.2, 0.7, -0.206438],
    [0, 0.3, 0],
    [0.999999, 0, 5.256522],
  ])('of %p and %p is %p', (u1, u2, expected) => {
    expect(normal(u1, u2)).toBeCloseTo(expected, 5);
  });
});

describe('logNormal', () => {
  test('passes through its median and its 99th percentile', () => {
    const draw = sequence('latency');
    const draws = Array.from({ length: 100_000 }, () => logNormal(80, 400, draw(), draw())).sort((a, b) => a - b);
    expect(draws[50_000]).toBeGreaterThan(78.5);
    expect(draws[50_000]).toBeLessThan(81.5);
    expect(draws[99_000]).toBeGreaterThan(380);
    expect(draws[99_000]).toBeLessThan(420);
  });

  test('of equal points is that point', () => {
    expect(logNormal(80, 80, 0.9, 0.1)).toBe(80);
  });
});
