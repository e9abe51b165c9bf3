/** What happens, as it happens: for rehearsals in real time, and for `serve`. */
import { clock } from '../report/text';
import type { World } from '../stage/world';

/** Says a line for every change of a deployment and every transition of an alarm. */
export function followLive(world: World, say: (text: string) => void): void {
  world.rollouts.forEach((rollout) => rollout.follow((at, deploymentId, text) => say(`  ${clock(at / 1000)}  ${deploymentId}  ${text}\n`)));
  world.alarms.onTransition(({ at, alarm, from, to }) => say(`  ${clock(at / 1000)}  alarm ${alarm}: ${from} -> ${to}\n`));
}
