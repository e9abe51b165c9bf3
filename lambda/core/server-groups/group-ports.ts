/** What the deployment group of blue/green on EC2 is made, kept and taken away by. */
import type { Group } from '../deployment/facts';
import type { GreenlightTags } from './marks';
import type { ServerGroupPointer, ServerGroupReader } from './ports';

/** A name, as the service wraps it. */
export interface Named {
  readonly name: string;
}

/**
 * Everything that the resource says of its group; what an update leaves out is kept by the service, so that lists may be empty and are said.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_UpdateDeploymentGroup.html
 */
export interface GroupSettings {
  readonly deploymentConfigName: string;
  readonly serviceRoleArn: string;
  readonly autoScalingGroups: readonly string[];
  readonly deploymentStyle: { readonly deploymentType: 'BLUE_GREEN'; readonly deploymentOption: 'WITH_TRAFFIC_CONTROL' };
  readonly blueGreenDeploymentConfiguration: {
    readonly deploymentReadyOption: { readonly actionOnTimeout: 'CONTINUE_DEPLOYMENT' | 'STOP_DEPLOYMENT'; readonly waitTimeInMinutes?: number };
    readonly greenFleetProvisioningOption: { readonly action: GreenFleet };
    readonly terminateBlueInstancesOnDeploymentSuccess: { readonly action: 'KEEP_ALIVE' | 'TERMINATE'; readonly terminationWaitTimeInMinutes?: number };
  };
  readonly loadBalancerInfo: { readonly targetGroupInfoList?: readonly Named[]; readonly elbInfoList?: readonly Named[] };
  readonly alarmConfiguration: { readonly enabled: boolean; readonly ignorePollAlarmFailure: boolean; readonly alarms: readonly Named[] };
  readonly autoRollbackConfiguration: { readonly enabled: boolean; readonly events?: readonly string[] };
  readonly triggerConfigurations: readonly { readonly triggerName: string; readonly triggerTargetArn: string; readonly triggerEvents: readonly string[] }[];
  readonly outdatedInstancesStrategy: 'UPDATE' | 'IGNORE';
  readonly terminationHookEnabled: boolean;
}

export type SettingsUpdate = Omit<GroupSettings, 'autoScalingGroups'> & Partial<Pick<GroupSettings, 'autoScalingGroups'>>;

export type GreenFleet = 'DISCOVER_EXISTING' | 'COPY_AUTO_SCALING_GROUP';

/** How a group selects instances by their tags; the service takes the two forms in no one call. */
export type TagSelection = 'filters' | 'sets';

/** A deployment group as the service tells it. */
export interface KeptGroup {
  readonly id: string;
  /** `Server`, `ECS` or `Lambda`. */
  readonly platform: string;
  /** Members of `GroupSettings`, as far as they are told, and as they are told. */
  readonly settings: Readonly<Partial<Record<keyof GroupSettings, unknown>>>;
  readonly autoScalingGroups: readonly string[];
  /** What green fleets are made of; absent for groups in place. */
  readonly greenFleet?: string;
  /** A deployment has been tried. */
  readonly attempted: boolean;
  /** Absent where it selects none. */
  readonly selectsByTags?: TagSelection;
}

/** Rejects with `ServiceFailure`. */
export interface ServerGroupService extends ServerGroupReader, ServerGroupPointer {
  /** Undefined where application or group is not there. */
  find(group: Group, signal: AbortSignal): Promise<KeptGroup | undefined>;
  create(group: Group, settings: GroupSettings, tags: GreenlightTags, signal: AbortSignal): Promise<void>;
  /** Says everything, and that no instances are selected by tags; Auto Scaling groups that are left out stay. */
  update(group: Group, settings: SettingsUpdate, selection: TagSelection, signal: AbortSignal): Promise<void>;
  /** That it is gone already is no failure. */
  remove(group: Group, signal: AbortSignal): Promise<void>;
  tags(arn: string, signal: AbortSignal): Promise<GreenlightTags>;
  tag(arn: string, tags: GreenlightTags, signal: AbortSignal): Promise<void>;
  untag(arn: string, keys: readonly string[], signal: AbortSignal): Promise<void>;
  /** The group of a deployment. */
  groupOf(deploymentId: string, signal: AbortSignal): Promise<Group>;
}

/** Rejects with `ServiceFailure`. */
export interface StackResourceReader {
  /** What stands for a resource of the stack at this moment; undefined where nothing does. */
  physicalIdOf(stackId: string, logicalId: string, signal: AbortSignal): Promise<string | undefined>;
}
