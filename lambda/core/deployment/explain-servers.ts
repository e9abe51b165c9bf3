/** Why a deployment to a fleet did not succeed: which instances failed, where and how, and what a gate says. */
import type { ServerGateEvent } from '../../../lib/model/server/gates';
import { SERVER_GATE_EVENTS } from '../../../lib/model/server/gates';
import { counted, excerpt } from '../text';
import type { Failure } from './explain';
import type { DeploymentFacts, Facts } from './facts';
import { isSaid, isUnread } from './facts';
import { logPart, told } from './reason';
import type { Segment } from './segment';
import type { FailedServer, FailedServers, ServerDeploymentFacts } from './server-facts';
import type { Action, Situation } from './situation';
import { fail, look, pause } from './situation';

const PAUSE_SECONDS = 5;

/** A gate runs after the beginning of its deployment; the clocks of CodeDeploy and of the log differ a little. */
const CLOCKS_MS = 300_000;

/** Longest piece of somebody else's text, in characters: all of them together fit into an answer. */
const MAX_UNREAD = 600;
const MAX_MESSAGE = 120;
const MAX_TAIL = 240;
const MAX_NAME = 100;

/** By StopDeployment, whoever calls it; and by an alarm. */
const STOPPED_BY_REQUEST = 'MANUAL_STOP';
const STOPPED_BY_ALARM = 'ALARM_ACTIVE';

interface ServerFailure extends Failure {
  readonly servers: ServerDeploymentFacts;
}

/** @param patient whether there is time yet for what comes a little later */
export function explainServers(s: Situation, task: Segment, failure: ServerFailure, patient: boolean): Action {
  const { failedServers, verdict } = s.facts;
  const { id, createdAt } = failure.deployment;
  if (failedServers === undefined) {
    return look(s, { at: 'failedServers', id, optional: true });
  }
  const gate = gateInQuestion(failure.deployment, failedServers);
  const logGroup = gate === undefined ? undefined : task.gateLogs?.[gate];
  if (gate !== undefined && logGroup !== undefined && verdict === undefined) {
    return look(s, { at: 'verdict', event: gate, logGroup, id, since: (createdAt ?? s.startedAt) - CLOCKS_MS, optional: true });
  }
  if (patient && (isUnread(failedServers) || (verdict !== undefined && !isSaid(verdict)))) {
    return pause(s, PAUSE_SECONDS);
  }
  return fail(told(s, failure, [...instanceParts(failure.servers, failedServers), waitPart(s, failure), logPart(verdict, `its gate ${gate}`)]));
}

/** The gate that may have had it fail: by its script on an instance, by the alarm, or by stopping it in the ready wait. */
export function gateInQuestion({ status, error }: DeploymentFacts, failed: NonNullable<Facts['failedServers']>): ServerGateEvent | undefined {
  const { readyWait, instance, fleet } = SERVER_GATE_EVENTS;
  if (error?.code === STOPPED_BY_ALARM) {
    return fleet;
  }
  if (!isUnread(failed) && failed.first.some(({ event }) => event === instance)) {
    return instance;
  }
  return status === 'Stopped' ? readyWait : undefined;
}

/** Which of the two it was, the service does not say otherwise: a wait that ran out, and nobody's request. */
function waitPart({ memory }: Situation, { deployment: { id, status, error }, servers }: ServerFailure): string | undefined {
  if (status !== 'Stopped' || !servers.readyWait || memory.stopping === id || error?.code === STOPPED_BY_ALARM) {
    return undefined;
  }
  return error?.code === STOPPED_BY_REQUEST ? 'it was stopped by request, as a gate does whose checks fail' : 'its ready wait ran out without ContinueDeployment, and the originals have kept the traffic';
}

function instanceParts({ instances }: ServerDeploymentFacts, failed: FailedServers | { readonly unread: string }): readonly (string | undefined)[] {
  if (isUnread(failed)) {
    return [instances === undefined ? undefined : countPart(instances.failed, instances.all), `its instances could not be read (${excerpt(failed.unread, MAX_UNREAD)})`];
  }
  if (failed.count === 0) {
    return [];
  }
  return [instances === undefined ? `${counted(failed.count, 'instance')} failed` : countPart(instances.failed, instances.all), ...failed.first.map(serverPart)];
}

const countPart = (failed: number, all: number): string => `${failed} of ${counted(all, 'instance')} failed`;

/** `instance i-0123 failed at ValidateService: ScriptFailed, scripts/check.sh, ...its message: ...the end of its log`. */
function serverPart({ instance, event, code, script, message, logTail }: FailedServer): string {
  const said = [code, script, message].flatMap((text, index) => (text === undefined ? [] : [excerpt(text, index === 2 ? MAX_MESSAGE : MAX_NAME)]));
  const where = event === undefined ? '' : ` at ${excerpt(event, MAX_NAME)}`;
  return `instance ${excerpt(instance, MAX_NAME)} failed${where}${said.length === 0 ? '' : `: ${said.join(', ')}`}${logTail === undefined ? '' : `: ${ending(logTail)}`}`;
}

/** What went wrong stands at the end of a log. */
function ending(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.length > MAX_TAIL ? `…${excerpt(trimmed.slice(1 - MAX_TAIL), MAX_TAIL * 2)}` : excerpt(trimmed, MAX_TAIL * 2);
}
