import { EcsEndpoint, EcsRollout, HttpAssertion, HttpCheck, LifecycleHook, Passes } from 'cdk-greenlight';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { WebService } from '../ecs-web/web-service.ts';

/** A release that bakes on the test listener for forty minutes before production traffic moves: longer than a Lambda function can run. */
export class LongChecksStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { service } = new WebService(this, 'App');

    new EcsRollout(this, 'Web', {
      service,
      endpoint: EcsEndpoint.application({ productionPort: 80, testPort: 8080 }),
      hooks: {
        afterAllowTestTraffic: LifecycleHook.checks({
          checks: [
            HttpCheck.get('/api/orders', {
              name: 'orders keep working',
              assertions: [HttpAssertion.status(200), HttpAssertion.latencyBelow(Duration.seconds(1))],
              passes: Passes.inARow(41),
              interval: Duration.minutes(1),
              checkTimeout: Duration.minutes(45),
            }),
          ],
        }),
      },
    });
  }
}
