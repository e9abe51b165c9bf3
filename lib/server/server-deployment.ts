import type { Duration } from 'aws-cdk-lib/core';

import { requireKind } from '../private/kinds';
import type { BlueGreenConfiguration } from '../private/server-blue-green';
import { readyWaitMinutes } from '../private/server-blue-green';
import type { HealthyHostsConfiguration } from '../private/server-config';
import { healthyHostsConfiguration, inPlaceConfiguration } from '../private/server-config';
import { BlueGreenFleet } from './blue-green-fleet';
import type { HealthyHosts } from './healthy-hosts';

/**
 * One Availability Zone after the other, each a group of batches of its own.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations-create.html#zonal-config
 */
export interface ServerZonalOptions {
  /**
   * How long CodeDeploy waits after the first zone before it goes on to the second, in whole seconds, up to a day.
   *
   * @default - as long as after the others
   */
  readonly firstZoneMonitorDuration?: Duration;

  /**
   * How long CodeDeploy waits after each zone but the last one, in whole seconds, up to a day. An alarm that goes off in this time stops the deployment.
   *
   * @default - it goes on at once
   */
  readonly monitorDuration?: Duration;

  /**
   * How many instances of a zone stay healthy, besides those of the whole fleet; not `HealthyHosts.oneAtATime()`, which deployment configurations cannot say.
   *
   * @default - none: a whole zone at a time, where the minimum of the fleet allows it
   */
  readonly minimumHealthyHostsPerZone?: HealthyHosts;
}

/** How a deployment in place goes over the fleet. */
export interface ServerInPlaceOptions {
  /**
   * How many instances stay healthy.
   *
   * @default HealthyHosts.oneAtATime()
   */
  readonly healthyHosts?: HealthyHosts;

  /**
   * One Availability Zone after the other. It takes a deployment configuration of the rollout's own, so that `healthyHosts` must not be `HealthyHosts.oneAtATime()`,
   * which is the service's alone. On-premises instances have no zone.
   *
   * @default - the zones do not matter
   */
  readonly zonal?: ServerZonalOptions;
}

/** How a deployment by a replacement fleet goes. */
export interface ServerBlueGreenOptions {
  /**
   * Where the replacement instances come from, and what becomes of the original ones.
   *
   * @default BlueGreenFleet.alternating()
   */
  readonly fleet?: BlueGreenFleet;

  /**
   * How many of the replacement instances must be healthy, while the revision is installed on them and again while traffic is given to them. The originals are taken out of the
   * load balancers all at the same time, whatever this says.
   *
   * @default HealthyHosts.oneAtATime()
   * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/instances-health.html
   */
  readonly healthyHosts?: HealthyHosts;

  /**
   * How long a deployment waits, with the revision installed on the replacements and before they get traffic, for ContinueDeployment: in whole minutes, from one to two days. One
   * that nobody has continued by then is stopped, and the originals keep the traffic. Where the rollout has a gate `readyWait`, it must be as long as that gate can take.
   *
   * @default - it waits for nobody; with a gate `readyWait` an hour, or what the gate can take where that is more
   * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_DeploymentReadyOption.html
   */
  readonly readyWait?: Duration;

  /**
   * Take over the deployment group that `deploymentGroupName` names, which exists already and was made by other means, such as by hand. All of its settings become those of this rollout, and it is deleted
   * with the stack. Not for a deployment group that is a resource of a stack: its stack would go on owning it, and delete it.
   *
   * @default false - a group of the name that exists already is an error when the stack is deployed
   */
  readonly adoptExistingGroup?: boolean;
}

/** How a release comes to the instances of a rollout. */
export class ServerDeployment {
  /**
   * On the instances that are there: the application of each is stopped, replaced and started again.
   *
   * @throws for what no deployment configuration can say
   * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/welcome.html#welcome-deployment-overview-in-place
   */
  public static inPlace(options: ServerInPlaceOptions = {}): ServerDeployment {
    return new ServerDeployment(inPlaceConfiguration(options));
  }

  /**
   * On other instances: the revision is installed on a replacement fleet without traffic, which then takes the place of the original one at the load balancers. It needs a load
   * balancer, and `targets` of Auto Scaling groups alone: two that alternate, or one that is copied.
   *
   * CloudFormation cannot make a deployment group of this kind, so that it is a custom resource, which does so by the API of CodeDeploy.
   *
   * @throws for a ready wait that is no whole number of minutes, or out of its range
   * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/welcome.html#welcome-deployment-overview-blue-green
   */
  public static blueGreen(options: ServerBlueGreenOptions = {}): ServerDeployment {
    const { fleet = BlueGreenFleet.alternating(), healthyHosts, readyWait, adoptExistingGroup: adopt = false } = options;
    requireKind("'fleet'", fleet, '_fleet', 'take BlueGreenFleet.alternating() or BlueGreenFleet.copyAutoScalingGroup()');
    const minutes = readyWaitMinutes(readyWait);
    return new ServerDeployment(healthyHostsConfiguration(healthyHosts), { fleet: fleet._fleet, adopt, ...(minutes === undefined ? {} : { readyWaitMinutes: minutes }) });
  }

  private constructor(
    private readonly config: HealthyHostsConfiguration,
    private readonly blueGreenConfig?: BlueGreenConfiguration,
  ) {}

  /** @internal */
  public get _config(): HealthyHostsConfiguration {
    return this.config;
  }

  /**
   * Undefined: in place.
   *
   * @internal
   */
  public get _blueGreen(): BlueGreenConfiguration | undefined {
    return this.blueGreenConfig;
  }
}
