/** Deployment groups of EC2/on-premises and Auto Scaling groups: what is known of them, and what is done to them. */
import type { Group } from '../deployment/facts';

/** A deployment group as CodeDeploy tells it. */
export interface ServerGroupFacts {
  readonly id: string;
  /** Names of the Auto Scaling groups that are its own: with blue/green those that serve. */
  readonly autoScalingGroups: readonly string[];
  readonly blueGreen: boolean;
  /** The last deployment that succeeded, and the last one that was tried; absent where there was none. */
  readonly lastSuccessful?: string;
  readonly lastAttempted?: string;
}

/** An Auto Scaling group. */
export interface AutoScalingGroupFacts {
  readonly name: string;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  /** In service, by Auto Scaling's own lifecycle state. */
  readonly inService: number;
  /** All of them, whatever their state. */
  readonly instances: number;
  /** It is being deleted. */
  readonly leaving?: true;
}

/** Rejects with `ServiceFailure`. */
export interface ServerGroupReader {
  /** Undefined where application or group is not there. */
  read(group: Group, signal: AbortSignal): Promise<ServerGroupFacts | undefined>;
}

/** Rejects with `ServiceFailure`. */
export interface ServerGroupPointer {
  /** Has the deployment group name this Auto Scaling group, and leaves everything else as it is. */
  pointTo(group: Group, autoScalingGroup: string, signal: AbortSignal): Promise<void>;
}

/** Rejects with `ServiceFailure`. */
export interface AutoScalingGroups {
  /** One entry for each that exists. */
  describe(names: readonly string[], signal: AbortSignal): Promise<readonly AutoScalingGroupFacts[]>;
  /** Those of the account and region whose names begin so. */
  beginningWith(prefix: string, signal: AbortSignal): Promise<readonly AutoScalingGroupFacts[]>;
  /** Sets how many instances a group is to have, whatever its cooldown. */
  scale(name: string, desired: number, signal: AbortSignal): Promise<void>;
  /** Deletes a group with its instances; that it is gone already is no failure. */
  remove(name: string, signal: AbortSignal): Promise<void>;
}
