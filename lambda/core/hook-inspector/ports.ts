/** What the hook inspector asks of the world. */
import type { HooksMissingRecord } from '../../../lib/model/hook-inspector';
import type { Clock, EventSink, Log, Random } from '../ports';

/** A deployment as far as its hooks go. */
export interface InspectedDeployment {
  /** Such as `user` or `codeDeployRollback`. */
  readonly creator?: string;
  /** Such as `AppSpecContent` or `S3`. */
  readonly revisionType?: string;
  /** Hash of an AppSpec that was given as text: its name among the revisions of the application. */
  readonly sha256?: string;
}

/** All reject with `ServiceFailure`. */
export interface Inspected {
  read(deploymentId: string, signal: AbortSignal): Promise<InspectedDeployment>;
  /** The text of an AppSpec. */
  appSpec(application: string, sha256: string, signal: AbortSignal): Promise<string>;
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
