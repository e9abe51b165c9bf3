import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Aws, Duration, Stack } from 'aws-cdk-lib/core';

import type { BuildSuiteOptions, Check, FunctionSuiteOptions } from '../../../lib';
import { LifecycleHook, Passes, SuiteCheck } from '../../../lib';
import { ENV } from '../../../lib/model/hook-contract';
import { DeployTimeValues } from '../../../lib/private/deploy-time-values';
import { findCycle } from '../../support/template-graph';
import { finished, graphOf, only, rolloutIn, sample, stackOf, statementsOf, userFunction } from '../support/sample';

const context = (values = new DeployTimeValues()) => ({ values, production: { protocol: 'HTTP' as const } });
const imported = () => lambda.Function.fromFunctionArn(new Stack(), 'Theirs', 'arn:aws:lambda:eu-central-1:111122223333:function:suite');
const project = (stack = new Stack()) => codebuild.Project.fromProjectName(stack, 'Suite', 'shop-suite');
const fromFunction = (options: FunctionSuiteOptions = {}) => SuiteCheck.fromFunction(imported(), { name: 'shop', ...options });
const fromBuild = (options: BuildSuiteOptions = {}) => SuiteCheck.fromCodeBuild(project(), { name: 'shop', ...options });

describe('SuiteCheck.fromFunction', () => {
  test('wants one case, and lets cases be skipped', () => {
    expect(SuiteCheck.fromFunction(imported())._render(context())).toEqual({
      kind: 'suite',
      name: 'suite Theirs',
      policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 60_000, intervalMs: 1000, errorBudget: 2, deadlineMs: 73_000, inconclusive: 'FAIL' },
      run: { functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:suite', timeoutMs: 60_000 },
      variables: {},
      minCases: 1,
      allowSkipped: true,
    });
  });

  test('takes deploy-time texts in its variables', () => {
    const values = new DeployTimeValues();
    expect(fromFunction({ variables: { TABLE: Aws.STACK_NAME }, minCases: 12, allowSkipped: false })._render(context(values))).toMatchObject({ variables: { TABLE: '${greenlight:V1}' }, minCases: 12, allowSkipped: false });
    expect(values.all()).toEqual({ V1: Aws.STACK_NAME });
  });
});

describe('SuiteCheck.fromCodeBuild', () => {
  test('gives the build ten minutes, and looks every ten seconds', () => {
    expect(SuiteCheck.fromCodeBuild(project())._render(context())).toMatchObject({
      name: 'suite Suite',
      policy: { intervalMs: 10_000, errorBudget: 5, deadlineMs: 600_000 },
      run: { projectName: 'shop-suite' },
    });
    expect(fromBuild({ checkTimeout: Duration.minutes(7), interval: Duration.seconds(30) })._render(context()).policy).toMatchObject({ intervalMs: 30_000, deadlineMs: 420_000 });
  });

  test('takes the name of a project of the app as a deploy-time value', () => {
    const stack = stackOf();
    const mine = new codebuild.PipelineProject(stack, 'Mine');
    expect(SuiteCheck.fromCodeBuild(mine)._render(context())).toMatchObject({ name: 'suite Mine', run: { projectName: '${greenlight:V1}' } });
  });
});

test.each<[() => Check, string]>([
  [() => fromFunction({ minCases: 0 }), "'minCases' must be a whole number from 1 to 10000, got 0"],
  [() => fromFunction({ minCases: 10_001 }), "'minCases' must be a whole number from 1 to 10000"],
  [() => fromFunction({ startRetries: -1 }), "'startRetries' must be a whole number from 0 to 10, got -1"],
  [() => fromFunction({ timeout: Duration.minutes(16) }), "'timeout' must be a whole number of seconds from 1 to 900"],
  [() => fromFunction({ variables: { 'a-b': 'c' } }), "check 'shop' has the variable 'a-b', and names are letters, digits and '_'"],
  [() => fromFunction({ variables: { [Aws.REGION]: 'c' } }), "and names are letters, digits and '_', known at synth; rename it"],
  [() => fromFunction({ variables: { GREENLIGHT_EVENT: 'c' } }), "check 'shop' has the variable 'GREENLIGHT_EVENT', and names that begin with GREENLIGHT_ or CODEBUILD_ are taken; rename it"],
  [() => fromBuild({ variables: { CODEBUILD_SRC_DIR: 'c' } }), 'names that begin with GREENLIGHT_ or CODEBUILD_ are taken'],
  [() => fromBuild({ variables: { N: 5 as unknown as string } }), "variable 'N' of check 'shop' must be a text, got number; write it as one"],
  [() => fromBuild({ variables: { LONG: 'x'.repeat(3_997) } }), "the variables of check 'shop' have 4001 characters, and at most 4000 are told to a suite; pass a reference instead"],
  [() => fromBuild({ readRetries: 11 }), "'readRetries' must be a whole number from 0 to 10, got 11"],
  [() => fromBuild({ passes: Passes.inARow(2) }), "check 'shop' asks for several passes of a build, which is started once; leave 'passes' out, or repeat the cases within the suite"],
  [() => fromBuild({ passes: Passes.atLeast(1, 2) }), "check 'shop' asks for several passes of a build"],
  [() => fromBuild({ reportGroups: [] }), "'reportGroups' of check 'shop' is empty, and without a report nothing can be proven"],
  [() => fromBuild({ checkTimeout: Duration.minutes(61) }), "'checkTimeout' must be a whole number of seconds from 1 to 3600"],
])('fails when the options are wrong (%#)', (make, message) => {
  expect(make).toThrow(message);
});

describe('the hook of a SuiteCheck', () => {
  const hookOf = (...checks: Check[]) => ({ hooks: { afterAllowTestTraffic: LifecycleHook.checks({ checks }) } });
  type Template = Parameters<typeof statementsOf>[0];
  const granted = (template: Template) => statementsOf(template, only(template, 'AWS::IAM::Role', 'WebAfterAllowTestTraffic').id).filter(({ Sid }) => /Suite|InvokeChecked/.test(String(Sid)));

  test('may invoke exactly that function', () => {
    const { template } = sample((stack) => hookOf(SuiteCheck.fromFunction(userFunction(stack, 'Mine'))));
    const Resource = { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'Mine').id, 'Arn'] };
    expect(granted(template)).toEqual([{ Sid: 'InvokeChecked', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource }]);
  });

  test('may start and look at builds of that project, and read the reports of its own groups', () => {
    const { template } = sample((stack) => hookOf(SuiteCheck.fromCodeBuild(new codebuild.PipelineProject(stack, 'Mine'))));
    const { id } = only(template, 'AWS::CodeBuild::Project');
    const groups = ['arn:', { Ref: 'AWS::Partition' }, ':codebuild:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':report-group/', { Ref: id }, '-*'];
    expect(granted(template)).toEqual([
      { Sid: 'RunSuites', Effect: 'Allow', Action: ['codebuild:StartBuild', 'codebuild:BatchGetBuilds'], Resource: { 'Fn::GetAtt': [id, 'Arn'] } },
      { Sid: 'ReadSuiteReports', Effect: 'Allow', Action: ['codebuild:BatchGetReports', 'codebuild:DescribeTestCases'], Resource: { 'Fn::Join': ['', groups] } },
    ]);
  });

  test('may read the groups that are named, and no other', () => {
    const { template } = sample((stack) => {
      const reportGroups = [new codebuild.ReportGroup(stack, 'Browser'), new codebuild.ReportGroup(stack, 'Api')];
      return hookOf(SuiteCheck.fromCodeBuild(project(stack), { reportGroups }));
    });
    const groups = ['Browser', 'Api'].map((prefix) => ({ 'Fn::GetAtt': [only(template, 'AWS::CodeBuild::ReportGroup', prefix).id, 'Arn'] }));
    expect(granted(template)[1]).toMatchObject({ Sid: 'ReadSuiteReports', Resource: groups });
  });

  test('tells the suite where the listeners are, which it need not reach itself', () => {
    const { template } = sample((stack) => hookOf(SuiteCheck.fromFunction(userFunction(stack, 'Mine'))));
    const { properties } = only(template, 'AWS::Lambda::Function', 'WebAfterAllowTestTraffic');
    expect(Object.keys((properties.Environment as { Variables: object }).Variables)).toEqual(expect.arrayContaining([ENV.testUrl, ENV.productionUrl]));
    expect(properties).not.toHaveProperty('VpcConfig');
  });

  test('closes no cycle with a project and a function that refer to the rollout', () => {
    const stack = stackOf();
    const fn = userFunction(stack, 'Mine');
    const build = new codebuild.PipelineProject(stack, 'Build', { environmentVariables: { GROUP: { value: 'later' } } });
    const rollout = rolloutIn(stack, hookOf(SuiteCheck.fromFunction(fn), SuiteCheck.fromCodeBuild(build, { checkTimeout: Duration.minutes(5) })));
    fn.addEnvironment('GROUP', rollout.deploymentGroup.deploymentGroupName);
    rollout.deploymentGroup.node.addDependency(build);
    expect(findCycle(graphOf(finished(stack, rollout).template))).toBeUndefined();
  });
});
