/** What a request of CloudFormation asks for. */
import type { EcsAppSpecDocument } from '../../../lib/model/appspec';
import type { DeploymentProperties, DeploymentWaitProperties, LambdaDeploymentProperties, ResourceRequest, ServerDeploymentProperties } from '../../../lib/model/deployment-request';
import { DEPLOYMENT_RESOURCE_TYPE, DEPLOYMENT_WAIT_RESOURCE_TYPE, LAMBDA_DEPLOYMENT_RESOURCE_TYPE, SERVER_DEPLOYMENT_RESOURCE_TYPE } from '../../../lib/model/deployment-request';
import { LIVE_LISTENER_RESOURCE_TYPE } from '../../../lib/model/live-listener';
import { SERVICE_SETTINGS_RESOURCE_TYPE } from '../../../lib/model/service-settings';
import { ConfigurationError } from '../failures';
import type { LiveListenerTask } from '../live-listener/task';
import { liveListenerTask } from '../live-listener/task';
import { isAboutProvisionedConcurrency, provisionedPhysicalId } from '../provisioned-concurrency/task';
import type { Keeping } from '../service-settings/keep';
import { keepSettings } from '../service-settings/keep';
import { quoted } from '../text';
import type { AliasTask } from './alias-task';
import { aliasTask } from './alias-task';
import { readAppSpec, sameAppSpec } from './app-spec';
import type { Group } from './facts';
import type { Segment } from './segment';
import { segment, texts, whole } from './segment';
import type { ServerTask } from './server-task';
import { serverTask } from './server-task';

export interface DeployTask extends Segment {
  readonly kind: 'deploy';
  readonly cluster: string;
  readonly service: string;
  readonly appSpec: string;
  readonly wanted: EcsAppSpecDocument;
  /** What the same service was to run before; absent on Create, and where that was another service. */
  readonly before?: EcsAppSpecDocument;
}

export interface WaitTask extends Segment {
  readonly kind: 'wait';
  readonly deploymentId: string;
}

export interface DeleteTask extends Group {
  readonly kind: 'delete';
  readonly request: ResourceRequest;
}

/** The settings of a service: the answer follows from the request alone. */
export interface SettingsTask extends Keeping {
  readonly kind: 'settings';
  readonly request: ResourceRequest;
}

/** What may come to a deployment. */
export type AnyDeployTask = DeployTask | AliasTask | ServerTask;

export type Task = AnyDeployTask | WaitTask | DeleteTask | SettingsTask | LiveListenerTask | { readonly kind: 'nothing'; readonly request: ResourceRequest; readonly why: string };

/** Resources that start deployments. */
const STARTING: readonly string[] = [DEPLOYMENT_RESOURCE_TYPE, LAMBDA_DEPLOYMENT_RESOURCE_TYPE, SERVER_DEPLOYMENT_RESOURCE_TYPE];

/** @throws ConfigurationError */
export function taskOf(request: ResourceRequest): Task {
  if (request.ResourceType === SERVICE_SETTINGS_RESOURCE_TYPE) {
    return { kind: 'settings', request, ...keepSettings(request) };
  }
  if (request.ResourceType === LIVE_LISTENER_RESOURCE_TYPE) {
    return liveListenerTask(request);
  }
  if (request.RequestType === 'Delete') {
    return deleteTask(request);
  }
  switch (request.ResourceType) {
    case DEPLOYMENT_RESOURCE_TYPE:
      return deployTask(request as ResourceRequest<DeploymentProperties>);
    case LAMBDA_DEPLOYMENT_RESOURCE_TYPE:
      return aliasTask(request as ResourceRequest<LambdaDeploymentProperties>);
    case SERVER_DEPLOYMENT_RESOURCE_TYPE:
      return serverTask(request as ResourceRequest<ServerDeploymentProperties>);
    case DEPLOYMENT_WAIT_RESOURCE_TYPE:
      return waitTask(request as ResourceRequest<DeploymentWaitProperties>);
    default:
      throw new ConfigurationError(`the resource type must be ${[...STARTING, DEPLOYMENT_WAIT_RESOURCE_TYPE].join(' or ')}, got ${quoted(request.ResourceType)}`);
  }
}

/** Stable as long as the group, or the service, is the same; a Delete is answered with the id that it names. */
export function physicalIdOf(request: ResourceRequest): string {
  const { RequestType, ResourceType, LogicalResourceId, PhysicalResourceId, ResourceProperties } = request;
  if (ResourceType === SERVICE_SETTINGS_RESOURCE_TYPE) {
    return keepSettings(request).physicalId;
  }
  if (isAboutProvisionedConcurrency(request)) {
    return provisionedPhysicalId(request);
  }
  const { ApplicationName: application, DeploymentGroupName: group } = ResourceProperties;
  if (RequestType === 'Delete' || typeof application !== 'string' || typeof group !== 'string') {
    return PhysicalResourceId ?? LogicalResourceId;
  }
  const segment = ResourceType === DEPLOYMENT_WAIT_RESOURCE_TYPE ? `/segment-${(ResourceProperties as DeploymentWaitProperties).Segment}` : '';
  return `${application}/${group}${segment}`;
}

/** What could not be created is deleted too, and its properties may be anything. */
function deleteTask(request: ResourceRequest): Task {
  const { ApplicationName: application, DeploymentGroupName: group } = request.ResourceProperties;
  if (!STARTING.includes(request.ResourceType)) {
    return { kind: 'nothing', request, why: 'a segment that waits owns nothing' };
  }
  return request.PhysicalResourceId === `${application}/${group}`
    ? { kind: 'delete', request, application, group }
    : { kind: 'nothing', request, why: 'this physical id is not of this deployment group' };
}

function deployTask(request: ResourceRequest<DeploymentProperties>): Task {
  const { Cluster: cluster, Service: service, AppSpec: appSpec } = texts(request, ['Cluster', 'Service', 'AppSpec']);
  const segments = whole(request, 'Segments', 1);
  const wanted = readAppSpec(appSpec);
  if (wanted === undefined) {
    throw new ConfigurationError(`'AppSpec' must be the JSON of an AppSpec for ECS with a task definition, got ${quoted(appSpec)}`);
  }
  const before = sameService(request) ? readAppSpec(request.OldResourceProperties?.AppSpec ?? '') : undefined;
  if (before !== undefined && sameAppSpec(before, wanted)) {
    return { kind: 'nothing', request, why: 'the AppSpec is the one of before' };
  }
  const task: DeployTask = { kind: 'deploy', ...segment(request, { segment: 1, last: segments === 1 }), cluster, service, appSpec, wanted };
  return before === undefined ? task : { ...task, before };
}

function waitTask(request: ResourceRequest<DeploymentWaitProperties>): Task {
  const { DeploymentId: deploymentId } = texts(request, ['DeploymentId'], true);
  const number = whole(request, 'Segment', 2);
  const { Function: functionName, Alias: name } = request.ResourceProperties;
  const alias = functionName === undefined || name === undefined ? {} : { alias: { functionName, name } };
  const task: WaitTask = { kind: 'wait', ...segment(request, { segment: number, last: number >= whole(request, 'Segments', 2) }), ...alias, deploymentId };
  return deploymentId === '' ? { kind: 'nothing', request, why: 'no deployment was needed' } : task;
}

const SERVICE = ['ApplicationName', 'DeploymentGroupName', 'Cluster', 'Service'] as const;

/** Whether an Update leaves application, group, cluster and service as they were. */
function sameService({ ResourceProperties: now, OldResourceProperties: before }: ResourceRequest<DeploymentProperties>): boolean {
  return before !== undefined && SERVICE.every((name) => now[name] === before[name]);
}
