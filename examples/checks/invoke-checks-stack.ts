import { fileURLToPath } from 'node:url';

import { EcsEndpoint, EcsRollout, HttpAssertion, InvokeCheck, LifecycleHook } from 'cdk-greenlight';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { WebService } from '../ecs-web/web-service.ts';

/** A release that must take an order placed by a function of the shop's own, before production traffic moves. */
export class InvokeChecksStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { vpc, service } = new WebService(this, 'App');
    const placeOrder = new lambda.Function(this, 'PlaceOrder', {
      code: lambda.Code.fromAsset(fileURLToPath(new URL('../functions/place-order', import.meta.url))),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      timeout: Duration.seconds(10),
      vpc,
    });

    const rollout = new EcsRollout(this, 'Web', {
      service,
      endpoint: EcsEndpoint.application({ productionPort: 80, testPort: 8080 }),
      hooks: { afterAllowTestTraffic: LifecycleHook.checks({ checks: orderChecks(placeOrder) }) },
      expectedRequestsPerSecond: 5,
    });

    // The function asks the new version, and the check asks the function.
    placeOrder.addEnvironment('SHOP_URL', `${rollout.testUrl}`);
    rollout.connections.allowFrom(placeOrder, ec2.Port.tcp(8080), 'Place order');
  }
}

// docs/checks/invoke.md shows what follows.
function orderChecks(placeOrder: lambda.IFunction): InvokeCheck[] {
  return [
    new InvokeCheck({
      name: 'an order is taken',
      function: placeOrder,
      payload: { items: [{ sku: 'tea', count: 2 }] },
      assertions: [
        HttpAssertion.jsonPath('$.total').equalsNumber(8.4),
        HttpAssertion.jsonPath('$.test').equalsBoolean(true).describedAs('nothing is shipped for it'),
        HttpAssertion.latencyBelow(Duration.seconds(3)),
      ],
    }),
    new InvokeCheck({
      name: 'an empty order is refused',
      function: placeOrder,
      payload: { items: [] },
      expectedErrorType: 'OrderRefused',
      assertions: [HttpAssertion.jsonPath('$.errorMessage').matches('needs an item')],
    }),
  ];
}
