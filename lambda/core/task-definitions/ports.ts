import type { DeploymentPorts } from '../deployment/facts';

/** Rejects with `ServiceFailure`. */
export interface TaskDefinitionService {
  /** What the task sets of a service run, whatever their status; undefined where the service is not there. */
  inUse(service: { readonly cluster: string; readonly service: string }, signal: AbortSignal): Promise<readonly string[] | undefined>;
  /** ARNs of the newest ACTIVE revisions of a family: so many, or a few more, or all that there are. */
  newest(family: string, count: number, signal: AbortSignal): Promise<readonly string[]>;
  deregister(taskDefinition: string, signal: AbortSignal): Promise<void>;
}

export type TaskDefinitionPorts = Pick<DeploymentPorts, 'clock' | 'log' | 'stacks' | 'taskDefinitions'>;
