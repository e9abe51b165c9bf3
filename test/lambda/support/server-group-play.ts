/** Plays a request for a deployment group in this process, with the world's ports and its time. */
import { ServiceFailure } from '../../../lambda/core/failures';
import type { KeptGroup } from '../../../lambda/core/server-groups/group-ports';
import type { Room } from '../../../lambda/core/server-groups/room';
import { keepServerGroup } from '../../../lambda/core/server-groups/step';
import type { ResourceAnswer, ResourceRequest, StepReturn } from '../../../lib/model/deployment-request';
import { Refusal } from './deployment-world';
import type { ServerGroupWorld, WorldGroup } from './server-group-world';
import { deploymentFacts } from './server-group-world';
import { virtualClock } from './virtual-clock';

export const EPOCH = Date.UTC(2026, 0, 5, 9);

/** What becomes of a call; `before` calls of its name have been made, and `all` calls. `lost`: it works, and its answer does not come; `killed`: it works, and the function dies. */
export type GroupFault = (call: string, before: number, all: number) => 'lost' | 'killed' | Error | undefined;

/** The function died; the state machine tries the same step again. */
class Killed extends Error {}

export interface GroupPlay {
  readonly answer: ResourceAnswer;
  /** Names of all calls, in order. */
  readonly calls: readonly string[];
  readonly waits: readonly number[];
  readonly lines: readonly (readonly [string, string, object])[];
  readonly steps: readonly StepReturn[];
}

export const lostAnswer = (call: string): ServiceFailure => new ServiceFailure(call, 'TimeoutError', 'no answer', true);

export const refusedCall = (code: string, message = 'no', retryable = false): ServiceFailure => new ServiceFailure('x:Call', code, message, retryable);

export async function playGroup(world: ServerGroupWorld, request: ResourceRequest, fault: GroupFault = () => undefined, memory: object = {}): Promise<GroupPlay> {
  const startedAt = new Date(EPOCH + world.now * 1_000).toISOString();
  const calls: string[] = [];
  const lines: [string, string, object][] = [];
  const ports = portsOf(world, calls, lines, fault);
  const steps: StepReturn[] = [];
  for (let known = memory; steps.length < 600; ) {
    const taken = await keepServerGroup({ action: 'step', request, startedAt, retries: 0, memory: known }, ports).catch(unlessKilled);
    if (taken === undefined) {
      world.advance(1);
      continue;
    }
    const returned = JSON.parse(JSON.stringify(taken)) as StepReturn;
    steps.push(returned);
    if (returned.done) {
      return { answer: returned.answer, calls, waits: steps.flatMap((each) => (each.done ? [] : [each.waitSeconds])), lines, steps };
    }
    world.advance(returned.waitSeconds);
    known = returned.memory;
  }
  throw new Error('no answer after 600 steps');
}

export const keptGroup = ({ id, platform = 'Server', settings, autoScalingGroups, attempted = false, filters }: WorldGroup): KeptGroup => {
  const { blueGreenDeploymentConfiguration } = settings as { readonly blueGreenDeploymentConfiguration?: { readonly greenFleetProvisioningOption: { readonly action: string } } };
  return {
    id,
    platform,
    settings: { ...settings, autoScalingGroups },
    autoScalingGroups,
    ...(blueGreenDeploymentConfiguration === undefined ? {} : { greenFleet: blueGreenDeploymentConfiguration.greenFleetProvisioningOption.action }),
    attempted,
    ...(filters === undefined ? {} : { selectsByTags: filters }),
  };
};

export function portsOf(world: ServerGroupWorld, calls: string[], lines: [string, string, object][], fault: GroupFault): Room['ports'] {
  const inner = virtualClock();
  const line = (level: string) => (message: string, fields?: object) => void lines.push([level, message, fields ?? {}]);
  const call = async <T>(name: string, work: () => T): Promise<T> => {
    const what = fault(name, calls.filter((known) => known === name).length, calls.length);
    calls.push(name);
    if (what instanceof Error) {
      throw what;
    }
    const value = refused(name, work);
    if (what !== undefined) {
      throw what === 'lost' ? lostAnswer(name) : new Killed();
    }
    return value;
  };
  const unused = (): Promise<never> => Promise.reject(new Error('not asked by this resource'));
  return {
    clock: { ...inner, epoch: () => EPOCH + world.now * 1_000 },
    log: { info: line('info'), warn: line('warn'), error: line('error') },
    deployments: {
      search: (group) => call('ListDeployments', () => world.running(group).map(deploymentFacts)),
      read: (id) => call('GetDeployment', () => deploymentFacts(world.read(id))),
      events: unused,
      create: unused,
      stop: (id) => call('StopDeployment', () => world.stop(id)),
    },
    stacks: { statusOf: () => call('DescribeStacks', () => world.stack), history: unused },
    stackResources: { physicalIdOf: () => call('DescribeStackResource', () => world.current) },
    serverGroups: {
      find: (group) =>
        call('GetDeploymentGroup', () => {
          const found = world.find(group);
          return found === undefined ? undefined : keptGroup(found);
        }),
      read: (group) =>
        call('GetDeploymentGroup of another', () => {
          const found = world.find(group);
          return found === undefined ? undefined : { id: found.id, autoScalingGroups: found.autoScalingGroups, blueGreen: true };
        }),
      pointTo: unused,
      create: (group, settings, tags) => call('CreateDeploymentGroup', () => world.create(group, settings, tags)),
      update: (group, settings, selection) => call('UpdateDeploymentGroup', () => world.update(group, settings, selection)),
      remove: (group) => call('DeleteDeploymentGroup', () => world.remove(group)),
      tags: (arn) => call('ListTagsForResource', () => world.byArn(arn).tags),
      tag: (arn, tags) => call('TagResource', () => world.tag(arn, tags)),
      untag: (arn, keys) => call('UntagResource', () => world.untag(arn, keys)),
      groupOf: (id) =>
        call('GetDeployment of a copy', () => {
          const [application = '', group = ''] = world.read(id).group.split('/');
          return { application, group };
        }),
    },
    autoScalingGroups: {
      describe: (names) => call('DescribeAutoScalingGroups', () => names.flatMap((name) => world.facts(name) ?? [])),
      beginningWith: (prefix) => call('DescribeAutoScalingGroups of all', () => [...world.fleets.keys()].filter((name) => name.startsWith(prefix)).flatMap((name) => world.facts(name) ?? [])),
      scale: (name, desired) => call('SetDesiredCapacity', () => world.scale(name, desired)),
      remove: (name) => call('DeleteAutoScalingGroup', () => world.removeFleet(name)),
    },
  };
}

function unlessKilled(error: unknown): undefined {
  if (!(error instanceof Killed)) {
    throw error;
  }
}

function refused<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Refusal ? new ServiceFailure(name, error.code, error.message, false) : error;
  }
}
