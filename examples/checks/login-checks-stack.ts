import type { HttpStepsCheck } from 'cdk-greenlight';
import { Capture, EcsEndpoint, EcsRollout, HttpAssertion, HttpAuth, HttpCheck, HttpStep, LifecycleHook, RuntimeValue, TrafficShift } from 'cdk-greenlight';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { WebService } from '../ecs-web/web-service.ts';

/** A release that must let a user in, who then sees the orders. */
export class LoginChecksStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const { service } = new WebService(this, 'App');
    const user = new Secret(this, 'TestUser', {
      generateSecretString: { secretStringTemplate: JSON.stringify({ user: 'greenlight' }), generateStringKey: 'password' },
    });

    new EcsRollout(this, 'Web', {
      service,
      endpoint: EcsEndpoint.application({ productionPort: 80, testPort: 8080 }),
      traffic: TrafficShift.allAtOnce(),
      hooks: { afterAllowTestTraffic: LifecycleHook.checks({ checks: [login(user)] }) },
    });
  }
}

// docs/checks/http.md shows what follows.
function login(user: secretsmanager.ISecret): HttpStepsCheck {
  return HttpCheck.steps({
    name: 'login',
    values: { password: RuntimeValue.secret(user, { jsonField: 'password' }) },
    steps: [
      HttpStep.post('/login', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ user: 'greenlight', password: '{{password}}' }),
        assertions: [HttpAssertion.status(200)],
        captures: { token: Capture.jsonPath('$.token'), account: Capture.jsonPath('$.account.id') },
      }),
      HttpStep.get('/accounts/{{account}}/orders', {
        auth: HttpAuth.bearer(RuntimeValue.named('token')),
        assertions: [
          HttpAssertion.status(200),
          HttpAssertion.jsonPath('$.account').equalsText('{{account}}'),
          HttpAssertion.jsonSchema({
            type: 'object',
            required: ['orders'],
            properties: { orders: { type: 'array', items: { type: 'object', required: ['id', 'total'], properties: { total: { type: 'number', minimum: 0 } } } } },
          }),
        ],
      }),
    ],
  });
}
