import type { TransportCategory } from '../../../lambda/core/failures';
import { ConfigurationError, describeError, HandOverFailure, Overdue, ServiceFailure, TransportFailure } from '../../../lambda/core/failures';

const OURS: readonly (readonly [string, (message: string) => Error])[] = [
  ['ConfigurationError', (message) => new ConfigurationError(message)],
  ['Overdue', (message) => new Overdue(message)],
  ['HandOverFailure', (message) => new HandOverFailure(message)],
  ['TransportFailure', (message) => new TransportFailure('tls', message)],
];

describe('describeError', () => {
  test.each(OURS)('a %s speaks for itself, in a thousand characters', (name, make) => {
    expect(make('x').name).toBe(name);
    expect(describeError(make('so\nit is'))).toBe('so\\nit is');
    expect(describeError(make('x'.repeat(1001)))).toBe(`${'x'.repeat(999)}…`);
  });

  test('a failed call names the call and the code', () => {
    const failure = new ServiceFailure('codedeploy:GetDeployment', 'ThrottlingException', 'Rate exceeded', true);
    expect([failure.name, failure.call, failure.code, failure.retryable]).toEqual(['ServiceFailure', 'codedeploy:GetDeployment', 'ThrottlingException', true]);
    expect(describeError(failure)).toBe('codedeploy:GetDeployment failed: ThrottlingException: Rate exceeded');
  });

  test.each<[unknown, string]>([
    [new TypeError('no such property'), 'TypeError: no such property'],
    ['thrown text', 'thrown text'],
    [undefined, 'undefined'],
    [new Error('x'.repeat(400)), `Error: ${'x'.repeat(292)}…`],
    ['x'.repeat(301), `${'x'.repeat(299)}…`],
  ])('anything else is named, in 300 characters', (error, expected) => {
    expect(describeError(error)).toBe(expected);
  });
});

test.each<[TransportCategory, boolean]>([
  ['dns', true],
  ['connect', true],
  ['tls', true],
  ['timeout', true],
  ['reset', true],
  ['too-large', false],
  ['protocol', false],
  ['refused-address', false],
])('another attempt after %s may help: %s', (category, retryable) => {
  expect(new TransportFailure(category, 'x').retryable).toBe(retryable);
});
