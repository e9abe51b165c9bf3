import type { Span } from '../../../../../lambda/core/checks/metric/ports';
import { windowsAt } from '../../../../../lambda/core/checks/metric/windows';
import { DOCUMENT, MINUTE, NINE, SHIFTED } from './fixtures';

const at = (minutes: number, ms = 0) => NINE + minutes * MINUTE + ms;
const span = (from: number, to: number): Span => ({ from: at(from), to: at(to) });
const look = { ...DOCUMENT.window, since: 'look' } as const;

test.each([
  [at(7), span(0, 5)],
  [at(7, 59_999), span(0, 5)],
  [at(8), span(1, 6)],
])('the last five minutes that are published at %i', (now, replacement) => {
  expect(windowsAt({ window: look, gridMs: MINUTE, now })).toEqual({ replacement, closed: false });
});

/** The shift is from 09:10:20 to 09:15:20, and published two minutes after the minute in which it ends. */
test.each([
  [at(17, 59_999), 1],
  [at(17), 60_000],
])('the shift is not published at %i', (now, inMs) => {
  expect(windowsAt({ window: DOCUMENT.window, baseline: 'CONCURRENT', gridMs: MINUTE, facts: SHIFTED, now })).toMatchObject({ inMs });
});

test('the shift is published at last, and stays what it is', () => {
  const windows = [at(18), at(18, 1), at(600)].map((now) => windowsAt({ window: DOCUMENT.window, baseline: 'CONCURRENT', gridMs: MINUTE, facts: SHIFTED, now }));
  const shift = { replacement: span(10, 16), original: span(10, 16), closed: true };
  expect(windows).toEqual([shift, shift, shift]);
});

test.each([
  ['no', 0, span(10, 18)],
  ['as much as leads to a whole minute', 40_000, span(11, 18)],
  ['a moment more', 40_001, span(12, 18)],
])('a warm-up of %s time', (_, warmUpMs, replacement) => {
  const window = { ...DOCUMENT.window, warmUpMs };
  expect(windowsAt({ window, baseline: { beforeMs: 30 * MINUTE }, gridMs: MINUTE, facts: SHIFTED, now: at(20) })).toEqual({ replacement, original: span(-30, 0), closed: false });
});
