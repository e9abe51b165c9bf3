/** What is known of deployments to EC2/on-premises, and the port that starts them. */
import type { Group } from './facts';
import type { ServerRevision } from './server-revision';
import type { DeploymentOptions } from './server-task';

/** What a deployment to EC2/on-premises tells besides. */
export interface ServerDeploymentFacts {
  readonly application: string;
  /** Absent where it has none that servers are deployed with. */
  readonly revision?: ServerRevision;
  readonly blueGreen: boolean;
  /** Blue/green: it waits for ContinueDeployment before it reroutes, and is stopped after. */
  readonly readyWait: boolean;
  /** Names of the Auto Scaling groups that it was given as its replacements. */
  readonly replacements: readonly string[];
  /** All traffic is with the replacements, and the originals are to be terminated. */
  readonly terminationWaitStarted: boolean;
  /** When it ended, in milliseconds since 1970. */
  readonly endedAt?: number;
  /** How many instances it is about; absent where the service has not said yet. */
  readonly instances?: InstanceCounts;
}

export interface InstanceCounts {
  readonly all: number;
  readonly failed: number;
  /** Those to which it has done anything, failed ones included. */
  readonly touched: number;
}

/** The first instances on which a deployment has failed. */
export interface FailedServers {
  /** All of them, as far as they were listed. */
  readonly count: number;
  readonly first: readonly FailedServer[];
}

export interface FailedServer {
  /** Such as `i-0123456789abcdef0`. */
  readonly instance: string;
  /** The event that failed; absent where none did. */
  readonly event?: string;
  /** Such as `ScriptFailed`. */
  readonly code?: string;
  readonly script?: string;
  readonly message?: string;
  /** The end of the script's output. */
  readonly logTail?: string;
}

export interface NewServerDeployment extends Group, DeploymentOptions {
  readonly description: string;
  readonly revision: ServerRevision;
  /** Name of the Auto Scaling group that is its replacement fleet. */
  readonly replacement?: string;
}

/** CodeDeploy, for EC2/on-premises. Every call rejects with `ServiceFailure`. */
export interface ServerDeployments {
  /** The new deployment's id. */
  create(deployment: NewServerDeployment, signal: AbortSignal): Promise<string>;
  failed(deploymentId: string, signal: AbortSignal): Promise<FailedServers>;
}

/** Rejects with `ServiceFailure`. */
export interface OriginalTargets {
  /** Whether a blue/green deployment has begun to take traffic from one of its originals, or may have. */
  touched(deploymentId: string, signal: AbortSignal): Promise<boolean>;
}
