/**
 * Deregisters the revisions of a service's task definition that are no longer kept, a few in each step.
 *
 * A release that has succeeded must not fail for the sake of tidiness: whatever goes wrong here is a warning in the log, and the next release tries again.
 */
import type { ResourceAnswer, ResourceRequest, StepEvent, StepReturn } from '../../../lib/model/deployment-request';
import { phaseOf } from '../deployment/phase';
import type { CallFailure } from '../deployment/trouble';
import { isDenied, mayPass } from '../deployment/trouble';
import { within } from '../deadline';
import { ConfigurationError, describeError, Overdue, ServiceFailure } from '../failures';
import type { TaskDefinitionPorts } from './ports';
import { surplus } from './surplus';
import type { KeepTask } from './task';
import { isAboutTaskDefinitions, keepTaskOf } from './task';

/** Longest call: a step makes eight at most, which leaves a sixth of its minute. */
const CALL_MS = 6_000;

/** Revisions that a step tries to deregister, and the pause after it: one a second, so that those who register others are not throttled for it. */
const IN_A_STEP = 5;
const PAUSE_SECONDS = 5;

/** Revisions that a request tries to deregister. A stack update is not to wait long for that; what is left is for the next release. */
const IN_A_REQUEST = 20;

/** Pauses after calls that did not work. After the last one no other is tried. */
const MISS_SECONDS = [5, 10, 20] as const;

export interface KeepMemory {
  /** Revisions that were tried. */
  readonly tried: number;
  /** Calls that did not work. */
  readonly misses: number;
}

const NOTHING_YET: KeepMemory = { tried: 0, misses: 0 };

/** For the log. */
const STAY_ACTIVE = 'task definitions that are not kept stay ACTIVE';

type Step = Extract<StepEvent, { readonly action: 'step' }>;

interface Room {
  readonly ports: TaskDefinitionPorts;
  readonly request: ResourceRequest;
  readonly memory: KeepMemory;
}

export async function keepNewest({ request, memory }: Step, ports: TaskDefinitionPorts): Promise<StepReturn> {
  const room: Room = { ports, request, memory: { ...NOTHING_YET, ...memory } };
  try {
    const task = keepTaskOf(request);
    return task === undefined ? done(room, `nothing is deregistered on ${request.RequestType}`) : await tidy(room, task);
  } catch (error) {
    return missed(room, error instanceof ConfigurationError ? error : asCallFailure(error));
  }
}

/** The answer that is sent: a lost step, or a lost intake, fails no release either. */
export function forgiven(request: ResourceRequest, answer: ResourceAnswer, log: TaskDefinitionPorts['log']): ResourceAnswer {
  if (answer.Status === 'SUCCESS' || !isAboutTaskDefinitions(request)) {
    return answer;
  }
  log.warn(STAY_ACTIVE, { ...ids(request), error: answer.Reason ?? 'no reason' });
  return { Status: 'SUCCESS' };
}

async function tidy(room: Room, task: KeepTask): Promise<StepReturn> {
  const found = await look(room, task);
  if (typeof found === 'string') {
    return done(room, found);
  }
  const { memory } = room;
  const turn = found.slice(0, Math.min(IN_A_STEP, IN_A_REQUEST - memory.tried));
  for (const [index, taskDefinition] of turn.entries()) {
    const failure = await deregister(room, taskDefinition);
    if (failure !== undefined) {
      return missed({ ...room, memory: { ...memory, tried: memory.tried + index } }, failure);
    }
  }
  const next: Room = { ...room, memory: { ...memory, tried: memory.tried + turn.length } };
  if (found.length === turn.length) {
    return done(next, `the newest ${task.keep} of family ${task.family} are kept`);
  }
  return next.memory.tried < IN_A_REQUEST ? pause(next, PAUSE_SECONDS) : done(next, `${IN_A_REQUEST} revisions were tried; the next release goes on`);
}

/** Revisions that are not kept; or why none is looked for. */
async function look({ ports, request }: Room, { cluster, service, family, keep, ofStack }: KeepTask): Promise<readonly string[] | string> {
  const { stacks, taskDefinitions } = ports;
  const status = (await call(ports, (signal) => stacks.statusOf(request.StackId, signal))) ?? 'gone';
  if (phaseOf(status) !== 'forward') {
    return `the stack is ${status}`;
  }
  const inUse = await call(ports, (signal) => taskDefinitions.inUse({ cluster, service }, signal));
  if (inUse === undefined) {
    return `service ${service} of cluster ${cluster} is not there`;
  }
  const besides = [...ofStack, ...inUse];
  // One more than a step deals with tells that something is left.
  const active = await call(ports, (signal) => taskDefinitions.newest(family, keep + besides.length + IN_A_STEP + 1, signal));
  return surplus(active, { family, newest: keep, besides });
}

/** What ends the step; a revision that ECS refuses to deregister is passed over, since others may be in order. */
async function deregister({ ports, request }: Room, taskDefinition: string): Promise<CallFailure | undefined> {
  const { log, taskDefinitions } = ports;
  try {
    await call(ports, (signal) => taskDefinitions.deregister(taskDefinition, signal));
    log.info('deregistered', { ...ids(request), taskDefinition });
    return undefined;
  } catch (error) {
    const failure = asCallFailure(error);
    if (mayPass(failure) || isDenied(failure)) {
      return failure;
    }
    log.warn('a task definition stays ACTIVE', { ...ids(request), taskDefinition, error: describeError(failure) });
    return undefined;
  }
}

/** Tries again a little later, or gives up with a warning. */
function missed(room: Room, failure: CallFailure | ConfigurationError): StepReturn {
  const { ports, request, memory } = room;
  const again = failure instanceof ConfigurationError || !mayPass(failure) ? undefined : MISS_SECONDS[memory.misses];
  const fields = { ...ids(request), error: describeError(failure) };
  if (again === undefined) {
    ports.log.warn(STAY_ACTIVE, fields);
    return done(room, 'no more is tried');
  }
  ports.log.warn('a call did not work', fields);
  return pause({ ...room, memory: { ...memory, misses: memory.misses + 1 } }, again);
}

const call = <T>({ clock }: TaskDefinitionPorts, make: (signal: AbortSignal) => Promise<T>): Promise<T> => within(clock, { ms: CALL_MS }, make);

/** Throws on what is no failure of a call. */
function asCallFailure(error: unknown): CallFailure {
  if (error instanceof ServiceFailure || error instanceof Overdue) {
    return error;
  }
  throw error;
}

const pause = ({ memory }: Room, waitSeconds: number): StepReturn => ({ done: false, waitSeconds, memory });

function done({ ports, request, memory }: Room, why: string): StepReturn {
  ports.log.info('answer SUCCESS', { ...ids(request), why });
  return { done: true, memory, answer: { Status: 'SUCCESS' } };
}

const ids = ({ LogicalResourceId, RequestId }: ResourceRequest): { readonly resource: string; readonly requestId: string } => ({ resource: LogicalResourceId, requestId: RequestId });
