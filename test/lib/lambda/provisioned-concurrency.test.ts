/** `provisionedConcurrentExecutions`: the hook and the resource that it makes, what they may do, and what it refuses. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { Template } from 'aws-cdk-lib/assertions';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Stack } from 'aws-cdk-lib/core';
import { App, Duration, RemovalPolicy } from 'aws-cdk-lib/core';

import { provisionedTaskOf } from '../../../lambda/core/provisioned-concurrency/task';
import type { LambdaRolloutProps } from '../../../lib';
import { InvokeCheck, LifecycleHook, TrafficShift } from '../../../lib';
import type { ResourceRequest } from '../../../lib/model/deployment-request';
import type { CheckSuite } from '../../../lib/model/suite';
import { findCycle } from '../../support/template-graph';
import { aliasRolloutIn, aliasSample, calendarHook, liveAlias, outcomeHook } from '../support/lambda-sample';
import { graphOf, only, stackOf, statementsOf, userFunction } from '../support/sample';

const RESOURCE = 'Custom::GreenlightProvisionedConcurrency';
const PROVISIONED = { provisionedConcurrentExecutions: 5 };
const versions = (template: Template) => ({ 'Fn::Join': ['', [{ 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'Take').id, 'Arn'] }, ':*']] });
const of = (template: Template, prefix: string) => statementsOf(template, only(template, 'AWS::IAM::Role', prefix).id);

test('is a resource that names the version of each release, and comes before the alias', () => {
  const { template, alias } = aliasSample(PROVISIONED);
  const { id, properties } = only(template, RESOURCE);
  expect(id).toMatch(/^OrdersProvisionedConcurrency[0-9A-F]{8}$/);
  expect(properties).toEqual({
    ServiceToken: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'GreenlightDeploymentsIntake').id, 'Arn'] },
    ServiceTimeout: '3600',
    Function: { Ref: only(template, 'AWS::Lambda::Function', 'Take').id },
    Version: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Version').id, 'Version'] },
    Executions: '5',
    Timeout: '600',
  });
  expect(alias.DependsOn).toContain(id);
  expect(alias).not.toHaveProperty('Properties.ProvisionedConcurrencyConfig');
  expect(findCycle(graphOf(template))).toBeUndefined();
});

describe('the hook before traffic moves', () => {
  const check = (executions: number, deadlineMs: number) => ({
    kind: 'provisioned',
    name: 'provisioned concurrency',
    policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 40_000, intervalMs: 5_000, errorBudget: 10, deadlineMs, inconclusive: 'FAIL' },
    executions,
  });
  const suite = (props: Partial<LambdaRolloutProps>) => {
    const app = new App({ context: { 'aws:cdk:enable-asset-metadata': true } });
    const stack = stackOf(app);
    aliasRolloutIn(stack, props);
    const template = Template.fromStack(stack);
    const { Metadata } = template.toJSON().Resources[only(template, 'AWS::Lambda::Function', 'OrdersBeforeAllowTraffic').id];
    return JSON.parse(readFileSync(resolve(app.outdir, Metadata['aws:asset:path'], 'suite.json'), 'utf8')) as CheckSuite;
  };

  test('is made where there is none', () => {
    const { rollout, alias } = aliasSample(PROVISIONED);
    expect(rollout.hookFunctions).toHaveLength(1);
    expect(Object.keys(alias.UpdatePolicy.CodeDeployLambdaAliasUpdate)).toContain('BeforeAllowTrafficHook');
    expect(suite(PROVISIONED).checks).toEqual([check(5, 600_000)]);
  });

  test('provisions before it checks anything', () => {
    const played = suite({ ...PROVISIONED, provisioningTimeout: Duration.minutes(3), hooks: { beforeAllowTraffic: calendarHook() } });
    expect(played.checks.map(({ kind }) => kind)).toEqual(['provisioned', 'calendar']);
    expect(played.checks[0]).toEqual(check(5, 180_000));
  });

  test('has the time for it, in several invocations where that is needed', () => {
    expect(suite(PROVISIONED).policy.invocations).toBeUndefined();
    expect(suite({ ...PROVISIONED, provisioningTimeout: Duration.minutes(45) }).policy.invocations).toBe(4);
  });

  test('leaves the other one as it is', () => {
    const { rollout } = aliasSample((stack) => ({ ...PROVISIONED, hooks: { afterAllowTraffic: outcomeHook(stack) } }));
    expect(rollout.hookFunctions).toHaveLength(2);
  });

  test('may look for the version, and provision versions of this function', () => {
    const { template } = aliasSample(PROVISIONED);
    const added = of(template, 'OrdersBeforeAllowTraffic').filter(({ Sid }) => ['FindVersions', 'ReadAppSpec', 'ProvisionVersions'].includes(String(Sid)));
    expect(added.map(({ Sid }) => Sid)).toEqual(['FindVersions', 'ReadAppSpec', 'ProvisionVersions']);
    expect(added[2]).toEqual({ Sid: 'ProvisionVersions', Effect: 'Allow', Action: ['lambda:GetProvisionedConcurrencyConfig', 'lambda:PutProvisionedConcurrencyConfig'], Resource: versions(template) });
  });
});

test('the provider may provision and release versions of this function, and nothing of the alias but by its name', () => {
  const { template } = aliasSample(PROVISIONED);
  expect(of(template, 'GreenlightDeploymentsStep').filter(({ Sid }) => Sid === 'KeepProvisioned')).toEqual([
    {
      Sid: 'KeepProvisioned',
      Effect: 'Allow',
      Action: ['lambda:DeleteProvisionedConcurrencyConfig', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:PutProvisionedConcurrencyConfig'],
      Resource: versions(template),
    },
  ]);
});

test('the handler understands what the construct writes', () => {
  const { properties } = only(aliasSample({ provisionedConcurrentExecutions: 100_000, provisioningTimeout: Duration.minutes(45) }).template, RESOURCE);
  const request = { RequestType: 'Create', ResourceProperties: { ...properties, Function: 'take-order', Version: '7' } } as unknown as ResourceRequest;
  expect(provisionedTaskOf(request)).toEqual({ kind: 'provision', version: { functionName: 'take-order', version: '7' }, executions: 100_000, timeoutSeconds: 2_700 });
});

test('is not there where it is not asked for', () => {
  const { template, rollout } = aliasSample();
  template.resourceCountIs(RESOURCE, 0);
  expect(rollout.hookFunctions).toEqual([]);
});

describe('fails at synth', () => {
  test.each<[Partial<LambdaRolloutProps>, string]>([
    [{ provisionedConcurrentExecutions: 0 }, "'provisionedConcurrentExecutions' must be a whole number from 1 to 100000, got 0; leave it out for none"],
    [{ provisionedConcurrentExecutions: 100_001 }, "'provisionedConcurrentExecutions' must be a whole number from 1 to 100000, got 100001; leave it out for none"],
    [{ ...PROVISIONED, provisioningTimeout: Duration.minutes(46) }, "'provisioningTimeout' must be a whole number of minutes from 1 to 45, got 46 minutes"],
    [{ ...PROVISIONED, provisioningTimeout: Duration.seconds(90) }, "'provisioningTimeout' must be a whole number of minutes from 1 to 45, got 1.5 minutes"],
    [{ provisioningTimeout: Duration.minutes(5) }, "'provisioningTimeout' is for 'provisionedConcurrentExecutions', which is not set; set it, or leave both out"],
  ])('for %j', (props, message) => {
    expect(() => aliasSample(props)).toThrow(message);
  });

  test.each<[string, (stack: Stack) => LifecycleHook]>([
    ['fromOutcome', outcomeHook],
    ['fromFunction', (stack) => LifecycleHook.fromFunction(userFunction(stack, 'Smoke'))],
  ])('for a function of the user in its place: %s', (_, hook) => {
    expect(() => aliasSample((stack) => ({ ...PROVISIONED, hooks: { beforeAllowTraffic: hook(stack) } }))).toThrow(
      "'provisionedConcurrentExecutions' is 5, and hook beforeAllowTraffic is a function of yours, before which nothing of the rollout's runs; " +
        "use LifecycleHook.checks, with 'new InvokeCheck' or 'SuiteCheck' for the function",
    );
  });

  test('for one hook of both events, as without it', () => {
    const hook = calendarHook();
    expect(() => aliasSample({ ...PROVISIONED, hooks: { beforeAllowTraffic: hook, afterAllowTraffic: hook } })).toThrow('hooks BeforeAllowTraffic and AfterAllowTraffic are the same LifecycleHook');
  });

  const problem = (make: (stack: Stack) => { readonly alias: lambda.Alias; readonly more?: Partial<LambdaRolloutProps> }, after: (stack: Stack, alias: lambda.Alias) => void = () => undefined) => {
    const app = new App();
    const stack = stackOf(app);
    const { alias, more = PROVISIONED } = make(stack);
    aliasRolloutIn(stack, { alias, ...more });
    after(stack, alias);
    return () => app.synth();
  };

  test('for an alias that has its own', () => {
    expect(problem((stack) => ({ alias: liveAlias(stack, { provisionedConcurrentExecutions: 3 }) }))).toThrow(
      "'provisionedConcurrentExecutions' of the rollout is 5, and alias 'Shop/Live' has provisioned concurrency of its own, which Lambda refuses together with that of its version; " +
        "drop that of the alias, in an update before the one that brings the rollout's",
    );
  });

  const versioned = (stack: Stack) => userFunction(stack, 'Take', { currentVersionOptions: { provisionedConcurrentExecutions: 3 } }).currentVersion;

  test('for a version that has its own', () => {
    expect(problem((stack) => ({ alias: liveAlias(stack, { version: versioned(stack) }) }))).toThrow(
      "and version 'Shop/Take/CurrentVersion' has its own from CloudFormation, which would not be released with the rollout's; drop that of 'currentVersionOptions'",
    );
  });

  test('for versions that are kept with what CloudFormation gave them', () => {
    expect(problem((stack) => ({ alias: liveAlias(stack, { version: versioned(stack) }), more: { keepVersions: 3 } }))).toThrow(
      "'keepVersions' is 3, and version 'Shop/Take/CurrentVersion' has provisioned concurrency from CloudFormation, so that each version that is kept would keep that, too, and cost money; " +
        "use 'provisionedConcurrentExecutions' of the rollout, which is released, in place of 'currentVersionOptions'",
    );
  });

  test('for an alias that is scaled, whenever that was said', () => {
    expect(problem((stack) => ({ alias: liveAlias(stack) }), (_, alias) => void alias.addAutoScaling({ maxCapacity: 10 }))).toThrow(
      "alias 'Shop/Live' is scaled by 'addAutoScaling', which sets provisioned concurrency on the alias; drop one of them",
    );
  });

  test('for a function that reserves less than both versions take', () => {
    const reserving = (reservedConcurrentExecutions: number) => problem((stack) => ({ alias: liveAlias(stack, { version: userFunction(stack, 'Take', { reservedConcurrentExecutions }).currentVersion }) }));
    expect(reserving(9)).toThrow(
      "function 'Shop/Take' has 9 reserved concurrent executions, of which the old version and the new one have 5 each during a release; reserve at least 10, or provision fewer",
    );
    expect(reserving(10)).not.toThrow();
  });
});

test('versions that CloudFormation provisions and deletes may be so', () => {
  const app = new App();
  const stack = stackOf(app);
  const fn = userFunction(stack, 'Take', { currentVersionOptions: { provisionedConcurrentExecutions: 3, removalPolicy: RemovalPolicy.DESTROY } });
  aliasRolloutIn(stack, { alias: liveAlias(stack, { version: fn.currentVersion }) });
  expect(() => app.synth()).not.toThrow();
});

describe('the finding shift-starts-cold', () => {
  const cold = (props: Parameters<typeof aliasSample>[0]) => aliasSample(props).description.findings.filter(({ id }) => id === 'shift-starts-cold');

  test('is there where the alias has provisioned concurrency', () => {
    expect(cold((stack) => ({ alias: liveAlias(stack, { provisionedConcurrentExecutions: 5 }) }))).toEqual([
      {
        id: 'shift-starts-cold',
        level: 'info',
        message: "alias 'Shop/Live' has provisioned concurrency, of which the new version has none before traffic moves, and a share that fluctuates while it does: the shift starts cold",
        remedy: "drop it from the alias, and give it to the rollout by 'provisionedConcurrentExecutions' in an update after that: the new version is then warm before traffic moves",
      },
    ]);
  });

  test('is there where all of a traffic that is known comes at once', () => {
    expect(cold({ expectedRequestsPerSecond: 20 })).toEqual([
      {
        id: 'shift-starts-cold',
        level: 'info',
        message: "all of about 20 invocations a second come to the new version of alias 'Shop/Live' at once, which has no execution environment yet: the shift starts cold",
        remedy: "set 'provisionedConcurrentExecutions' of the rollout, or shift in steps",
      },
    ]);
  });

  test.each<[string, Parameters<typeof aliasSample>[0]]>([
    ['nobody says how much traffic there is', {}],
    ['it comes in steps', { expectedRequestsPerSecond: 20, traffic: TrafficShift.LAMBDA_CANARY_10_PERCENT_5_MINUTES }],
    ['the rollout provisions', { expectedRequestsPerSecond: 20, ...PROVISIONED }],
    ['CloudFormation provisions the version', (stack) => ({ expectedRequestsPerSecond: 20, alias: liveAlias(stack, { version: userFunction(stack, 'Take', { currentVersionOptions: { provisionedConcurrentExecutions: 3 } }).currentVersion }) })],
  ])('is not there where %s', (_, props) => {
    expect(cold(props)).toEqual([]);
  });
});

test('a check of the function of the user is what the remedy says', () => {
  const { rollout } = aliasSample((stack) => ({ ...PROVISIONED, hooks: { beforeAllowTraffic: LifecycleHook.checks({ checks: [new InvokeCheck({ function: userFunction(stack, 'Smoke') })] }) } }));
  expect(rollout.hookFunctions).toHaveLength(1);
});
