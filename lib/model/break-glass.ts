/**
 * Break-glass: what stands in the parameter that turns the enforcement of a rollout off for one deployment.
 *
 *     off
 *     d-A1B2C3D4E alice payments are down, v42 has the fix
 *     next alice payments are down, v42 has the fix
 */

/** What stands there when nothing is overridden, and what it is set back to. */
export const NO_OVERRIDE = 'off';

/** In place of a deployment id: the first deployment that is created after this was written. */
export const NEXT_DEPLOYMENT = 'next';

/** How long after it was written `next` still finds its deployment, in minutes. */
export const NEXT_VALID_MINUTES = 60;

/** Environment variable of the handlers, as JSON. */
export interface BreakGlassSettings {
  /** Name of the parameter. */
  readonly parameter: string;
  /** ARN of the topic that is told of each hook that was overridden. */
  readonly topic?: string;
  /** Whether this is the last hook of the rollout, which sets the parameter back. */
  readonly last?: true;
}

/** Who has turned the enforcement off, and why. */
export interface Override {
  readonly by: string;
  readonly reason: string;
  /** Name of the parameter that says so. */
  readonly parameter: string;
}
