/** What one deployment to a fleet is to do, and what it needs for it. */
import type { FileExistsBehavior } from '../../../lib/model/server/events';
import type { MinimumHealthyHosts, ZonalConfiguration } from '../../../lib/model/server/healthy-hosts';
import type { DeploymentCreator } from '../../../lib/model/status';
import type { AlarmConfiguration, AutoRollbackConfiguration } from '../deployment-group';
import type { DeploymentEnd } from '../deployment-plan';
import type { AlarmStates, RandomFor, Scheduler } from '../ports';
import type { ServiceBehaviour } from '../service-behaviour';
import type { Fleet } from './fleet';
import type { FleetBehaviour } from './fleet-behaviour';
import type { FleetDeployment } from './fleet-deployment';
import type { FleetGroupModel } from './fleet-group';
import type { FleetChange } from './fleet-record';
import type { TargetInstances } from './fleet-request';
import type { HealthBook } from './health-book';
import type { HostStates } from './host-states';
import type { Hosts } from './hosts';
import type { RevisionModel } from './revision';

/** What one deployment is to do, decided when it is created. */
export interface FleetDeploymentPlan {
  readonly deploymentId: string;
  readonly creator: DeploymentCreator;
  readonly deploymentConfigName: string;
  readonly minimum: MinimumHealthyHosts;
  readonly zonal?: ZonalConfiguration;
  readonly revision: RevisionModel;
  readonly previousRevision?: RevisionModel;
  readonly description?: string;
  readonly rollback: AutoRollbackConfiguration;
  readonly alarms: AlarmConfiguration;
  readonly overrideAlarms?: AlarmConfiguration;
  readonly fileExistsBehavior: FileExistsBehavior;
  readonly ignoreApplicationStopFailures: boolean;
  readonly updateOutdatedInstancesOnly: boolean;
  /** Replacements that the request named. */
  readonly targetInstances?: TargetInstances;
}

export interface FleetPorts {
  readonly group: FleetGroupModel;
  readonly fleet: Fleet;
  readonly hosts: Hosts;
  readonly states: HostStates;
  readonly health: HealthBook;
  readonly scheduler: Scheduler;
  readonly random: RandomFor;
  readonly alarms: AlarmStates;
  readonly behaviour: ServiceBehaviour;
  readonly fleetBehaviour: FleetBehaviour;
  emit(change: FleetChange): void;
  ended(deployment: FleetDeployment, end: DeploymentEnd): void;
}
