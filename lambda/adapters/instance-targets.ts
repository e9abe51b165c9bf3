import { ServiceFailure } from '../core/failures';
import type { InstanceTarget, InstanceTargets } from '../core/server-gate/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CODE_DEPLOY } from './aws-endpoint';
import { CODE_DEPLOY_RPC } from './codedeploy';
import { texts } from './ecs';
import type { JsonObject } from './json-rpc';
import { jsonClient, objectOf, objects } from './json-rpc';

/**
 * The instances of deployments to EC2/on-premises.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_InstanceTarget.html
 */
export function instanceTargets(call: AwsCall = awsCall(CODE_DEPLOY)): InstanceTargets {
  const client = jsonClient(call, CODE_DEPLOY_RPC);
  return {
    page: async (deploymentId, next, signal) => {
      const { targetIds, nextToken } = await client('ListDeploymentTargets', { deploymentId, ...(next === undefined ? {} : { nextToken: next }) }, signal);
      return { ids: texts(targetIds), ...(typeof nextToken === 'string' && nextToken !== '' ? { next: nextToken } : {}) };
    },

    read: async (deploymentId, targetIds, signal) => {
      const { deploymentTargets } = await client('BatchGetDeploymentTargets', { deploymentId, targetIds }, signal);
      return objects(deploymentTargets).map(targetOf);
    },
  };
}

function targetOf(target: JsonObject): InstanceTarget {
  const { targetId, status, instanceLabel, lifecycleEvents } = objectOf(target['instanceTarget']) ?? {};
  if (typeof targetId !== 'string' || typeof status !== 'string') {
    const message = `a target that is an instance was expected, got one of type ${String(target['deploymentTargetType'] ?? 'none')}`;
    throw new ServiceFailure('codedeploy:BatchGetDeploymentTargets', 'UnexpectedAnswer', message, false);
  }
  const events = objects(lifecycleEvents).map(({ lifecycleEventName, status: eventStatus }) => [String(lifecycleEventName), String(eventStatus)]);
  return { id: targetId, status, ...(typeof instanceLabel === 'string' ? { label: instanceLabel } : {}), events: Object.fromEntries(events) };
}
