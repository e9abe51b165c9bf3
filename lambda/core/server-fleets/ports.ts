/** What settling two Auto Scaling groups is decided from, and the ports that find it out. */
import type { DeploymentService, Facts } from '../deployment/facts';
import type { OriginalTargets } from '../deployment/server-facts';
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

/** Whose fleets they are. */
export interface FleetSettings {
  readonly application: string;
  readonly group: string;
  readonly fleets: readonly [string, string];
  /** Seconds for which the originals live on after a release that succeeded; undefined: they are left running. */
  readonly terminationWait: number | undefined;
}

export type FleetFacts = Pick<Facts, 'serverGroup' | 'running' | 'deployments' | 'fleets' | 'attempts' | 'originalsTouched'>;
