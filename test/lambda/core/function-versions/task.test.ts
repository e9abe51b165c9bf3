import { keepVersionsTaskOf } from '../../../../lambda/core/function-versions/task';
import type { ResourceRequest } from '../../../../lib/model/deployment-request';
import { versionsProperties, versionsRequest } from '../../support/function-versions';

test.each([
  ['2', 2],
  ['100', 100],
])('an Update keeps what the stack wants, what it wanted before, and %s', (Keep, keep) => {
  expect(keepVersionsTaskOf(versionsRequest('Update', versionsProperties('12', { Keep })))).toEqual({ functionName: 'take-order', keep, target: 12, before: 8 });
});

test.each(['Create', 'Delete'] as const)('a %s is nothing to do, whatever it says', (type) => {
  expect(keepVersionsTaskOf(versionsRequest(type, {}))).toBeUndefined();
});

test.each<[object, string]>([
  [{ Function: '' }, '\'Function\' must be the name of a function, got ""'],
  [{ Function: undefined }, "'Function' must be the name of a function, got undefined"],
  [{ Version: '$LATEST' }, '\'Version\' must be the number of a published version, got "$LATEST"'],
  [{ Version: 7 }, "'Version' must be the number of a published version, got number"],
  [{ Keep: undefined }, "'Keep' must be a whole number from 2 to 100, got undefined"],
  [{ Keep: '1' }, '\'Keep\' must be a whole number from 2 to 100, got "1"'],
  [{ Keep: '101' }, '\'Keep\' must be a whole number from 2 to 100, got "101"'],
  [{ Keep: '2.5' }, '\'Keep\' must be a whole number from 2 to 100, got "2.5"'],
])('bad input: %j', (bad, message) => {
  expect(() => keepVersionsTaskOf(versionsRequest('Update', versionsProperties('9', bad)))).toThrow(expect.objectContaining({ name: 'ConfigurationError', message }));
});

test.each<[object | undefined, string]>([
  [undefined, "'Version' must be the number of a published version, got undefined"],
  [{ Version: 'live' }, '\'Version\' must be the number of a published version, got "live"'],
])('where what was before is not known, nothing is: %j', (before, message) => {
  expect(() => keepVersionsTaskOf({ ...versionsRequest('Update'), OldResourceProperties: before as ResourceRequest['OldResourceProperties'] })).toThrow(message);
});
