/** What happens, as it happens: for rehearsals in real time, and for `serve`. */
import type { DeploymentChange } from '../engine/deployment-record';
import { clock } from '../report/text';
import type { World } from '../stage/world';

/** Says a line for every change of a deployment and every transition of an alarm. */
export function followLive(world: World, say: (text: string) => void): void {
  for (const { deployments } of world.rollouts) {
    deployments.onChange((change) => {
      const text = changeText(change);
      if (text !== undefined) {
        say(`  ${clock(change.at / 1000)}  ${change.deploymentId}  ${text}\n`);
      }
    });
  }
  world.alarms.onTransition(({ at, alarm, from, to }) => say(`  ${clock(at / 1000)}  alarm ${alarm}: ${from} -> ${to}\n`));
}

function changeText(change: DeploymentChange): string | undefined {
  switch (change.kind) {
    case 'status':
      return change.status;
    case 'event':
      return change.status === 'Skipped' ? undefined : `${change.event} ${change.status}`;
    case 'hookReported':
      return `${change.event}: the hook reported ${change.status}`;
    case 'traffic':
      return `traffic ${change.original}/${change.replacement}`;
    case 'rollback':
      return `rolled back by ${change.rollbackDeploymentId}`;
    default:
      return undefined;
  }
}
