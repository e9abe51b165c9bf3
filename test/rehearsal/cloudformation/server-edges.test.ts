/** What may come to a stack of a blue/green rollout to instances besides its usual life, for each kind of fleet: whatever happens, its deletion leaves nothing behind. */
import { Duration } from 'aws-cdk-lib/core';

import { OriginalFleet } from '../../../lib';
import { SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE } from '../../../lib/model/server/deployment-group-request';
import type { Stack } from '../../../rehearsal/assembly/stack';
import { edited, idsOf } from '../../../rehearsal/cloudformation/edits';
import type { ReplayWorld } from '../../../rehearsal/cloudformation/replay-world';
import { leftBehind, regrouped } from '../../../rehearsal/cloudformation/server-replay';
import type { StackPlay } from '../../../rehearsal/cloudformation/stack-play';
import type { Scenario } from '../../../rehearsal/scenario/scenario';
import { alternatingIn, copiedIn } from '../../lib/support/blue-green-sample';
import { failing, openReplay, release, scenarioOf, synthesized, THIRD_FAILS, type Synthesized } from './server-stage';

jest.setTimeout(600_000);

const MINUTE = 60_000;

const FLEETS = {
  alternating: (name?: string) => synthesized((stack) => alternatingIn(stack, {}, name === undefined ? {} : { deploymentGroupName: name })),
  copied: (name?: string) => synthesized((stack) => copiedIn(stack, {}, name === undefined ? {} : { deploymentGroupName: name })),
  ended: (name?: string) => synthesized((stack) => copiedIn(stack, { originals: OriginalFleet.terminate({ wait: Duration.minutes(10) }) }, name === undefined ? {} : { deploymentGroupName: name })),
};

type Kind = keyof typeof FLEETS;

const made = new Map<string, Synthesized>();
afterAll(() => made.forEach(({ remove }) => remove()));

function stageOf(kind: Kind, name?: string): Synthesized {
  const key = `${kind} ${name ?? ''}`;
  const stage = made.get(key) ?? FLEETS[kind](name);
  made.set(key, stage);
  return stage;
}

/** Instances in service of each Auto Scaling group, and what serves; copies without the ids of their deployments. */
function looks({ world, running }: ReplayWorld, { status }: StackPlay): string {
  const { autoScaling } = world.servers!.fleet;
  const sizes = autoScaling.groups.map(({ name }) => `${nameOf(name)} ${autoScaling.inService(name)}`);
  return `${String(status)}: ${sizes.sort().join(', ')}; ${nameOf(running.split(':')[0]!)} runs ${running.split(':')[1] ?? 'nothing'}`;
}

const nameOf = (name: string): string => (/^(CodeDeploy_|d-)/.test(name) ? 'copy' : name.replace(/^Shop-(A|B|Asg)ASG.*$/, '$1'));

interface Telling {
  readonly replay: ReplayWorld;
  readonly stack: StackPlay;
  note(): void;
}

type Tale = (telling: Telling, kind: Kind) => Promise<void>;

const grouped = (stack: Stack, edit: (properties: Stack['template']['resources'][string]['properties']) => object): Stack =>
  idsOf(stack, SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE).reduce((before, id) => edited(before, id, (properties) => ({ ...properties, ...edit(properties) })), stack);

const TALES: Readonly<Record<string, Tale>> = {
  'the first revision fails': async ({ replay, stack }) => {
    await replay.play(stack.create());
  },
  'an update is cancelled while its deployment runs': async ({ replay, stack, note }) => {
    await replay.play(stack.create());
    const update = stack.update(replay.version(2));
    await replay.pass(2 * MINUTE);
    stack.cancelUpdate();
    await replay.play(update);
    note();
    await replay.play(stack.delete());
  },
  'destroyed while the originals live on': async ({ replay, stack, note }) => {
    await replay.play(stack.create());
    await replay.world.conductor.run(stack.update(replay.version(2)));
    note();
    await replay.play(stack.delete());
  },
  'destroyed while somebody deploys': async ({ replay, stack, note }) => {
    await replay.play(stack.create());
    replay.world.serverRollouts[0]!.begin(release('by hand'), () => undefined);
    await replay.pass(2 * MINUTE);
    note();
    await replay.play(stack.delete());
  },
  'an update changes the group and brings a revision': async ({ replay, stack, note }) => {
    await replay.play(stack.create());
    await replay.play(stack.update(regrouped(replay.version(2))));
    note();
    await replay.play(stack.delete());
  },
  'an update drops alarms': async ({ replay, stack, note }) => {
    await replay.play(stack.create());
    await replay.play(stack.update(grouped(replay.version(1), () => ({ Alarms: [] }))));
    expect(replay.world.servers!.groups.existing.map(({ settings: { alarms } }) => alarms)).toEqual([{ enabled: false, ignorePollAlarmFailure: false, alarmNames: [] }]);
    note();
    await replay.play(stack.delete());
  },
  'another name': async ({ replay, stack, note }, kind) => {
    await replay.play(stack.create());
    await replay.play(stack.update(replay.version(2)));
    note();
    const { assembly, rollout } = stageOf(kind, 'renamed');
    // The policies of before are gone from the beginning, which is the worst that CloudFormation may do.
    replay.world.deploy(assembly, rollout.stack, []);
    const next = replay.version(2, rollout.stack);
    await replay.play(stack.update(next, undefined, assembly));
    expect(replay.world.servers!.groups.existing.map(({ name, settings }) => [name.deploymentGroupName, ...settings.targets.autoScalingGroups.map(nameOf)])).toEqual([['renamed', kind === 'alternating' ? 'A' : 'copy']]);
    note();
    await replay.play(stack.delete());
  },
};

/** What the notes of each tale are, how many deployments somebody has started, and why resources failed. */
const COMES_TO: Readonly<Record<string, Readonly<Record<Kind, readonly string[]>> & { readonly started: number; readonly ends?: string; readonly reasons?: readonly string[] }>> = {
  'the first revision fails': {
    alternating: [],
    copied: [],
    ended: [],
    started: 1,
    ends: 'ROLLBACK_COMPLETE',
    reasons: ['Received response status [FAILED] from custom resource. Message returned', 'The following resource(s) failed to create: [Deployment37BBD5E4].'],
  },
  'an update is cancelled while its deployment runs': {
    alternating: ['UPDATE_ROLLBACK_COMPLETE: A 0, B 1; B runs v1'],
    copied: ['UPDATE_ROLLBACK_COMPLETE: Asg 2, copy 2, copy 2; copy runs v1'],
    ended: ['UPDATE_ROLLBACK_COMPLETE: copy 2, copy 2; copy runs v1'],
    started: 2,
    reasons: ['Resource update cancelled', 'User Initiated'],
  },
  'destroyed while the originals live on': {
    alternating: ['UPDATE_COMPLETE: A 1, B 1; A runs v2'],
    copied: ['UPDATE_COMPLETE: Asg 2, copy 2, copy 2; copy runs v2'],
    ended: ['UPDATE_COMPLETE: copy 2; copy runs v2'],
    started: 2,
  },
  'destroyed while somebody deploys': {
    alternating: ['CREATE_COMPLETE: A 1, B 1; B runs v1'],
    copied: ['CREATE_COMPLETE: Asg 2, copy 2, copy 2; copy runs v1'],
    ended: ['CREATE_COMPLETE: copy 2, copy 2; copy runs v1'],
    started: 2,
  },
  'an update changes the group and brings a revision': {
    alternating: ['UPDATE_COMPLETE: A 1, B 0; A runs v2'],
    copied: ['UPDATE_COMPLETE: Asg 2, copy 2, copy 2; copy runs v2'],
    ended: ['UPDATE_COMPLETE: copy 2; copy runs v2'],
    started: 2,
  },
  'an update drops alarms': {
    alternating: ['UPDATE_COMPLETE: A 0, B 1; B runs v1'],
    copied: ['UPDATE_COMPLETE: Asg 2, copy 2; copy runs v1'],
    ended: ['UPDATE_COMPLETE: copy 2; copy runs v1'],
    started: 1,
  },
  // The name that a replay looks at is that of before; another name is another group to CodeDeploy, which has not deployed anything yet.
  'another name': {
    alternating: ['UPDATE_COMPLETE: A 1, B 0; A runs v2', 'UPDATE_COMPLETE: A 1, B 1; nothing runs nothing'],
    copied: ['UPDATE_COMPLETE: Asg 2, copy 2, copy 2; copy runs v2', 'UPDATE_COMPLETE: Asg 2, copy 2; nothing runs nothing'],
    ended: ['UPDATE_COMPLETE: copy 2; copy runs v2', 'UPDATE_COMPLETE: copy 2; nothing runs nothing'],
    started: 3,
  },
};

describe.each(Object.keys(FLEETS) as Kind[])('%s', (kind) => {
  test.each(Object.entries(TALES))('%s', async (name, tale) => {
    const scenario: Scenario = name === 'the first revision fails' ? scenarioOf(failing('v1')) : THIRD_FAILS;
    const replay = await openReplay(stageOf(kind), { scenario });
    const stack = replay.stack();
    const notes: string[] = [];
    try {
      await tale({ replay, stack, note: () => notes.push(looks(replay, stack)) }, kind);
      const { requests } = replay.customResources;
      const odd = requests.filter((request) => request.answers().length !== 1).map(({ event }) => `${event.RequestType} ${event.LogicalResourceId}`);
      const { [kind]: said, started, ends = 'DELETE_COMPLETE', reasons = [] } = COMES_TO[name]!;
      const told = stack.events.flatMap(({ reason }) => (reason === undefined ? [] : [reason.split(/: Deployment|; /)[0]]));
      expect({ notes, started: replay.started.length, ends: stack.status, odd, left: leftBehind(replay.world), told }).toEqual({ notes: said, started, ends, odd: [], left: [], told: reasons });
    } finally {
      await replay.close();
    }
  });
});
