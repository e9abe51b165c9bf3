import type { MinimumHealthyHosts } from '../model/server/healthy-hosts';
import { PREDEFINED_SERVER_CONFIGS } from '../model/server/healthy-hosts';
import { MAX_HEALTHY_PERCENT } from '../model/server/quotas';
import { requireWhole } from '../private/numbers';

/**
 * How many instances stay healthy while a deployment is under way, and so how many are deployed to at a time: all but that many.
 *
 * A deployment fails at once where that leaves none to begin with, and later when so many instances have failed that the healthy ones have come down to the minimum.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/instances-health.html#minimum-healthy-hosts
 */
export class HealthyHosts {
  /** One instance at a time (`CodeDeployDefault.OneAtATime`): every one must succeed, but for the last. */
  public static oneAtATime(): HealthyHosts {
    return HealthyHosts.predefined('CodeDeployDefault.OneAtATime');
  }

  /** Up to half of the instances at a time, rounded down (`CodeDeployDefault.HalfAtATime`): half of them must succeed, rounded up. */
  public static halfAtATime(): HealthyHosts {
    return HealthyHosts.predefined('CodeDeployDefault.HalfAtATime');
  }

  /** As many instances at a time as there are (`CodeDeployDefault.AllAtOnce`): one must succeed. */
  public static allAtOnce(): HealthyHosts {
    return HealthyHosts.predefined('CodeDeployDefault.AllAtOnce');
  }

  /**
   * At least so many instances, by a deployment configuration of the rollout's own.
   *
   * @param hosts a whole number from 0, and below the number of instances; 0 is all at once
   * @throws when it is no such number
   */
  public static count(hosts: number): HealthyHosts {
    requireWhole('hosts', hosts, 0, 1_000_000);
    return new HealthyHosts({ type: 'HOST_COUNT', value: hosts });
  }

  /**
   * At least so many percent of the instances, rounded up, by a deployment configuration of the rollout's own.
   *
   * @param percent a whole number from 0 to 99; 0 is all at once
   * @throws when it is no such number
   */
  public static percent(percent: number): HealthyHosts {
    requireWhole('percent', percent, 0, MAX_HEALTHY_PERCENT);
    return new HealthyHosts({ type: 'FLEET_PERCENT', value: percent });
  }

  private static predefined(name: string): HealthyHosts {
    return new HealthyHosts(PREDEFINED_SERVER_CONFIGS[name]!, name);
  }

  private constructor(
    private readonly minimum: MinimumHealthyHosts,
    private readonly configName?: string,
  ) {}

  /** @internal */
  public get _minimum(): MinimumHealthyHosts {
    return this.minimum;
  }

  /**
   * Name of the service's own configuration, if it is one.
   *
   * @internal
   */
  public get _configName(): string | undefined {
    return this.configName;
  }
}
