/** What every resource says that follows a deployment, and how its properties are read: CloudFormation hands every value on as a text. */
import type { Completion, DeploymentProperties, ResourceRequest, ServerDeploymentProperties } from '../../../lib/model/deployment-request';
import { ConfigurationError } from '../failures';
import { quoted } from '../text';
import type { Group } from './facts';

/** An alias by its function and its own name. */
export interface AliasName {
  readonly functionName: string;
  readonly name: string;
}

/** A resource that follows a deployment for one segment. */
export interface Segment extends Group {
  readonly request: ResourceRequest;
  readonly completion: Completion;
  readonly hookLogs: NonNullable<DeploymentProperties['HookLogs']>;
  readonly guardianLog?: string;
  /** Of deployments to EC2/on-premises. */
  readonly gateLogs?: NonNullable<ServerDeploymentProperties['GateLogs']>;
  /** The alias that is moved; absent for a service. */
  readonly alias?: AliasName;
  /** Number of this segment, from 1. */
  readonly segment: number;
  /** No other one waits after it. */
  readonly last: boolean;
}

const COMPLETIONS: readonly string[] = ['STARTED', 'TRAFFIC_SHIFTED', 'COMPLETED'] satisfies Completion[];

/** @throws ConfigurationError */
export function segment(request: ResourceRequest, position: Pick<Segment, 'segment' | 'last'>): Segment {
  const { Completion: completion, HookLogs: hookLogs = {}, GuardianLog: guardianLog, GateLogs: gateLogs } = request.ResourceProperties as DeploymentProperties & Pick<ServerDeploymentProperties, 'GateLogs'>;
  if (!COMPLETIONS.includes(completion)) {
    throw new ConfigurationError(`'Completion' must be one of ${COMPLETIONS.join(', ')}, got ${quoted(String(completion))}`);
  }
  return { request, ...groupOf(request), completion, hookLogs, ...(guardianLog === undefined ? {} : { guardianLog }), ...(gateLogs === undefined ? {} : { gateLogs }), ...position };
}

function groupOf(request: ResourceRequest): Group {
  const { ApplicationName: application, DeploymentGroupName: group } = texts(request, ['ApplicationName', 'DeploymentGroupName']);
  return { application, group };
}

/** @throws ConfigurationError where one is no text, or is empty and may not be */
export function texts<Name extends string>({ ResourceProperties }: ResourceRequest, names: readonly Name[], empty = false): Readonly<Record<Name, string>> {
  const values = ResourceProperties as unknown as Readonly<Record<string, unknown>>;
  const wrong = names.find((name) => typeof values[name] !== 'string' || (values[name] === '' && !empty));
  if (wrong !== undefined) {
    throw new ConfigurationError(`'${wrong}' must be a text${empty ? '' : ' that is not empty'}, got ${values[wrong] === '' ? '""' : typeof values[wrong]}`);
  }
  return values as Readonly<Record<Name, string>>;
}

/** @throws ConfigurationError */
export function whole(request: ResourceRequest, name: 'Segment' | 'Segments', least: number): number {
  const text = texts(request, [name])[name];
  if (!/^\d{1,3}$/.test(text) || Number(text) < least) {
    throw new ConfigurationError(`'${name}' must be a whole number from ${least} to 999, got ${quoted(text)}`);
  }
  return Number(text);
}
