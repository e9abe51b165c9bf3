import { ServiceFailure } from '../core/failures';
import type { Deployments, Reporter } from '../core/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CODE_DEPLOY } from './aws-endpoint';
import type { JsonObject, JsonRpc } from './json-rpc';
import { jsonClient, objectOf } from './json-rpc';

export const CODE_DEPLOY_RPC: JsonRpc = { service: CODE_DEPLOY, version: '1.1', target: 'CodeDeploy_20141006' };

export function codeDeploy(call: AwsCall = awsCall(CODE_DEPLOY)): Reporter & Deployments {
  const client = jsonClient(call, CODE_DEPLOY_RPC);
  const factsOf = async (deploymentId: string, signal: AbortSignal): Promise<JsonObject> => objectOf((await client('GetDeployment', { deploymentId }, signal))['deploymentInfo']) ?? {};
  const textOf = async (name: string, deploymentId: string, signal: AbortSignal): Promise<string | undefined> => {
    const fact = (await factsOf(deploymentId, signal))[name];
    return typeof fact === 'string' ? fact : undefined;
  };
  return {
    putStatus: async (hook, status, signal) => {
      const input = { deploymentId: hook.DeploymentId, lifecycleEventHookExecutionId: hook.LifecycleEventHookExecutionId, status };
      await client('PutLifecycleEventHookExecutionStatus', input, signal);
    },

    groupOf: async (deploymentId, signal) => {
      const { applicationName: application, deploymentGroupName: group } = await factsOf(deploymentId, signal);
      if (typeof application !== 'string' || typeof group !== 'string') {
        throw new ServiceFailure('codedeploy:GetDeployment', 'UnexpectedAnswer', 'the names of application and deployment group were expected', false);
      }
      return { application, group };
    },

    creatorOf: (deploymentId, signal) => textOf('creator', deploymentId, signal),
    statusOf: (deploymentId, signal) => textOf('status', deploymentId, signal),

    createdAt: async (deploymentId, signal) => {
      const { createTime: seconds } = await factsOf(deploymentId, signal);
      return typeof seconds === 'number' ? Math.round(seconds * 1_000) : undefined;
    },
  };
}
