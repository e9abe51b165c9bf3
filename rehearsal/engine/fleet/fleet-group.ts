/** A deployment group of EC2/on-premises as the engine needs it: what the template says, with every reference resolved. */
import type { FileExistsBehavior } from '../../../lib/model/server/events';
import type { MinimumHealthyHosts, ZonalConfiguration } from '../../../lib/model/server/healthy-hosts';
import type { TargetSelection } from '../../../lib/model/server/tag-groups';
import type { GroupModel } from '../deployment-group';

export interface FleetGroupModel
  extends Pick<
    GroupModel,
    | 'applicationName'
    | 'deploymentGroupName'
    | 'applicationArn'
    | 'deploymentGroupArn'
    | 'deploymentConfigName'
    | 'serviceRoleArn'
    | 'rollbackEvents'
    | 'alarmNames'
    | 'ignorePollAlarmFailure'
  > {
  /** How `deploymentConfigName` takes instances. */
  readonly minimumHealthyHosts: MinimumHealthyHosts;
  readonly zonal?: ZonalConfiguration;
  /** Names of Auto Scaling groups; launches in them are deployed to. */
  readonly targets: TargetSelection;
  /** Names of target groups and classic load balancers; empty: none. */
  readonly loadBalancers: readonly string[];
  /** Which of them are classic; absent: none. */
  readonly classicLoadBalancers?: readonly string[];
  readonly deployment: InPlaceModel | BlueGreenModel;
  readonly outdatedInstances: 'UPDATE' | 'IGNORE';
  readonly terminationHook: boolean;
  readonly fileExistsBehavior: FileExistsBehavior;
  readonly ignoreApplicationStopFailures: boolean;
  /** Instances that a deployment may have. */
  readonly instancesPerDeployment: number;
}

export interface InPlaceModel {
  readonly type: 'IN_PLACE';
}

export interface BlueGreenModel {
  readonly type: 'BLUE_GREEN';
  /** Minutes to wait for ContinueDeployment before traffic is rerouted; absent: no wait. */
  readonly readyWaitMinutes?: number;
  /** Minutes that the originals live on after the rerouting; absent: they are kept alive. */
  readonly terminationWaitMinutes?: number;
  /** `DISCOVER_EXISTING`: the request of a deployment names its replacements. */
  readonly provisioning: 'DISCOVER_EXISTING' | 'COPY_AUTO_SCALING_GROUP';
}
