/** Deployments of CodeDeploy, as the gates of fleets read, continue and stop them. */
import { ServiceFailure } from '../core/failures';
import type { GateDeployments } from '../core/server-gate/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CODE_DEPLOY } from './aws-endpoint';
import { CODE_DEPLOY_RPC } from './codedeploy';
import { jsonClient, objectOf } from './json-rpc';

/**
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ContinueDeployment.html
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_StopDeployment.html
 */
export function gateDeployments(call: AwsCall = awsCall(CODE_DEPLOY)): GateDeployments {
  const client = jsonClient(call, CODE_DEPLOY_RPC);
  return {
    read: async (deploymentId, signal) => {
      const { applicationName: application, deploymentGroupName: deploymentGroup, status, creator } = objectOf((await client('GetDeployment', { deploymentId }, signal))['deploymentInfo']) ?? {};
      if (typeof application !== 'string' || typeof deploymentGroup !== 'string' || typeof status !== 'string') {
        // Worth another look: the next answer may be whole.
        throw new ServiceFailure('codedeploy:GetDeployment', 'UnexpectedAnswer', 'the names of application and deployment group, and a status were expected', true);
      }
      return { application, deploymentGroup, status, ...(typeof creator === 'string' ? { creator } : {}) };
    },

    continue: async (deploymentId, signal) => {
      await client('ContinueDeployment', { deploymentId, deploymentWaitType: 'READY_WAIT' }, signal);
    },

    stop: async (deploymentId, signal) => {
      await client('StopDeployment', { deploymentId, autoRollbackEnabled: true }, signal);
    },
  };
}
