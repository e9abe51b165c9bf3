import { ENV } from '../../../../lib/model/hook-contract';
import { asHookEvent, eitherController } from '../../../../lambda/core/native/either-controller';
import { context, fakeEnvironment, HOOK } from '../../support/fake-ports';
import { DEPLOYMENT, nativeEvent } from '../../support/native-events';

const NATIVE = 'EcsNative';
const CODE_DEPLOY = 'AfterAllowTestTraffic';

test.each([
  [CODE_DEPLOY, HOOK, 'codeDeploy'],
  [CODE_DEPLOY, {}, 'codeDeploy'],
  [CODE_DEPLOY, nativeEvent(), 'ecs'],
  [NATIVE, nativeEvent(), 'ecs'],
  [NATIVE, HOOK, 'ecs'],
  [NATIVE, {}, 'ecs'],
  [undefined, null, 'codeDeploy'],
])('a function made for %s that is invoked with %j answers %s', async (made, event, expected) => {
  const answers = (name: string) => async () => ({ hookStatus: name }) as never;
  const handler = eitherController(fakeEnvironment({ [ENV.event]: made }), { codeDeploy: answers('codeDeploy'), ecs: answers('ecs') });
  expect(await handler(event, context(1))).toEqual({ hookStatus: expected });
});

test('checks know the deployment by its ARN', () => {
  expect(asHookEvent(nativeEvent())).toEqual({ DeploymentId: DEPLOYMENT, LifecycleEventHookExecutionId: 'f4fcae0f-9bec-41c6-ba87-0eaa0cef8af5' });
});
