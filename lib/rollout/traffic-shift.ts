import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type { CfnTrafficRoutingConfig } from 'aws-cdk-lib/core';
import { CfnTrafficRoutingType, Duration, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { TrafficRouting } from '../model/traffic';
import { PREDEFINED_CONFIGS, stackTrafficProblems, trafficProblems } from '../model/traffic';
import { literalNameWith } from '../private/names';

/** A shift in time-based increments. */
export interface TimeBasedShiftOptions {
  /** Share of production traffic in one increment, in percent, a whole number from 1 to 99. */
  readonly percentage: number;

  /**
   * Time between two increments, in whole minutes.
   *
   * A canary takes 1 to 2,880 minutes. For a linear shift, the time from the first increment to the last may be 2,880 minutes in all.
   */
  readonly interval: Duration;
}

/**
 * How production traffic moves from the original version to its replacement.
 *
 * The constants are the configurations that CodeDeploy brings along; `canary` and `linear` make one of your own.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
 */
export class TrafficShift {
  /** Amazon ECS: all traffic at once. */
  public static readonly ECS_ALL_AT_ONCE = TrafficShift.predefined('CodeDeployDefault.ECSAllAtOnce');
  /** Amazon ECS: 10 % every minute. */
  public static readonly ECS_LINEAR_10_PERCENT_EVERY_1_MINUTES = TrafficShift.predefined('CodeDeployDefault.ECSLinear10PercentEvery1Minutes');
  /** Amazon ECS: 10 % every three minutes. */
  public static readonly ECS_LINEAR_10_PERCENT_EVERY_3_MINUTES = TrafficShift.predefined('CodeDeployDefault.ECSLinear10PercentEvery3Minutes');
  /** Amazon ECS: 10 %, and the rest five minutes later. */
  public static readonly ECS_CANARY_10_PERCENT_5_MINUTES = TrafficShift.predefined('CodeDeployDefault.ECSCanary10Percent5Minutes');
  /** Amazon ECS: 10 %, and the rest fifteen minutes later. */
  public static readonly ECS_CANARY_10_PERCENT_15_MINUTES = TrafficShift.predefined('CodeDeployDefault.ECSCanary10Percent15Minutes');
  /** AWS Lambda: all traffic at once. */
  public static readonly LAMBDA_ALL_AT_ONCE = TrafficShift.predefined('CodeDeployDefault.LambdaAllAtOnce');
  /** AWS Lambda: 10 % every minute. */
  public static readonly LAMBDA_LINEAR_10_PERCENT_EVERY_1_MINUTE = TrafficShift.predefined('CodeDeployDefault.LambdaLinear10PercentEvery1Minute');
  /** AWS Lambda: 10 % every two minutes. */
  public static readonly LAMBDA_LINEAR_10_PERCENT_EVERY_2_MINUTES = TrafficShift.predefined('CodeDeployDefault.LambdaLinear10PercentEvery2Minutes');
  /** AWS Lambda: 10 % every three minutes. */
  public static readonly LAMBDA_LINEAR_10_PERCENT_EVERY_3_MINUTES = TrafficShift.predefined('CodeDeployDefault.LambdaLinear10PercentEvery3Minutes');
  /** AWS Lambda: 10 % every ten minutes. */
  public static readonly LAMBDA_LINEAR_10_PERCENT_EVERY_10_MINUTES = TrafficShift.predefined('CodeDeployDefault.LambdaLinear10PercentEvery10Minutes');
  /** AWS Lambda: 10 %, and the rest five minutes later. */
  public static readonly LAMBDA_CANARY_10_PERCENT_5_MINUTES = TrafficShift.predefined('CodeDeployDefault.LambdaCanary10Percent5Minutes');
  /** AWS Lambda: 10 %, and the rest ten minutes later. */
  public static readonly LAMBDA_CANARY_10_PERCENT_10_MINUTES = TrafficShift.predefined('CodeDeployDefault.LambdaCanary10Percent10Minutes');
  /** AWS Lambda: 10 %, and the rest fifteen minutes later. */
  public static readonly LAMBDA_CANARY_10_PERCENT_15_MINUTES = TrafficShift.predefined('CodeDeployDefault.LambdaCanary10Percent15Minutes');
  /** AWS Lambda: 10 %, and the rest thirty minutes later. */
  public static readonly LAMBDA_CANARY_10_PERCENT_30_MINUTES = TrafficShift.predefined('CodeDeployDefault.LambdaCanary10Percent30Minutes');

  /**
   * Two increments: first the percentage, and after the interval the rest.
   *
   * @throws when the percentage or the interval is outside what the service accepts
   */
  public static canary(options: TimeBasedShiftOptions): TrafficShift {
    return TrafficShift.custom('TimeBasedCanary', options);
  }

  /**
   * Equal increments with the interval between them; the last one carries what is left to 100 %, and no wait follows it.
   *
   * @throws when the percentage or the interval is outside what the service accepts
   */
  public static linear(options: TimeBasedShiftOptions): TrafficShift {
    return TrafficShift.custom('TimeBasedLinear', options);
  }

  /** All traffic in one step, by the configuration that the service brings along for the platform. */
  public static allAtOnce(): TrafficShift {
    return new TrafficShift({ type: 'AllAtOnce' });
  }

  /**
   * A configuration that CodeDeploy brings along, by its name such as `CodeDeployDefault.ECSCanary10Percent5Minutes`.
   *
   * @throws when there is no such configuration for Amazon ECS or AWS Lambda
   */
  public static predefined(configName: string): TrafficShift {
    const config = Object.hasOwn(PREDEFINED_CONFIGS, configName) ? PREDEFINED_CONFIGS[configName] : undefined;
    if (config === undefined) {
      throw new Error(
        `'${configName}' is not a predefined configuration for ECS or Lambda; use one of ` +
          `${Object.keys(PREDEFINED_CONFIGS).join(', ')}`,
      );
    }
    return new TrafficShift(config.routing, configName);
  }

  private static custom(type: 'TimeBasedCanary' | 'TimeBasedLinear', options: TimeBasedShiftOptions): TrafficShift {
    if (Token.isUnresolved(options.percentage) || options.interval.isUnresolved()) {
      throw new Error("'percentage' and 'interval' must be known at synth, got a deploy-time value; the service's limits depend on both");
    }
    const routing: TrafficRouting = {
      type,
      percentage: options.percentage,
      intervalMinutes: options.interval.toMilliseconds({ integral: false }) / 60_000,
    };
    const [problem] = trafficProblems(routing);
    if (problem !== undefined) {
      throw new Error(problem);
    }
    return new TrafficShift(routing);
  }

  private constructor(
    private readonly routing: TrafficRouting,
    private readonly configName?: string,
  ) {}

  /** @internal */
  public get _routing(): TrafficRouting {
    return this.routing;
  }

  /**
   * The deployment configuration for an ECS deployment group; a custom one is made in the scope.
   *
   * @internal
   */
  public _bindEcs(scope: Construct): codedeploy.IEcsDeploymentConfig {
    if (this.routing.type === 'AllAtOnce' && this.configName === undefined) {
      return codedeploy.EcsDeploymentConfig.ALL_AT_ONCE;
    }
    if (this.configName !== undefined) {
      this.requirePlatform('ECS');
      return codedeploy.EcsDeploymentConfig.fromEcsDeploymentConfigName(scope, 'DeploymentConfig', this.configName);
    }
    // Every property of a configuration is changed by replacement, so that its name must change with what it holds.
    const name = literalNameWith(scope, this.label());
    return new codedeploy.EcsDeploymentConfig(scope, 'DeploymentConfig', { deploymentConfigName: name, trafficRouting: this.l2Routing() });
  }

  /**
   * The deployment configuration for a Lambda deployment group; a custom one is made in the scope.
   *
   * @internal
   */
  public _bindLambda(scope: Construct): codedeploy.ILambdaDeploymentConfig {
    if (this.routing.type === 'AllAtOnce' && this.configName === undefined) {
      return codedeploy.LambdaDeploymentConfig.ALL_AT_ONCE;
    }
    if (this.configName !== undefined) {
      this.requirePlatform('Lambda');
      return codedeploy.LambdaDeploymentConfig.fromLambdaDeploymentConfigName(scope, 'DeploymentConfig', this.configName);
    }
    const name = literalNameWith(scope, this.label());
    return new codedeploy.LambdaDeploymentConfig(scope, 'DeploymentConfig', { deploymentConfigName: name, trafficRouting: this.l2Routing() });
  }

  /**
   * The same shift for the blue/green hook of a CloudFormation template, which knows no deployment configurations.
   *
   * @internal
   */
  public _bindHook(): CfnTrafficRoutingConfig {
    this.requirePlatform('ECS');
    const [problem] = stackTrafficProblems(this.routing);
    if (problem !== undefined) {
      throw new Error(problem);
    }
    if (this.routing.type === 'AllAtOnce') {
      return { type: CfnTrafficRoutingType.ALL_AT_ONCE };
    }
    const step = { stepPercentage: this.routing.percentage, bakeTimeMins: this.routing.intervalMinutes };
    return this.routing.type === 'TimeBasedCanary'
      ? { type: CfnTrafficRoutingType.TIME_BASED_CANARY, timeBasedCanary: step }
      : { type: CfnTrafficRoutingType.TIME_BASED_LINEAR, timeBasedLinear: step };
  }

  private requirePlatform(wanted: 'ECS' | 'Lambda'): void {
    const platform = this.configName === undefined ? wanted : PREDEFINED_CONFIGS[this.configName]?.platform;
    if (platform !== wanted) {
      const kind = wanted === 'ECS' ? 'an ECS rollout' : 'a rollout of a Lambda alias';
      throw new Error(`'${this.configName}' is a configuration for ${platform}; ${kind} takes one of the TrafficShift.${wanted.toUpperCase()}_... constants`);
    }
  }

  private label(): string {
    if (this.routing.type === 'AllAtOnce') {
      return 'AllAtOnce';
    }
    const { type, percentage, intervalMinutes } = this.routing;
    return `${type === 'TimeBasedCanary' ? 'Canary' : 'Linear'}${percentage}Percent${intervalMinutes}Minutes`;
  }

  private l2Routing(): codedeploy.TrafficRouting {
    if (this.routing.type === 'AllAtOnce') {
      return codedeploy.TrafficRouting.allAtOnce();
    }
    const props = { percentage: this.routing.percentage, interval: Duration.minutes(this.routing.intervalMinutes) };
    return this.routing.type === 'TimeBasedCanary'
      ? codedeploy.TrafficRouting.timeBasedCanary(props)
      : codedeploy.TrafficRouting.timeBasedLinear(props);
  }
}
