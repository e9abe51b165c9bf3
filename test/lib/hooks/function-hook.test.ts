import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Duration, Stack } from 'aws-cdk-lib/core';

import { EcsRollout, LifecycleHook } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import { checksHook, finished, graphOf, only, rolloutIn, sample, stackOf, testable, userFunction } from '../support/sample';

const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:theirs';

describe('LifecycleHook.fromFunction', () => {
  test("leads the function's asynchronous end to the guardian, with no retries and a limited age", () => {
    const { template, description } = sample((stack) => ({ hooks: { afterInstall: LifecycleHook.fromFunction(userFunction(stack, 'Mine')) } }));
    const destination = { Destination: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'WebGuardian').id, 'Arn'] } };
    expect(only(template, 'AWS::Lambda::EventInvokeConfig', 'Web').properties).toEqual({
      FunctionName: { Ref: only(template, 'AWS::Lambda::Function', 'Mine').id },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 300,
      DestinationConfig: { OnFailure: destination, OnSuccess: destination },
    });
    expect(description.hooks).toEqual([expect.objectContaining({ kind: 'function', reportsLater: false, guarded: true })]);
  });

  test('has its configuration wait for the permission that Lambda looks at', () => {
    const { template } = sample((stack) => ({ hooks: { afterInstall: LifecycleHook.fromFunction(userFunction(stack, 'Mine')) } }));
    template.hasResource('AWS::Lambda::EventInvokeConfig', { DependsOn: [only(template, 'AWS::IAM::Policy', 'WebAfterInstallToGuardian').id] });
  });

  test('tells the guardian when the report comes later, and takes another age', () => {
    const { template, description } = sample((stack) => ({
      hooks: { beforeAllowTraffic: LifecycleHook.fromFunction(userFunction(stack, 'Ask'), { reportsLater: true, maxEventAge: Duration.minutes(1) }) },
    }));
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumEventAgeInSeconds: 60 });
    const hooks = ['[{"functionArn":"', { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'Ask').id, 'Arn'] }, '","event":"BeforeAllowTraffic","reportsLater":true}]'];
    expect(only(template, 'AWS::Lambda::Function', 'WebGuardian').properties).toMatchObject({
      Environment: { Variables: { GREENLIGHT_HOOKS: { 'Fn::Join': ['', hooks] } } },
    });
    expect(description.hooks[0]).toMatchObject({ reportsLater: true, guarded: true });
  });

  test('watches over the qualifier of an alias and of a version', () => {
    const { template } = sample((stack) => {
      const fn = userFunction(stack, 'Mine');
      const other = userFunction(stack, 'Other');
      return {
        hooks: {
          afterInstall: LifecycleHook.fromFunction(new lambda.Alias(stack, 'Live', { aliasName: 'live', version: fn.currentVersion })),
          beforeInstall: LifecycleHook.fromFunction(other.currentVersion),
        },
      };
    });
    const configurations = ['WebBefore', 'WebAfter'].map((hook) => only(template, 'AWS::Lambda::EventInvokeConfig', hook).properties);
    expect(configurations.map(({ Qualifier }) => Qualifier)).toEqual([{ 'Fn::GetAtt': [expect.stringMatching(/^OtherCurrentVersion/), 'Version'] }, 'live']);
  });

  test.each([
    ['it has an asynchronous configuration of its own', (stack: Stack) => userFunction(stack, 'Mine', { maxEventAge: Duration.hours(1) })],
    ['it was imported without a role', (stack: Stack) => lambda.Function.fromFunctionArn(stack, 'Mine', ARN)],
  ])('is a finding when %s', (why, make) => {
    const { stack, template, description } = sample((within) => ({ hooks: { afterInstall: LifecycleHook.fromFunction(make(within)) } }));
    const message = expect.stringContaining(`no guardian watches over hook AfterInstall, function 'Shop/Mine': ${why}`);
    expect(description.findings).toContainEqual(expect.objectContaining({ id: 'unguarded', level: 'warning', message }));
    Annotations.fromStack(stack).hasWarning('/Shop/Web', Match.stringLikeRegexp('no guardian watches over hook AfterInstall.*\\[ack: cdk-greenlight:unguarded\\]'));
    expect(description.hooks[0]!.guarded).toBe(false);
    expect(description.guardian).toBeUndefined();
    expect(Object.keys(template.findResources('AWS::Lambda::EventInvokeConfig')).filter((id) => id.startsWith('Web'))).toEqual([]);
  });

  test('is a finding when another rollout watches over the function already', () => {
    const stack = stackOf();
    const fn = userFunction(stack, 'Mine');
    const first = rolloutIn(stack, { hooks: { afterInstall: LifecycleHook.fromFunction(fn) } });
    const inner = new Stack(stack, 'Second');
    const second = rolloutIn(inner, { hooks: { afterInstall: LifecycleHook.fromFunction(fn) } });
    expect(finished(stack, first).description.findings.map(({ id }) => id)).not.toContain('unguarded');
    expect(finished(inner, second).description.findings).toContainEqual(
      expect.objectContaining({ id: 'unguarded', message: expect.stringContaining('the guardian of another rollout watches over it already') }),
    );
  });

  const SECOND =
    "function 'Shop/Mine' of hook AfterInstall has an asynchronous configuration beside the one that rollout 'Shop/Web' made, and a function has one only; give it to the function before the rollout is made, or drop it";

  test('fails when the function is configured after the rollout', () => {
    const stack = stackOf();
    const fn = userFunction(stack, 'Mine');
    rolloutIn(stack, { hooks: { afterInstall: LifecycleHook.fromFunction(fn) } });
    fn.configureAsyncInvoke({ retryAttempts: 1 });
    expect(() => Template.fromStack(stack)).toThrow(SECOND);
  });

  test('fails when a configuration of the function stands elsewhere in the stack', () => {
    const stack = stackOf();
    const fn = userFunction(stack, 'Mine');
    new lambda.EventInvokeConfig(stack, 'Elsewhere', { function: fn, retryAttempts: 1 });
    rolloutIn(stack, { hooks: { afterInstall: LifecycleHook.fromFunction(fn) } });
    expect(() => Template.fromStack(stack)).toThrow(SECOND);
  });

  test('leaves configurations of an alias and of another function alone', () => {
    const stack = stackOf();
    const fn = userFunction(stack, 'Mine');
    new lambda.EventInvokeConfig(stack, 'Alias', { function: fn, qualifier: 'live', retryAttempts: 1 });
    new lambda.EventInvokeConfig(stack, 'Another', { function: userFunction(stack, 'Other'), retryAttempts: 1 });
    rolloutIn(stack, { hooks: { afterInstall: LifecycleHook.fromFunction(fn) } });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('fails when two hooks are aliases of one function, since the guardian is told the function alone', () => {
    const stack = stackOf();
    const fn = userFunction(stack, 'Mine');
    const [one, two] = ['one', 'two'].map((name) => LifecycleHook.fromFunction(fn.addAlias(name)));
    expect(() => rolloutIn(stack, { hooks: { beforeInstall: one, afterInstall: two } })).toThrow(
      'hooks BeforeInstall and AfterInstall are the same function \'Shop/Mine/Aliastwo\', which is not told at which event it is invoked; use one function for each event',
    );
  });

  test('takes a function of another stack, and neither stack waits for the other in a circle', () => {
    const app = new App();
    const functions = new Stack(app, 'Functions');
    const stack = stackOf(app);
    const rollout = rolloutIn(stack, { hooks: { afterInstall: LifecycleHook.fromFunction(userFunction(functions, 'Mine')) } });
    const { description, template } = finished(stack, rollout);
    expect(description.hooks[0]).toMatchObject({ function: { logicalId: expect.stringMatching(/^Mine/), stack: 'Functions' }, guarded: true });
    expect(findCycle(graphOf(template))).toBeUndefined();
    expect(Object.keys(Template.fromStack(functions).findResources('AWS::IAM::Policy'))).toEqual([]);
  });

  test.each([Duration.seconds(59), Duration.seconds(901)])('fails when the age is %s', (maxEventAge) => {
    expect(() => sample((stack) => ({ hooks: { afterInstall: LifecycleHook.fromFunction(userFunction(stack, 'Mine'), { maxEventAge }) } }))).toThrow(
      `'maxEventAge' must be a whole number of seconds from 60 to 900, got ${maxEventAge.toSeconds()} seconds`,
    );
  });
});

describe('the guardian', () => {
  test('is one small function for all hooks, which keeps its own retries', () => {
    const { template, rollout } = sample((stack) => ({
      endpoint: testable(),
      hooks: {
        afterInstall: LifecycleHook.fromFunction(userFunction(stack, 'Mine')),
        afterAllowTestTraffic: checksHook(),
        beforeAllowTraffic: LifecycleHook.fromOutcome(userFunction(stack, 'Target')),
      },
    }));
    expect(only(template, 'AWS::Lambda::Function', 'WebGuardian').properties).toMatchObject({ MemorySize: 256, Timeout: 60 });
    const configurations = Object.entries(template.findResources('AWS::Lambda::EventInvokeConfig')).filter(([id]) => id.startsWith('Web'));
    const guarded = configurations.map(([, { Properties }]) => Properties.FunctionName.Ref);
    expect(guarded).toHaveLength(3);
    expect(guarded).not.toContain(only(template, 'AWS::Lambda::Function', 'WebGuardian').id);
    expect(rollout).toBeInstanceOf(EcsRollout);
  });

  test('has no place in a VPC', () => {
    expect(only(sample({ hooks: { afterAllowTestTraffic: checksHook() } }).template, 'AWS::Lambda::Function', 'WebGuardian').properties).not.toHaveProperty('VpcConfig');
  });
});
