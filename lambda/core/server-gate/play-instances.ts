/** The suite of a gate, played once for each instance. */
import type { HookEvent } from '../../../lib/model/hook-contract';
import { ENV } from '../../../lib/model/hook-contract';
import { firstTurn } from '../continuation';
import { ConfigurationError } from '../failures';
import type { HookWork } from '../hook-work';
import { failureReason } from '../hook-work';
import type { Judgement } from '../judgement';
import { judged } from '../judgement';
import type { Clock, Environment } from '../ports';
import type { Base } from './gate-settings';
import { baseUrlOf } from './gate-settings';
import type { InstanceFacts } from './ports';

/** An instance with its address. */
export type ReachableInstance = InstanceFacts & { readonly address: string };

export interface PlayedInstance {
  readonly instance: InstanceFacts;
  readonly judgement: Judgement;
}

export interface Player {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly work: HookWork;
  readonly deploymentId: string;
  /** Time for the work, in milliseconds; for words. */
  readonly budget: number;
}

export const isReachable = (instance: InstanceFacts): instance is ReachableInstance => instance.address !== undefined && instance.state === 'running';

/**
 * Plays the suite for all of them, at most so many at the same time. Those that have not begun when time is up are undecided.
 *
 * @throws ConfigurationError at once: it would be the same for every instance
 */
export async function playAll(player: Player, base: Base, { instances, atOnce, signal }: Plays): Promise<readonly PlayedInstance[]> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const judgements = new Map<InstanceFacts, Judgement>();
  const waiting = [...instances];
  const one = async (): Promise<void> => {
    for (let instance = waiting.shift(); instance !== undefined; instance = waiting.shift()) {
      judgements.set(instance, either.aborted ? judged('inconclusive', 'not begun: the time of the gate was up') : await playOne(player, { instance, base }, either));
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, one));
  } finally {
    stop.abort();
  }
  return instances.map((instance) => ({ instance, judgement: judgements.get(instance)! }));
}

export interface Plays {
  readonly instances: readonly ReachableInstance[];
  readonly atOnce: number;
  readonly signal: AbortSignal;
}

/** Plays the suite for one instance. @throws ConfigurationError */
export async function playOne(player: Player, { instance, base }: { readonly instance: ReachableInstance; readonly base: Base }, signal: AbortSignal): Promise<Judgement> {
  const url = baseUrlOf(base, instance.address);
  const { environment, deploymentId } = player;
  const own: Environment = { ...environment, variable: (name) => (name === ENV.testUrl ? url : environment.variable(name)) };
  return playSuite({ ...player, environment: own }, { DeploymentId: deploymentId, LifecycleEventHookExecutionId: instance.id }, signal);
}

/** Plays the suite. @throws ConfigurationError */
export async function playSuite({ work, clock, environment, budget }: Player, hook: HookEvent, signal: AbortSignal): Promise<Judgement> {
  try {
    const came = await work(hook, { signal, turn: firstTurn(clock), environment });
    return 'play' in came ? came.unfinished : came;
  } catch (error) {
    if (error instanceof ConfigurationError) {
      throw error;
    }
    return judged('fail', failureReason(error, budget, 'the suite'));
  }
}
