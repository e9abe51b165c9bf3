import { readRevision, surplus } from '../../../../lambda/core/task-definitions/surplus';
import { revision } from '../../support/task-definitions';

test.each<[string, ReturnType<typeof readRevision>]>([
  ['arn:aws:ecs:eu-central-1:111122223333:task-definition/web:12', { family: 'web', number: 12 }],
  ['web:1', { family: 'web', number: 1 }],
  ['a_b-C9:1234567890', { family: 'a_b-C9', number: 1234567890 }],
  [`${'x'.repeat(255)}:1`, { family: 'x'.repeat(255), number: 1 }],
  [`${'x'.repeat(256)}:1`, undefined],
  ['web:12345678901', undefined],
  ['web', undefined],
  ['web:0', undefined],
  ['web:01', undefined],
  ['web:1x', undefined],
  ['we b:1', undefined],
  ['arn:aws:ecs:eu-central-1:111122223333:task-definition/:1', undefined],
  ['', undefined],
])('%s is read', (text, expected) => {
  expect(readRevision(text)).toEqual(expected);
});

test.each<[string, readonly number[], number, readonly string[], readonly number[]]>([
  ['fewer than are kept', [2, 1], 3, [], []],
  ['as many as are kept', [3, 2, 1], 3, [], []],
  ['one more', [4, 3, 2, 1], 3, [], [1]],
  ['in whatever order', [9, 11, 10, 2, 100], 2, [], [10, 9, 2]],
  ['with gaps', [20, 7, 5], 1, [], [7, 5]],
  ['but for those that are kept besides', [5, 4, 3, 2, 1], 2, [revision(1), 'web:3'], [2]],
  ['those that are kept besides count among the newest, too', [5, 4, 3, 2], 2, [revision(5), revision(4)], [3, 2]],
  ['none is kept for another family, or for what is no revision', [3, 2, 1], 1, ['api:1', 'web', 'false'], [2, 1]],
])('surplus: %s', (_, active, newest, besides, expected) => {
  expect(surplus(active.map(revision), { family: 'web', newest, besides })).toEqual(expected.map(revision));
});

test('revisions of other families are neither counted nor deregistered', () => {
  const active = ['web-api:9', revision(3), 'nonsense', revision(2), 'api:8', revision(1)];
  expect(surplus(active, { family: 'web', newest: 2, besides: [] })).toEqual([revision(1)]);
});
