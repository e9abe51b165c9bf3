/** What CodeDeploy tells about an ECS or a Lambda deployment: its one target, and its AppSpec. */
import { ServiceFailure } from '../core/failures';
import type { EventFacts, LambdaVersions, Release, ReleaseSource, TaskSetFacts } from '../core/release/ports';
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
export function releaseSource(call: AwsCall = awsCall(CODE_DEPLOY)): ReleaseSource {
  const client = jsonClient(call, CODE_DEPLOY_RPC);
  return {
    target: async (deploymentId, signal) => {
      const { targetIds } = await client('ListDeploymentTargets', { deploymentId }, signal);
      const [targetId, ...others] = Array.isArray(targetIds) ? (targetIds as unknown[]) : [];
      if (typeof targetId !== 'string' || others.length > 0) {
        throw unexpected('ListDeploymentTargets', `one target was expected, got ${Array.isArray(targetIds) ? targetIds.length : 'none'}`);
      }
      const { deploymentTargets } = await client('BatchGetDeploymentTargets', { deploymentId, targetIds: [targetId] }, signal);
      const [target] = objects(deploymentTargets);
      return factsOf(target);
    },

    appSpec: async (deploymentId, signal) => {
      const info = objectOf((await client('GetDeployment', { deploymentId }, signal))['deploymentInfo']);
      const { applicationName, revision } = info ?? {};
      const asked = withoutText(objectOf(revision));
      const answer = await client('GetApplicationRevision', { applicationName, revision: asked }, signal);
      return textOf(objectOf(answer['revision']));
    },
  };
}

/** By which member of a revision its AppSpec is named, and handed out. Deployments that CloudFormation starts for an alias have a `String`. */
const APP_SPEC_MEMBERS: Readonly<Record<string, string>> = { AppSpecContent: 'appSpecContent', String: 'string' };

/** The revision as GetDeployment tells it: by its hash. Its text is with the application. */
function withoutText(revision: JsonObject | undefined): JsonObject {
  const revisionType = String(revision?.['revisionType'] ?? 'none');
  const member = APP_SPEC_MEMBERS[revisionType] ?? '';
  const { sha256 } = objectOf(revision?.[member]) ?? {};
  if (typeof sha256 !== 'string') {
    throw unexpected('GetDeployment', `a revision that is an AppSpec with its hash was expected, got one of type ${revisionType}`);
  }
  return { revisionType, [member]: { sha256 } };
}

function textOf(revision: JsonObject | undefined): string {
  const [content] = Object.values(APP_SPEC_MEMBERS).flatMap((member) => objectOf(revision?.[member])?.['content'] ?? []);
  if (typeof content !== 'string') {
    throw unexpected('GetApplicationRevision', 'the answer holds no AppSpec');
  }
  return content;
}

function factsOf(target: JsonObject | undefined): Release {
  const ecs = objectOf(target?.['ecsTarget']);
  const lambda = objectOf(target?.['lambdaTarget']);
  if (ecs !== undefined) {
    return { events: eventsOf(ecs), versions: { platform: 'ECS', taskSets: objects(ecs['taskSetsInfo']).map(taskSet) } };
  }
  if (lambda !== undefined) {
    const info = objectOf(lambda['lambdaFunctionInfo']);
    return { events: eventsOf(lambda), versions: lambdaVersions(info) };
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

function lambdaVersions(info: JsonObject | undefined): LambdaVersions {
  return {
    platform: 'Lambda',
    ...text('functionName', info?.['functionName']),
    ...text('alias', info?.['functionAlias']),
    ...text('currentVersion', info?.['currentVersion']),
    ...text('targetVersion', info?.['targetVersion']),
  };
}

const text = <Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> => (typeof value === 'string' && value !== '' ? ({ [name]: value } as Record<Name, string>) : {});

function unexpected(operation: string, message: string): ServiceFailure {
  return new ServiceFailure(`codedeploy:${operation}`, 'UnexpectedAnswer', message, false);
}
