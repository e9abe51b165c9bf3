import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Stack } from 'aws-cdk-lib/core';
import { Duration } from 'aws-cdk-lib/core';

import type { OutcomeHookOptions } from '../../../lib';
import { LifecycleHook } from '../../../lib';
import { only, sample, userFunction } from '../support/sample';

const withOutcome = (target: (stack: Stack) => lambda.IFunction, options: OutcomeHookOptions = {}) =>
  sample((stack) => ({ hooks: { afterInstall: LifecycleHook.fromOutcome(target(stack), options) } }));

const running = (seconds: number) => (stack: Stack) => userFunction(stack, 'Mine', { timeout: Duration.seconds(seconds) });

describe('LifecycleHook.fromOutcome', () => {
  test("makes an adapter that knows the user's function, which stays as it is", () => {
    const { template, description, rollout } = withOutcome((stack) => userFunction(stack, 'Mine', { retryAttempts: 1 }));
    const mine = only(template, 'AWS::Lambda::Function', 'Mine').id;
    expect(only(template, 'AWS::Lambda::Function', 'WebAfterInstall').properties).toMatchObject({
      Environment: { Variables: { GREENLIGHT_EVENT: 'AfterInstall', GREENLIGHT_FUNCTION: { 'Fn::GetAtt': [mine, 'Arn'] } } },
    });
    expect(only(template, 'AWS::Lambda::EventInvokeConfig', 'Mine').properties).toMatchObject({ MaximumRetryAttempts: 1 });
    expect(description.hooks).toEqual([expect.objectContaining({ kind: 'outcome', target: { logicalId: mine }, guarded: true })]);
    expect(rollout.hookFunctions.map((fn) => fn.node.path)).toEqual(['Shop/Web/AfterInstall/Function']);
  });

  test('takes an alias and an imported function', () => {
    const alias = withOutcome((stack) => new lambda.Alias(stack, 'Live', { aliasName: 'live', version: userFunction(stack, 'Mine').currentVersion }));
    expect(JSON.stringify(alias.template.findResources('AWS::Lambda::Function'))).toContain(`"GREENLIGHT_FUNCTION":{"Ref":"${only(alias.template, 'AWS::Lambda::Alias').id}"}`);
    const arn = 'arn:aws:lambda:eu-west-1:111122223333:function:theirs';
    const imported = withOutcome((stack) => lambda.Function.fromFunctionArn(stack, 'Theirs', arn));
    expect(imported.description.hooks[0]!.target).toEqual({ value: arn });
    expect(imported.description.findings.map(({ id }) => id)).not.toContain('unguarded');
  });

  test.each([
    ['3 seconds', (stack: Stack) => userFunction(stack, 'Mine'), 60],
    ['100 seconds', running(100), 117],
    ['805 seconds', running(805), 900],
    ['a time that is not known', (stack: Stack) => lambda.Function.fromFunctionName(stack, 'Theirs', 'theirs'), 900],
  ])('gives a function that may run for %s the time that it needs', (_what, target, timeout) => {
    expect(only(withOutcome(target).template, 'AWS::Lambda::Function', 'WebAfterInstall').properties.Timeout).toBe(timeout);
  });

  test.each([
    [running(806), {}, "function 'Shop/Mine' of hook AfterInstall may run for 806 seconds, of which 805 fit into the adapter's time-out of 900 seconds; lower the function's time-out"],
    [
      running(30),
      { timeout: Duration.seconds(40) },
      "may run for 30 seconds, of which 25 fit into the adapter's time-out of 40 seconds; lower the function's time-out or raise 'timeout' up to 900 seconds",
    ],
    [(stack: Stack) => running(806)(stack).addAlias('live'), {}, "function 'Shop/Mine/Aliaslive' of hook AfterInstall may run for 806 seconds"],
  ])('fails when the function may run for longer (%#)', (target, options, message) => {
    expect(() => withOutcome(target, options)).toThrow(message);
  });
});
