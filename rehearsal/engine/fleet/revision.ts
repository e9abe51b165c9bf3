/** A revision as the engine needs it: its scripts and files, by what its AppSpec says. */
import type { ServerHookEvent } from '../../../lib/model/lifecycle';
import type { FileExistsBehavior } from '../../../lib/model/server/events';
import type { RevisionLocation } from '../deployment-record';
import type { ReleaseId } from '../ports';

export interface ScriptModel {
  /** Path in the bundle. */
  readonly location: string;
  readonly timeoutSeconds: number;
  /** User of the host that it runs as; absent: that of the agent. */
  readonly runAs?: string;
  /** What it takes in a rehearsal; absent: as the behaviours say. */
  readonly durationMs?: number;
}

export interface RevisionModel {
  readonly release: ReleaseId;
  readonly location?: RevisionLocation;
  readonly scripts: Partial<Record<ServerHookEvent, readonly ScriptModel[]>>;
  /** Paths to which its files are copied. */
  readonly files: readonly string[];
  /** Paths of files that its scripts create, which no later deployment removes. */
  readonly createdFiles?: readonly string[];
  /** `file_exists_behavior` of the AppSpec, which comes before that of the deployment. */
  readonly fileExistsBehavior?: FileExistsBehavior;
}
