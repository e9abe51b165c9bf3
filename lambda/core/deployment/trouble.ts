/** What follows from a call that did not work. */
import { SEGMENT_SECONDS } from '../../../lib/model/deployment-request';
import type { ServiceFailure } from '../failures';
import { describeError, Overdue } from '../failures';
import { consoleLink } from './reason';
import type { Action, Situation } from './situation';
import { fail, followed, LAST_MOMENT_SECONDS, minutes, missPause, noted, pause, secondsSince, segmentIsOver, stamped, succeed } from './situation';

/** How long a call may be denied before that is believed: a new policy takes a while to be known everywhere. */
const DENIED_SECONDS = 120;
const DENIED_PAUSE_SECONDS = 10;

/** A request that was not let in: by its policy, or since this host's credentials or clock are not right. */
const DENIED =
  /^(AccessDenied|UnauthorizedOperation|UnrecognizedClient|InvalidClientTokenId|ExpiredToken|InvalidSignature|SignatureDoesNotMatch|RequestExpired|RequestTimeTooSkewed|CredentialsProviderError)/;

/** Another deployment runs in the group: ours, if the answer to an earlier try was lost. */
const OCCUPIED = 'DeploymentLimitExceededException';

/** There is nothing to stop, or nothing that we could; its end is waited for. */
const STOPPED: readonly string[] = ['DeploymentAlreadyCompletedException', 'DeploymentDoesNotExistException', 'UnsupportedActionForDeploymentTypeException'];

const REMEDIES: Readonly<Record<string, string>> = {
  ApplicationDoesNotExistException: 'the application was deleted; create it again, under the same name',
  DeploymentGroupDoesNotExistException: 'the deployment group was deleted; create it again, under the same name',
  InvalidRevisionException: 'check the AppSpec, and that its task definition is ACTIVE, or its version published',
  InvalidRoleException: 'check the service role of the deployment group',
  DeploymentConfigDoesNotExistException: 'the deployment configuration of the group was deleted; create it again',
  ClusterNotFoundException: 'check the cluster of the service',
  InvalidGitHubAccountTokenException: 'connect the application with GitHub in the console of CodeDeploy',
  InvalidTargetInstancesException: 'check that the two Auto Scaling groups are there, and that the deployment group is blue/green',
  RevisionDoesNotExistException: 'check that the revision is where it is said to be',
};

export type CallFailure = ServiceFailure | Overdue;

export const isDenied = (failure: CallFailure): boolean => DENIED.test(codeOf(failure));

/** A look that the decision needs. */
export function missed(s: Situation, failure: CallFailure): Action {
  if (isDenied(failure)) {
    return denied(noted(s, 'denied'), failure);
  }
  return mayPass(failure) ? tryLater(s, failure) : fail(withRemedy(failure));
}

/** CreateDeployment did not say that it has started one; it may have. */
export function notStarted(before: Situation, failure: CallFailure): Action {
  if (!mayPass(failure) && codeOf(failure) !== OCCUPIED) {
    return missed(before, failure);
  }
  const s = stamped(before, 'asked');
  return tryLater({ ...s, memory: { ...s.memory, refusal: describeError(failure) } }, failure);
}

/** StopDeployment: what has ended needs none. */
export function notStopped(s: Situation, id: string, failure: CallFailure): Action {
  if (STOPPED.includes(codeOf(failure))) {
    return pause({ ...s, memory: { ...s.memory, stopping: id } }, 1);
  }
  return mayPass(failure) ? later(s, failure) : missed(s, failure);
}

function denied(s: Situation, failure: CallFailure): Action {
  if (secondsSince(s, 'denied') >= DENIED_SECONDS || isLate(s)) {
    return fail(`${describeError(failure)}; allow this to the role of the deployment provider's step function`);
  }
  return { do: 'wait', seconds: DENIED_PAUSE_SECONDS, memory: s.memory };
}

/**
 * Throttled, a fault of the service, no answer: the next step asks again, until the segment is over. Then a segment that is not the last hands over,
 * and the last one stops what it can no longer see.
 */
function tryLater(s: Situation, failure: CallFailure): Action {
  const id = followed(s);
  if (segmentIsOver(s) && id !== undefined && 'last' in s.task) {
    if (!s.task.last) {
      return succeed(id, `the next segment waits on, though ${describeError(failure)}`);
    }
    if (s.memory.stopping !== id) {
      return { do: 'stop', id, why: 'the last segment is over', memory: s.memory };
    }
  }
  return later(s, failure);
}

function later(s: Situation, failure: CallFailure): Action {
  if (isLate(s)) {
    return fail(lost(s, failure));
  }
  const misses = s.memory.misses + 1;
  return { do: 'wait', seconds: missPause(misses), memory: { ...s.memory, misses } };
}

/** Without a deployment there is nothing more to stop when the segment is over. */
function isLate(s: Situation): boolean {
  return s.elapsed >= (followed(s) === undefined && s.task.kind !== 'delete' ? SEGMENT_SECONDS : LAST_MOMENT_SECONDS);
}

function lost(s: Situation, failure: CallFailure): string {
  const { task, elapsed } = s;
  const id = followed(s);
  const link = id === undefined ? undefined : consoleLink(task.request.StackId, id);
  const what = id === undefined ? 'it could not be found out what to do' : `it could not be found out what has become of deployment ${id}`;
  return [`after ${minutes(elapsed)}: ${what}: ${describeError(failure)}`, link].filter((part) => part !== undefined).join('; ');
}

function withRemedy(failure: CallFailure): string {
  const remedy = REMEDIES[codeOf(failure)];
  return remedy === undefined ? describeError(failure) : `${describeError(failure)}; ${remedy}`;
}

function codeOf(failure: CallFailure): string {
  return failure instanceof Overdue ? 'Overdue' : failure.code;
}

/** Codes of the way to a service, and of answers that name no error: what a service itself refuses, it spells otherwise. */
const NO_ANSWER = /^(HTTP \d+|[A-Z_]+)$/;

/** Whether another try may have another end. */
export function mayPass(failure: CallFailure): boolean {
  return failure instanceof Overdue || failure.retryable || NO_ANSWER.test(failure.code);
}
