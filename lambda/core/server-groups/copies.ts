/**
 * Auto Scaling groups that the service has copied for a deployment group. They are in no stack, and keep the security groups and the subnets of the stack from being deleted.
 *
 * A name tells the deployment group and the deployment, yet not the application: whose a copy is, its deployment is asked.
 */
import type { StepReturn } from '../../../lib/model/deployment-request';
import { copiedGroupPrefix } from '../../../lib/model/server/deployment-group-request';
import { isDenied } from '../deployment/trouble';
import { describeError, ServiceFailure } from '../failures';
import { groupIn, idOf } from './marks';
import type { AutoScalingGroupFacts } from './ports';
import type { RemoveTask } from './request';
import type { Room } from './room';
import { again, call, ids, longCall, succeeded, wait } from './room';
import { deploymentOfCopy, isCopy } from './serving';

/** Copies that a step asks about, and that it removes. */
const IN_A_STEP = 2;

const POLL_SECONDS = 10;

interface Copies {
  readonly known: NonNullable<Room['memory']['copies']>;
  /** Those of the group that are there, or are just going. */
  readonly there: readonly AutoScalingGroupFacts[];
}

interface Copy {
  readonly name: string;
  readonly deploymentId: string;
}

/** `named`: what the group itself names; one that it has taken over has the name of the group of before. */
export async function findCopies(room: Room, task: RemoveTask, named: readonly string[]): Promise<Copies | StepReturn> {
  const { autoScalingGroups } = room.ports;
  const { group } = task.group;
  const found = await longCall(room, (signal) => autoScalingGroups.beginningWith(copiedGroupPrefix(group), signal));
  const candidates = found.flatMap((facts) => {
    const deploymentId = deploymentOfCopy(facts.name, group);
    return deploymentId === undefined ? [] : [{ ...facts, deploymentId }];
  });
  const takenOver = named.filter((name) => isCopy(name) && !task.autoScalingGroups.includes(name));
  const { own, others } = room.memory.copies ?? { own: [], others: [] };
  const known = { own: [...new Set([...own, ...takenOver])], others };
  const unknown = candidates.filter(({ name }) => !known.own.includes(name) && !known.others.includes(name));
  if (unknown.length > 0) {
    return again(room, 0, { copies: await sorted(room, task, known, unknown.slice(0, IN_A_STEP)) });
  }
  const elsewhere = known.own.filter((name) => deploymentOfCopy(name, group) === undefined);
  const taken = await call(room, (signal) => autoScalingGroups.describe(elsewhere, signal));
  return { known, there: [...candidates.filter(({ name }) => known.own.includes(name)), ...taken] };
}

async function sorted(room: Room, task: RemoveTask, known: Copies['known'], copies: readonly Copy[]): Promise<Copies['known']> {
  const own = [...known.own];
  const others = [...known.others];
  for (const copy of copies) {
    ((await isOfGroup(room, task, copy)) ? own : others).push(copy.name);
  }
  return { own, others };
}

/** What cannot be told is not touched. */
async function isOfGroup(room: Room, { group }: RemoveTask, { name, deploymentId }: Copy): Promise<boolean> {
  const { serverGroups, log } = room.ports;
  try {
    const owner = await call(room, (signal) => serverGroups.groupOf(deploymentId, signal));
    return idOf(owner) === idOf(group);
  } catch (error) {
    if (!(error instanceof ServiceFailure) || !(isDenied(error) || error.code === 'DeploymentDoesNotExistException')) {
      throw error;
    }
    log.warn('an Auto Scaling group stays: its deployment is not known to be one of the deployment group', { ...ids(room), autoScalingGroup: name, error: describeError(error) });
    return false;
  }
}

/** Removes them, and waits until they are gone. */
export async function removeCopies(room: Room, task: RemoveTask): Promise<StepReturn> {
  const copies = await findCopies(room, task, []);
  if ('done' in copies) {
    return copies;
  }
  const spared = copies.there.length === 0 ? [] : await servingElsewhere(room);
  if (spared === 'unknown') {
    const names = copies.there.map(({ name }) => name);
    room.ports.log.warn('Auto Scaling groups stay: which of them serves is not known, since the deployment group that has taken this one\'s place is not there', { ...ids(room), autoScalingGroups: names.join(', ') });
    return succeeded(room, 'the deployment group is gone, and what was copied for it may serve still');
  }
  const there = copies.there.filter(({ name }) => !spared.includes(name));
  if (there.length === 0) {
    return succeeded(room, 'the deployment group is gone, and so is what was copied for it');
  }
  for (const { name } of there.filter(({ leaving }) => leaving !== true).slice(0, IN_A_STEP)) {
    await call(room, (signal) => room.ports.autoScalingGroups.remove(name, signal));
    room.ports.log.info('an Auto Scaling group is deleted', { ...ids(room), autoScalingGroup: name });
  }
  const names = there.map(({ name, instances }) => `${name} (${instances} instances)`).join(', ');
  return wait(room, POLL_SECONDS, `Auto Scaling groups that CodeDeploy has copied are not gone: ${names}; delete them, then delete the stack again`);
}

/** What a deployment group serves with that has taken this one's place. */
async function servingElsewhere(room: Room): Promise<readonly string[] | 'unknown'> {
  const { StackId, LogicalResourceId, PhysicalResourceId } = room.request;
  const { stackResources, serverGroups } = room.ports;
  const current = await call(room, (signal) => stackResources.physicalIdOf(StackId, LogicalResourceId, signal));
  const successor = current === PhysicalResourceId ? undefined : groupIn(current);
  if (successor === undefined) {
    return [];
  }
  const facts = await call(room, (signal) => serverGroups.read(successor, signal));
  return facts?.autoScalingGroups ?? 'unknown';
}
