import { physicalIdOf } from '../../../../lambda/core/deployment/task';
import { isAboutProvisionedConcurrency, provisionedTaskOf } from '../../../../lambda/core/provisioned-concurrency/task';
import { request } from '../../support/deployment-requests';
import { provisionedProperties as properties, provisionedRequest as asked } from '../../support/function-versions';

const PROVISION = { kind: 'provision', version: { functionName: 'take-order', version: '9' }, executions: 5, timeoutSeconds: 600 };

test.each([
  ['a Create', asked('Create'), PROVISION],
  ['another number for the same version', asked('Update', properties('9', { Executions: '100000', Timeout: '1' })), { ...PROVISION, executions: 100_000, timeoutSeconds: 1 }],
  ['another function, whose alias is made and not deployed', asked('Update', properties('9'), properties('8', { Function: 'take-orders' })), PROVISION],
  ['another version', asked('Update', properties('9'), properties('8')), { kind: 'nothing', why: 'the hook of the release provisions version 9' }],
  ['a Delete, by the physical id', asked('Delete', {}, undefined, 'take-order:12'), { kind: 'release', version: { functionName: 'take-order', version: '12' } }],
  ['a Delete of what was never made', asked('Delete', properties('9'), undefined, 'OrdersProvisionedConcurrency'), { kind: 'nothing', why: 'no version is named' }],
  ['a Delete of no version', asked('Delete', properties('9'), undefined, 'take-order:live'), { kind: 'nothing', why: 'no version is named' }],
  ['a Delete of more than a version', asked('Delete', properties('9'), undefined, 'x:take-order:1'), { kind: 'nothing', why: 'no version is named' }],
])('%s', (_, request_, expected) => {
  expect(provisionedTaskOf(request_)).toEqual(expected);
});

test.each<[object, string]>([
  [{ Function: '' }, '\'Function\' must be the name of a function, got ""'],
  [{ Function: undefined }, "'Function' must be the name of a function, got undefined"],
  [{ Version: '$LATEST' }, '\'Version\' must be the number of a published version, got "$LATEST"'],
  [{ Version: '01' }, '\'Version\' must be the number of a published version, got "01"'],
  [{ Version: 7 }, "'Version' must be the number of a published version, got number"],
  [{ Executions: '0' }, '\'Executions\' must be a whole number from 1 to 100000, got "0"'],
  [{ Executions: '100001' }, '\'Executions\' must be a whole number from 1 to 100000, got "100001"'],
  [{ Executions: undefined }, "'Executions' must be a whole number from 1 to 100000, got undefined"],
  [{ Timeout: '3601' }, '\'Timeout\' must be a whole number from 1 to 3600, got "3601"'],
  [{ Timeout: '1.5' }, '\'Timeout\' must be a whole number from 1 to 3600, got "1.5"'],
])('bad input: %j', (bad, message) => {
  expect(() => provisionedTaskOf(asked('Create', properties('9', bad)))).toThrow(expect.objectContaining({ name: 'ConfigurationError', message }));
});

test.each([
  ['is that of the version', asked('Create'), 'take-order:9'],
  ['is another one with another version, so that CloudFormation deletes that of before', asked('Update', properties('10')), 'take-order:10'],
  ['is what a Delete names', asked('Delete', properties('10'), undefined, 'take-order:9'), 'take-order:9'],
  ['is the name of the resource where nothing can be made of the properties', asked('Create', properties('live')), 'OrdersProvisionedConcurrency'],
  ['stays where nothing can be made of the properties', asked('Update', properties('live')), 'take-order:9'],
])('the physical id %s', (_, request_, expected) => {
  expect(physicalIdOf(request_)).toBe(expected);
});

test('is told by the type of the resource', () => {
  expect([asked('Create'), request('Create')].map(isAboutProvisionedConcurrency)).toEqual([true, false]);
});
