/** The table in docs/checks/metric.md of how much traffic a verdict needs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { power, requestsFor } from './power';

const WANTED = 0.95;
const PAGE = readFileSync(join(__dirname, '../../docs/checks/metric.md'), 'utf8');

/** `| 0.1 % | 2 % | 420 | 640 |`: old rate, new rate, requests for one look and for one of ten. */
const ROWS = [...PAGE.matchAll(/^\| ([\d.]+) % \| ([\d.]+) % \| ([\d,]+) \| ([\d,]+) \|$/gm)].flatMap(([, before, after, one, ten]) => [
  { before: Number(before) / 100, after: Number(after) / 100, looks: 1, shown: Number(one!.replace(/,/g, '')) },
  { before: Number(before) / 100, after: Number(after) / 100, looks: 10, shown: Number(ten!.replace(/,/g, '')) },
]);

test('has the rows that it should', () => {
  expect(ROWS.map(({ before, after, looks }) => `${before}-${after}-${looks}`)).toEqual(
    [
      [0.001, 0.01],
      [0.001, 0.02],
      [0.001, 0.05],
      [0.001, 0.1],
      [0.01, 0.02],
      [0.01, 0.05],
      [0.01, 0.1],
    ].flatMap(([before, after]) => [`${before}-${after}-1`, `${before}-${after}-10`]),
  );
});

test.each(ROWS)('$before to $after, $looks looks: $shown requests', ({ shown, ...comparison }) => {
  expect(requestsFor(comparison, WANTED)).toBe(shown);
});

test('a figure that can be counted by hand', () => {
  // One request each, no error before: the new one is found only where it fails, and one of two cases is no proof.
  expect(power({ requests: 1, before: 0, after: 1, looks: 1 })).toBe(0);
  // Three each, all errors: one of twenty cases, which is exactly the limit.
  expect(power({ requests: 4, before: 0, after: 1, looks: 1 })).toBeCloseTo(1, 12);
  // 1 of 70 cases: found where all four fail.
  expect(power({ requests: 4, before: 0, after: 0.5, looks: 1 })).toBeCloseTo(0.0625, 12);
});
