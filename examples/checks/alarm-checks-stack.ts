import { AlarmCheck, EcsEndpoint, EcsRollout, LifecycleHook, Passes } from 'cdk-greenlight';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { WebService } from '../ecs-web/web-service.ts';

/** A release that waits for a drained queue before production traffic moves; later on the queue may fill again. */
export class AlarmChecksStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { service } = new WebService(this, 'App');
    const backlog = new cloudwatch.Alarm(this, 'Backlog', {
      metric: new cloudwatch.Metric({ namespace: 'AWS/SQS', metricName: 'ApproximateNumberOfMessagesVisible', dimensionsMap: { QueueName: 'orders' }, period: Duration.minutes(1) }),
      threshold: 1000,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });

    new EcsRollout(this, 'Web', {
      service,
      endpoint: EcsEndpoint.application({ productionPort: 80 }),
      hooks: {
        beforeAllowTraffic: LifecycleHook.checks({
          checks: [
            new AlarmCheck({ name: 'queue is drained', alarms: [backlog], passes: Passes.inARow(5), interval: Duration.seconds(30), checkTimeout: Duration.minutes(5) }),
          ],
        }),
      },
    });
  }
}
