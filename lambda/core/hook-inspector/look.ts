/** What can be found out of a deployment that has just started. */
import { ROLLBACK_CREATOR } from '../../../lib/model/status';
import { describeError } from '../failures';
import { retrying } from '../retry';
import { quoted } from '../text';
import type { DeploymentStart } from './deployment-start';
import type { NamedHooks } from './named-hooks';
import { namedHooks } from './named-hooks';
import type { InspectedDeployment, InspectorPorts } from './ports';

/** Kinds of revisions whose text CodeDeploy hands out. */
const READABLE = ['AppSpecContent', 'String'] as const;

export type Sight =
  /** A rollback goes back to what has been let through before. */
  | { readonly sight: 'rollback' }
  | { readonly sight: 'hooks'; readonly creator?: string; readonly hooks: NamedHooks }
  /** The deployment is known, its AppSpec is not. */
  | { readonly sight: 'unseen'; readonly creator?: string; readonly why: string }
  /** Nothing is known of it. */
  | { readonly sight: 'unknown'; readonly why: string };

/** Looks a deployment up; `until` is a moment of the clock. */
export async function look(ports: InspectorPorts, start: DeploymentStart, until: number): Promise<Sight> {
  let deployment: InspectedDeployment;
  try {
    deployment = await retrying(ports, { until }, (signal) => ports.deployments.read(start.deploymentId, signal));
  } catch (error) {
    return { sight: 'unknown', why: describeError(error) };
  }
  const creator = deployment.creator === undefined ? {} : { creator: deployment.creator };
  if (deployment.creator === ROLLBACK_CREATOR) {
    return { sight: 'rollback' };
  }
  const hooks = await hooksOf(ports, start, deployment, until);
  return typeof hooks === 'string' ? { sight: 'unseen', ...creator, why: hooks } : { sight: 'hooks', ...creator, hooks };
}

async function hooksOf(ports: InspectorPorts, { application }: DeploymentStart, { revisionType, sha256 }: InspectedDeployment, until: number): Promise<NamedHooks | string> {
  const readable = READABLE.find((type) => type === revisionType);
  if (readable === undefined || sha256 === undefined) {
    const type = revisionType === undefined ? 'unknown' : quoted(revisionType);
    return `its revision is of type ${type}, of which CodeDeploy does not hand out the AppSpec; start deployments with the AppSpec as text (appSpecContent)`;
  }
  try {
    const content = await retrying(ports, { until }, (signal) => ports.deployments.appSpec(application, { revisionType: readable, sha256 }, signal));
    const hooks = namedHooks(content);
    return typeof hooks === 'string' ? `its AppSpec: ${hooks}` : hooks;
  } catch (error) {
    return describeError(error);
  }
}
