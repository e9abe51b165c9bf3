import { parseDuration, parseShare } from '../../../rehearsal/scenario/units';

describe('parseDuration', () => {
  test.each<[string, number | undefined]>([
    ['250ms', 250],
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['0s', 0],
    ['31d', 2_678_400_000],
    ['31d1ms', undefined],
    ['10', undefined],
    ['1 h', undefined],
    ['-5s', undefined],
    ['5sec', undefined],
    ['', undefined],
  ])('%s', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });
});

describe('parseShare', () => {
  test.each<[string | number, number | undefined]>([
    ['20%', 0.2],
    ['12.5 %', 0.125],
    ['100%', 1],
    ['101%', undefined],
    [0.2, 0.2],
    [0, 0],
    [1.1, undefined],
    [-0.1, undefined],
    ['0.2', undefined],
  ])('%s', (value, share) => {
    expect(parseShare(value)).toBe(share);
  });
});
