import { keepTaskOf } from '../../../../lambda/core/task-definitions/task';
import type { ResourceRequest } from '../../../../lib/model/deployment-request';
import { keepProperties, keepRequest, revision } from '../../support/task-definitions';

test('an Update keeps what the stack wants, and what it wanted before', () => {
  expect(keepTaskOf(keepRequest('Update'))).toEqual({ cluster: 'main', service: 'web', family: 'web', keep: 2, ofStack: [revision(9), revision(8)] });
});

test('the family is the one that is wanted now', () => {
  const moved = keepRequest('Update', keepProperties(9, { Keep: '100' }), { TaskDefinition: 'old:3' });
  expect(keepTaskOf(moved)).toMatchObject({ family: 'web', keep: 100, ofStack: [revision(9), 'old:3'] });
});

test.each(['Create', 'Delete'] as const)('a %s is nothing to do, whatever it says', (type) => {
  expect(keepTaskOf(keepRequest(type, {}))).toBeUndefined();
});

test.each<[object, string]>([
  [{ TaskDefinition: 'web' }, '\'TaskDefinition\' must be the ARN of a revision, got "web"'],
  [{ TaskDefinition: '' }, '\'TaskDefinition\' must be a text that is not empty, got ""'],
  [{ TaskDefinition: undefined }, "'TaskDefinition' must be a text that is not empty, got undefined"],
  [{ Cluster: 7 }, "'Cluster' must be a text that is not empty, got number"],
  [{ Service: '' }, '\'Service\' must be a text that is not empty, got ""'],
  [{ Keep: undefined }, "'Keep' must be a text that is not empty, got undefined"],
  [{ Keep: '1' }, '\'Keep\' must be a whole number from 2 to 100, got "1"'],
  [{ Keep: '101' }, '\'Keep\' must be a whole number from 2 to 100, got "101"'],
  [{ Keep: '2.5' }, '\'Keep\' must be a whole number from 2 to 100, got "2.5"'],
  [{ Keep: 'x2' }, '\'Keep\' must be a whole number from 2 to 100, got "x2"'],
  [{ Keep: '0005' }, '\'Keep\' must be a whole number from 2 to 100, got "0005"'],
])('bad input: %j', (bad, message) => {
  expect(() => keepTaskOf(keepRequest('Update', keepProperties(9, bad)))).toThrow(expect.objectContaining({ name: 'ConfigurationError', message }));
});

test.each<[object | undefined, string]>([
  [undefined, "'TaskDefinition' must be a text that is not empty, got undefined"],
  [{ TaskDefinition: 'none' }, '\'TaskDefinition\' must be the ARN of a revision, got "none"'],
])('where what was before is not known, nothing is: %j', (before, message) => {
  expect(() => keepTaskOf({ ...keepRequest('Update'), OldResourceProperties: before as ResourceRequest['OldResourceProperties'] })).toThrow(message);
});
