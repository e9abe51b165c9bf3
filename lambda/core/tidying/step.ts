/**
 * Removes what is no longer kept of earlier releases, a few in each step.
 *
 * A release that has succeeded must not fail for the sake of tidiness: whatever goes wrong here is a warning in the log, and the next release tries again.
 */
import type { ResourceRequest, StepEvent, StepReturn } from '../../../lib/model/deployment-request';
import type { DeploymentPorts } from '../deployment/facts';
import { phaseOf } from '../deployment/phase';
import type { CallFailure } from '../deployment/trouble';
import { isDenied, mayPass } from '../deployment/trouble';
import { within } from '../deadline';
import { ConfigurationError, describeError, Overdue, ServiceFailure } from '../failures';

/** Longest call: a step makes eight at most, one after the other, which leaves a sixth of its minute. */
const CALL_MS = 6_000;

/** Things that a step tries to remove, and the pause after it: one a second, so that those who make others are not throttled for it. */
export const IN_A_STEP = 5;
const PAUSE_SECONDS = 5;

/** Things that a request tries to remove. A stack update is not to wait long for that; what is left is for the next release. */
const IN_A_REQUEST = 20;

/** Pauses after calls that did not work. After the last one no other is tried. */
const MISS_SECONDS = [5, 10, 20] as const;

export interface TidyMemory {
  /** Things that were tried. */
  readonly tried: number;
  /** Calls that did not work. */
  readonly misses: number;
}

const NOTHING_YET: TidyMemory = { tried: 0, misses: 0 };

export type TidyPorts = Pick<DeploymentPorts, 'clock' | 'log' | 'stacks'>;

/** Makes one call within its time. */
export type TidyCall = <T>(make: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** What the log says of it. */
export interface TidyWords {
  /** Name of the field that holds one thing. */
  readonly field: string;
  readonly removed: string;
  readonly stays: string;
  readonly allStay: string;
  /** Before the type of a request on which nothing is done. */
  readonly nothingOn: string;
  /** More than one of them. */
  readonly many: string;
}

export interface Tidying<Task, Ports> {
  /** Undefined where nothing is to be done. @throws ConfigurationError */
  taskOf(request: ResourceRequest): Task | undefined;
  /** What is not kept; or why none is looked for. */
  surplus(task: Task, ports: Ports, call: TidyCall): Promise<readonly string[] | string>;
  remove(thing: string, task: Task, ports: Ports, signal: AbortSignal): Promise<void>;
  /** What is kept, for the log. */
  kept(task: Task): string;
  readonly words: TidyWords;
}

export type TidyStep = Extract<StepEvent, { readonly action: 'step' }>;

interface Room {
  readonly ports: TidyPorts;
  readonly request: ResourceRequest;
  readonly memory: TidyMemory;
}

export async function tidy<Task, Ports extends TidyPorts>(tidying: Tidying<Task, Ports>, { request, memory }: TidyStep, ports: Ports): Promise<StepReturn> {
  const room: Room = { ports, request, memory: { ...NOTHING_YET, ...memory } };
  try {
    const task = tidying.taskOf(request);
    return task === undefined ? done(room, `${tidying.words.nothingOn} ${request.RequestType}`) : await removeSome(tidying, room, task, ports);
  } catch (error) {
    return missed(room, error instanceof ConfigurationError ? error : asCallFailure(error), tidying.words);
  }
}

async function removeSome<Task, Ports extends TidyPorts>(tidying: Tidying<Task, Ports>, room: Room, task: Task, ports: Ports): Promise<StepReturn> {
  const { memory, request } = room;
  const status = (await call(ports, (signal) => ports.stacks.statusOf(request.StackId, signal))) ?? 'gone';
  if (phaseOf(status) !== 'forward') {
    return done(room, `the stack is ${status}`);
  }
  const found = await tidying.surplus(task, ports, (make) => call(ports, make));
  if (typeof found === 'string') {
    return done(room, found);
  }
  const turn = found.slice(0, Math.min(IN_A_STEP, IN_A_REQUEST - memory.tried));
  for (const [index, thing] of turn.entries()) {
    const failure = await removeOne(room, thing, tidying.words, (signal) => tidying.remove(thing, task, ports, signal));
    if (failure !== undefined) {
      return missed({ ...room, memory: { ...memory, tried: memory.tried + index } }, failure, tidying.words);
    }
  }
  const next: Room = { ...room, memory: { ...memory, tried: memory.tried + turn.length } };
  if (found.length === turn.length) {
    return done(next, tidying.kept(task));
  }
  return next.memory.tried < IN_A_REQUEST ? pause(next, PAUSE_SECONDS) : done(next, `${IN_A_REQUEST} ${tidying.words.many} were tried; the next release goes on`);
}

/** What ends the step; a thing that the service refuses to remove is passed over, since others may be in order. */
async function removeOne({ ports, request }: Room, thing: string, { field, removed, stays }: TidyWords, remove: (signal: AbortSignal) => Promise<void>): Promise<CallFailure | undefined> {
  const { log } = ports;
  const fields = { ...ids(request), [field]: thing };
  try {
    await call(ports, remove);
    log.info(removed, fields);
    return undefined;
  } catch (error) {
    const failure = asCallFailure(error);
    if (mayPass(failure) || isDenied(failure)) {
      return failure;
    }
    log.warn(stays, { ...fields, error: describeError(failure) });
    return undefined;
  }
}

/** Tries again a little later, or gives up with a warning. */
function missed(room: Room, failure: CallFailure | ConfigurationError, { allStay }: TidyWords): StepReturn {
  const { ports, request, memory } = room;
  const again = failure instanceof ConfigurationError || !mayPass(failure) ? undefined : MISS_SECONDS[memory.misses];
  const fields = { ...ids(request), error: describeError(failure) };
  if (again === undefined) {
    ports.log.warn(allStay, fields);
    return done(room, 'no more is tried');
  }
  ports.log.warn('a call did not work', fields);
  return pause({ ...room, memory: { ...memory, misses: memory.misses + 1 } }, again);
}

const call = <T>({ clock }: TidyPorts, make: (signal: AbortSignal) => Promise<T>): Promise<T> => within(clock, { ms: CALL_MS }, make);

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

export const ids = ({ LogicalResourceId, RequestId }: ResourceRequest): { readonly resource: string; readonly requestId: string } => ({ resource: LogicalResourceId, requestId: RequestId });
