import { surplusVersions, versionNumber } from '../../../../lambda/core/function-versions/surplus';

test.each<[unknown, number | undefined]>([
  ['1', 1],
  ['42', 42],
  ['1234567890', 1234567890],
  ['12345678901', undefined],
  ['$LATEST', undefined],
  ['live', undefined],
  ['0', undefined],
  ['01', undefined],
  ['1x', undefined],
  ['x1', undefined],
  ['', undefined],
  [7, undefined],
  [undefined, undefined],
])('%j is read', (text, expected) => {
  expect(versionNumber(text)).toBe(expected);
});

test.each<[string, readonly number[], { readonly target: number; readonly newest: number; readonly besides?: readonly number[] }, readonly number[]]>([
  ['fewer than are kept', [1, 2], { target: 2, newest: 3 }, []],
  ['as many as are kept', [1, 2, 3], { target: 3, newest: 3 }, []],
  ['one more', [1, 2, 3, 4], { target: 4, newest: 3 }, [1]],
  ['in whatever order, the oldest first', [9, 11, 10, 2, 100], { target: 100, newest: 2 }, [2, 9, 10]],
  ['but for those that are kept besides', [1, 2, 3, 4, 5], { target: 5, newest: 2, besides: [1, 3] }, [2]],
  ['those that are kept besides count among the newest, too', [2, 3, 4, 5], { target: 5, newest: 2, besides: [5, 4] }, [2, 3]],
  ['none that is newer than the target, which do not count', [1, 2, 3, 4, 5], { target: 3, newest: 2 }, [1]],
  ['where the target is not told, as many older ones are kept', [1, 2, 3], { target: 9, newest: 2 }, [1]],
])('surplus: %s', (_, published, { besides = [], ...kept }, expected) => {
  expect(surplusVersions(published, { ...kept, besides })).toEqual(expected);
});
