/** A deployment that was started or joined, to the end that the request waits for. */
import { RESOURCE_TIMEOUT_SECONDS } from '../../../lib/model/deployment-request';
import { explain } from './explain';
import type { DeploymentFacts, LifecycleEventFacts } from './facts';
import { phaseOf } from './phase';
import { settle } from './settle';
import type { Action, Situation } from './situation';
import { fail, LAST_MOMENT_SECONDS, look, noted, pause, poll, secondsSince, segmentIsOver, succeed, wait } from './situation';
import type { AnyDeployTask, WaitTask } from './task';

/** How long a deployment may be unknown before that is believed, in seconds. */
const KNOWN_WITHIN_SECONDS = 120;

const PAUSE_SECONDS = 5;

export function follow(s: Situation, task: AnyDeployTask | WaitTask, id: string): Action {
  if (task.completion === 'STARTED') {
    return succeed(id);
  }
  const settled = settle(s, id);
  switch (settled.state) {
    case 'unknown':
      return look(s, settled.look);
    case 'missing':
      return unknown(noted(s, 'unknown'), task, id);
    case 'running':
      return running(s, task, settled.deployment);
    case 'rolling back':
      return s.elapsed < LAST_MOMENT_SECONDS ? pause(settled.s, PAUSE_SECONDS) : explain(s, task, settled);
    case 'ended':
      return ended(s, task, settled);
  }
}

function ended(s: Situation, task: AnyDeployTask | WaitTask, settled: { readonly deployment: DeploymentFacts; readonly rollback?: DeploymentFacts }): Action {
  const { deployment } = settled;
  if (deployment.status === 'Succeeded') {
    return succeed(deployment.id);
  }
  return isHistory(s, task, deployment) ? succeed(deployment.id, `deployment ${deployment.id} is of an earlier time`) : explain(s, task, settled);
}

/**
 * Where CloudFormation takes back a segment that waits, it names the deployment of before, however that has ended. What this segment has to wait
 * for was started within the hours of the segments before it; one hour more is for clocks.
 */
function isHistory({ startedAt }: Situation, { kind, segment }: AnyDeployTask | WaitTask, { createdAt }: DeploymentFacts): boolean {
  return kind === 'wait' && createdAt !== undefined && createdAt < startedAt - segment * RESOURCE_TIMEOUT_SECONDS * 1_000;
}

function unknown(s: Situation, { kind }: AnyDeployTask | WaitTask, id: string): Action {
  if (kind === 'wait') {
    if (s.facts.stack === undefined) {
      return look(s, { at: 'stack' });
    }
    if (phaseOf(s.facts.stack) === 'rollback') {
      return succeed(id, `deployment ${id} of before is not known any more`);
    }
  }
  const reason = `deployment ${id} is not known to CodeDeploy; were its application and deployment group deleted by hand? Deploy the stack again`;
  return secondsSince(s, 'unknown') < KNOWN_WITHIN_SECONDS && s.elapsed < LAST_MOMENT_SECONDS ? pause(s, PAUSE_SECONDS) : fail(reason);
}

function running(s: Situation, task: AnyDeployTask | WaitTask, { id, status, servers }: DeploymentFacts): Action {
  if (task.completion === 'TRAFFIC_SHIFTED' && servers?.terminationWaitStarted === true) {
    return succeed(id);
  }
  if (task.completion === 'TRAFFIC_SHIFTED' && servers === undefined) {
    if (s.facts.events === undefined) {
      return look(s, { at: 'events', id, optional: false });
    }
    if (Array.isArray(s.facts.events) && isShifted(s.facts.events)) {
      return succeed(id);
    }
  }
  if (s.memory.stopping === id) {
    return wait(s, { seconds: PAUSE_SECONDS, otherwise: `deployment ${id} was stopped, but has not ended (${status}); look after it in CodeDeploy` });
  }
  if (!segmentIsOver(s)) {
    return poll(s);
  }
  return task.last ? { do: 'stop', id, why: 'the last segment is over', memory: s.memory } : succeed(id, 'the next segment waits on');
}

/** Whether production traffic is all on the new version, and the hook behind that has passed. */
function isShifted(events: readonly LifecycleEventFacts[]): boolean {
  const last = events.slice(events.findIndex(({ name }) => name === 'AllowTraffic'));
  return last[0]?.name === 'AllowTraffic' && last.every(({ status }) => status === 'Succeeded');
}
