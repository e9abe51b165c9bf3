import type { Duration } from 'aws-cdk-lib/core';

import type { InPlaceConfiguration } from '../private/server-config';
import { inPlaceConfiguration } from '../private/server-config';
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

  private constructor(private readonly inPlaceConfig: InPlaceConfiguration) {}

  /** @internal */
  public get _inPlace(): InPlaceConfiguration {
    return this.inPlaceConfig;
  }
}
