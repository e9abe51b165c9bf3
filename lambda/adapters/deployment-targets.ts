/** What CodeDeploy tells about the one target of an ECS or a Lambda deployment. */
import type { EventFacts, TargetFacts, TargetReader, TaskSetFacts } from '../core/checks/metric/ports';
import { ServiceFailure } from '../core/failures';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CODE_DEPLOY } from './aws-endpoint';
import { CODE_DEPLOY_RPC } from './codedeploy';
import type { JsonObject } from './json-rpc';
import { jsonClient, objectOf, objects } from './json-rpc';

/**
 * ECS and Lambda deployments have one target; its id is not documented for Lambda, so that it is asked for.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentTarget.html
 */
export function targetReader(call: AwsCall = awsCall(CODE_DEPLOY)): TargetReader {
  const client = jsonClient(call, CODE_DEPLOY_RPC);
  return {
    targetOf: async (deploymentId, signal) => {
      const { targetIds } = await client('ListDeploymentTargets', { deploymentId }, signal);
      const [targetId, ...others] = Array.isArray(targetIds) ? (targetIds as unknown[]) : [];
      if (typeof targetId !== 'string' || others.length > 0) {
        throw unexpected('ListDeploymentTargets', `one target was expected, got ${Array.isArray(targetIds) ? targetIds.length : 'none'}`);
      }
      const { deploymentTargets } = await client('BatchGetDeploymentTargets', { deploymentId, targetIds: [targetId] }, signal);
      const [target] = objects(deploymentTargets);
      return factsOf(target);
    },
  };
}

function factsOf(target: JsonObject | undefined): TargetFacts {
  const ecs = objectOf(target?.['ecsTarget']);
  const lambda = objectOf(target?.['lambdaTarget']);
  if (ecs !== undefined) {
    return { events: eventsOf(ecs), versions: { platform: 'ECS', taskSets: objects(ecs['taskSetsInfo']).map(taskSet) } };
  }
  if (lambda !== undefined) {
    const info = objectOf(lambda['lambdaFunctionInfo']);
    return { events: eventsOf(lambda), versions: { platform: 'Lambda', ...text('currentVersion', info), ...text('targetVersion', info) } };
  }
  throw unexpected('BatchGetDeploymentTargets', `a target of ECS or Lambda was expected, got ${String(target?.['deploymentTargetType'] ?? 'none')}`);
}

function taskSet(info: JsonObject): TaskSetFacts {
  const { trafficWeight, taskSetLabel, targetGroup } = info;
  const { name } = objectOf(targetGroup) ?? {};
  return {
    // The API spells it so.
    id: typeof info['identifer'] === 'string' ? info['identifer'] : 'unknown',
    ...(typeof taskSetLabel === 'string' ? { label: taskSetLabel } : {}),
    ...(typeof trafficWeight === 'number' ? { trafficWeight } : {}),
    ...(typeof name === 'string' ? { targetGroup: name } : {}),
  };
}

function eventsOf({ lifecycleEvents }: JsonObject): readonly EventFacts[] {
  return objects(lifecycleEvents).map(({ lifecycleEventName, startTime, endTime }) => ({
    name: String(lifecycleEventName),
    ...(typeof startTime === 'number' ? { startedAt: startTime * 1000 } : {}),
    ...(typeof endTime === 'number' ? { endedAt: endTime * 1000 } : {}),
  }));
}

function text(name: 'currentVersion' | 'targetVersion', info: JsonObject | undefined): { readonly [K in typeof name]?: string } {
  const value = info?.[name];
  return typeof value === 'string' ? { [name]: value } : {};
}

function unexpected(operation: string, message: string): ServiceFailure {
  return new ServiceFailure(`codedeploy:${operation}`, 'UnexpectedAnswer', message, false);
}
