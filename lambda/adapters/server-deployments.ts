/** Deployments to EC2/on-premises: how they are started, what they tell besides others, and where they have failed. */
import { ServiceFailure } from '../core/failures';
import type { FailedServer, InstanceCounts, ServerDeploymentFacts, ServerDeployments } from '../core/deployment/server-facts';
import { serverRevision } from '../core/deployment/server-revision';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CODE_DEPLOY } from './aws-endpoint';
import { CODE_DEPLOY_RPC } from './codedeploy';
import type { JsonObject } from './json-rpc';
import { jsonClient, objectOf, objects } from './json-rpc';

/** Failed instances that are looked at; a reason has room for no more. */
const SHOWN_INSTANCES = 3;

export function serverDeployments(call: AwsCall = awsCall(CODE_DEPLOY)): ServerDeployments {
  const client = jsonClient(call, CODE_DEPLOY_RPC);
  return {
    create: async ({ application, group, description, revision, replacement, fileExistsBehavior, ignoreApplicationStopFailures }, signal) => {
      const { deploymentId } = await client(
        'CreateDeployment',
        {
          applicationName: application,
          deploymentGroupName: group,
          revision,
          description,
          ...(replacement === undefined ? {} : { targetInstances: { autoScalingGroups: [replacement] } }),
          ...(fileExistsBehavior === undefined ? {} : { fileExistsBehavior }),
          ...(ignoreApplicationStopFailures === true ? { ignoreApplicationStopFailures } : {}),
        },
        signal,
      );
      if (typeof deploymentId !== 'string') {
        throw new ServiceFailure('codedeploy:CreateDeployment', 'UnexpectedAnswer', 'the answer holds no id', true);
      }
      return deploymentId;
    },

    failed: async (deploymentId, signal) => {
      const { targetIds } = await client('ListDeploymentTargets', { deploymentId, targetFilters: { TargetStatus: ['Failed'] } }, signal);
      const ids = (Array.isArray(targetIds) ? (targetIds as unknown[]) : []).filter((id) => typeof id === 'string');
      if (ids.length === 0) {
        return { count: 0, first: [] };
      }
      const { deploymentTargets } = await client('BatchGetDeploymentTargets', { deploymentId, targetIds: ids.slice(0, SHOWN_INSTANCES) }, signal);
      return { count: ids.length, first: objects(deploymentTargets).flatMap((target) => failedServer(objectOf(target['instanceTarget']))) };
    },
  };
}

function failedServer(target: JsonObject | undefined): readonly FailedServer[] {
  const { targetId, lifecycleEvents } = target ?? {};
  const failed = objects(lifecycleEvents).find(({ status }) => status === 'Failed');
  const { errorCode, scriptName, message, logTail } = objectOf(failed?.['diagnostics']) ?? {};
  return typeof targetId !== 'string'
    ? []
    : [{ instance: targetId, ...text('event', failed?.['lifecycleEventName']), ...text('code', errorCode), ...text('script', scriptName), ...text('message', message), ...text('logTail', logTail) }];
}

/**
 * What GetDeployment tells of a deployment to EC2/on-premises; undefined for any other.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentInfo.html
 */
export function serverFacts(info: JsonObject): ServerDeploymentFacts | undefined {
  const { computePlatform, applicationName, completeTime, instanceTerminationWaitTimeStarted: started } = info;
  if (computePlatform !== 'Server') {
    return undefined;
  }
  const revision = serverRevision(info['revision']);
  const ready = objectOf(objectOf(info['blueGreenDeploymentConfiguration'])?.['deploymentReadyOption']);
  const replacements = objectOf(info['targetInstances'])?.['autoScalingGroups'];
  const instances = counts(objectOf(info['deploymentOverview']));
  return {
    application: String(applicationName),
    ...(revision === undefined ? {} : { revision }),
    blueGreen: objectOf(info['deploymentStyle'])?.['deploymentType'] === 'BLUE_GREEN',
    readyWait: ready?.['actionOnTimeout'] === 'STOP_DEPLOYMENT',
    replacements: Array.isArray(replacements) ? (replacements as unknown[]).filter((name) => typeof name === 'string') : [],
    terminationWaitStarted: started === true,
    ...(typeof completeTime === 'number' ? { endedAt: completeTime * 1_000 } : {}),
    ...(instances === undefined ? {} : { instances }),
  };
}

/** Members of `deploymentOverview`; those of the second list are of instances to which nothing has been done. */
const TOUCHED = ['InProgress', 'Succeeded', 'Failed', 'Ready'];
const UNTOUCHED = ['Pending', 'Skipped'];

function counts(overview: JsonObject | undefined): InstanceCounts | undefined {
  const sum = (names: readonly string[]): number => names.reduce((total, name) => total + Number(overview?.[name] ?? 0), 0);
  const touched = sum(TOUCHED);
  return overview === undefined ? undefined : { all: touched + sum(UNTOUCHED), failed: sum(['Failed']), touched };
}

const text = <Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> => (typeof value === 'string' && value !== '' ? ({ [name]: value } as Record<Name, string>) : {});
