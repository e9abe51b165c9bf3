/** After a release that has failed it may not be known which of two Auto Scaling groups has the traffic: what is deployed to the wrong one is deployed in place, under that traffic. */
import { doubtAfter, failureOf, inDoubt, ROLLBACK_BEGINS_SECONDS } from '../server-fleets/doubt';
import type { LastReleases } from '../server-fleets/serving';
import { servingFleet } from '../server-fleets/serving';
import type { ServerGroupFacts } from '../server-groups/ports';
import type { Phase } from './phase';
import type { ServerTask } from './server-task';
import type { Action, Situation } from './situation';
import { fail, look, noted, pause, secondsSince, segmentIsOver, succeed } from './situation';
import { SECOND_LOOK_SECONDS } from './start';

/**
 * Undefined where there is no doubt, or nothing tells which one served before.
 *
 * A rollback that is refused would leave the stack stuck, and the failure that it takes back has told of its deployment.
 */
export function trafficInDoubt(s: Situation, { application, group, fleets }: ServerTask, releases: LastReleases, phase: Phase): Action | undefined {
  const failure = failureOf(releases);
  if (failure === undefined || fleets === undefined) {
    return undefined;
  }
  const serving = servingFleet(fleets, s.facts.serverGroup as ServerGroupFacts, releases.success);
  if (serving === undefined) {
    return undefined;
  }
  const doubt = doubtAfter(failure, s.facts);
  if (doubt === undefined || 'look' in doubt) {
    return doubt && look(s, doubt.look);
  }
  const quiet = noted(s, 'quiet');
  if (secondsSince(quiet, 'quiet') < ROLLBACK_BEGINS_SECONDS && !segmentIsOver(s)) {
    return pause(quiet, SECOND_LOOK_SECONDS);
  }
  const idle = fleets.find((name) => name !== serving)!;
  // What is tried by hand and succeeds is the last success then, and nothing has failed since.
  const told =
    `${inDoubt(serving, idle, doubt.why)} and take those of ${idle} out of it; bring ${idle} to as many instances as ${serving} has, then deploy the last good revision to it by hand, which ends the doubt when it succeeds: ` +
    `aws deploy create-deployment --application-name ${application} --deployment-group-name ${group} --target-instances autoScalingGroups=${idle} --revision REVISION`;
  return phase === 'rollback' ? succeed('', told) : fail(`no deployment was started: ${told}`);
}
