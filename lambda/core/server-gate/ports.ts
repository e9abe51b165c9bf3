/** What the gates of fleets ask of the world, besides what every hook does. */
import type { HookPorts } from '../ports';

/** A deployment to instances as CodeDeploy tells it. */
export interface GateDeployment {
  readonly application: string;
  readonly deploymentGroup: string;
  /** Such as `Ready` or `InProgress`. */
  readonly status: string;
  /** Such as `user` or `codeDeployRollback`. */
  readonly creator?: string;
}

/** All reject with `ServiceFailure`. */
export interface GateDeployments {
  read(deploymentId: string, signal: AbortSignal): Promise<GateDeployment>;
  /** Ends the ready wait: traffic goes to the replacements. */
  continue(deploymentId: string, signal: AbortSignal): Promise<void>;
  /** Stops, and rolls back whatever the deployment group says. */
  stop(deploymentId: string, signal: AbortSignal): Promise<void>;
}

/** An instance as one deployment has it. */
export interface InstanceTarget {
  /** An instance id of EC2, or the name of an on-premises instance. */
  readonly id: string;
  /** Such as `InProgress` or `Succeeded`. */
  readonly status: string;
  /** `Blue`: an original, `Green`: a replacement; absent in place. */
  readonly label?: string;
  /** Statuses of its lifecycle events, by their names. */
  readonly events: Readonly<Record<string, string>>;
}

/** Some of the targets of a deployment. */
export interface TargetPage {
  readonly ids: readonly string[];
  /** Leads to the next page; absent: this is the last one. */
  readonly next?: string;
}

/** Most targets that are told about at once. */
export const MAX_TARGETS = 25;

/** Both reject with `ServiceFailure`. */
export interface InstanceTargets {
  page(deploymentId: string, next: string | undefined, signal: AbortSignal): Promise<TargetPage>;
  /** At most `MAX_TARGETS`. */
  read(deploymentId: string, ids: readonly string[], signal: AbortSignal): Promise<readonly InstanceTarget[]>;
}

/** An instance as EC2 tells it. */
export interface InstanceFacts {
  readonly id: string;
  /** Such as `running`. */
  readonly state: string;
  readonly zone?: string;
  /** Its private IPv4 address; its IPv6 address where it has no other. */
  readonly address?: string;
}

/** Most instances that are described at once: a filter takes 200 values, and a page comes back the faster the smaller it is. */
export const MAX_DESCRIBED = 100;

/** Rejects with `ServiceFailure`. */
export interface InstanceReader {
  /** One entry for each that EC2 still knows; at most `MAX_DESCRIBED` are asked for. */
  describe(ids: readonly string[], signal: AbortSignal): Promise<readonly InstanceFacts[]>;
}

/** What decides is not reported as that of a hook. */
export interface GatePorts extends Omit<HookPorts, 'reporter'> {
  readonly fleet: GateDeployments;
  readonly targets: InstanceTargets;
  readonly instances: InstanceReader;
}

/** What the guardian of gates needs: it checks nothing. */
export type GateGuardianPorts = Omit<GatePorts, 'targets' | 'instances'>;
