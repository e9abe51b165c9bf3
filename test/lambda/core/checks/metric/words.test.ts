import { chance, duration, figure, percent, points, whole } from '../../../../../lambda/core/checks/metric/words';

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1234567, '1,234,567'],
  [999.6, '1,000'],
])('%d as a count is %s', (value, text) => expect(whole(value)).toBe(text));

test.each([
  [0, '0'],
  [0.012345, '0.0123'],
  [4.8, '4.8'],
  [99.96, '100'],
  [999.4, '999'],
  [1234.5, '1,235'],
  [-1234.5, '-1,235'],
  [-0.5, '-0.5'],
  [1e15, '1000000000000000'],
  [1.23e-9, '1.23e-9'],
])('%d as a figure is %s', (value, text) => expect(figure(value)).toBe(text));

test('shares', () => {
  expect([percent(0.0482), percent(0), percent(1)]).toEqual(['4.82 %', '0 %', '100 %']);
  expect([points(0.005), points(0.0002), points(-0.01)]).toEqual(['0.5 points', '0.02 points', '-1 points']);
});

test.each([
  [1, '100 of 100'],
  [0.432, '43 of 100'],
  [0.05, '5 of 100'],
  [0.025, '2.5 of 100'],
  [0.01, '1 of 100'],
  [0.00999, '1 of 100'],
  [0.005, '1 of 200'],
  [1 / 2345, '1 of 2,300'],
  [1e-3, '1 of 1,000'],
  [1e-6, '1 of 1,000,000'],
  [9.9e-7, '1 of 10^6'],
  [1e-12, '1 of 10^12'],
  [3e-13, '1 of 10^12'],
])('a probability of %d is %s', (p, text) => expect(chance(p)).toBe(text));

test('a probability that is too small for a number is told by its logarithm', () => {
  expect(chance(0, -1_386_286.88)).toBe('1 of 10^602,056');
});

test.each([
  [0, '0 s'],
  [1, '1 s'],
  [45_000, '45 s'],
  [45_001, '46 s'],
  [60_000, '1 min'],
  [90_000, '1 min 30 s'],
  [3_600_000, '1 h'],
  [9_000_000, '2 h 30 min'],
  [3_605_000, '1 h 5 s'],
])('%d ms are %s', (ms, text) => expect(duration(ms)).toBe(text));
