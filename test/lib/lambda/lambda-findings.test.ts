/** What may surprise in releases of an alias: told at synth, and kept for the rehearsal. */
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SnsEventSource, SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Stack } from 'aws-cdk-lib/core';

import { LifecycleHook, RollbackAlarm } from '../../../lib';
import { aliasRolloutIn, aliasSample, calendarHook, finishedAlias, liveAlias } from '../support/lambda-sample';
import { stackOf, userFunction } from '../support/sample';

const found = ({ description }: ReturnType<typeof aliasSample>) => description.findings.map(({ id, level, message }) => `${level} ${id}: ${message}`);

/** A rollout with a hook, and something that is made after it. */
function after(make: (stack: Stack, alias: lambda.Alias, fn: lambda.Function) => void) {
  const stack = stackOf();
  const fn = userFunction(stack, 'Take');
  const alias = liveAlias(stack, { version: fn.currentVersion });
  const rollout = aliasRolloutIn(stack, { alias, hooks: { beforeAllowTraffic: calendarHook() } });
  make(stack, alias, fn);
  return finishedAlias(stack, rollout);
}

describe('traffic past the alias', () => {
  const past = (source: string) => [
    `warning traffic-past-alias: '${source}' has function 'Shop/Take' invoked and not alias 'Shop/Live', so that its traffic never shifts: it has the new code as soon as the function is updated`,
  ];

  test('of an event source', () => {
    const sample = after((stack, _alias, fn) => fn.addEventSource(new SqsEventSource(new sqs.Queue(stack, 'Queue'))));
    expect(found(sample)).toEqual(past('Shop/Take/SqsEventSource:ShopQueue2BB62074'));
    Annotations.fromStack(sample.stack).hasWarning('/Shop/Orders', Match.stringLikeRegexp('traffic-past-alias'));
  });

  test('of a topic, a function URL and an API', () => {
    expect(found(after((stack, _alias, fn) => fn.addEventSource(new SnsEventSource(new sns.Topic(stack, 'Topic')))))).toEqual(past('Shop/Take/AllowInvoke:ShopTopic58BF4490'));
    expect(found(after((_stack, _alias, fn) => fn.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.AWS_IAM })))).toEqual(past('Shop/Take/FunctionUrl'));
    expect(found(after((stack, _alias, fn) => new apigateway.LambdaRestApi(stack, 'Api', { handler: fn })))).toEqual([
      expect.stringMatching(/^warning traffic-past-alias: 'Shop\/Api\/.*' and 3 more have function 'Shop\/Take' invoked and not alias 'Shop\/Live', so that/),
    ]);
  });

  test('is none where they have the alias', () => {
    expect(
      found(
        after((stack, alias) => {
          alias.addEventSource(new SqsEventSource(new sqs.Queue(stack, 'Queue')));
          alias.addEventSource(new SnsEventSource(new sns.Topic(stack, 'Topic')));
          alias.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.AWS_IAM });
          new apigateway.LambdaRestApi(stack, 'Api', { handler: alias });
        }),
      ),
    ).toEqual([]);
  });

  test('of a function with a name, called by that name', () => {
    const stack = stackOf();
    const fn = userFunction(stack, 'Take', { functionName: 'take' });
    const rollout = aliasRolloutIn(stack, { alias: liveAlias(stack, { version: fn.currentVersion }), hooks: { beforeAllowTraffic: calendarHook() } });
    new lambda.CfnEventSourceMapping(stack, 'Mapping', { functionName: 'take', eventSourceArn: 'arn:aws:sqs:eu-west-1:111122223333:orders' });
    expect(found(finishedAlias(stack, rollout))).toEqual(past('Shop/Mapping'));
  });
});

test('a version that is published once', () => {
  const sample = aliasSample((stack) => ({ alias: liveAlias(stack, { version: new lambda.Version(stack, 'Once', { lambda: userFunction(stack, 'Take') }) }), hooks: { beforeAllowTraffic: calendarHook() } }));
  expect(found(sample)).toEqual(["warning fixed-version: alias 'Shop/Live' is on version 'Shop/Once', which is published once, so that a change of the function is no release"]);
});

describe('a release that nothing stops', () => {
  const nothing = ["warning nothing-stops-a-release: rollout 'Shop/Orders' has no hook, and no alarm but its own, which only hooks set: nothing stops a release, whatever it does"];
  const alarm = (stack: Stack) => RollbackAlarm.of(new cloudwatch.Alarm(stack, 'Errors', { metric: new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Errors' }), threshold: 1, evaluationPeriods: 1 }));

  test('is one without hooks and alarms', () => expect(found(aliasSample())).toEqual(nothing));

  test('is one whose only hook provisions the version', () => {
    expect(found(aliasSample({ provisionedConcurrentExecutions: 1 }))).toEqual(nothing);
    expect(found(aliasSample({ provisionedConcurrentExecutions: 1, hooks: { afterAllowTraffic: calendarHook() } }))).toEqual([]);
  });

  test('is none with a hook, or an alarm, also one that comes later', () => {
    expect(found(aliasSample({ hooks: { afterAllowTraffic: calendarHook() } }))).toEqual([]);
    expect(found(aliasSample((stack) => ({ rollback: { alarms: [alarm(stack)] } })))).toEqual([]);
    const stack = stackOf();
    const rollout = aliasRolloutIn(stack);
    rollout.addAlarm(alarm(stack));
    expect(found(finishedAlias(stack, rollout))).toEqual([]);
  });
});

test('a hook without a guardian', () => {
  const sample = aliasSample((stack) => ({ hooks: { beforeAllowTraffic: LifecycleHook.fromFunction(userFunction(stack, 'Smoke', { retryAttempts: 1 })) } }));
  expect(sample.description.findings.map(({ id }) => id)).toEqual(['unguarded']);
  expect(sample.description.hooks[0]!.guarded).toBe(false);
});
