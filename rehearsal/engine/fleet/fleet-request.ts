/** What CreateDeployment refuses on EC2/on-premises, and what a request means for the group that it is for. */
import type { FileExistsBehavior } from '../../../lib/model/server/events';
import { PREDEFINED_SERVER_CONFIGS, type MinimumHealthyHosts, type ZonalConfiguration } from '../../../lib/model/server/healthy-hosts';
import type { TagGroup } from '../../../lib/model/server/tag-groups';
import type { DeploymentCreator } from '../../../lib/model/status';
import { checkAlarms, checkDescription, checkRollback } from '../create-request';
import { groupAlarms, groupRollback, type AlarmConfiguration, type AutoRollbackConfiguration } from '../deployment-group';
import { ServiceError } from '../ports';
import type { FleetGroupModel } from './fleet-group';
import type { FleetDeploymentPlan } from './fleet-plan';
import type { RevisionModel } from './revision';

/** Replacements of a blue/green deployment: the union of both. */
export interface TargetInstances {
  readonly autoScalingGroups?: readonly string[];
  /** Groups of each of which an instance needs a tag. */
  readonly ec2TagSet?: readonly TagGroup[];
}

export interface FleetCreateRequest {
  readonly revision: RevisionModel;
  readonly description?: string;
  /** The group's own where absent; otherwise one of the service's predefined configurations. */
  readonly deploymentConfigName?: string;
  /** The group's where absent, as are the next two. */
  readonly fileExistsBehavior?: FileExistsBehavior;
  readonly ignoreApplicationStopFailures?: boolean;
  readonly autoRollbackConfiguration?: AutoRollbackConfiguration;
  readonly overrideAlarmConfiguration?: Partial<AlarmConfiguration>;
  readonly updateOutdatedInstancesOnly?: boolean;
  /** Needed for blue/green whose replacements exist already, and for nothing else. */
  readonly targetInstances?: TargetInstances;
  /** `user` where absent. */
  readonly creator?: DeploymentCreator;
}

/** @throws ServiceError as CreateDeployment refuses */
export function resolveFleetRequest(request: FleetCreateRequest, group: FleetGroupModel): Omit<FleetDeploymentPlan, 'deploymentId'> {
  const { description, overrideAlarmConfiguration, creator = 'user', revision } = request;
  checkDescription(description);
  checkTargetInstances(request, group);
  const overrideAlarms = overrideAlarmConfiguration === undefined ? undefined : { ...groupAlarms(group), ...overrideAlarmConfiguration };
  return {
    creator,
    revision,
    ...configurationOf(request.deploymentConfigName, group),
    rollback: checkRollback(request.autoRollbackConfiguration ?? groupRollback(group)),
    alarms: checkAlarms(overrideAlarms ?? groupAlarms(group)),
    ...(overrideAlarms === undefined ? {} : { overrideAlarms }),
    ...(description === undefined ? {} : { description }),
    fileExistsBehavior: request.fileExistsBehavior ?? group.fileExistsBehavior,
    ignoreApplicationStopFailures: request.ignoreApplicationStopFailures ?? group.ignoreApplicationStopFailures,
    updateOutdatedInstancesOnly: request.updateOutdatedInstancesOnly ?? false,
    ...(request.targetInstances === undefined ? {} : { targetInstances: request.targetInstances }),
  };
}

function checkTargetInstances({ targetInstances }: FleetCreateRequest, { deployment }: FleetGroupModel): void {
  const needed = deployment.type === 'BLUE_GREEN' && deployment.provisioning === 'DISCOVER_EXISTING';
  if (needed === (targetInstances !== undefined)) {
    return;
  }
  const message = needed
    ? 'targetInstances must name the replacements of a blue/green deployment to instances that exist, got none; give tags or Auto Scaling groups'
    : 'targetInstances is for blue/green deployments to instances that exist, and this deployment group makes none; leave it out';
  throw new ServiceError('InvalidTargetInstancesException', message);
}

interface Configuration {
  readonly deploymentConfigName: string;
  readonly minimum: MinimumHealthyHosts;
  readonly zonal?: ZonalConfiguration;
}

function configurationOf(name: string | undefined, group: FleetGroupModel): Configuration {
  const { deploymentConfigName, minimumHealthyHosts: minimum, zonal } = group;
  if (name === undefined || name === deploymentConfigName) {
    return { deploymentConfigName, minimum, ...(zonal === undefined ? {} : { zonal }) };
  }
  if (!Object.hasOwn(PREDEFINED_SERVER_CONFIGS, name)) {
    const known = [deploymentConfigName, ...Object.keys(PREDEFINED_SERVER_CONFIGS)].join(', ');
    throw new ServiceError('DeploymentConfigDoesNotExistException', `no deployment configuration '${name}' for Server; there are ${known}`);
  }
  return { deploymentConfigName: name, minimum: PREDEFINED_SERVER_CONFIGS[name] };
}
