// A hook of your own, which reports by itself: it places an order with the version that is about to be released, which no client reaches yet. It learns function and version from
// the deployment, so that nothing in its environment refers to the alias. When it throws, or Lambda kills it, the rollout's guardian reports in its place.
import { BatchGetDeploymentTargetsCommand, CodeDeployClient, ListDeploymentTargetsCommand, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

const codeDeploy = new CodeDeployClient({});
const lambda = new LambdaClient({});

export async function handler({ DeploymentId, LifecycleEventHookExecutionId }) {
  const { functionName, targetVersion } = await released(DeploymentId);
  const { status, total } = await placeOrder(functionName, targetVersion, DeploymentId);
  const passed = status === 200 && total === 8.4;
  console.log(JSON.stringify({ message: passed ? 'the smoke test passed' : 'the smoke test failed', targetVersion, status, total }));
  await codeDeploy.send(
    new PutLifecycleEventHookExecutionStatusCommand({
      deploymentId: DeploymentId,
      lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
      status: passed ? 'Succeeded' : 'Failed',
    }),
  );
}

async function released(deploymentId) {
  const { targetIds } = await codeDeploy.send(new ListDeploymentTargetsCommand({ deploymentId }));
  const { deploymentTargets } = await codeDeploy.send(new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }));
  return deploymentTargets[0].lambdaTarget.lambdaFunctionInfo;
}

async function placeOrder(functionName, version, deploymentId) {
  const clientContext = { custom: { 'greenlight.deploymentId': deploymentId } };
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      Qualifier: version,
      ClientContext: Buffer.from(JSON.stringify(clientContext)).toString('base64'),
      Payload: JSON.stringify({ body: JSON.stringify({ items: [{ sku: 'tea', count: 2 }] }) }),
    }),
  );
  const result = JSON.parse(Buffer.from(Payload).toString());
  return FunctionError === undefined ? { status: result.statusCode, total: JSON.parse(result.body).total } : { status: FunctionError };
}
