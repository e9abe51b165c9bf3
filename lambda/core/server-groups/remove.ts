/** Takes the deployment group away, with what the service has copied for it. */
import type { StepReturn } from '../../../lib/model/deployment-request';
import { ROLLBACK_CREATOR } from '../../../lib/model/status';
import type { DeploymentFacts } from '../deployment/facts';
import { isOver } from '../deployment/facts';
import { ServiceFailure } from '../failures';
import { findCopies, removeCopies } from './copies';
import type { KeptGroup } from './group-ports';
import { ADOPTED_TAG, groupArn, isOurs, RESOURCE_TAG } from './marks';
import type { RemoveTask } from './request';
import type { Room } from './room';
import { again, call, ids, succeeded, wait } from './room';

const POLL_SECONDS = 5;

/** How long the service is given to begin the rollback of a deployment that has ended. */
const ROLLBACK_BEGINS_SECONDS = 30;

/** There is nothing to stop, or nothing that we could; its end is waited for. */
const STOPPED: readonly string[] = ['DeploymentAlreadyCompletedException', 'DeploymentDoesNotExistException', 'UnsupportedActionForDeploymentTypeException'];

export async function remove(room: Room, task: RemoveTask): Promise<StepReturn> {
  const found = await call(room, (signal) => room.ports.serverGroups.find(task.group, signal));
  if (found !== undefined) {
    return removeGroup(room, task, found);
  }
  return task.copied ? removeCopies(room, task) : succeeded(room, 'the deployment group is gone');
}

async function removeGroup(room: Room, task: RemoveTask, found: KeptGroup): Promise<StepReturn> {
  const { serverGroups, log } = room.ports;
  const arn = groupArn(room.request, task.group);
  const tags = await call(room, (signal) => serverGroups.tags(arn, signal));
  if (!isOurs(tags, room.request)) {
    return succeeded(room, 'the deployment group of this name is not of this resource, and stays');
  }
  if (tags[ADOPTED_TAG] !== undefined && (await isRolledBack(room))) {
    await call(room, (signal) => serverGroups.untag(arn, [RESOURCE_TAG, ADOPTED_TAG], signal));
    return succeeded(room, 'the deployment group was there before this resource, and stays, with the settings that it was given');
  }
  const inFlight = await stopInFlight(room, task);
  if (inFlight !== undefined) {
    return inFlight;
  }
  const copies = task.copied ? await findCopies(room, task, found.autoScalingGroups) : undefined;
  if (copies !== undefined && 'done' in copies) {
    return copies;
  }
  await call(room, (signal) => serverGroups.remove(task.group, signal));
  log.info('the deployment group is deleted', ids(room));
  return again(room, 1, copies === undefined ? {} : { copies: copies.known });
}

/** Whether CloudFormation takes back what it has begun, the creation of this resource with it. */
async function isRolledBack(room: Room): Promise<boolean> {
  const status = await call(room, (signal) => room.ports.stacks.statusOf(room.request.StackId, signal));
  return status?.includes('ROLLBACK') === true;
}

/** Undefined where nothing is in flight any more. Rollbacks are let run. */
async function stopInFlight(room: Room, { group }: RemoveTask): Promise<StepReturn | undefined> {
  const { stopping } = room.memory;
  const stopped = stopping === undefined ? undefined : await settle(room, stopping);
  if (stopped !== undefined) {
    return stopped;
  }
  const found = await call(room, (signal) => room.ports.deployments.search({ ...group, running: true }, signal));
  const running = found.find((deployment) => !isOver(deployment));
  if (running === undefined) {
    return undefined;
  }
  if (running.creator === ROLLBACK_CREATOR) {
    return wait(room, POLL_SECONDS, notOver(running));
  }
  await call(room, (signal) => room.ports.deployments.stop(running.id, signal)).catch(passIfStopped);
  room.ports.log.info('stopped', { ...ids(room), deploymentId: running.id, why: 'its deployment group is deleted' });
  return wait(room, POLL_SECONDS, notOver(running), { stopping: { id: running.id } });
}

/** Undefined where the deployment that we have stopped is over, its rollback included. */
async function settle(room: Room, { id, ended = room.elapsed }: NonNullable<Room['memory']['stopping']>): Promise<StepReturn | undefined> {
  const deployment = await call(room, (signal) => room.ports.deployments.read(id, signal)).catch(unlessMissing);
  if (deployment === undefined) {
    return undefined;
  }
  if (!isOver(deployment)) {
    return wait(room, POLL_SECONDS, notOver(deployment));
  }
  if (deployment.status === 'Succeeded') {
    return undefined;
  }
  if (deployment.rollbackId === undefined) {
    return room.elapsed - ended < ROLLBACK_BEGINS_SECONDS ? wait(room, POLL_SECONDS, `the rollback of deployment ${id} has not begun`, { stopping: { id, ended } }) : undefined;
  }
  const { rollbackId } = deployment;
  const rollback = await call(room, (signal) => room.ports.deployments.read(rollbackId, signal));
  return isOver(rollback) ? undefined : wait(room, POLL_SECONDS, `the rollback of deployment ${id}: ${notOver(rollback)}`);
}

const notOver = ({ id, status }: DeploymentFacts): string => `deployment ${id} has not ended (${status}); wait for its end in CodeDeploy, then delete the stack again`;

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof ServiceFailure && error.code === 'DeploymentDoesNotExistException')) {
    throw error;
  }
}

function passIfStopped(error: unknown): void {
  if (!(error instanceof ServiceFailure && STOPPED.includes(error.code))) {
    throw error;
  }
}
