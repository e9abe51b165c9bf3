import { BreakGlass, EcsEndpoint, EcsRollout, HttpAssertion, HttpCheck, LifecycleHook } from 'cdk-greenlight';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { WebService } from '../ecs-web/web-service.ts';

/** A release that somebody on call can let through although its checks say no; everybody who listens to the topic hears of it. */
export class BreakGlassStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { service } = new WebService(this, 'App');
    const parameter = new ssm.StringParameter(this, 'Override', { parameterName: '/shop/web/break-glass', stringValue: 'off' });

    new EcsRollout(this, 'Web', {
      service,
      endpoint: EcsEndpoint.application({ productionPort: 80, testPort: 8080 }),
      breakGlass: BreakGlass.parameter(parameter, { topic: new sns.Topic(this, 'Overridden') }),
      hooks: {
        afterAllowTestTraffic: LifecycleHook.checks({
          checks: [HttpCheck.get('/api/orders', { name: 'orders', assertions: [HttpAssertion.jsonPath('$.status').equalsText('ok')] })],
        }),
        afterAllowTraffic: LifecycleHook.checks({ checks: [HttpCheck.get('/health', { name: 'health', assertions: [HttpAssertion.status(200)] })] }),
      },
    });
  }
}
