// A hook: places an order with the version that is about to be released. What it does not foresee it throws, as hooks in the field do.
import { createRequire } from 'node:module';

// Lambda's runtime has the SDK where only this finds it.
const require = createRequire(import.meta.url);
const { CodeDeploy } = require('@aws-sdk/client-codedeploy');
const { Lambda } = require('@aws-sdk/client-lambda');

const codeDeploy = new CodeDeploy({});
const lambda = new Lambda({});

export async function handler({ DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId }) {
  const { targetIds } = await codeDeploy.listDeploymentTargets({ deploymentId });
  const { deploymentTargets } = await codeDeploy.batchGetDeploymentTargets({ deploymentId, targetIds });
  const { functionName, functionAlias, currentVersion, targetVersion } = deploymentTargets[0].lambdaTarget.lambdaFunctionInfo;
  const { FunctionVersion: named, RoutingConfig: routing } = await lambda.getAlias({ FunctionName: functionName, Name: functionAlias });
  const { Payload: payload, FunctionError: error, ExecutedVersion: executed } = await lambda.invoke({ FunctionName: functionName, Qualifier: targetVersion, Payload: JSON.stringify({ items: ['tea'] }) });
  const answer = JSON.parse(new TextDecoder().decode(payload));
  process.stdout.write(`${JSON.stringify({ functionName, functionAlias, currentVersion, targetVersion, named, routing, error, executed, answer })}\n`);
  const status = error === undefined && answer.status === 'placed' ? 'Succeeded' : 'Failed';
  await codeDeploy.putLifecycleEventHookExecutionStatus({ deploymentId, lifecycleEventHookExecutionId, status });
}
