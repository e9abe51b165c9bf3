import type { Deployments, Reporter } from '../core/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CODE_DEPLOY } from './aws-endpoint';
import type { JsonRpc } from './json-rpc';
import { jsonClient } from './json-rpc';

export const CODE_DEPLOY_RPC: JsonRpc = { service: CODE_DEPLOY, version: '1.1', target: 'CodeDeploy_20141006' };

export function codeDeploy(call: AwsCall = awsCall(CODE_DEPLOY)): Reporter & Deployments {
  const client = jsonClient(call, CODE_DEPLOY_RPC);
  const factOf = async (name: string, deploymentId: string, signal: AbortSignal): Promise<unknown> => {
    const { deploymentInfo } = await client('GetDeployment', { deploymentId }, signal);
    return (deploymentInfo as Readonly<Record<string, unknown>> | undefined)?.[name];
  };
  const textOf = async (name: string, deploymentId: string, signal: AbortSignal): Promise<string | undefined> => {
    const fact = await factOf(name, deploymentId, signal);
    return typeof fact === 'string' ? fact : undefined;
  };
  return {
    putStatus: async (hook, status, signal) => {
      const input = { deploymentId: hook.DeploymentId, lifecycleEventHookExecutionId: hook.LifecycleEventHookExecutionId, status };
      await client('PutLifecycleEventHookExecutionStatus', input, signal);
    },

    creatorOf: (deploymentId, signal) => textOf('creator', deploymentId, signal),
    statusOf: (deploymentId, signal) => textOf('status', deploymentId, signal),

    createdAt: async (deploymentId, signal) => {
      const seconds = await factOf('createTime', deploymentId, signal);
      return typeof seconds === 'number' ? Math.round(seconds * 1_000) : undefined;
    },
  };
}
