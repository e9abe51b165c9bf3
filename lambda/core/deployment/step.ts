/** One step: finds out what the next action needs, and takes it. A step can be repeated at any moment, since it looks before it acts. */
import type { ResourceAnswer, StepEvent, StepReturn } from '../../../lib/model/deployment-request';
import { within } from '../deadline';
import { ConfigurationError, describeError, Overdue, ServiceFailure } from '../failures';
import { advance } from './advance';
import type { DeploymentPorts, Facts, Look } from './facts';
import { find } from './look';
import { descriptionOf } from './mark';
import type { Action, Memory, Situation } from './situation';
import { NO_MEMORY, pause, succeed } from './situation';
import type { AnyDeployTask, Task } from './task';
import { taskOf } from './task';
import type { CallFailure } from './trouble';
import { missed, notStarted, notStopped } from './trouble';

/** Longest call: one that hangs must leave time for the return. */
const CALL_MS = 6_000;

const PAUSE_SECONDS = 5;

type Step = Extract<StepEvent, { readonly action: 'step' }>;

export async function step(event: Step, ports: DeploymentPorts): Promise<StepReturn> {
  const begun = ports.clock.now();
  const before: Memory = { ...NO_MEMORY, ...event.memory };
  try {
    const s = situation(event, before, ports.clock.epoch(), taskOf(event.request));
    const last = await play(s, ports);
    if (last.do === 'answer') {
      ports.log.info(`answer ${last.answer.Status}`, { ...ids(event), ...(last.why === undefined ? {} : { why: last.why }) });
      return done(before, last.answer);
    }
    const own = (ports.clock.now() - begun) / 1_000;
    return { done: false, waitSeconds: last.seconds, memory: { ...last.memory, clock: s.elapsed + own + last.seconds } };
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return done(before, { Status: 'FAILED', Reason: error.message });
    }
    throw error;
  }
}

/**
 * The hour by two clocks, of which the further one counts: what the waits have taken, and the wall clock. A wall clock that is fast ends a segment
 * early; one that is slow is corrected by the waits. More than five minutes amiss, and AWS refuses what is signed.
 */
function situation({ startedAt, retries }: Step, memory: Memory, now: number, task: Task): Situation {
  const began = Date.parse(startedAt);
  if (Number.isNaN(began)) {
    throw new ConfigurationError(`'startedAt' must be an ISO 8601 moment, got ${String(startedAt)}`);
  }
  return { task, memory, facts: { deployments: {} }, elapsed: Math.max(memory.clock, memory.late + (now - began) / 1_000), startedAt: began, retries };
}

type Last = Extract<Action, { readonly do: 'wait' | 'answer' }>;

async function play(first: Situation, ports: DeploymentPorts): Promise<Last> {
  let s = first;
  for (let action = advance(s); ; ) {
    switch (action.do) {
      case 'look': {
        const { look, memory } = action;
        s = { ...s, memory };
        const facts = await settled(ports, (signal) => find(ports, s, look, signal));
        if (facts.failure !== undefined) {
          ports.log.warn('a call did not work', { ...ids(s.task), error: describeError(facts.failure) });
        }
        if (facts.failure !== undefined && !isOptional(look)) {
          action = missed(s, facts.failure);
          break;
        }
        const found: Partial<Facts> = facts.failure === undefined ? facts.value : { [look.at]: { unread: describeError(facts.failure) } };
        s = { ...s, facts: { ...s.facts, ...found, deployments: { ...s.facts.deployments, ...found.deployments } } };
        action = advance(s);
        break;
      }
      case 'start':
        action = await start({ ...s, memory: action.memory }, ports, action.appSpec);
        break;
      case 'stop':
        action = await stop({ ...s, memory: action.memory }, ports, action);
        break;
      default:
        return action;
    }
  }
}

async function start(s: Situation, ports: DeploymentPorts, appSpec: string): Promise<Action> {
  const { application, group, completion, request } = s.task as AnyDeployTask;
  const deployment = { application, group, appSpec, description: descriptionOf(request) };
  const created = await settled(ports, (signal) => ports.deployments.create(deployment, signal));
  if (created.failure !== undefined) {
    ports.log.warn('no deployment is known to have started', { ...ids(s.task), error: describeError(created.failure) });
    return notStarted(s, created.failure);
  }
  ports.log.info('started', { ...ids(s.task), deploymentId: created.value });
  return completion === 'STARTED' ? succeed(created.value) : pause({ ...s, memory: { ...s.memory, deploymentId: created.value } }, PAUSE_SECONDS);
}

async function stop(s: Situation, ports: DeploymentPorts, { id, why }: { readonly id: string; readonly why: string }): Promise<Action> {
  const stopped = await settled(ports, (signal) => ports.deployments.stop(id, signal));
  if (stopped.failure !== undefined) {
    ports.log.warn('could not be stopped', { ...ids(s.task), deploymentId: id, error: describeError(stopped.failure) });
    return notStopped(s, id, stopped.failure);
  }
  ports.log.info('stopped', { ...ids(s.task), deploymentId: id, why });
  return pause({ ...s, memory: { ...s.memory, stopping: id } }, PAUSE_SECONDS);
}

type Outcome<T> = { readonly value: T; readonly failure?: undefined } | { readonly failure: CallFailure };

/** What became of a call, as long as it failed as calls fail. */
async function settled<T>({ clock }: DeploymentPorts, call: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await within(clock, { ms: CALL_MS }, call) };
  } catch (error) {
    if (error instanceof ServiceFailure || error instanceof Overdue) {
      return { failure: error };
    }
    throw error;
  }
}

const isOptional = (look: Look): boolean => 'optional' in look && look.optional;

const done = (memory: Memory, answer: ResourceAnswer): StepReturn => ({ done: true, memory, answer });

const ids = ({ request }: Pick<Task, 'request'> | Step): { readonly resource: string; readonly requestId: string } => ({ resource: request.LogicalResourceId, requestId: request.RequestId });
