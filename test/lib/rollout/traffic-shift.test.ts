import { Duration, Lazy } from 'aws-cdk-lib/core';

import { TrafficShift } from '../../../lib';
import { sample } from '../support/sample';

const constants = Object.entries(TrafficShift).filter(([, value]) => value instanceof TrafficShift) as [string, TrafficShift][];

describe('TrafficShift', () => {
  test('has a constant for each of the fourteen configurations for ECS and Lambda', () => {
    expect(constants.map(([name]) => name).sort()).toEqual([
      'ECS_ALL_AT_ONCE',
      'ECS_CANARY_10_PERCENT_15_MINUTES',
      'ECS_CANARY_10_PERCENT_5_MINUTES',
      'ECS_LINEAR_10_PERCENT_EVERY_1_MINUTES',
      'ECS_LINEAR_10_PERCENT_EVERY_3_MINUTES',
      'LAMBDA_ALL_AT_ONCE',
      'LAMBDA_CANARY_10_PERCENT_10_MINUTES',
      'LAMBDA_CANARY_10_PERCENT_15_MINUTES',
      'LAMBDA_CANARY_10_PERCENT_30_MINUTES',
      'LAMBDA_CANARY_10_PERCENT_5_MINUTES',
      'LAMBDA_LINEAR_10_PERCENT_EVERY_10_MINUTES',
      'LAMBDA_LINEAR_10_PERCENT_EVERY_1_MINUTE',
      'LAMBDA_LINEAR_10_PERCENT_EVERY_2_MINUTES',
      'LAMBDA_LINEAR_10_PERCENT_EVERY_3_MINUTES',
    ]);
  });

  test('a predefined configuration is named, and none is made', () => {
    const { template, description } = sample({ traffic: TrafficShift.ECS_LINEAR_10_PERCENT_EVERY_3_MINUTES });
    template.resourceCountIs('AWS::CodeDeploy::DeploymentConfig', 0);
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', { DeploymentConfigName: 'CodeDeployDefault.ECSLinear10PercentEvery3Minutes' });
    expect(description.deploymentConfigName).toEqual({ value: 'CodeDeployDefault.ECSLinear10PercentEvery3Minutes' });
    expect(description.traffic).toEqual({ type: 'TimeBasedLinear', percentage: 10, intervalMinutes: 3 });
  });

  test.each([
    ['left out', {}],
    ['all at once', { traffic: TrafficShift.allAtOnce() }],
  ])('%s is all at once', (_what, props) => {
    sample(props).template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', { DeploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce' });
  });

  test('a custom canary is a configuration whose name says what it holds', () => {
    const { template, description } = sample({ traffic: TrafficShift.canary({ percentage: 25, interval: Duration.hours(1) }) });
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentConfig', {
      ComputePlatform: 'ECS',
      DeploymentConfigName: 'Shop-Web-6AD1A95E-Canary25Percent60Minutes',
      TrafficRoutingConfig: { Type: 'TimeBasedCanary', TimeBasedCanary: { CanaryInterval: 60, CanaryPercentage: 25 } },
    });
    expect(description.traffic).toEqual({ type: 'TimeBasedCanary', percentage: 25, intervalMinutes: 60 });
    expect(description.deploymentConfigName).toEqual({ logicalId: expect.stringMatching(/^WebDeploymentConfig/) });
  });

  test('a custom linear shift', () => {
    sample({ traffic: TrafficShift.linear({ percentage: 33, interval: Duration.minutes(960) }) }).template.hasResourceProperties('AWS::CodeDeploy::DeploymentConfig', {
      TrafficRoutingConfig: { Type: 'TimeBasedLinear', TimeBasedLinear: { LinearInterval: 960, LinearPercentage: 33 } },
    });
  });

  test.each([
    [0, 5, "'percentage' must be a whole number from 1 to 99, got 0; use TrafficShift.allAtOnce()"],
    [100, 5, "'percentage' must be a whole number from 1 to 99, got 100; use TrafficShift.allAtOnce()"],
    [12.5, 5, "'percentage' must be a whole number from 1 to 99, got 12.5"],
    [10, 0, "'interval' must be a whole number of minutes from 1 to 2880, got 0 minutes"],
    [10, 2881, "'interval' must be a whole number of minutes from 1 to 2880, got 2881 minutes"],
  ])('fails when a canary is %d %% and %d minutes', (percentage, minutes, message) => {
    expect(() => TrafficShift.canary({ percentage, interval: Duration.minutes(minutes) })).toThrow(message);
  });

  test('fails when the interval is no whole number of minutes', () => {
    expect(() => TrafficShift.canary({ percentage: 10, interval: Duration.seconds(90) })).toThrow('from 1 to 2880, got 1.5 minutes');
  });

  test('fails when a linear shift would take longer than two days', () => {
    expect(() => TrafficShift.linear({ percentage: 10, interval: Duration.minutes(289) })).toThrow("'interval' must be a whole number of minutes from 1 to 288 at 10 % a step");
  });

  test('fails when a percentage is not known at synth', () => {
    const percentage = Lazy.number({ produce: () => 10 });
    expect(() => TrafficShift.canary({ percentage, interval: Duration.minutes(5) })).toThrow("'percentage' and 'interval' must be known at synth");
  });

  test('fails when there is no such predefined configuration', () => {
    expect(() => TrafficShift.predefined('toString')).toThrow("'toString' is not a predefined configuration for ECS or Lambda");
    expect(() => TrafficShift.predefined('CodeDeployDefault.HalfAtATime')).toThrow("'CodeDeployDefault.HalfAtATime' is not a predefined configuration for ECS or Lambda; use one of CodeDeployDefault.ECSAllAtOnce");
  });

  test('fails when a configuration for Lambda is given to an ECS rollout', () => {
    expect(() => sample({ traffic: TrafficShift.LAMBDA_CANARY_10_PERCENT_5_MINUTES })).toThrow("'CodeDeployDefault.LambdaCanary10Percent5Minutes' is a configuration for Lambda; an ECS rollout takes one of the TrafficShift.ECS_... constants");
  });
});
