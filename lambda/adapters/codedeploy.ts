import type { Deployments, Reporter } from '../core/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CODE_DEPLOY } from './aws-endpoint';
import type { JsonRpc } from './json-rpc';
import { jsonClient } from './json-rpc';

export const CODE_DEPLOY_RPC: JsonRpc = { service: CODE_DEPLOY, version: '1.1', target: 'CodeDeploy_20141006' };

export function codeDeploy(call: AwsCall = awsCall(CODE_DEPLOY)): Reporter & Deployments {
  const client = jsonClient(call, CODE_DEPLOY_RPC);
  return {
    putStatus: async (hook, status, signal) => {
      const input = { deploymentId: hook.DeploymentId, lifecycleEventHookExecutionId: hook.LifecycleEventHookExecutionId, status };
      await client('PutLifecycleEventHookExecutionStatus', input, signal);
    },

    creatorOf: async (deploymentId, signal) => {
      const { deploymentInfo } = await client('GetDeployment', { deploymentId }, signal);
      const creator = (deploymentInfo as { readonly creator?: unknown } | undefined)?.creator;
      return typeof creator === 'string' ? creator : undefined;
    },
  };
}
