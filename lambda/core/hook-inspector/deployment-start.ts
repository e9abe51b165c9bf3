/**
 * The event that EventBridge sends when a deployment starts.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
 */
import { quoted } from '../text';

export interface DeploymentStart {
  readonly deploymentId: string;
  readonly application: string;
  readonly deploymentGroup: string;
}

const DEPLOYMENT_ID = /^d-[A-Za-z0-9-]{1,100}$/;

/** A text is what is wrong with the event. */
export function parseDeploymentStart(event: unknown): DeploymentStart | string {
  const { detail } = (event ?? {}) as { readonly detail?: unknown };
  const { state, deploymentId, application, deploymentGroup } = (detail ?? {}) as Readonly<Record<string, unknown>>;
  if (state !== 'START') {
    return `'detail.state' must be START, got ${shown(state)}`;
  }
  if (typeof deploymentId !== 'string' || !DEPLOYMENT_ID.test(deploymentId)) {
    return `'detail.deploymentId' must look like d-A1B2C3D4E, got ${shown(deploymentId)}`;
  }
  if (typeof application !== 'string' || typeof deploymentGroup !== 'string') {
    return `'detail.application' and 'detail.deploymentGroup' must be texts, got ${shown(application)} and ${shown(deploymentGroup)}`;
  }
  return { deploymentId, application, deploymentGroup };
}

const shown = (value: unknown): string => (typeof value === 'string' ? quoted(value) : typeof value);
