// A hook of your own, which reports by itself with the SDK that Lambda provides. It trusts the service to answer: there is no time-out on
// the request. When the service hangs, Lambda kills the function, and the rollout's guardian reports in its place.
import { once } from 'node:events';
import { get } from 'node:http';

import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy';

const codeDeploy = new CodeDeployClient({});

export async function handler({ DeploymentId, LifecycleEventHookExecutionId }) {
  const { status, body } = await request(`${process.env.TEST_URL}/smoke`);
  const passed = status === 200 && JSON.parse(body).status === 'ok';
  console.log(JSON.stringify({ message: passed ? 'the smoke test passed' : 'the smoke test failed', status, body }));
  await codeDeploy.send(
    new PutLifecycleEventHookExecutionStatusCommand({
      deploymentId: DeploymentId,
      lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
      status: passed ? 'Succeeded' : 'Failed',
    }),
  );
}

async function request(url) {
  const [response] = await once(get(url), 'response');
  const chunks = await Array.fromAsync(response);
  return { status: response.statusCode, body: Buffer.concat(chunks).toString() };
}
