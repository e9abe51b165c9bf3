import { fileURLToPath } from 'node:url';

import { type Check, HttpAssertion, InvokeCheck, LambdaAlarm, LambdaRollout, LifecycleHook, MetricCheck, TrafficShift } from 'cdk-greenlight';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** A function behind an HTTP API: each version is smoke-tested before traffic moves, shifted in steps, watched by alarms of its own, and compared with the version before. */
export class LambdaOrdersStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const takeOrder = nodeFunction(this, 'TakeOrder', 'take-order');
    const live = new lambda.Alias(this, 'Live', { aliasName: 'live', version: takeOrder.currentVersion });
    // Clients come by the alias; what invokes the function itself would have new code at once.
    new HttpApi(this, 'Api', { defaultIntegration: new HttpLambdaIntegration('TakeOrder', live) });

    const smokeTest = nodeFunction(this, 'SmokeTest', 'smoke-test-version');
    const rollout = new LambdaRollout(this, 'Orders', {
      alias: live,
      traffic: TrafficShift.LAMBDA_LINEAR_10_PERCENT_EVERY_3_MINUTES,
      hooks: {
        beforeAllowTraffic: LifecycleHook.fromFunction(smokeTest),
        // All traffic is on the new version: it refuses what it should, did not fail more often than the old one during the shift, and the release is done.
        afterAllowTraffic: LifecycleHook.checks({ checks: [orders(), MetricCheck.functionErrorRate({ window: Duration.minutes(5), minSamples: 1000, significance: 0.01 })] }),
      },
      // On the version that is released alone: an old one that fails stops nobody from releasing the next.
      rollback: { alarms: [LambdaAlarm.errorRate({ threshold: 1 }), LambdaAlarm.duration({ threshold: Duration.seconds(2) }), LambdaAlarm.throttles({ threshold: 5 })] },
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

const nodeFunction = (scope: Construct, id: string, folder: string): lambda.Function =>
  new lambda.Function(scope, id, {
    code: lambda.Code.fromAsset(fileURLToPath(new URL(`../functions/${folder}`, import.meta.url))),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
    memorySize: 512,
    timeout: Duration.seconds(15),
  });
