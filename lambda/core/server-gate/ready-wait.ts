/**
 * Holds the ready wait of a blue/green deployment: its replacements are checked, then it goes on or is stopped.
 *
 * CodeDeploy sends its events as best it can. Where none comes, the wait runs out, and the service stops the deployment.
 */
import { DEPLOYMENT_STATE_CHANGE } from '../../../lib/model/server/gates';
import { conclude } from '../conclude';
import type { HookContext } from '../hook';
import type { Judgement } from '../judgement';
import { judged } from '../judgement';
import { counted } from '../text';
import { combined } from './combine';
import { readyWaitReporter, whyNotWaiting } from './decisions';
import { describeInstances, findReplacements, lookUpDeployment } from './find-instances';
import type { GateDefinition, GateRun } from './gate';
import { beginRun, exempted, isExempt, judgedInTime, subjectOf, whyForeign } from './gate';
import { parseStateChange } from './gate-event';
import type { Base } from './gate-settings';
import { readBase, readLimits } from './gate-settings';
import type { Player, ReachableInstance } from './play-instances';
import { isReachable, playAll, playSuite } from './play-instances';
import type { GateDeployment, InstanceFacts } from './ports';
import { sampleOf } from './sample';

/** Instances that a reason names. */
const MAX_NAMED = 5;

/** Throws where the deployment could be neither continued nor stopped, or the gate does not know whose it is: the destination of the function then takes it up. */
export function makeReadyWaitGate(definition: GateDefinition): (event: unknown, context: HookContext) => Promise<void> {
  const { ports } = definition;
  return async (event, context) => {
    const run = beginRun(definition, context);
    const ready = parseStateChange(event, { detailType: DEPLOYMENT_STATE_CHANGE, state: 'READY', of: run.identity });
    if (typeof ready === 'string') {
      ports.log.error(`no deployment of this group that is ready, nothing is checked: ${ready}`);
      return;
    }
    const { deploymentId } = ready;
    const deployment = await lookUpDeployment(ports, deploymentId, { until: run.deploymentBy });
    const idle = whyIdle(deployment, run);
    if (idle !== undefined) {
      ports.log.info(`${idle}, nothing is checked`, { deploymentId });
      return;
    }
    await decide(definition, run, deploymentId, await judgementOf(definition, run, { deploymentId, deployment }));
  };
}

type Seen = GateDeployment | { readonly problem: string };

function whyIdle(deployment: Seen, { identity }: GateRun): string | undefined {
  return 'problem' in deployment ? undefined : (whyForeign(deployment, identity) ?? whyNotWaiting(deployment));
}

function judgementOf(definition: GateDefinition, run: GateRun, { deploymentId, deployment }: { readonly deploymentId: string; readonly deployment: Seen }): Promise<Judgement> {
  return judgedInTime(definition, run, async (signal) => {
    if ('problem' in deployment) {
      return judged('fail', deployment.problem);
    }
    return isExempt(definition.environment, deployment) ? exempted(deploymentId) : checkReplacements(definition, run, deploymentId, signal);
  });
}

async function checkReplacements({ ports, environment, work }: GateDefinition, { budget, instancesBy }: GateRun, deploymentId: string, signal: AbortSignal): Promise<Judgement> {
  const [base, limits] = [readBase(environment), readLimits(environment)];
  const bounds = { until: instancesBy, signal };
  const { ids, leftOut } = await findReplacements(ports, deploymentId, bounds);
  const note = leftOut === 0 ? '' : `; ${counted(leftOut, 'replacement')} to which it could not be deployed ${leftOut === 1 ? 'is' : 'are'} left out`;
  if (ids.length === 0) {
    return judged('fail', `the deployment has no replacement instance that could be checked${note}`);
  }
  const player: Player = { clock: ports.clock, environment, work, deploymentId, budget };
  if (base === undefined) {
    // No check asks an instance: what is checked is the same for all of them.
    return noted(await playSuite(player, { DeploymentId: deploymentId, LifecycleEventHookExecutionId: deploymentId }, signal), note);
  }
  const instances = await describeInstances(ports, ids, bounds);
  const reachable = instances.filter(isReachable);
  return noted(reachable.length < instances.length ? unreachable(instances) : await check(player, base, { reachable, limits, signal }), note);
}

interface Checking {
  readonly reachable: readonly ReachableInstance[];
  readonly limits: ReturnType<typeof readLimits>;
  readonly signal: AbortSignal;
}

async function check(player: Player, base: Base, { reachable, limits, signal }: Checking): Promise<Judgement> {
  const instances = sampleOf(reachable, limits.instances);
  return combined(await playAll(player, base, { instances, atOnce: limits.atOnce, signal }), reachable.length);
}

function unreachable(instances: readonly InstanceFacts[]): Judgement {
  const lost = instances.filter((instance) => !isReachable(instance));
  const named = lost.slice(0, MAX_NAMED).map(({ id, state }) => `${id} (${state})`);
  const others = lost.length > MAX_NAMED ? ` and ${lost.length - MAX_NAMED} more` : '';
  return judged('fail', `${lost.length} of ${counted(instances.length, 'replacement instance')} cannot be asked, since EC2 has no running instance with an address there: ${named.join(', ')}${others}`);
}

const noted = (judgement: Judgement, note: string): Judgement => ({ ...judgement, reason: `${judgement.reason}${note}` });

async function decide({ ports, environment }: GateDefinition, run: GateRun, deploymentId: string, came: Judgement): Promise<void> {
  const subject = subjectOf(run, 'checks', { deploymentId, about: deploymentId });
  const { reported } = await conclude({ ...ports, reporter: readyWaitReporter(ports) }, environment, subject, came);
  if (reported.end === 'alreadyCompleted') {
    ports.log.info('the deployment waits no longer; somebody else has decided', { deploymentId });
  }
  if (reported.end === 'unreported') {
    throw new Error(`the decision on ${deploymentId} did not get through: ${reported.error}`);
  }
}
