// A hook: places an order with the version that is about to be released. What it does not foresee it throws, as hooks in the field do.
const { CodeDeploy } = require('@aws-sdk/client-codedeploy');
const { Lambda } = require('@aws-sdk/client-lambda');

const codeDeploy = new CodeDeploy({});
const lambda = new Lambda({});

exports.handler = async ({ DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId }) => {
  const { targetIds } = await codeDeploy.listDeploymentTargets({ deploymentId });
  const { deploymentTargets } = await codeDeploy.batchGetDeploymentTargets({ deploymentId, targetIds });
  const { functionName, functionAlias, currentVersion, targetVersion } = deploymentTargets[0].lambdaTarget.lambdaFunctionInfo;
  const { FunctionVersion: named, RoutingConfig: routing } = await lambda.getAlias({ FunctionName: functionName, Name: functionAlias });
  const { Payload: payload, FunctionError: error, ExecutedVersion: executed } = await lambda.invoke({ FunctionName: functionName, Qualifier: targetVersion, Payload: JSON.stringify({ items: ['tea'] }) });
  const answer = JSON.parse(new TextDecoder().decode(payload));
  console.log(JSON.stringify({ functionName, functionAlias, currentVersion, targetVersion, named, routing, error, executed, answer }));
  const status = error === undefined && answer.status === 'placed' ? 'Succeeded' : 'Failed';
  await codeDeploy.putLifecycleEventHookExecutionStatus({ deploymentId, lifecycleEventHookExecutionId, status });
};
