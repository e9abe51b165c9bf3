import { fileURLToPath } from 'node:url';

import { HttpAssertion, InvokeCheck, LambdaRollout, LifecycleHook, RollbackAlarm, TrafficShift } from 'cdk-greenlight';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** An alias whose versions do not start cold: each has its provisioned concurrency before traffic moves to it, and loses it when another one has taken over. The newest five versions are kept. */
export class LambdaWarmStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const takeOrder = new lambda.Function(this, 'TakeOrder', {
      code: lambda.Code.fromAsset(fileURLToPath(new URL('../functions/take-order', import.meta.url))),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      memorySize: 512,
      timeout: Duration.seconds(15),
    });
    const live = new lambda.Alias(this, 'Live', { aliasName: 'live', version: takeOrder.currentVersion });
    new LambdaRollout(this, 'Orders', {
      alias: live,
      traffic: TrafficShift.LAMBDA_CANARY_10_PERCENT_5_MINUTES,
      provisionedConcurrentExecutions: 5,
      keepVersions: 5,
      hooks: { beforeAllowTraffic: LifecycleHook.checks({ checks: [anOrder()] }) },
      rollback: { alarms: [RollbackAlarm.of(errors(this, live))] },
      expectedRequestsPerSecond: 20,
    });
  }
}

/** Played once the version is warm. */
const anOrder = () =>
  InvokeCheck.targetVersion({
    name: 'orders',
    cases: [{ name: 'an order is taken', payload: { body: JSON.stringify({ items: [{ sku: 'coffee', count: 1 }] }) }, assertions: [HttpAssertion.jsonPath('$.statusCode').equalsNumber(200)] }],
  });

const errors = (scope: Construct, alias: lambda.Alias): cloudwatch.Alarm =>
  new cloudwatch.Alarm(scope, 'Errors', {
    metric: alias.metricErrors({ period: Duration.minutes(1), statistic: cloudwatch.Stats.SUM }),
    threshold: 5,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 2,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    alarmDescription: 'Too many orders fail',
  });
