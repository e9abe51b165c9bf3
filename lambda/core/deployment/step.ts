/** One step: finds out what the next action needs, and takes it. A step can be repeated at any moment, since it looks before it acts. */
import type { ResourceAnswer, StepEvent, StepReturn } from '../../../lib/model/deployment-request';
import { within } from '../deadline';
import { ConfigurationError, describeError, Overdue, ServiceFailure } from '../failures';
import { abandonedFleet, bringDown, stillUp } from './abandoned';
import { advance } from './advance';
import type { DeploymentPorts, Facts, Look } from './facts';
import { find } from './look';
import { descriptionOf } from './mark';
import type { Action, Memory, Release, Situation } from './situation';
import { NO_MEMORY, pause, succeed } from './situation';
import type { ServerTask } from './server-task';
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
    const { last, end } = await play(s, ports);
    if (last.do === 'answer') {
      const answer = await tidied(end, ports, last.answer);
      ports.log.info(`answer ${answer.Status}`, { ...ids(event), ...(last.why === undefined ? {} : { why: last.why }) });
      return done(before, answer);
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

async function play(first: Situation, ports: DeploymentPorts): Promise<{ readonly last: Last; readonly end: Situation }> {
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
        action = await start({ ...s, memory: action.memory }, ports, action);
        break;
      case 'scale':
        action = await scale({ ...s, memory: action.memory }, ports, action);
        break;
      case 'stop':
        action = await stop({ ...s, memory: action.memory }, ports, action);
        break;
      default:
        return { last: action, end: s };
    }
  }
}

async function start(s: Situation, ports: DeploymentPorts, release: Release): Promise<Action> {
  const { completion } = s.task as AnyDeployTask;
  const created = await settled(ports, (signal) => create(s.task as AnyDeployTask, ports, release, signal));
  if (created.failure !== undefined) {
    ports.log.warn('no deployment is known to have started', { ...ids(s.task), error: describeError(created.failure) });
    return notStarted(s, created.failure);
  }
  ports.log.info('started', { ...ids(s.task), deploymentId: created.value });
  return completion === 'STARTED' ? succeed(created.value) : pause({ ...s, memory: { ...s.memory, deploymentId: created.value } }, PAUSE_SECONDS);
}

function create(task: AnyDeployTask, { deployments, serverDeployments }: DeploymentPorts, release: Release, signal: AbortSignal): Promise<string> {
  const { application, group, request } = task;
  const deployment = { application, group, description: descriptionOf(request) };
  if ('appSpec' in release) {
    return deployments.create({ ...deployment, appSpec: release.appSpec }, signal);
  }
  const { revision, replacement } = release;
  return serverDeployments.create({ ...deployment, revision, ...(replacement === undefined ? {} : { replacement }), ...(task as ServerTask).options }, signal);
}

/** Brings a fleet up. How many of it are in service, the next step looks at. */
async function scale(s: Situation, ports: DeploymentPorts, { name, desired }: { readonly name: string; readonly desired: number }): Promise<Action> {
  const scaled = await settled(ports, (signal) => ports.autoScalingGroups.scale(name, desired, signal));
  if (scaled.failure !== undefined) {
    ports.log.warn('could not be scaled', { ...ids(s.task), autoScalingGroup: name, error: describeError(scaled.failure) });
    return missed(s, scaled.failure);
  }
  ports.log.info('scaled', { ...ids(s.task), autoScalingGroup: name, desired });
  return pause(s, PAUSE_SECONDS);
}

/** What was brought up for a deployment that has not come to be is brought down. */
async function tidied(s: Situation, ports: DeploymentPorts, answer: ResourceAnswer): Promise<ResourceAnswer> {
  const name = abandonedFleet(s, answer);
  if (name === undefined) {
    return answer;
  }
  const down = await settled(ports, (signal) => bringDown(s, ports, name, signal));
  if (down.failure !== undefined) {
    return { ...answer, Reason: `${answer.Reason}${stillUp(name, down.failure)}` };
  }
  ports.log.info(`abandoned: ${down.value}`, { ...ids(s.task), autoScalingGroup: name });
  return answer;
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
