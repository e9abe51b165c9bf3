/** What cannot be released, and says so at synth with value and remedy. */
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Template } from 'aws-cdk-lib/assertions';
import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib/core';

import type { Check, LambdaRolloutProps } from '../../../lib';
import {
  CalendarCheck,
  CheckTarget,
  HttpAssertion,
  HttpCheck,
  InvokeCheck,
  LambdaRollout,
  LifecycleHook,
  LoadCheck,
  LoadThreshold,
  MetricCheck,
  RollbackAlarm,
  Settle,
  TrafficShift,
  VersionMetric,
} from '../../../lib';
import { aliasRolloutIn, aliasSample, calendarHook, liveAlias, outcomeHook } from '../support/lambda-sample';
import { stackOf, userFunction } from '../support/sample';

const failing = (props: Partial<LambdaRolloutProps> | ((stack: Stack) => Partial<LambdaRolloutProps>)) => expect(() => aliasSample(props));

describe('fails when the alias', () => {
  test('is on $LATEST', () => {
    failing((stack) => ({ alias: liveAlias(stack, { version: userFunction(stack, 'Take').latestVersion }) })).toThrow(
      "alias 'Shop/Live' is on $LATEST, which is no version that traffic could be shifted to or back from; put it on 'currentVersion' of the function",
    );
  });

  test.each([
    ['7', "is on version 'Shop/Version', which is not of this app, so that no update would publish what is to be released; put it on 'currentVersion' of the function"],
    ['0', "is on version '0', and versions that are published are whole numbers from 1; put it on 'currentVersion' of the function"],
    ['live', "is on version 'live', and versions that are published are whole numbers from 1"],
  ])('is on the imported version %s', (number, message) => {
    failing((stack) => ({ alias: liveAlias(stack, { version: lambda.Version.fromVersionArn(stack, 'Version', `arn:aws:lambda:eu-west-1:111122223333:function:take:${number}`) }) })).toThrow(
      `alias 'Shop/Live' ${message}`,
    );
  });

  test('is of a function in another account or region', () => {
    const place = (account: string, region: string) => () => {
      const stack = new Stack(new App(), 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
      const fn = lambda.Function.fromFunctionAttributes(stack, 'Take', { functionArn: `arn:aws:lambda:${region}:${account}:function:take`, sameEnvironment: false });
      return aliasRolloutIn(stack, { alias: liveAlias(stack, { version: new lambda.Version(stack, 'Version', { lambda: fn }) }) });
    };
    expect(place('999988887777', 'eu-west-1')).toThrow("function 'Shop/Take' is in account 999988887777, and the rollout in 111122223333; CodeDeploy moves aliases of its own account only: make the rollout there");
    expect(place('111122223333', 'us-east-1')).toThrow("function 'Shop/Take' is in region us-east-1, and the rollout in eu-west-1; CodeDeploy moves aliases of its own region only: make the rollout there");
    expect(place('111122223333', 'eu-west-1')).not.toThrow();
  });

  test('is in another stack', () => {
    const app = new App();
    const alias = liveAlias(new Stack(app, 'Functions'));
    expect(() => aliasRolloutIn(new Stack(app, 'Release'), { alias })).toThrow(
      "alias 'Functions/Live' is in stack 'Functions', and rollout 'Release/Orders' in 'Release'; CloudFormation releases an alias while it updates the stack of the alias: make the rollout there",
    );
  });

  test('is released by another rollout already', () => {
    const stack = stackOf();
    const alias = liveAlias(stack);
    aliasRolloutIn(stack, { alias });
    expect(() => new LambdaRollout(stack, 'Second', { alias })).toThrow(
      "alias 'Shop/Live' is released by rollout 'Shop/Orders' already, and an alias has one update policy; drop one of the rollouts",
    );
  });

  test('is released by a deployment group of the CDK already', () => {
    failing((stack) => {
      const alias = liveAlias(stack);
      new codedeploy.LambdaDeploymentGroup(stack, 'Group', { alias });
      return { alias };
    }).toThrow("alias 'Shop/Live' has an update policy already, as 'codedeploy.LambdaDeploymentGroup' gives it one; drop that: the rollout makes the group");
  });

  test('is weighted between two versions', () => {
    failing((stack) => {
      const { currentVersion } = userFunction(stack, 'Take');
      const other = new lambda.Version(stack, 'Other', { lambda: userFunction(stack, 'OtherTake') });
      return { alias: liveAlias(stack, { version: currentVersion, additionalVersions: [{ version: other, weight: 0.1 }] }) };
    }).toThrow(
      "alias 'Shop/Live' has 'additionalVersions', and CodeDeploy refuses an alias that is weighted between two versions when a deployment begins; drop them: the rollout shifts the traffic",
    );
  });
});

describe('fails when a hook', () => {
  const itself = "is function 'Shop/Take', which is what alias 'Shop/Live' releases, and a release cannot vouch for itself; use a function of its own that asks the new version";

  test.each([
    ['reports by itself', (alias: lambda.Alias) => LifecycleHook.fromFunction(alias.lambda)],
    ['is behind our adapter', (alias: lambda.Alias) => LifecycleHook.fromOutcome(alias.lambda)],
    ['is the alias', (alias: lambda.Alias) => LifecycleHook.fromOutcome(alias)],
    ['is a version of it', (alias: lambda.Alias) => LifecycleHook.fromFunction(alias.version)],
  ])('that %s is the released function', (_how, hook) => {
    failing((stack) => {
      const alias = liveAlias(stack);
      return { alias, hooks: { beforeAllowTraffic: hook(alias) } };
    }).toThrow(`hook BeforeAllowTraffic ${itself}`);
  });

  test('is that of both events', () => {
    failing((stack) => {
      const hook = outcomeHook(stack);
      return { hooks: { beforeAllowTraffic: hook, afterAllowTraffic: hook } };
    }).toThrow('hooks BeforeAllowTraffic and AfterAllowTraffic are the same LifecycleHook; make one for each event');
    failing((stack) => {
      const smoke = userFunction(stack, 'Smoke');
      return { hooks: { beforeAllowTraffic: LifecycleHook.fromFunction(smoke), afterAllowTraffic: LifecycleHook.fromFunction(smoke) } };
    }).toThrow("hooks BeforeAllowTraffic and AfterAllowTraffic are the same function 'Shop/Smoke', which is not told at which event it is invoked; use one function for each event");
  });

  test('has no way to CodeDeploy', () => {
    failing((stack) => {
      const vpc = new ec2.Vpc(stack, 'Vpc', { subnetConfiguration: [{ name: 'inside', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
      return { hooks: { beforeAllowTraffic: LifecycleHook.checks({ checks: [new CalendarCheck({ calendars: ['Release'] })], vpc }) } };
    }).toThrow("hook BeforeAllowTraffic of rollout 'Shop/Orders' runs in isolated subnets of VPC 'Shop/Vpc' without interface endpoints for codedeploy, monitoring, events, ssm, so that it could never report");
  });

  test('runs in a VPC with a way out', () => {
    const { template } = aliasSample((stack) => ({
      hooks: { beforeAllowTraffic: LifecycleHook.checks({ checks: [new CalendarCheck({ calendars: ['Release'] })], vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }) }) },
    }));
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '0.0.0.0/0', Description: 'AWS APIs and checked URLs' }] });
  });
});

describe('fails when a check', () => {
  const noListener = (listener: string) =>
    `asks the ${listener} listener, and a rollout of a Lambda alias has none; set 'target' to CheckTarget.url with the address of what stands in front of the alias`;
  const threshold = LoadThreshold.errorRate({ atMost: 1, minSamples: 10 });
  const checks = (...all: Check[]) => LifecycleHook.checks({ checks: all });

  test.each([
    ['a request', checks(HttpCheck.get('/health', { assertions: [HttpAssertion.status(200)] })), `check 'GET /health' ${noListener('test')}`],
    [
      'a request to production',
      checks(HttpCheck.get('/health', { target: CheckTarget.PRODUCTION_LISTENER, assertions: [HttpAssertion.status(200)] })),
      `check 'GET /health' ${noListener('production')}`,
    ],
    ['a load', checks(LoadCheck.get('/health', { rate: 5, duration: Duration.seconds(10), thresholds: [threshold] })), `check 'GET /health at 5/s' ${noListener('test')}`],
    ['the settle phase', LifecycleHook.checks({ settle: Settle.until({ path: '/health' }), checks: [new CalendarCheck({ calendars: ['Release'] })] }), noListener('test')],
  ])('is %s of a listener', (_what, hook, message) => {
    failing({ hooks: { afterAllowTraffic: hook } }).toThrow(message);
  });

  test.each([
    ['the version that is released', (text: string) => InvokeCheck.targetVersion({ cases: [{ name: 'large', payload: { text } }] }), "case 'large' of check 'invoke target version'"],
    ['a function', (text: string, fn: lambda.IFunction) => new InvokeCheck({ name: 'large', function: fn, payload: { text } }), "check 'large'"],
  ])('sends more than 6 MB to %s', (_what, make, which) => {
    const room = 6_291_456 - '{"text":""}'.length;
    const sends = (bytes: number) => () => aliasSample((stack) => ({ hooks: { beforeAllowTraffic: checks(make('x'.repeat(bytes), userFunction(stack, 'Other'))) } }));
    expect(sends(room + 1)).toThrow(`${which} sends 6291457 bytes, and Lambda takes at most 6291456 in a synchronous invocation; send less, or a reference to it`);
    expect(sends(room)).not.toThrow();
  });

  test('compares versions by what only services have', () => {
    const metric = (name: string) => VersionMetric.targetGroup(name);
    const check = MetricCheck.compareRates({ errors: metric('HTTPCode_Target_5XX_Count'), requests: metric('RequestCount'), window: Duration.minutes(5), minSamples: 100 });
    failing({ traffic: TrafficShift.LAMBDA_LINEAR_10_PERCENT_EVERY_1_MINUTE, hooks: { afterAllowTraffic: LifecycleHook.checks({ checks: [check] }) } }).toThrow(
      "hook AfterAllowTraffic asks for a metric 'HTTPCode_Target_5XX_Count' by target group, which tells apart versions of an ECS service, and 'Shop/Orders' releases a Lambda alias; " +
        'take VersionMetric.lambdaFunction, or VersionDimension.executedVersion for metrics of your own',
    );
  });
});

describe('fails when a value is out of range', () => {
  test.each([
    [() => TrafficShift.canary({ percentage: 0, interval: Duration.minutes(5) }), "'percentage' must be a whole number from 1 to 99, got 0"],
    [() => TrafficShift.canary({ percentage: 100, interval: Duration.minutes(5) }), "'percentage' must be a whole number from 1 to 99, got 100"],
    [() => TrafficShift.canary({ percentage: 10, interval: Duration.minutes(2881) }), "'interval' must be a whole number of minutes from 1 to 2880, got 2881 minutes"],
    [() => TrafficShift.linear({ percentage: 10, interval: Duration.minutes(289) }), "'interval' must be a whole number of minutes from 1 to 288 at 10 % a step"],
    [() => TrafficShift.linear({ percentage: 0, interval: Duration.minutes(1) }), "'percentage' must be a whole number from 1 to 99, got 0"],
    [() => TrafficShift.linear({ percentage: 100, interval: Duration.minutes(1) }), "'percentage' must be a whole number from 1 to 99, got 100"],
    [() => TrafficShift.linear({ percentage: 10, interval: Duration.seconds(90) }), "'interval' must be a whole number of minutes from 1 to 288 at 10 % a step, since a whole shift may take 2880 minutes, got 1.5 minutes"],
    [() => TrafficShift.ECS_ALL_AT_ONCE, "'CodeDeployDefault.ECSAllAtOnce' is a configuration for ECS; a rollout of a Lambda alias takes one of the TrafficShift.LAMBDA_... constants"],
  ])('of a shift: %#', (make, message) => {
    expect(() => aliasSample({ traffic: make() })).toThrow(message);
  });

  test('of rates and names', () => {
    failing({ expectedRequestsPerSecond: 0 }).toThrow("'expectedRequestsPerSecond' must be above 0, got 0; leave it out where it is not known");
    failing({ applicationName: 'a b' }).toThrow("'applicationName' may hold letters, digits and . _ - + = , @ only, got 'a b'; replace the other characters or leave it out");
    failing((stack) => ({ application: new codedeploy.LambdaApplication(stack, 'App'), applicationName: 'orders' })).toThrow(
      "'applicationName' names a new application, got 'orders' together with 'application'; set one of them",
    );
    failing((stack) => ({ application: new codedeploy.ServerApplication(stack, 'App') })).toThrow("'application' 'Shop/App' is for Server, and this rollout for Lambda; give a codedeploy.LambdaApplication, or leave it out for a new one");
  });

  test('of alarms', () => {
    failing((stack) => {
      const metric = new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Errors' });
      const alarms = Array.from({ length: 50 }, (_, index) => RollbackAlarm.of(new cloudwatch.Alarm(stack, `Alarm${index}`, { metric, threshold: 1, evaluationPeriods: 1 })));
      return { rollback: { alarms } };
    }).toThrow("rollout 'Shop/Orders' would have 51 alarms, its verdict alarm counted, a deployment group takes 50; join some in a composite alarm");
  });
});

test('the name of an alias may be a deploy-time value', () => {
  const stack = stackOf();
  const aliasName = new CfnParameter(stack, 'Stage').valueAsString;
  aliasRolloutIn(stack, { alias: new lambda.Alias(stack, 'Live', { aliasName, version: userFunction(stack, 'Take').currentVersion }), hooks: { beforeAllowTraffic: calendarHook() } });
  expect(() => Template.fromStack(stack)).not.toThrow();
});
