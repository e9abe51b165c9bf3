/** The words for a deployment that did not succeed, as they stand in CloudFormation's event. */
import { leftBetween } from './alias-words';
import type { DeploymentFacts, Facts } from './facts';
import { failedEvent, isSaid, isUnread } from './facts';
import type { Situation } from './situation';
import { minutes } from './situation';
import type { Segment } from './segment';
import { excerpt } from '../text';

/** Longest piece of somebody else's text, in characters: all of them together fit into an answer. */
const MAX_MESSAGE = 600;
const MAX_ALARMED = 900;

/** Domains of the console, by partition; another partition's is not known here, and no link is better than a wrong one. */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

export interface FailureFacts extends Pick<Facts, 'events' | 'verdict' | 'guardian' | 'leftAlias'> {
  readonly deployment: DeploymentFacts;
  readonly rollback?: DeploymentFacts;
}

export function failureReason(s: Situation, task: Segment, failure: FailureFacts): string {
  const { events, verdict, guardian, leftAlias } = failure;
  return told(s, failure, [eventPart(events), logPart(verdict, 'its hook'), isSaid(verdict) ? undefined : logPart(guardian, 'the guardian')], aliasPart(task, leftAlias));
}

/** How it ended, why by the parts that are given, what became of its rollback, and where to look. @param left how it has left things */
export function told({ task, memory, elapsed }: Situation, { deployment, rollback }: Pick<FailureFacts, 'deployment' | 'rollback'>, why: readonly (string | undefined)[], left?: string): string {
  const { id, status, error, rollbackId } = deployment;
  const parts = [
    `Deployment ${id} ${ENDS[status] ?? `ended as ${status}`}${error === undefined ? '' : `: ${error.code}: ${excerpt(error.message, MAX_ALARMED)}`}`,
    memory.stopping === id ? `it had not ended when the last segment was over, and was stopped; waited ${minutes(elapsed)}` : undefined,
    ...why,
    rollbackId === undefined ? 'no rollback was started' : `rollback ${rollbackId} ${rollback === undefined ? 'has not been seen to end' : (ENDS[rollback.status] ?? `ended as ${rollback.status}`)}`,
    left,
    consoleLink(task.request.StackId, id),
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}

const ENDS: Readonly<Record<string, string>> = { Succeeded: 'succeeded', Failed: 'failed', Stopped: 'was stopped' };

function eventPart(events: FailureFacts['events']): string | undefined {
  if (isUnread(events)) {
    return `its lifecycle events could not be read (${excerpt(events.unread, MAX_MESSAGE)})`;
  }
  const failed = failedEvent(events ?? []);
  return failed === undefined ? undefined : `${failed.name} failed${failed.diagnostics === undefined ? '' : `: ${excerpt(failed.diagnostics, MAX_MESSAGE)}`}`;
}

export function logPart(said: FailureFacts['verdict'], who: string): string | undefined {
  if (said === undefined || said === 'missing') {
    return undefined;
  }
  return isUnread(said) ? `${who}'s log could not be read (${excerpt(said.unread, MAX_MESSAGE)})` : `${who} says: ${excerpt(said.reason, MAX_MESSAGE)}`;
}

/** Only where it is between two versions: one that names a single version is as the rollback left it, or as it was. */
function aliasPart({ alias: name }: Segment, left: FailureFacts['leftAlias']): string | undefined {
  if (name === undefined || left === undefined || left === 'missing') {
    return undefined;
  }
  if (isUnread(left)) {
    return `alias ${name.name} could not be read (${excerpt(left.unread, MAX_MESSAGE)})`;
  }
  return Object.keys(left.weights).length === 0 ? undefined : leftBetween(name, left);
}

/** Partition and region are those of the stack: `arn:PARTITION:cloudformation:REGION:...`. */
export function consoleLink(stackId: string, deploymentId: string): string | undefined {
  const [, partition = '', , region = ''] = stackId.split(':');
  const console = CONSOLES[partition];
  return console === undefined || region === '' ? undefined : `https://${console}/codesuite/codedeploy/deployments/${deploymentId}?region=${region}`;
}
