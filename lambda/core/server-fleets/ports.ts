/** What settling two Auto Scaling groups is decided from, and the ports that find it out. */
import type { DeploymentFacts, DeploymentService, Facts } from '../deployment/facts';
import type { Clock, Log, Random } from '../ports';
import type { AutoScalingGroups, ServerGroupPointer, ServerGroupReader } from '../server-groups/ports';

export interface FleetPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  readonly deployments: Pick<DeploymentService, 'search' | 'read'>;
  readonly serverGroups: ServerGroupReader & ServerGroupPointer;
  readonly autoScalingGroups: Pick<AutoScalingGroups, 'describe' | 'scale'>;
  readonly originals: OriginalTargets;
}

/** Rejects with `ServiceFailure`. */
export interface OriginalTargets {
  /** Whether a blue/green deployment has begun to take traffic from one of its originals, or may have. */
  touched(deploymentId: string, signal: AbortSignal): Promise<boolean>;
}

/** Whose fleets they are. */
export interface FleetSettings {
  readonly application: string;
  readonly group: string;
  readonly fleets: readonly [string, string];
  /** Seconds for which the originals live on after a release that succeeded; undefined: they are left running. */
  readonly terminationWait: number | undefined;
}

export interface FleetFacts extends Pick<Facts, 'serverGroup' | 'running' | 'deployments' | 'fleets'> {
  /** Deployments of the group in the last weeks. */
  readonly attempts?: readonly DeploymentFacts[];
  /** Of deployments that have failed, by their ids. */
  readonly originalsTouched?: Readonly<Record<string, boolean>>;
}
