/** What a hook looks up about its deployment. Each answer is undefined, or a no, where it cannot be found out in time. */
import type { DeploymentStatus } from '../../lib/model/status';
import { describeError } from './failures';
import type { HookPorts } from './ports';
import { retrying } from './retry';

/** A look-up may take this share of the time for the work, and no longer. */
const LOOKUP_SHARE = 0.25;
const LOOKUP_ATTEMPTS = 4;

const OVER: readonly (string | undefined)[] = ['Succeeded', 'Failed', 'Stopped'] satisfies DeploymentStatus[];

export type LookUpPorts = Pick<HookPorts, 'clock' | 'random' | 'log' | 'deployments'>;

interface LookUpBounds {
  /** Time for the work. */
  readonly ms: number;
  readonly signal?: AbortSignal;
}

/** Who started the deployment. Where that is unknown the work decides, as in any other deployment. */
export function creatorOf(ports: LookUpPorts, deploymentId: string, bounds: LookUpBounds): Promise<string | undefined> {
  const unknown = 'the creator of the deployment is unknown; it is validated as if it were no rollback';
  return lookUp(ports, deploymentId, bounds, { ask: 'creatorOf', unknown });
}

/** Whether the deployment has ended, so that nothing waits for the checks any more. */
export async function isOver(ports: LookUpPorts, deploymentId: string, { ms, unknown }: { readonly ms: number; readonly unknown: string }): Promise<boolean> {
  return OVER.includes(await lookUp(ports, deploymentId, { ms }, { ask: 'statusOf', unknown }));
}

async function lookUp(
  ports: LookUpPorts,
  deploymentId: string,
  { ms, signal }: LookUpBounds,
  { ask, unknown }: { readonly ask: 'creatorOf' | 'statusOf'; readonly unknown: string },
): Promise<string | undefined> {
  try {
    const until = ports.clock.now() + ms * LOOKUP_SHARE;
    return await retrying(ports, { until, attempts: LOOKUP_ATTEMPTS, signal }, (inner) => ports.deployments[ask](deploymentId, inner));
  } catch (error) {
    ports.log.warn(unknown, { deploymentId, error: describeError(error) });
    return undefined;
  }
}
