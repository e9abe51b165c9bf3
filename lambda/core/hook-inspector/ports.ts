/** What the hook inspector asks of the world. */
import type { HooksMissingRecord } from '../../../lib/model/hook-inspector';
import type { Clock, EventSink, Log, Random } from '../ports';

/** A deployment as far as its hooks go. */
export interface InspectedDeployment {
  /** Such as `user` or `codeDeployRollback`. */
  readonly creator?: string;
  /** Such as `AppSpecContent`, `String` or `S3`. */
  readonly revisionType?: string;
  /** Hash of an AppSpec that was given as text: its name among the revisions of the application. */
  readonly sha256?: string;
}

/** A revision whose text CodeDeploy hands out. */
export interface TextRevision {
  /** `String`: of a deployment that CloudFormation starts for an alias. */
  readonly revisionType: 'AppSpecContent' | 'String';
  readonly sha256: string;
}

/** All reject with `ServiceFailure`. */
export interface Inspected {
  read(deploymentId: string, signal: AbortSignal): Promise<InspectedDeployment>;
  /** The text of an AppSpec. */
  appSpec(application: string, revision: TextRevision, signal: AbortSignal): Promise<string>;
  /** Stops, and rolls back whatever the deployment group says. */
  stop(deploymentId: string, signal: AbortSignal): Promise<void>;
}

export interface HooksMissingLog {
  hooksMissing(record: HooksMissingRecord): void;
}

export interface InspectorPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly deployments: Inspected;
  readonly events: EventSink<HooksMissingRecord>;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'> & HooksMissingLog;
}
