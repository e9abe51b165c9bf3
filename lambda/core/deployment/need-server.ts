/** Whether a fleet needs a deployment, and of which revision. */
import type { LastReleases } from '../server-fleets/serving';
import { lastReleases } from '../server-fleets/serving';
import { quoted } from '../text';
import { isUnread } from './facts';
import { trafficInDoubt } from './fleet-in-doubt';
import { idleFleet } from './idle-fleet';
import { unlessLate } from './late';
import type { Phase } from './phase';
import type { ServerRevision } from './server-revision';
import { sameBundle, wordsOf } from './server-revision';
import type { ServerTask } from './server-task';
import type { Action, Situation } from './situation';
import { fail, look, succeed } from './situation';
import { nothingToTakeBack, notShown, start } from './start';

export function serverInNeed(s: Situation, task: ServerTask, phase: Phase): Action {
  const { serverGroup } = s.facts;
  const wanted = wantedRevision(s, task);
  if ('do' in wanted) {
    return wanted;
  }
  if (serverGroup === undefined) {
    return look(s, { at: 'serverGroup' });
  }
  if (serverGroup === 'missing') {
    return notShown(s, 'no group', `deployment group ${task.group} of application ${task.application} is not there; create it again, under the same name`);
  }
  const releases = lastReleases(serverGroup, s.facts);
  if ('look' in releases) {
    return look(s, releases.look);
  }
  const doubt = trafficInDoubt(s, task, releases, phase);
  if (doubt !== undefined) {
    return doubt;
  }
  const why = atRest(wanted, { ...releases, phase, blueGreen: serverGroup.blueGreen, doubt: isUnread(s.facts.attempts) });
  if (why !== undefined) {
    return phase === 'forward' ? succeed('', why) : nothingToTakeBack(s, why);
  }
  return task.fleets === undefined ? start(s, task, { revision: wanted }) : onIdleFleet(s, { ...task, fleets: task.fleets }, wanted, releases);
}

/** Earlier than `start`, which says the same of what has been brought up already: nothing is scaled for a request that has been given up. */
function onIdleFleet(s: Situation, task: ServerTask & Required<Pick<ServerTask, 'fleets'>>, revision: ServerRevision, { success }: LastReleases): Action {
  const idle = idleFleet(s, task, success);
  if (!('do' in idle)) {
    return start(s, task, { revision, replacement: idle.ready });
  }
  return idle.do === 'scale' ? unlessLate(s, task, idle) : idle;
}

function wantedRevision(s: Situation, { wanted, application }: ServerTask): ServerRevision | Action {
  if ('revision' in wanted) {
    return wanted.revision;
  }
  const id = wanted.redeploy;
  const deployment = s.facts.deployments[id];
  const refused = (why: string): Action => fail(`deployment ${id} cannot be redeployed: ${why}; name one of 'aws deploy list-deployments --application-name ${application} --include-only-statuses Succeeded'`);
  if (deployment === undefined) {
    return look(s, { at: 'deployment', id });
  }
  if (deployment === 'missing') {
    return refused('CodeDeploy does not know it');
  }
  if (deployment.servers === undefined) {
    return refused('it is not of EC2/on-premises');
  }
  if (deployment.servers.application !== application) {
    return refused(`it is of application ${quoted(deployment.servers.application)}`);
  }
  return deployment.servers.revision ?? refused('it has no revision');
}

export interface Rest extends LastReleases {
  readonly phase: Phase;
  readonly blueGreen: boolean;
  /** Whether there may be a newer attempt that could not be looked for. */
  readonly doubt: boolean;
}

/**
 * Why no deployment is needed; undefined where one is.
 *
 * What was tried after the last success may have left its revision on some of the instances, be it another one, or the same one by a rollback that failed. Instances that alternate, or
 * are copied, do not get mixed: the originals keep what they have.
 */
export function atRest(wanted: ServerRevision, { phase, blueGreen, success, attempt, doubt }: Rest): string | undefined {
  const revision = success?.servers?.revision;
  if (success === undefined || revision === undefined || !sameBundle(wanted, revision)) {
    return undefined;
  }
  const words = wordsOf(wanted);
  if (phase === 'rollback' && blueGreen) {
    return `the instances that serve have ${words} still`;
  }
  if (doubt) {
    return undefined;
  }
  if (attempt === undefined || attempt.id === success.id) {
    return phase === 'forward' ? `the fleet already has ${words}` : `the fleet has ${words} again`;
  }
  return phase === 'rollback' && attempt.servers?.instances?.touched === 0 ? `deployment ${attempt.id} came to no instance, and the fleet has ${words} still` : undefined;
}
