/** One instance, played for: where it is, and what it comes to. */
import type { Judgement } from '../judgement';
import { judged } from '../judgement';
import { combined } from './combine';
import { describeInstances } from './find-instances';
import type { GateDefinition, GateRun } from './gate';
import { readBase } from './gate-settings';
import type { Player } from './play-instances';
import { isReachable, playOne, playSuite } from './play-instances';
import type { InstanceFacts } from './ports';

const EC2_INSTANCE = /^i-[0-9a-f]{8,17}$/;

export interface OneInstance {
  readonly deploymentId: string;
  readonly instanceId: string;
}

/** @throws ConfigurationError */
export async function checkInstance({ ports, environment, work }: GateDefinition, { budget, instancesBy }: GateRun, { deploymentId, instanceId }: OneInstance, signal: AbortSignal): Promise<Judgement> {
  const player: Player = { clock: ports.clock, environment, work, deploymentId, budget };
  const base = readBase(environment);
  if (base === undefined) {
    return alone({ id: instanceId, state: 'not asked' }, await playSuite(player, { DeploymentId: deploymentId, LifecycleEventHookExecutionId: instanceId }, signal));
  }
  if (!EC2_INSTANCE.test(instanceId)) {
    return judged('fail', `${instanceId} is no instance of EC2, so that its address is not known; give the checks URLs of their own (CheckTarget.url), or leave on-premises instances to another gate`);
  }
  const [instance] = await describeInstances(ports, [instanceId], { until: instancesBy, signal });
  if (instance === undefined || !isReachable(instance)) {
    return judged('fail', `${instanceId} cannot be asked, since EC2 has no running instance with an address there: it is ${instance?.state}`);
  }
  return alone(instance, await playOne(player, { instance, base }, signal));
}

const alone = (instance: InstanceFacts, judgement: Judgement): Judgement => combined([{ instance, judgement }], 1);
