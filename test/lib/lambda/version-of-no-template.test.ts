/** What is done with the version that the template gives an alias: an imported alias is given none, and a set gives one to each of its aliases. */
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';

import type { LambdaRolloutProps, RollbackAlarm } from '../../../lib';
import { LambdaAlarm, LambdaRollout, LifecycleHook, MetricCheck, RollbackAlarm as Alarms, TrafficShift } from '../../../lib';
import { liveAlias } from '../support/lambda-sample';
import { stackOf, userFunction } from '../support/sample';

const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:orders';

function imported(props: Partial<LambdaRolloutProps>): () => LambdaRollout {
  const stack = stackOf();
  const alias = lambda.Alias.fromAliasAttributes(stack, 'Live', { aliasName: 'live', aliasVersion: lambda.Version.fromVersionArn(stack, 'Any', `${ARN}:1`) });
  return () => new LambdaRollout(stack, 'Orders', { alias, ...props });
}

describe('an imported alias', () => {
  test.each([
    ['keepVersions', { keepVersions: 3 }, 3],
    ['provisionedConcurrentExecutions', { provisionedConcurrentExecutions: 5 }, 5],
  ])('has no %s', (name, props, value) => {
    expect(imported(props)).toThrow(
      new Error(`'${name}' is ${value}, and alias 'Shop/Live' is imported: which version it is on, and which may go, is not for this stack to say; leave '${name}' out, or make the alias in this app by 'new lambda.Alias'`),
    );
  });

  test('has no alarm on a version', () => {
    expect(imported({ rollback: { alarms: [LambdaAlarm.errors()] } })).toThrow(
      new Error("LambdaAlarm presets follow the version that the template gives an alias, and alias 'Shop/Live' is imported; use RollbackAlarm.of with an alarm on the metrics of the alias, such as 'alias.metricErrors()'"),
    );
  });

  test.each<[string, (rollout: LambdaRollout) => RollbackAlarm]>([
    ['what versions share', () => LambdaAlarm.asyncEventsDropped()],
    ['the alias', ({ alias, node }) => Alarms.of(alias.metricErrors().createAlarm(node.scope!, 'Errors', { threshold: 1, evaluationPeriods: 1 }))],
  ])('has alarms on %s', (_, alarm) => {
    const rollout = imported({})();
    expect(() => rollout.addAlarm(alarm(rollout))).not.toThrow();
  });
});

test('hooks that a set shares cannot compare the versions of one alias', () => {
  const stack = stackOf();
  const hooks = { afterAllowTraffic: LifecycleHook.checks({ checks: [MetricCheck.functionErrorRate({ window: Duration.minutes(5), minSamples: 100, significance: 0.01 })] }) };
  expect(() => LambdaRollout.forAll(stack, 'Functions', { aliases: [liveAlias(stack, { version: userFunction(stack, 'Take').currentVersion }, 'Live')], traffic: TrafficShift.LAMBDA_CANARY_10_PERCENT_10_MINUTES, hooks })).toThrow(
    "of a Lambda alias, and the rollouts of 'Shop/Functions' share it, which release several; watch each alias by LambdaAlarm in 'rollback.alarms', or release the one that needs the check by a LambdaRollout of its own",
  );
});
