/** Deployments of CodeDeploy, as the deployment provider starts, finds, follows and stops them. */
import type { DeploymentStatus } from '../../lib/model/status';
import type { DeploymentFacts, DeploymentService, LifecycleEventFacts } from '../core/deployment/facts';
import { ServiceFailure } from '../core/failures';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CODE_DEPLOY } from './aws-endpoint';
import { CODE_DEPLOY_RPC } from './codedeploy';
import type { JsonClient, JsonObject } from './json-rpc';
import { jsonClient, objectOf, objects } from './json-rpc';
import { serverFacts } from './server-deployments';

const GOING_ON: readonly DeploymentStatus[] = ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'];

/** Most that BatchGetDeployments takes. */
const BATCH = 25;

/** Far more than a group can have had in the time that is searched. */
const MAX_PAGES = 10;

export function codeDeployDeployments(call: AwsCall = awsCall(CODE_DEPLOY)): DeploymentService {
  const client = jsonClient(call, CODE_DEPLOY_RPC);
  return {
    search: async ({ application, group, since, running }, signal) => {
      const ids = await list(client, signal, {
        applicationName: application,
        deploymentGroupName: group,
        ...(running === true ? { includeOnlyStatuses: GOING_ON } : {}),
        ...(since === undefined ? {} : { createTimeRange: { start: since / 1_000 } }),
      });
      const found: DeploymentFacts[] = [];
      for (let first = 0; first < ids.length; first += BATCH) {
        const { deploymentsInfo } = await client('BatchGetDeployments', { deploymentIds: ids.slice(first, first + BATCH) }, signal);
        found.push(...objects(deploymentsInfo).map(factsOf));
      }
      return found;
    },

    read: async (deploymentId, signal) => {
      const { deploymentInfo } = await client('GetDeployment', { deploymentId }, signal);
      const info = objectOf(deploymentInfo);
      if (info === undefined) {
        throw unexpected('GetDeployment', 'the answer holds no deployment');
      }
      return { ...factsOf(info), id: deploymentId };
    },

    events: async (deploymentId, signal) => {
      const { targetIds } = await client('ListDeploymentTargets', { deploymentId }, signal);
      const [targetId] = Array.isArray(targetIds) ? (targetIds as unknown[]) : [];
      if (typeof targetId !== 'string') {
        return [];
      }
      const { deploymentTargets } = await client('BatchGetDeploymentTargets', { deploymentId, targetIds: [targetId] }, signal);
      const [target] = objects(deploymentTargets);
      return objects(objectOf(target?.['ecsTarget'] ?? target?.['lambdaTarget'])?.['lifecycleEvents']).map(eventOf);
    },

    create: async ({ application, group, description, appSpec }, signal) => {
      const revision = { revisionType: 'AppSpecContent', appSpecContent: { content: appSpec } };
      const input = { applicationName: application, deploymentGroupName: group, revision, description };
      const { deploymentId } = await client('CreateDeployment', input, signal);
      if (typeof deploymentId !== 'string') {
        throw unexpected('CreateDeployment', 'the answer holds no id');
      }
      return deploymentId;
    },

    stop: async (deploymentId, signal) => {
      await client('StopDeployment', { deploymentId, autoRollbackEnabled: true }, signal);
    },
  };
}

/** Ids over all pages. What does not come to an end is as good as unread: something might be overlooked. */
async function list(client: JsonClient, signal: AbortSignal, query: object): Promise<readonly string[]> {
  const ids: string[] = [];
  let token: unknown;
  for (let page = 1; page <= MAX_PAGES; page++) {
    const answer: JsonObject = await client('ListDeployments', { ...query, ...(token === undefined ? {} : { nextToken: token }) }, signal);
    const { deployments } = answer;
    ids.push(...(Array.isArray(deployments) ? (deployments as unknown[]).filter((id): id is string => typeof id === 'string') : []));
    token = answer['nextToken'];
    if (token === undefined) {
      return ids;
    }
  }
  throw unexpected('ListDeployments', `more than ${MAX_PAGES} pages`);
}

function factsOf(info: JsonObject): DeploymentFacts {
  const { deploymentId, status, creator, description, createTime } = info;
  const error = objectOf(info['errorInformation']);
  const servers = serverFacts(info);
  const rollbackId = objectOf(info['rollbackInfo'])?.['rollbackDeploymentId'];
  return {
    id: String(deploymentId),
    status: String(status),
    ...(typeof creator === 'string' ? { creator } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof createTime === 'number' ? { createdAt: createTime * 1_000 } : {}),
    ...(error === undefined ? {} : { error: { code: String(error['code'] ?? 'no code'), message: String(error['message'] ?? 'no message') } }),
    ...(typeof rollbackId === 'string' && rollbackId !== '' ? { rollbackId } : {}),
    rollsBack: objectOf(info['autoRollbackConfiguration'])?.['enabled'] === true,
    ...(servers === undefined ? {} : { servers }),
  };
}

function eventOf({ lifecycleEventName, status, diagnostics }: JsonObject): LifecycleEventFacts {
  const { errorCode, message, logTail } = objectOf(diagnostics) ?? {};
  const said = [errorCode, message, logTail].filter((part) => typeof part === 'string' && part !== '' && part !== 'Success');
  return { name: String(lifecycleEventName), status: String(status), ...(said.length === 0 ? {} : { diagnostics: said.join(': ') }) };
}

/** Worth another look: the next answer may be whole. */
function unexpected(operation: string, message: string): ServiceFailure {
  return new ServiceFailure(`codedeploy:${operation}`, 'UnexpectedAnswer', message, true);
}
