/** What CloudFormation asks for a fleet: which revision it is to have. */
import { isDeepStrictEqual } from 'node:util';

import type { ResourceRequest, ServerDeploymentProperties } from '../../../lib/model/deployment-request';
import { ConfigurationError } from '../failures';
import { quoted } from '../text';
import type { Segment } from './segment';
import { segment, whole } from './segment';
import type { ServerRevision } from './server-revision';
import { readRevision } from './server-revision';

export interface ServerTask extends Segment {
  readonly kind: 'deploy servers';
  readonly wanted: WantedRevision;
  /** Two Auto Scaling groups of which one serves at a time; absent where the fleet stays the same, or the service makes its copy. */
  readonly fleets?: readonly [string, string];
  readonly options: DeploymentOptions;
}

/** The revision itself, or the earlier deployment that had it. */
export type WantedRevision = { readonly revision: ServerRevision } | { readonly redeploy: string };

/** What a group cannot keep for its deployments. */
export interface DeploymentOptions {
  readonly fileExistsBehavior?: NonNullable<ServerDeploymentProperties['FileExistsBehavior']>;
  readonly ignoreApplicationStopFailures?: true;
}

const FILE_BEHAVIORS: readonly unknown[] = ['DISALLOW', 'OVERWRITE', 'RETAIN'];

const NAMES = ['ApplicationName', 'DeploymentGroupName'] as const satisfies readonly (keyof ServerDeploymentProperties)[];

/** @throws ConfigurationError */
export function serverTask(request: ResourceRequest<ServerDeploymentProperties>): ServerTask | { readonly kind: 'nothing'; readonly request: ResourceRequest; readonly why: string } {
  const { AutoScalingGroups: fleets } = request.ResourceProperties;
  const task: ServerTask = {
    kind: 'deploy servers',
    ...segment(request, { segment: 1, last: whole(request, 'Segments', 1) === 1 }),
    wanted: wantedOf(request.ResourceProperties),
    options: optionsOf(request.ResourceProperties),
    ...(fleets === undefined ? {} : { fleets: twoOf(fleets) }),
  };
  const before = request.OldResourceProperties;
  return before !== undefined && asksServersForTheSame(before, task) === true ? { kind: 'nothing', request, why: 'group and revision are those of before' } : task;
}

/** Whether properties ask for what the request asks for; undefined where they are left out, or cut. */
export function asksServersForTheSame(shown: Partial<Record<keyof ServerDeploymentProperties, unknown>>, { request, wanted }: Pick<ServerTask, 'request' | 'wanted'>): boolean | undefined {
  const own = request.ResourceProperties as ServerDeploymentProperties;
  const asked = typeof shown.Redeploy === 'string' ? { redeploy: shown.Redeploy } : { revision: readRevision(String(shown.Revision)) };
  if (asked.redeploy === undefined && asked.revision === undefined) {
    return undefined;
  }
  return isDeepStrictEqual(asked, wanted) && NAMES.every((name) => shown[name] === own[name]);
}

function wantedOf({ Revision: text, Redeploy: redeploy }: Partial<Record<keyof ServerDeploymentProperties, unknown>>): WantedRevision {
  if ((text === undefined) === (redeploy === undefined)) {
    throw new ConfigurationError(`exactly one of 'Revision' and 'Redeploy' must be given, got ${text === undefined ? 'none' : 'both'}`);
  }
  if (redeploy !== undefined) {
    if (typeof redeploy !== 'string' || !/^d-[A-Z0-9]{1,40}$/.test(redeploy)) {
      throw new ConfigurationError(`'Redeploy' must be the id of a deployment, such as d-A1B2C3D4E, got ${quoted(String(redeploy))}`);
    }
    return { redeploy };
  }
  const revision = readRevision(String(text));
  if (revision === undefined) {
    throw new ConfigurationError(`'Revision' must be the JSON of a revision in S3 or on GitHub, got ${quoted(String(text))}`);
  }
  return { revision };
}

function optionsOf({ FileExistsBehavior: files, IgnoreApplicationStopFailures: ignore }: ServerDeploymentProperties): DeploymentOptions {
  if (files !== undefined && !FILE_BEHAVIORS.includes(files)) {
    throw new ConfigurationError(`'FileExistsBehavior' must be one of ${FILE_BEHAVIORS.join(', ')}, got ${quoted(String(files))}`);
  }
  return { ...(files === undefined ? {} : { fileExistsBehavior: files }), ...(ignore === 'true' ? { ignoreApplicationStopFailures: true } : {}) };
}

function twoOf(names: unknown): readonly [string, string] {
  const [one, other, ...more] = Array.isArray(names) ? (names as unknown[]) : [];
  if (typeof one !== 'string' || typeof other !== 'string' || one === '' || other === '' || one === other || more.length > 0) {
    throw new ConfigurationError(`'AutoScalingGroups' must be the names of two groups that alternate, got ${quoted(JSON.stringify(names))}`);
  }
  return [one, other];
}
