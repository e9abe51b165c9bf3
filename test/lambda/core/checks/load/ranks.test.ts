import { exceeds, rankOf } from '../../../../../lambda/core/checks/load/ranks';

test.each([
  [50, 1, 1],
  [50, 2, 1],
  [50, 3, 2],
  [95, 20, 19],
  [95, 21, 20],
  [99, 100, 99],
  [99, 101, 100],
  [99.9, 1_000, 999],
  [99.9, 1_001, 1_000],
  // Floating point has 64.4 % of 1,000 a little above 644.
  [64.4, 1_000, 644],
  [99.999, 100_000, 99_999],
  [99.999, 99_999, 99_999],
  [1, 1, 1],
  [1, 0, 1],
])('the p%d of %i is of rank %i', (percentile, count, rank) => {
  expect(rankOf(percentile, count)).toBe(rank);
});

test.each([
  [0, 0, 0, false],
  [0, 100, 0, false],
  [1, 4_500_000, 0, true],
  [1, 100, 1, false],
  [2, 100, 1, true],
  // 0.57 % of 10,000 is 57, whatever floating point makes of it.
  [57, 10_000, 0.57, false],
  [58, 10_000, 0.57, true],
  [45, 4_500_000, 0.001, false],
  [46, 4_500_000, 0.001, true],
  [99_999, 100_000, 99.999, false],
  [100_000, 100_000, 99.999, true],
])('%i of %i is more than %d %%: %s', (part, whole, percent, more) => {
  expect(exceeds(part, whole, percent)).toBe(more);
});
