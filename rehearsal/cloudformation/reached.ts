/** What a stack update reaches: types of resources whose changes are played, and the functions behind them. */
import { DEPLOYMENT_RESOURCE_TYPE, DEPLOYMENT_WAIT_RESOURCE_TYPE } from '../../lib/model/deployment-request';
import { LIVE_LISTENER_RESOURCE_TYPE } from '../../lib/model/live-listener';
import { SERVICE_SETTINGS_RESOURCE_TYPE } from '../../lib/model/service-settings';
import { TASK_DEFINITIONS_RESOURCE_TYPE } from '../../lib/model/task-definitions-request';
import type { Assembly } from '../assembly/assembly';
import { LISTENER, SERVICE, TARGET_GROUP, TASK_DEFINITION, type TemplateVersion } from './stack-version';

/** Custom resources of ours. */
const PROVIDED: readonly string[] = [LIVE_LISTENER_RESOURCE_TYPE, SERVICE_SETTINGS_RESOURCE_TYPE, DEPLOYMENT_RESOURCE_TYPE, DEPLOYMENT_WAIT_RESOURCE_TYPE, TASK_DEFINITIONS_RESOURCE_TYPE];

/** What every play of a stack has. */
export const PLAYED_ANYWAY: readonly string[] = [TASK_DEFINITION, SERVICE];

/** What a single change can reach; and what another template can. */
export const REACHED_BY_CHANGES: readonly string[] = [LIVE_LISTENER_RESOURCE_TYPE, LISTENER];
export const REACHED_BY_TEMPLATE: readonly string[] = [...PROVIDED, LISTENER, TARGET_GROUP];

/** The assembly with the template that is deployed, edits included. */
export const deployedAssembly = ({ assembly, stack }: TemplateVersion): Assembly => assembly.withStack(stack, { ref: () => undefined, attribute: () => undefined });

/** ARNs of the functions behind custom resources of ours. */
export function serviceTokens(version: TemplateVersion): readonly string[] {
  const assembly = deployedAssembly(version);
  const places = assembly.resources(...PROVIDED).filter(({ stack }) => stack === version.stack);
  return [...new Set(places.map((place) => String(assembly.properties(place).ServiceToken)))];
}
