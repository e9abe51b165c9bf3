import { ENV } from '../../../lib/model/hook-contract';
import { jsonVariable, readIdentity, requiredVariable, requireIdentity, runsInRollback } from '../../../lambda/core/settings';
import { fakeEnvironment } from '../support/fake-ports';

const VARIABLES = [ENV.event, ENV.rollout, ENV.application, ENV.deploymentGroup, ENV.verdictAlarm];

describe('the identity of a hook', () => {
  test('is read from the environment', () => {
    const identity = readIdentity(fakeEnvironment());
    expect(identity).toEqual({ event: 'AfterAllowTestTraffic', rollout: 'App/Web', application: 'web-application', deploymentGroup: 'web-group', verdictAlarm: 'web-verdict' });
    expect(() => requireIdentity(identity)).not.toThrow();
  });

  test.each(VARIABLES)('fails without %s', (variable) => {
    const message = `environment variable ${variable} is not set; deploy the rollout again, or set it on the function`;
    expect(() => requireIdentity(readIdentity(fakeEnvironment({ [variable]: undefined })))).toThrow(message);
    expect(() => requireIdentity(readIdentity(fakeEnvironment({ [variable]: '' })))).toThrow(message);
  });

  test('fails with all that is missing', () => {
    const identity = readIdentity(fakeEnvironment({ [ENV.event]: undefined, [ENV.verdictAlarm]: undefined }));
    expect(() => requireIdentity(identity)).toThrow('environment variable GREENLIGHT_EVENT, GREENLIGHT_VERDICT_ALARM is not set');
  });
});

describe('variables', () => {
  test.each([undefined, ''])('one that is needed must not be %j', (value) => {
    expect(() => requiredVariable(fakeEnvironment({ X: value }), 'X')).toThrow('environment variable X is not set; deploy the rollout again, or set it on the function');
  });

  test('one that is needed is given', () => {
    expect(requiredVariable(fakeEnvironment({ X: 'y' }), 'X')).toBe('y');
  });

  test.each([
    [undefined, undefined],
    ['', undefined],
    ['null', null],
    ['{"a":[1]}', { a: [1] }],
  ])('%j as JSON is %j', (text, value) => {
    expect(jsonVariable(fakeEnvironment({ X: text }), 'X')).toEqual(value);
  });

  test('one that is not JSON is not shown', () => {
    expect(() => jsonVariable(fakeEnvironment({ X: '{secret' }), 'X')).toThrow(/^environment variable X must hold JSON, got 7 characters that are not; deploy the rollout again$/);
  });

  test.each([
    [undefined, false],
    ['', false],
    ['skip', false],
    ['run', true],
  ])('checks in rollbacks, by %j: %s', (value, runs) => {
    expect(runsInRollback(fakeEnvironment({ [ENV.inRollback]: value }))).toBe(runs);
  });

  test('fails where checks in rollbacks are neither run nor skipped', () => {
    expect(() => runsInRollback(fakeEnvironment({ [ENV.inRollback]: 'yes' }))).toThrow('environment variable GREENLIGHT_IN_ROLLBACK must be "run", "skip" or not set, got "yes"');
  });
});
