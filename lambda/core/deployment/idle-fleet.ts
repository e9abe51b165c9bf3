/** Two Auto Scaling groups that alternate: the idle one is brought up before a deployment, and is its replacement fleet. */
import { servingFleet } from '../server-fleets/serving';
import type { AutoScalingGroupFacts, ServerGroupFacts } from '../server-groups/ports';
import type { DeploymentFacts } from './facts';
import type { ServerTask } from './server-task';
import type { Action, Situation } from './situation';
import { fail, look, minutes, noted, pause, secondsSince, segmentIsOver } from './situation';

const PAUSE_SECONDS = 15;

/** How long the group may go on naming the fleet that served before, in seconds: its state machine points it at the other one right after the deployment. */
const POINTED_WITHIN_SECONDS = 300;

type Fleets = ServerTask & Required<Pick<ServerTask, 'fleets'>>;

/** The group that is ready to be deployed to, or what is to be done before. */
export function idleFleet(s: Situation, task: Fleets, success: DeploymentFacts | undefined): Action | { readonly ready: string } {
  const group = s.facts.serverGroup as ServerGroupFacts;
  const name = servingFleet(task.fleets, group, success);
  if (name === undefined) {
    return fail(`${noneServes(task, group)}: have it name the one that serves, by ${pointTo(task, 'NAME')}`);
  }
  if (!group.autoScalingGroups.includes(name)) {
    return notPointed(s, task, name);
  }
  if (s.facts.fleets === undefined) {
    return look(s, { at: 'fleets' });
  }
  const [serving, idle] = [name, task.fleets.find((other) => other !== name)].map((wanted) => s.facts.fleets!.find((fleet) => fleet.name === wanted && fleet.leaving !== true));
  if (serving === undefined || idle === undefined) {
    return fail(`Auto Scaling group ${serving === undefined ? name : task.fleets.find((other) => other !== name)} is not there; both groups of ${task.fleets.join(' and ')} are needed, of which one serves at a time`);
  }
  return upTo(s, idle, { serving: name, wanted: Math.max(1, serving.desired) });
}

/**
 * As many as serve, and no more: fleets of different sizes are named among the causes of NO_INSTANCES.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/error-codes.html
 */
function upTo(s: Situation, idle: AutoScalingGroupFacts, { serving, wanted }: { readonly serving: string; readonly wanted: number }): Action | { readonly ready: string } {
  const { name, desired, max, inService } = idle;
  if (desired !== wanted && max < wanted) {
    return fail(`Auto Scaling group ${name} has ${max} instances at most, and ${wanted} of ${serving} serve; raise its maximum to that of ${serving}`);
  }
  if (desired === wanted && inService === wanted) {
    return { ready: name };
  }
  if (segmentIsOver(s)) {
    return fail(
      `after ${minutes(s.elapsed)}: no deployment was started: ${inService} of ${wanted} instances of Auto Scaling group ${name} are in service; look at its activities for why the others ` +
        `are not (aws autoscaling describe-scaling-activities --auto-scaling-group-name ${name}), then deploy again`,
    );
  }
  const up = { ...s.memory, scaled: name };
  if (desired !== wanted) {
    return { do: 'scale', name, desired: wanted, memory: desired < wanted ? up : s.memory };
  }
  // A step that died here may have scaled it, and has not come to remember that.
  return pause(s.retries > 0 ? { ...s, memory: up } : s, PAUSE_SECONDS);
}

/** CodeDeploy would take the replacements for the originals. */
function notPointed(before: Situation, task: Fleets, serving: string): Action {
  const s = noted(before, 'not pointed');
  return secondsSince(s, 'not pointed') < POINTED_WITHIN_SECONDS && !segmentIsOver(s)
    ? pause(s, PAUSE_SECONDS)
    : fail(`${noneServes(task, s.facts.serverGroup as ServerGroupFacts)}, though the last deployment has brought the traffic to ${serving}; look at the executions of the state machine that settles the two, or point the group yourself: ${pointTo(task, serving)}`);
}

function noneServes({ group, fleets }: Fleets, { autoScalingGroups }: ServerGroupFacts): string {
  return `no deployment was started: of ${fleets.join(' and ')}, of which one serves at a time, deployment group ${group} names ${autoScalingGroups.length === 0 ? 'none' : autoScalingGroups.join(' and ')}`;
}

const pointTo = ({ application, group }: Fleets, name: string): string =>
  `aws deploy update-deployment-group --application-name ${application} --current-deployment-group-name ${group} --auto-scaling-groups ${name}`;
