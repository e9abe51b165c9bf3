import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Aws, Duration, Lazy, Stack, Token } from 'aws-cdk-lib/core';

import type { InvokeCheckOptions } from '../../../lib';
import { HttpAssertion, InvokeCheck, LifecycleHook } from '../../../lib';
import { DeployTimeValues } from '../../../lib/private/deploy-time-values';
import { findCycle } from '../../support/template-graph';
import { finished, graphOf, only, rolloutIn, sample, stackOf, statementsOf, userFunction } from '../support/sample';

const context = (values = new DeployTimeValues()) => ({ values, production: { protocol: 'HTTP' as const } });
const imported = () => lambda.Function.fromFunctionArn(new Stack(), 'Theirs', 'arn:aws:lambda:eu-central-1:111122223333:function:orders');
const check = (options: Partial<InvokeCheckOptions> = {}) => new InvokeCheck({ name: 'orders', function: imported(), ...options });
const render = (options: Partial<InvokeCheckOptions> = {}) => check(options)._render(context());

describe('InvokeCheck', () => {
  test('sends an empty object, waits for a minute, and makes up for two invocations that were not started', () => {
    expect(new InvokeCheck({ function: imported() })._render(context())).toEqual({
      kind: 'invoke',
      name: 'invoke Theirs',
      policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 60_000, intervalMs: 1000, errorBudget: 2, deadlineMs: 73_000, inconclusive: 'FAIL' },
      functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:orders',
      payload: { value: {} },
      timeoutMs: 60_000,
    });
  });

  test('asserts on the response, or on an error', () => {
    const assertions = [HttpAssertion.jsonPath('$.total').between(1, 2).negate(), HttpAssertion.latencyBelow(Duration.seconds(1)).asWarning()];
    expect(render({ assertions, expectedErrorType: 'OrderRefused' })).toMatchObject({
      expectedErrorType: 'OrderRefused',
      assertions: [
        { kind: 'jsonPathBetween', path: '$.total', min: 1, max: 2, negate: true },
        { kind: 'latencyBelow', ms: 1000, warning: true },
      ],
    });
  });

  test.each<[string, Partial<lambda.FunctionProps>, number]>([
    ['its own time-out and that of a cold start', { timeout: Duration.seconds(20) }, 30_000],
    ["Lambda's three seconds where it names none", {}, 13_000],
    ['fifteen minutes at most', { timeout: Duration.minutes(15) }, 900_000],
  ])('waits for a function of the app for %s', (_, props, timeoutMs) => {
    expect(render({ function: userFunction(stackOf(), 'Mine', props) })).toMatchObject({ timeoutMs });
  });

  test('takes deploy-time texts anywhere in the payload, and the ARN of the function', () => {
    const values = new DeployTimeValues();
    const stack = stackOf();
    const payload = { account: Aws.ACCOUNT_ID, deep: [{ region: `in ${Aws.REGION}` }, null, true, 1.5], gone: undefined };
    const rendered = check({ function: userFunction(stack, 'Mine'), payload })._render(context(values));
    expect(rendered).toMatchObject({ functionArn: '${greenlight:V1}', payload: { value: { account: '${greenlight:V2}', deep: [{ region: 'in ${greenlight:V3}' }, null, true, 1.5] } } });
    expect(rendered.payload).not.toHaveProperty('value.gone');
    expect(values.all()).toMatchObject({ V2: Aws.ACCOUNT_ID, V3: Aws.REGION });
  });

  test('takes a JSON text, known or not', () => {
    expect(render({ payloadJson: '[12345678901234567890]' })).toMatchObject({ payload: { json: '[12345678901234567890]' } });
    expect(render({ payloadJson: new Stack().toJsonString({ account: Aws.ACCOUNT_ID }) })).toMatchObject({ payload: { json: expect.stringContaining('${greenlight:V1}') } });
  });

  test.each<[Partial<InvokeCheckOptions>, string]>([
    [{ payload: {}, payloadJson: '{}' }, "check 'orders' has both 'payload' and 'payloadJson'; use one of them"],
    [{ payloadJson: '{' }, "'payloadJson' of check 'orders' is not JSON: "],
    [{ payload: { at: new Date(0) } }, "'payload' of check 'orders', 'at' is an object of class Date, which is no JSON"],
    [{ payload: { list: [1, Number.NaN] } }, "'payload' of check 'orders', 'list', entry 1 is NaN, which is no JSON"],
    [{ payload: { run: () => 1 } }, "'payload' of check 'orders', 'run' is of type function, which is no JSON"],
    [{ payload: { n: Token.asNumber(Lazy.number({ produce: () => 1 })) } }, "'payload' of check 'orders', 'n' is a deploy-time value that is no text"],
    [{ payload: { later: Lazy.any({ produce: () => 1 }) } }, "'later' is a deploy-time value that is no text"],
    [{ payload: { list: Token.asList(Lazy.list({ produce: () => ['a'] })) } }, "'list' is a deploy-time value that is no text"],
    [{ payload: { [Aws.REGION]: 1 } }, 'has a key that is a deploy-time value; write the key'],
    [{ payload: { text: 'ü'.repeat(3_145_723) } }, "check 'orders' sends 6291457 bytes, and Lambda takes at most 6291456 in a synchronous invocation; send less, or a reference to it"],
    [{ payloadJson: `"${'x'.repeat(6_291_455)}"` }, "check 'orders' sends 6291457 bytes"],
    [{ assertions: [HttpAssertion.status(200)] }, "check 'orders' asserts 'status', which an invocation does not have; use assertions on the body"],
    [{ assertions: [HttpAssertion.header('a').exists()] }, "asserts 'headerExists'"],
    [{ assertions: [HttpAssertion.cookie('a')] }, "asserts 'cookie'"],
    [{ assertions: [HttpAssertion.tlsDaysLeft(1)] }, "asserts 'tlsDaysLeft'"],
    [{ assertions: [HttpAssertion.finalUrl().matches('a')] }, "asserts 'finalUrlMatches'"],
    [{ expectedErrorType: ' ' }, "'expectedErrorType' of check 'orders' must be a text that is known at synth and not empty"],
    [{ expectedErrorType: Aws.REGION }, "'expectedErrorType' of check 'orders' must be a text that is known at synth"],
    [{ timeout: Duration.millis(500) }, "'timeout' must be a whole number of seconds from 1 to 900, got 0.5 seconds"],
    [{ timeout: Duration.seconds(901) }, "'timeout' must be a whole number of seconds from 1 to 900"],
    [{ startRetries: 11 }, "'startRetries' must be a whole number from 0 to 10, got 11"],
  ])('fails when the options are wrong (%#)', (options, message) => {
    expect(() => check(options)).toThrow(message);
  });

  test('takes the largest payload there is', () => {
    expect(() => check({ payload: { text: 'x'.repeat(6_291_456 - '{"text":""}'.length) } })).not.toThrow();
  });
});

const hookOf = (...checks: InvokeCheck[]) => ({ hooks: { afterInstall: LifecycleHook.checks({ checks }) } });

describe('the hook of an InvokeCheck', () => {
  const granted = (template: Parameters<typeof statementsOf>[0]) =>
    statementsOf(template, only(template, 'AWS::IAM::Role', 'WebAfterInstall').id).filter(({ Sid }) => Sid === 'InvokeChecked');

  test('may invoke exactly that function', () => {
    const { template } = sample((stack) => hookOf(new InvokeCheck({ function: userFunction(stack, 'Mine') })));
    const Resource = { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'Mine').id, 'Arn'] };
    expect(granted(template)).toEqual([{ Sid: 'InvokeChecked', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource }]);
  });

  test('may invoke exactly that alias or version, and has one statement for all', () => {
    const { template } = sample((stack) => {
      const mine = userFunction(stack, 'Mine');
      return hookOf(new InvokeCheck({ name: 'alias', function: mine.addAlias('live') }), new InvokeCheck({ name: 'version', function: mine.currentVersion }));
    });
    const Resource = [{ Ref: only(template, 'AWS::Lambda::Alias').id }, { Ref: only(template, 'AWS::Lambda::Version').id }];
    expect(granted(template)).toEqual([{ Sid: 'InvokeChecked', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource }]);
  });

  test('travels beside the handler that plays every kind of check', () => {
    const { stack } = sample(hookOf(check()));
    expect(JSON.stringify(stack.node.findAll().map(({ node }) => node.path))).toContain('AfterInstall');
  });

  test('closes no cycle with a function that refers to the rollout', () => {
    const stack = stackOf();
    const fn = userFunction(stack, 'Mine');
    const rollout = rolloutIn(stack, hookOf(new InvokeCheck({ function: fn })));
    fn.addEnvironment('SHOP_URL', `${rollout.testUrl}`);
    fn.addEnvironment('GROUP', rollout.deploymentGroup.deploymentGroupName);
    const { template } = finished(stack, rollout);
    expect(JSON.stringify(only(template, 'AWS::Lambda::Function', 'Mine').properties.Environment)).toContain('DNSName');
    expect(findCycle(graphOf(template))).toBeUndefined();
  });

  test('must have room for the longest invocation', () => {
    expect(() => sample(hookOf(check({ timeout: Duration.seconds(805) })))).toThrow(
      "one attempt of check 'orders' of hook AfterInstall can take 805 seconds, of which 795 fit into an invocation; raise 'timeout' of the hook, or shorten the attempt",
    );
  });
});
