import { fileURLToPath } from 'node:url';

import { AlarmCheck, type Check, HttpAssertion, InvokeCheck, LambdaRollout, LifecycleHook, Passes, RollbackAlarm, TrafficShift } from 'cdk-greenlight';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** A function behind an HTTP API: each version is smoke-tested before traffic moves, shifted in steps, and watched by alarms on the alias. */
export class LambdaOrdersStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const takeOrder = nodeFunction(this, 'TakeOrder', 'take-order');
    const live = new lambda.Alias(this, 'Live', { aliasName: 'live', version: takeOrder.currentVersion });
    // Clients come by the alias; what invokes the function itself would have new code at once.
    new HttpApi(this, 'Api', { defaultIntegration: new HttpLambdaIntegration('TakeOrder', live) });

    const smokeTest = nodeFunction(this, 'SmokeTest', 'smoke-test-version');
    const alarms = [errorRate(this, live), throttles(this, live)];
    const rollout = new LambdaRollout(this, 'Orders', {
      alias: live,
      traffic: TrafficShift.LAMBDA_LINEAR_10_PERCENT_EVERY_1_MINUTE,
      hooks: {
        beforeAllowTraffic: LifecycleHook.fromFunction(smokeTest),
        // All traffic is on the new version: it refuses what it should, a quiet minute or two, and the release is done.
        afterAllowTraffic: LifecycleHook.checks({
          checks: [orders(), new AlarmCheck({ name: 'the alias is quiet', alarms, passes: Passes.inARow(4), interval: Duration.seconds(30) })],
        }),
      },
      rollback: { alarms: alarms.map((alarm) => RollbackAlarm.of(alarm)) },
      expectedRequestsPerSecond: 20,
    });
    letAsk(smokeTest, takeOrder, rollout);
  }
}

/** The version that is released, invoked as the API invokes it. */
const orders = (): Check =>
  InvokeCheck.targetVersion({
    name: 'orders',
    cases: [
      { name: 'an order is taken', payload: order({ sku: 'coffee', count: 1 }), assertions: [HttpAssertion.jsonPath('$.statusCode').equalsNumber(200), HttpAssertion.jsonPath('$.body').matches('"total":5.1')] },
      { name: 'an empty order is refused', payload: order(), assertions: [HttpAssertion.jsonPath('$.statusCode').equalsNumber(400)] },
    ],
  });

const order = (...items: readonly { readonly sku: string; readonly count: number }[]) => ({ body: JSON.stringify({ items }) });

/** What the smoke test needs besides its right to report: to find the versions of its deployment, and to invoke any of them. */
function letAsk(smokeTest: lambda.Function, { functionArn }: lambda.IFunction, { deploymentGroup }: LambdaRollout): void {
  smokeTest.addToRolePolicy(
    new iam.PolicyStatement({ actions: ['codedeploy:BatchGetDeploymentTargets', 'codedeploy:ListDeploymentTargets'], resources: [deploymentGroup.deploymentGroupArn] }),
  );
  smokeTest.addToRolePolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [`${functionArn}:*`] }));
}

/** More than 1 % of the invocations of the alias failed, in two of three minutes, on either version. */
function errorRate(scope: Construct, alias: lambda.Alias): cloudwatch.Alarm {
  const minute = { period: Duration.minutes(1), statistic: cloudwatch.Stats.SUM };
  const rate = new cloudwatch.MathExpression({
    label: 'Share of failed invocations in percent',
    expression: '100 * FILL(errors, 0) / invocations',
    usingMetrics: { errors: alias.metricErrors(minute), invocations: alias.metricInvocations(minute) },
    period: Duration.minutes(1),
  });
  return alarm(scope, 'ErrorRate', { metric: rate, threshold: 1, alarmDescription: 'Too many orders fail' });
}

function throttles(scope: Construct, alias: lambda.Alias): cloudwatch.Alarm {
  const metric = alias.metricThrottles({ period: Duration.minutes(1), statistic: cloudwatch.Stats.SUM });
  return alarm(scope, 'Throttles', { metric, threshold: 5, alarmDescription: 'Orders are throttled' });
}

const alarm = (scope: Construct, id: string, props: Pick<cloudwatch.AlarmProps, 'metric' | 'threshold' | 'alarmDescription'>): cloudwatch.Alarm =>
  new cloudwatch.Alarm(scope, id, {
    ...props,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 3,
    datapointsToAlarm: 2,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });

const nodeFunction = (scope: Construct, id: string, folder: string): lambda.Function =>
  new lambda.Function(scope, id, {
    code: lambda.Code.fromAsset(fileURLToPath(new URL(`../functions/${folder}`, import.meta.url))),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
    memorySize: 512,
    timeout: Duration.seconds(15),
  });
