/** Makes the deployment group, or brings the one that is there up to date. */
import type { StepReturn } from '../../../lib/model/deployment-request';
import type { Group } from '../deployment/facts';
import { isOver } from '../deployment/facts';
import { ConfigurationError } from '../failures';
import { quoted } from '../text';
import type { GroupSettings, KeptGroup } from './group-ports';
import { ADOPTED_TAG, groupArn, isOurs, tagsOf } from './marks';
import type { AutoScalingGroupFacts } from './ports';
import type { KeepTask } from './request';
import type { Room } from './room';
import { again, call, failed, ids, succeeded, wait } from './room';
import { fullest, servingOf } from './serving';
import { GREEN_FLEETS, isSame } from './settings';

/** Between two looks at a deployment whose end is waited for. */
const POLL_SECONDS = 10;

export async function keep(room: Room, task: KeepTask): Promise<StepReturn> {
  const found = await call(room, (signal) => room.ports.serverGroups.find(task.group, signal));
  return found === undefined ? make(room, task) : goOn(room, task, found);
}

async function make(room: Room, task: KeepTask): Promise<StepReturn> {
  const { serverGroups, log } = room.ports;
  const busy = await busyBefore(room, task);
  if (busy !== undefined) {
    return busy;
  }
  const serving = await findServing(room, task, []);
  if (task.capacity !== undefined && task.beginsAnew) {
    needRoom(await find(room, serving), task.capacity);
  }
  const over = await givenUp(room);
  if (over !== undefined) {
    return failed(room, `the stack is ${over}: CloudFormation has given this request up, and no deployment group is made that nobody would delete`);
  }
  await call(room, (signal) => serverGroups.create(task.group, { ...task.settings, autoScalingGroups: [serving] }, tagsOf(room.request), signal));
  log.info('the deployment group is made', { ...ids(room), autoScalingGroup: serving });
  return again(room, 1, { settled: 'made' });
}

/** What has become of the stack of a Create meanwhile. An Update may bring back what a rollback needs. */
async function givenUp(room: Room): Promise<string | undefined> {
  const { RequestType, StackId } = room.request;
  if (RequestType !== 'Create') {
    return undefined;
  }
  const status = (await call(room, (signal) => room.ports.stacks.statusOf(StackId, signal))) ?? 'gone';
  return /ROLLBACK|DELETE|^gone$/.test(status) ? status : undefined;
}

async function goOn(room: Room, task: KeepTask, found: KeptGroup): Promise<StepReturn> {
  const { group, adopt } = task;
  const arn = groupArn(room.request, group);
  const tags = await call(room, (signal) => room.ports.serverGroups.tags(arn, signal));
  const { settled } = room.memory;
  // What this execution has made or taken over is not asked for its tags again: they may not be told yet.
  const ours = settled !== undefined || isOurs(tags, room.request);
  if (!ours && (!adopt || found.platform !== 'Server')) {
    return failed(room, `${foreign(group, found)}; choose another 'DeploymentGroupName'${found.platform === 'Server' ? ', or have this resource take the group over by \'Adopt\'' : ''}`);
  }
  if (settled === undefined) {
    const waits = await bringUpToDate(room, task, found, ours);
    if (waits !== undefined) {
      return waits;
    }
    if (!ours) {
      await call(room, (signal) => room.ports.serverGroups.tag(arn, { ...tagsOf(room.request), [ADOPTED_TAG]: 'true' }, signal));
      room.ports.log.info('the deployment group is taken over', ids(room));
    }
    return again(room, 1, { settled: ours ? 'kept' : 'adopted' });
  }
  return scaleFirst(room, task, found, settled === 'adopted' || tags[ADOPTED_TAG] !== undefined);
}

const foreign = ({ application, group }: Group, { platform }: KeptGroup): string =>
  `deployment group ${quoted(group)} of application ${quoted(application)} exists already, ${platform === 'Server' ? 'and was not made by this resource' : `for the compute platform ${quoted(platform)}`}`;

/** Undefined where it is up to date. */
async function bringUpToDate(room: Room, task: KeepTask, found: KeptGroup, ours: boolean): Promise<StepReturn | undefined> {
  const { group, fleet, settings } = task;
  if (ours && found.greenFleet !== GREEN_FLEETS[fleet]) {
    throw new ConfigurationError(`'Fleet' of a deployment group must stay what it is, got ${quoted(fleet)} for one whose green fleets are made by ${quoted(found.greenFleet ?? 'nothing')}; give it another 'DeploymentGroupName' too`);
  }
  const busy = await busyBefore(room, task);
  if (busy !== undefined) {
    return busy;
  }
  const serving = await findServing(room, task, found.autoScalingGroups);
  const wanted: GroupSettings = { ...settings, autoScalingGroups: [serving] };
  if (found.selectsByTags === undefined && isSame(found.settings, wanted)) {
    return undefined;
  }
  const running = await busyIn(room, group);
  if (running !== undefined) {
    return running;
  }
  const update = staysSo(task, found.autoScalingGroups, serving) ? settings : wanted;
  await call(room, (signal) => room.ports.serverGroups.update(group, update, found.selectsByTags ?? 'sets', signal));
  room.ports.log.info('the deployment group is updated', { ...ids(room), autoScalingGroup: serving });
  return undefined;
}

/**
 * What serves already is left out: whoever settles two alternating fleets may point the group at the other one at this moment. With copies nobody else does that, and the service wants
 * the one Auto Scaling group said with every change.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/pull/5827
 */
const staysSo = ({ fleet }: KeepTask, own: readonly string[], serving: string): boolean => fleet === 'ALTERNATING' && own.length === 1 && own[0] === serving;

/** What serves in a group may change with the end of its deployment. */
const busyBefore = async (room: Room, { before }: KeepTask): Promise<StepReturn | undefined> => (before === undefined ? undefined : busyIn(room, before));

/**
 * Waits for the deployment that runs in a group. That an update is refused meanwhile is documented nowhere, nor which of its settings the deployment would take on: its alarms,
 * its load balancers and the fleets that it exchanges are those of the group.
 */
async function busyIn(room: Room, group: Group): Promise<StepReturn | undefined> {
  const found = await call(room, (signal) => room.ports.deployments.search({ ...group, running: true }, signal));
  const running = found.find((deployment) => !isOver(deployment));
  return running === undefined
    ? undefined
    : wait(room, POLL_SECONDS, `deployment ${running.id} of deployment group ${quoted(group.group)} has not ended (${running.status}), and the group is not changed under it; wait for its end, or stop it, then update the stack again`);
}

/** The Auto Scaling group that the deployment group is to name. */
async function findServing(room: Room, task: KeepTask, own: readonly string[]): Promise<string> {
  const { before, fleet, autoScalingGroups, beginsAnew } = task;
  const inherited = before === undefined ? undefined : await call(room, (signal) => room.ports.serverGroups.read(before, signal));
  const named = inherited?.autoScalingGroups ?? own;
  await spareServing(room, task, named);
  const serving = servingOf({ fleet, autoScalingGroups, named });
  if (serving !== undefined) {
    return serving;
  }
  return beginsAnew ? autoScalingGroups[0] : fullest(autoScalingGroups, await call(room, (signal) => room.ports.autoScalingGroups.describe(autoScalingGroups, signal)));
}

/** After the update CloudFormation deletes what the template no longer has, with all instances. */
async function spareServing(room: Room, { group, before = group, leftOut, autoScalingGroups }: KeepTask, named: readonly string[]): Promise<void> {
  const going = named.filter((name) => leftOut.includes(name));
  const facts = going.length === 0 ? [] : await call(room, (signal) => room.ports.autoScalingGroups.describe(going, signal));
  const serving = facts.find(({ desired, leaving }) => desired > 0 && leaving !== true);
  if (serving !== undefined) {
    throw new ConfigurationError(
      `'AutoScalingGroups' must keep ${quoted(serving.name)}, which deployment group ${quoted(before.group)} serves with (${serving.desired} instances), got ${autoScalingGroups.map((name) => quoted(name)).join(' and ')}; ` +
        'deploy first, so that another one serves, then take this one out of the template, or replace it',
    );
  }
}

async function find(room: Room, name: string): Promise<AutoScalingGroupFacts> {
  const [found] = await call(room, (signal) => room.ports.autoScalingGroups.describe([name], signal));
  if (found === undefined || found.leaving === true) {
    throw new ConfigurationError(`'AutoScalingGroups' must name groups of this account and region, got ${quoted(name)}, which ${found === undefined ? 'is not there' : 'is being deleted'}`);
  }
  return found;
}

function needRoom({ name, max }: AutoScalingGroupFacts, capacity: number): void {
  if (max < capacity) {
    throw new ConfigurationError(`'Capacity' must be at most ${max}, the maximum size of Auto Scaling group ${quoted(name)}, got ${capacity}; raise the one, or lower the other`);
  }
}

/**
 * Gives the first fleet its instances, once: later on its size is that of who scales it. They are not waited for: the first deployment waits until all that it needs are in
 * service, and a group that nothing is deployed to needs none; so that a fleet which cannot start does not keep the stack from what would repair it.
 */
async function scaleFirst(room: Room, { capacity, beginsAnew, autoScalingGroups: [first] }: KeepTask, { id, attempted }: KeptGroup, adopted: boolean): Promise<StepReturn> {
  if (capacity === undefined || !beginsAnew || attempted || adopted) {
    return succeeded(room, 'the deployment group is as it is wanted', id);
  }
  const group = await find(room, first);
  if (group.desired >= capacity) {
    return succeeded(room, `Auto Scaling group ${first} is to have ${group.desired} instances already`, id);
  }
  needRoom(group, capacity);
  await call(room, (signal) => room.ports.autoScalingGroups.scale(first, capacity, signal));
  return succeeded(room, `Auto Scaling group ${first} is scaled from ${group.desired} to ${capacity}`, id);
}
