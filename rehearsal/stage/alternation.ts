/** What starts a deployment of two groups that alternate: scales the idle one up, and waits until its instances are in service. The stack's own deployment resource does the same. */
import type { AutoScaling } from '../engine/fleet/auto-scaling';
import type { Scheduler } from '../engine/ports';
import { UserError } from '../report/user-error';

/** From one look to the next. */
const POLL_MS = 15_000;

export interface Alternation {
  /** Names of the two. */
  readonly groups: readonly [string, string];
  /** The one of the deployment group. */
  readonly serving: string;
  /** Name of the rollout. */
  readonly rollout: string;
}

/** `ready` is told the name of the replacement once it has as many instances in service as the other one, and at least one. @throws UserError where it may not have so many */
export function prepareReplacement({ groups, serving, rollout }: Alternation, autoScaling: AutoScaling, scheduler: Scheduler, ready: (replacement: string) => void): void {
  const idle = groups.find((name) => name !== serving)!;
  const wanted = Math.max(1, autoScaling.find(serving)?.desired ?? 0);
  const max = autoScaling.find(idle)?.max ?? 0;
  if (wanted > max) {
    throw new UserError(`the replacements of rollout ${rollout} are ${wanted} instances, as many as serve, and Auto Scaling group ${idle} may have ${max}; raise its maxCapacity`);
  }
  autoScaling.setDesired(idle, Math.max(wanted, autoScaling.find(idle)?.min ?? 0));
  const look = (): void => {
    const alive = autoScaling.instances(idle).filter(({ state }) => state !== 'terminating').length;
    if (autoScaling.inService(idle) >= wanted) {
      ready(idle);
    } else if (alive < wanted) {
      throw new UserError(`${wanted - alive} of ${wanted} replacements of rollout ${rollout} did not come into service in Auto Scaling group ${idle}: a deployment to them failed as they were launched`);
    } else {
      scheduler.after(POLL_MS, `replacements in ${idle}`, look);
    }
  };
  look();
}
