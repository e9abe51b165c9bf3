/** Finds out one thing through the ports. */
import { REFILL_CREATORS, ROLLBACK_CREATOR } from '../../../lib/model/status';
import { ServiceFailure } from '../failures';
import type { AliasTask } from './alias-task';
import type { DeploymentFacts, DeploymentPorts, Facts, Look } from './facts';
import { isOver } from './facts';
import { markOf, readMark } from './mark';
import { phaseOf } from './phase';
import type { ServerTask } from './server-task';
import type { Situation } from './situation';
import type { DeployTask, Task } from './task';

/** How much earlier than the execution a deployment of it may seem to have been created, in milliseconds: the two clocks are not the same. */
const CLOCKS_MS = 900_000;

/** How far back the releases of a group are looked for, in milliseconds, where its last deployments are none. What is older is not known to be there still. */
const ATTEMPTS_MS = 90 * 86_400_000;

const NO_GROUP: readonly string[] = ['ApplicationDoesNotExistException', 'DeploymentGroupDoesNotExistException'];
const NO_DEPLOYMENT: readonly string[] = ['DeploymentDoesNotExistException'];
const NO_CLUSTER: readonly string[] = ['ClusterNotFoundException'];

/** What the step knows besides. Rejects with `ServiceFailure`. */
export async function find(ports: DeploymentPorts, { task, startedAt, facts }: Situation, look: Look, signal: AbortSignal): Promise<Partial<Facts>> {
  switch (look.at) {
    case 'stack':
      return { stack: (await ports.stacks.statusOf(task.request.StackId, signal)) ?? 'gone' };
    case 'history': {
      const { StackId: stackId, LogicalResourceId: logicalId } = task.request;
      return { history: await ports.stacks.history({ stackId, logicalId }, (status) => phaseOf(status) === 'forward', signal) };
    }
    case 'marked':
      return marked(task, await orMissing(NO_GROUP, ports.deployments.search({ ...groupOf(task), since: startedAt - CLOCKS_MS }, signal)));
    case 'running':
      return running(await orMissing(NO_GROUP, ports.deployments.search({ ...groupOf(task), running: true }, signal)));
    case 'primary':
      return { primary: (await orMissing(NO_CLUSTER, ports.services.primary(serviceOf(task), signal))) ?? 'missing' };
    case 'alias':
    case 'leftAlias':
      return { [look.at]: (await ports.aliases.alias((task as AliasTask).alias, signal)) ?? 'missing' };
    case 'deployment':
      return { deployments: { [look.id]: (await orMissing(NO_DEPLOYMENT, ports.deployments.read(look.id, signal))) ?? 'missing' } };
    case 'listeners':
      return { listeners: { ...facts.listeners, [look.loadBalancerArn]: (await ports.listeners.listeners(look.loadBalancerArn, signal)) ?? [] } };
    case 'serverGroup':
      return { serverGroup: (await ports.serverGroups.read(groupOf(task), signal)) ?? 'missing' };
    case 'attempts':
      return { attempts: await ports.deployments.search({ ...groupOf(task), since: startedAt - ATTEMPTS_MS }, signal) };
    case 'originals':
      return { originalsTouched: { ...facts.originalsTouched, [look.id]: await ports.originals.touched(look.id, signal) } };
    case 'fleets':
      return { fleets: await ports.autoScalingGroups.describe((task as ServerTask).fleets!, signal) };
    case 'failedServers':
      return { failedServers: await ports.serverDeployments.failed(look.id, signal) };
    case 'events':
      return { events: await ports.deployments.events(look.id, signal) };
    case 'verdict':
    case 'guardian': {
      const reason = await ports.hookLogs.reason({ logGroup: look.logGroup, deploymentId: look.id, event: look.event, since: look.since }, signal);
      return { [look.at]: reason === undefined ? 'missing' : { reason } };
    }
  }
}

/**
 * The first deployment that carries the request's mark. Somebody who retries it by hand copies the mark with the description, and so might the
 * service for its rollback.
 */
function marked(task: Task, found: readonly DeploymentFacts[] | undefined): Partial<Facts> {
  const { request } = markOf(task.request);
  const [first] = (found ?? [])
    .filter(({ description, creator }) => readMark(description)?.request === request && creator !== ROLLBACK_CREATOR)
    .sort((one, other) => (one.createdAt ?? 0) - (other.createdAt ?? 0));
  return first === undefined ? { marked: 'missing' } : { marked: first.id, deployments: { [first.id]: first } };
}

/** One may have ended since it was listed; and those that bring single instances up to date go beside any other. */
function running(found: readonly DeploymentFacts[] | undefined): Partial<Facts> {
  const going = (found ?? []).filter((deployment) => !isOver(deployment) && !REFILL_CREATORS.includes(deployment.creator));
  return { running: going.map(({ id }) => id), deployments: Object.fromEntries(going.map((deployment) => [deployment.id, deployment])) };
}

async function orMissing<T>(codes: readonly string[], call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ServiceFailure && codes.includes(error.code)) {
      return undefined;
    }
    throw error;
  }
}

function groupOf(task: Task): { readonly application: string; readonly group: string } {
  const { application, group } = task as DeployTask;
  return { application, group };
}

function serviceOf(task: Task): { readonly cluster: string; readonly service: string } {
  const { cluster, service } = task as DeployTask;
  return { cluster, service };
}
