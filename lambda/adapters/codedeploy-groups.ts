/** Deployment groups of EC2/on-premises, as deployments to fleets read them and point them at the Auto Scaling group that serves. */
import { ServiceFailure } from '../core/failures';
import type { ServerGroupFacts, ServerGroupPointer, ServerGroupReader } from '../core/server-groups/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CODE_DEPLOY } from './aws-endpoint';
import { CODE_DEPLOY_RPC } from './codedeploy';
import type { JsonObject } from './json-rpc';
import { jsonClient, objectOf, objects } from './json-rpc';

const MISSING: readonly string[] = ['ApplicationDoesNotExistException', 'DeploymentGroupDoesNotExistException'];

/**
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeploymentGroup.html
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_UpdateDeploymentGroup.html
 */
export function codeDeployGroups(call: AwsCall = awsCall(CODE_DEPLOY)): ServerGroupReader & ServerGroupPointer {
  const client = jsonClient(call, CODE_DEPLOY_RPC);
  return {
    read: async ({ application, group }, signal) => {
      const answer = await unlessMissing(() => client('GetDeploymentGroup', { applicationName: application, deploymentGroupName: group }, signal));
      return answer === undefined ? undefined : factsOf(objectOf(answer['deploymentGroupInfo']) ?? {});
    },

    // What an update leaves out is kept by the service.
    pointTo: async ({ application, group }, autoScalingGroup, signal) => {
      await client('UpdateDeploymentGroup', { applicationName: application, currentDeploymentGroupName: group, autoScalingGroups: [autoScalingGroup] }, signal);
    },
  };
}

export async function unlessMissing<T>(make: () => Promise<T>): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof ServiceFailure && MISSING.includes(error.code)) {
      return undefined;
    }
    throw error;
  }
}

function factsOf(info: JsonObject): ServerGroupFacts {
  const { deploymentGroupId: id, autoScalingGroups, deploymentStyle, lastSuccessfulDeployment, lastAttemptedDeployment } = info;
  if (typeof id !== 'string') {
    throw new ServiceFailure('codedeploy:GetDeploymentGroup', 'UnexpectedAnswer', 'the answer holds no deployment group', true);
  }
  const lastSuccessful = deploymentIn(lastSuccessfulDeployment);
  const lastAttempted = deploymentIn(lastAttemptedDeployment);
  return {
    id,
    autoScalingGroups: objects(autoScalingGroups).flatMap(({ name }) => (typeof name === 'string' ? [name] : [])),
    blueGreen: objectOf(deploymentStyle)?.['deploymentType'] === 'BLUE_GREEN',
    ...(lastSuccessful === undefined ? {} : { lastSuccessful }),
    ...(lastAttempted === undefined ? {} : { lastAttempted }),
  };
}

function deploymentIn(value: unknown): string | undefined {
  const id = objectOf(value)?.['deploymentId'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}
