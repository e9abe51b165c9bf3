/** What CodeDeploy tells of a release: what is replaced by what, and how far that has come. Dates are milliseconds since 1970. */

/** A deployment of CodeDeploy, as its API tells of it. Both reject with `ServiceFailure`. */
export interface ReleaseSource {
  /** The one target of an ECS or a Lambda deployment, as it stands. */
  target(deploymentId: string, signal: AbortSignal): Promise<Release>;
  /** The text of the AppSpec that was deployed. */
  appSpec(deploymentId: string, signal: AbortSignal): Promise<string>;
}

/** What is deployed, and how far the deployment has come. Plain JSON. */
export interface Release {
  readonly events: readonly EventFacts[];
  readonly versions: EcsVersions | LambdaVersions;
  /** Why a part of it is not known; absent where nothing is missing. */
  readonly unknown?: Unknown;
}

export interface Unknown {
  /** With the calls that did not work. */
  readonly reason: string;
  /** Whether asking again may help. */
  readonly retryable: boolean;
}

export interface EventFacts {
  readonly name: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
}

export interface EcsVersions {
  readonly platform: 'ECS';
  readonly taskSets: readonly TaskSetFacts[];
}

export interface TaskSetFacts {
  /** Such as `ecs-svc/9223370493423413672`. */
  readonly id: string;
  /** `Blue` for the original, `Green` for the replacement. */
  readonly label?: string;
  readonly trafficWeight?: number;
  /** Name of its target group. */
  readonly targetGroup?: string;
}

export interface LambdaVersions {
  readonly platform: 'Lambda';
  readonly functionName?: string;
  readonly alias?: string;
  /** Number of the version that the alias had. */
  readonly currentVersion?: string;
  /** Number of the version that it is to get. */
  readonly targetVersion?: string;
}
