/** Plays a request in this process, with the world's ports and its time. */
import { ServiceFailure } from '../../../lambda/core/failures';
import type { DeploymentFacts, DeploymentPorts } from '../../../lambda/core/deployment/facts';
import { step } from '../../../lambda/core/deployment/step';
import type { LogFields } from '../../../lambda/core/ports';
import type { ResourceAnswer, ResourceRequest, StepReturn } from '../../../lib/model/deployment-request';
import type { DeploymentWorld, WorldDeployment } from './deployment-world';
import { Refusal } from './deployment-world';
import { NO_CONCURRENCY, NO_VERSIONS } from './function-versions';
import { NO_SERVERS } from './no-servers';
import { NO_SERVER_GROUPS } from './server-groups';
import { NO_TASK_DEFINITIONS } from './task-definitions';
import { virtualClock } from './virtual-clock';

const EPOCH = Date.UTC(2026, 0, 5, 9);

/** Which call, such as `CreateDeployment`; the number of calls of that name before. An error is thrown before the call is made, or after it. */
export type Fault = (call: string, before: number) => { readonly when: 'before' | 'after'; readonly error: Error } | 'hang' | undefined;

export interface PlayOptions {
  readonly fault?: Fault;
  /** Milliseconds by which the wall clock of the functions is fast. */
  readonly skewMs?: number;
  /** Called before each step. */
  readonly beforeStep?: (step: number) => unknown;
  readonly reason?: string;
  readonly maxSteps?: number;
}

export interface Played {
  readonly answer: ResourceAnswer;
  readonly calls: readonly string[];
  readonly waits: readonly number[];
  /** Seconds that it took. */
  readonly seconds: number;
  readonly lines: readonly { readonly message: string; readonly fields?: LogFields }[];
}

/** The function died. */
export class Killed extends Error {}

export const unavailable = (call: string): ServiceFailure => new ServiceFailure(call, 'InternalFailure', 'try again', true);
export const deniedCall = (call: string): ServiceFailure => new ServiceFailure(call, 'AccessDeniedException', 'is not authorized', false);

export async function play(world: DeploymentWorld, request: ResourceRequest, options: PlayOptions = {}): Promise<Played> {
  const began = world.now;
  const startedAt = new Date(EPOCH + began * 1_000).toISOString();
  const played = { calls: [] as string[], waits: [] as number[], lines: [] as Played['lines'][number][] };
  const ports = portsOf(world, options, played);
  let memory: object = {};
  for (let number = 1; number <= (options.maxSteps ?? 2_000); number++) {
    options.beforeStep?.(number);
    const returned = await tried(world, (retries) => step({ action: 'step', request, startedAt, retries, memory }, ports));
    if (returned.done) {
      return { answer: returned.answer, ...played, seconds: world.now - began };
    }
    played.waits.push(returned.waitSeconds);
    world.advance(returned.waitSeconds);
    memory = returned.memory;
  }
  throw new Error(`no answer after ${played.waits.length} steps`);
}

/** As the state machine tries it; what it hands on goes through JSON. */
async function tried(world: DeploymentWorld, invoke: (retries: number) => Promise<StepReturn>): Promise<StepReturn> {
  for (let retries = 0; ; retries++) {
    try {
      return JSON.parse(JSON.stringify(await invoke(retries))) as StepReturn;
    } catch (error) {
      if (!(error instanceof Killed) || retries === 8) {
        throw error;
      }
      world.advance(Math.min(30, 2 ** (retries + 1)));
    }
  }
}

export function portsOf(world: DeploymentWorld, options: PlayOptions, played: { readonly calls: string[]; readonly lines: Played['lines'][number][] }): DeploymentPorts {
  const inner = virtualClock();
  const line = (message: string, fields?: LogFields) => played.lines.push({ message, ...(fields === undefined ? {} : { fields }) });
  const call = async <T>(name: string, work: () => T): Promise<T> => {
    const before = played.calls.filter((known) => known === name).length;
    played.calls.push(name);
    const fault = options.fault?.(name, before);
    if (fault === 'hang') {
      return new Promise<T>(() => undefined);
    }
    if (fault?.when === 'before') {
      throw fault.error;
    }
    const value = refused(name, work);
    if (fault?.when === 'after') {
      throw fault.error;
    }
    return value;
  };
  return {
    clock: { ...inner, epoch: () => EPOCH + world.now * 1_000 + inner.now() + (options.skewMs ?? 0) },
    random: () => 0.5,
    log: { info: line, warn: line, error: line },
    deployments: {
      search: ({ since, running }) =>
        call(running === true ? 'ListRunning' : 'ListSince', () => world.list({ ...(since === undefined ? {} : { since: (since - EPOCH) / 1_000 }), ...(running === undefined ? {} : { running }) }).map(factsOf)),
      read: (id) => call('GetDeployment', () => factsOf(world.read(id))),
      events: (id) => call('Events', () => world.events(id).map(({ name, status, diagnostics }) => ({ name, status, ...(diagnostics === undefined ? {} : { diagnostics: diagnostics.message }) }))),
      create: ({ appSpec, description }) => call('CreateDeployment', () => world.create(appSpec, description)),
      stop: (id) => call('StopDeployment', () => world.stop(id)),
    },
    services: { primary: () => call('DescribeServices', () => ({ taskDefinition: world.primary, loadBalancer: { container: 'web', port: 8080 }, ...(world.halfWay ? { beside: true as const } : {}) })) },
    aliases: { alias: () => call('GetAlias', () => ({ version: world.primary, weights: world.weights })) },
    stacks: { statusOf: () => call('DescribeStacks', () => world.stack), history: () => call('DescribeStackEvents', () => world.history) },
    hookLogs: { reason: () => call('FilterLogEvents', () => options.reason) },
    listeners: { listeners: () => Promise.reject(new Error('no deployment looks at listeners')) },
    responses: { put: () => Promise.reject(new Error('no step answers')) },
    taskDefinitions: NO_TASK_DEFINITIONS,
    functionVersions: NO_VERSIONS,
    concurrency: NO_CONCURRENCY,
    ...NO_SERVERS,
    ...NO_SERVER_GROUPS,
  };
}

function refused<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Refusal ? new ServiceFailure(`codedeploy:${name}`, error.code, error.message, false) : error;
  }
}

function factsOf({ id, status, creator, description, createdAt, error, rollbackId }: WorldDeployment): DeploymentFacts {
  return { id, status, creator, description, createdAt: EPOCH + createdAt * 1_000, ...(error === undefined ? {} : { error }), ...(rollbackId === undefined ? {} : { rollbackId }), rollsBack: true };
}
