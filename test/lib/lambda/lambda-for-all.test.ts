/** Rollouts of a set: what they share, what each has for itself, and what the shared functions may do. */
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import type { LambdaRolloutForAllProps } from '../../../lib';
import { BreakGlass, HttpAssertion, InvokeCheck, LambdaRollout, LifecycleHook, RollbackAlarm, TrafficShift } from '../../../lib';
import type { LambdaRolloutDescription } from '../../../lib/model/rollout';
import { ROLLOUT_METADATA_KEY } from '../../../lib/model/rollout';
import { findCycle } from '../../support/template-graph';
import { calendarHook, liveAlias, outcomeHook } from '../support/lambda-sample';
import { graphOf, only, stackOf, statementsOf, userFunction } from '../support/sample';

const SET = 'Shop-Functions-0FD71163';

const aliasOf = (stack: Construct, id: string, options: Partial<lambda.FunctionProps> = {}): lambda.Alias => liveAlias(stack as Stack, { version: userFunction(stack as Stack, id, options).currentVersion }, `${id}Live`);

const versionHook = () =>
  LifecycleHook.checks({ checks: [InvokeCheck.targetVersion({ name: 'takes', cases: [{ name: 'one', assertions: [HttpAssertion.jsonPath('$.ok').equalsBoolean(true)] }] })] });

interface ForAll {
  readonly stack: Stack;
  readonly rollouts: readonly LambdaRollout[];
  readonly template: Template;
  readonly aliases: Readonly<Record<string, { readonly UpdatePolicy: { readonly CodeDeployLambdaAliasUpdate: object }; readonly DependsOn?: readonly string[] }>>;
  readonly descriptions: readonly LambdaRolloutDescription[];
}

function forAll(props: (stack: Stack) => Partial<LambdaRolloutForAllProps> = () => ({})): ForAll {
  const stack = stackOf();
  const given = props(stack);
  const rollouts = LambdaRollout.forAll(stack, 'Functions', { aliases: given.aliases ?? ['Take', 'Pay'].map((id) => aliasOf(stack, id)), ...given });
  const template = Template.fromStack(stack);
  expect(findCycle(graphOf(template))).toBeUndefined();
  const descriptions = Object.values(template.findResources('AWS::CodeDeploy::DeploymentGroup')).map(({ Metadata }) => Metadata[ROLLOUT_METADATA_KEY]);
  return { stack, rollouts, template, descriptions, aliases: template.findResources('AWS::Lambda::Alias') as unknown as ForAll['aliases'] };
}

const arn = (service: string, ...rest: unknown[]) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ...rest]],
});
const allow = (Sid: string, Action: string | string[], Resource: unknown, Condition?: object) => ({ Sid, Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) });
const attribute = (template: Template, type: string, prefix: string) => ({ 'Fn::GetAtt': [only(template, type, prefix).id, 'Arn'] });
const managed = (template: Template, prefix: string) => only(template, 'AWS::IAM::ManagedPolicy', prefix).properties as { readonly PolicyDocument: { readonly Statement: unknown }; readonly Roles: unknown };

const GROUPS = arn('codedeploy', `:deploymentgroup:${SET}/${SET}.*`);

describe('the rollouts of a set', () => {
  const { template, rollouts, aliases, descriptions } = forAll((stack) => ({
    hooks: { beforeAllowTraffic: versionHook(), afterAllowTraffic: outcomeHook(stack) },
    traffic: TrafficShift.linear({ percentage: 20, interval: Duration.minutes(2) }),
  }));

  test('share all but deployment group and verdict alarm', () => {
    template.resourceCountIs('AWS::CodeDeploy::Application', 1);
    template.resourceCountIs('AWS::CodeDeploy::DeploymentConfig', 1);
    template.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 2);
    template.resourceCountIs('AWS::CloudWatch::Alarm', 2);
    expect(Object.keys(template.findResources('AWS::IAM::Role')).filter((id) => id.startsWith('Functions'))).toHaveLength(5);
    expect(Object.keys(template.findResources('AWS::Lambda::Function')).filter((id) => id.startsWith('Functions'))).toEqual([
      expect.stringContaining('FunctionsSharedBeforeAllowTrafficFunction'),
      expect.stringContaining('FunctionsSharedAfterAllowTrafficFunction'),
      expect.stringContaining('FunctionsSharedGuardianFunction'),
      expect.stringContaining('FunctionsSharedHookInspectorFunction'),
    ]);
    template.hasResourceProperties('AWS::Events::Rule', { EventPattern: { detail: { state: ['START'], application: ['Shop-Functions-0FD71163'], deploymentGroup: [{ prefix: 'Shop-Functions-0FD71163.' }] } } });
    expect(new Set(rollouts.map(({ hookInspector }) => hookInspector)).size).toBe(1);
    expect(new Set(rollouts.map(({ application }) => application)).size).toBe(1);
    expect(new Set(rollouts.map(({ guardian }) => guardian)).size).toBe(1);
    expect(rollouts.map(({ hookFunctions }) => hookFunctions.length)).toEqual([2, 2]);
  });

  test('are named after their aliases, and so are group and alarm', () => {
    expect(rollouts.map(({ node }) => node.path)).toEqual(['Shop/Functions/TakeLive', 'Shop/Functions/PayLive']);
    expect(descriptions.map(({ name }) => name)).toEqual(['Shop/Functions/TakeLive', 'Shop/Functions/PayLive']);
    const names = (type: string, property: string) => Object.values(template.findResources(type)).map(({ Properties }) => Properties[property]);
    expect(names('AWS::CodeDeploy::DeploymentGroup', 'DeploymentGroupName')).toEqual([`${SET}.TakeLive`, `${SET}.PayLive`]);
    expect(names('AWS::CloudWatch::Alarm', 'AlarmName')).toEqual([`${SET}/${SET}.TakeLive`, `${SET}/${SET}.PayLive`]);
    expect(names('AWS::CloudWatch::Alarm', 'Metrics').map((metrics) => metrics[1].MetricStat.Metric.Dimensions)).toEqual(
      ['TakeLive', 'PayLive'].map((member) => [
        { Name: 'Application', Value: SET },
        { Name: 'DeploymentGroup', Value: `${SET}.${member}` },
      ]),
    );
  });

  test('are released by update policies of literals, with the same hooks', () => {
    expect(Object.values(aliases).map(({ UpdatePolicy }) => UpdatePolicy.CodeDeployLambdaAliasUpdate)).toEqual(
      ['TakeLive', 'PayLive'].map((member) => ({
        ApplicationName: SET,
        DeploymentGroupName: `${SET}.${member}`,
        BeforeAllowTrafficHook: expect.stringMatching(/^CodeDeployHook_Shop-Functions-Shared-BeforeAllowTraffic-\w{8}$/),
        AfterAllowTrafficHook: expect.stringMatching(/^CodeDeployHook_Shop-Functions-Shared-AfterAllowTraffic-\w{8}$/),
      })),
    );
  });

  test('come to their aliases after all that they share', () => {
    const waits = Object.values(aliases).map(({ DependsOn }) => DependsOn!.map((id) => id.replace(/[0-9A-F]{8}$/, '')));
    const shared = ['AfterAllowTrafficAsyncInvocation', 'BeforeAllowTrafficAsyncInvocation', 'BeforeAllowTrafficInvokeVersions1', 'DeployPolicy', 'HookInspectorFunctionRule', 'InvokeHooksPolicy', 'MoveAliases1'].map((id) => `FunctionsShared${id}`);
    expect(waits).toEqual([
      [...shared, 'FunctionsTakeLiveDeploymentGroup'].sort(),
      ['FunctionsPayLiveDeploymentGroup', ...shared].sort(),
    ]);
    expect(descriptions.map(({ findings }) => findings)).toEqual([[], []]);
  });

  test('tell the shared functions what to look for, and name no function and no alarm', () => {
    const common = { GREENLIGHT_ROLLOUT: 'Shop/Functions', GREENLIGHT_APPLICATION: SET, GREENLIGHT_DEPLOYMENT_GROUPS: `${SET}.` };
    const environment = (id: string) => (only(template, 'AWS::Lambda::Function', `FunctionsShared${id}`).properties.Environment as { readonly Variables: object }).Variables;
    expect(environment('BeforeAllowTraffic')).toEqual({ ...common, GREENLIGHT_EVENT: 'BeforeAllowTraffic' });
    expect(environment('AfterAllowTraffic')).toEqual({ ...common, GREENLIGHT_EVENT: 'AfterAllowTraffic', GREENLIGHT_FUNCTION: attribute(template, 'AWS::Lambda::Function', 'Smoke') });
    expect(environment('Guardian')).toEqual({ ...common, GREENLIGHT_HOOKS: expect.anything() });
  });
});

describe('least privilege in a set', () => {
  const { template } = forAll(() => ({ hooks: { beforeAllowTraffic: versionHook() } }));
  const reporting = [
    allow('PublishVerdict', 'cloudwatch:PutMetricData', '*', { StringEquals: { 'cloudwatch:namespace': 'cdk-greenlight' } }),
    allow('SetVerdictAlarm', 'cloudwatch:SetAlarmState', arn('cloudwatch', `:alarm:${SET}/${SET}.*`)),
    allow('SendEvents', 'events:PutEvents', arn('events', ':event-bus/default')),
  ];
  const report = allow('Report', 'codedeploy:PutLifecycleEventHookExecutionStatus', GROUPS);
  const lookUp = allow('LookUpDeployment', 'codedeploy:GetDeployment', GROUPS);
  const logs = (prefix: string) => allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], attribute(template, 'AWS::Logs::LogGroup', prefix));
  const role = (prefix: string) => only(template, 'AWS::IAM::Role', prefix).id;

  test('the hook is let to groups and alarms of this set, and by a policy of its own to the versions of its functions', () => {
    const hook = role('FunctionsSharedBeforeAllowTraffic');
    expect(statementsOf(template, hook)).toEqual([
      logs('FunctionsSharedBeforeAllowTraffic'),
      report,
      lookUp,
      ...reporting,
      allow('FindVersions', ['codedeploy:BatchGetDeploymentTargets', 'codedeploy:ListDeploymentTargets'], GROUPS),
      allow('ReadAppSpec', 'codedeploy:GetApplicationRevision', arn('codedeploy', `:application:${SET}`)),
      allow('Invoke', 'lambda:InvokeFunction', attribute(template, 'AWS::Lambda::Function', 'FunctionsSharedGuardian')),
    ]);
    const versions = managed(template, 'FunctionsSharedBeforeAllowTrafficInvokeVersions');
    expect(versions.Roles).toEqual([{ Ref: hook }]);
    expect(versions.PolicyDocument.Statement).toEqual([
      allow('InvokeVersions', 'lambda:InvokeFunction', ['Take', 'Pay'].map((id) => ({ 'Fn::Join': ['', [{ 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', id).id, 'Arn'] }, ':*']] }))),
    ]);
  });

  test('the guardian may look deployments up', () => {
    expect(statementsOf(template, role('FunctionsSharedGuardian'))).toEqual([logs('FunctionsSharedGuardian'), report, ...reporting, lookUp]);
  });

  test('the service role moves these aliases, and invokes these hooks', () => {
    const service = role('FunctionsSharedServiceRole');
    expect(statementsOf(template, service)).toEqual([
      allow('WatchAlarms', 'cloudwatch:DescribeAlarms', '*'),
      allow('Invoke', 'lambda:InvokeFunction', arn('lambda', expect.stringMatching(/^:function:CodeDeployHook_Shop-Functions-Shared-BeforeAllowTraffic-\w{8}$/))),
    ]);
    const moving = managed(template, 'FunctionsSharedMoveAliases');
    expect(moving.Roles).toEqual([{ Ref: service }]);
    expect(moving.PolicyDocument.Statement).toEqual([
      allow(
        'MoveAlias',
        ['lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:UpdateAlias'],
        ['Take', 'Pay'].flatMap((id) => {
          const fn = { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', id).id, 'Arn'] };
          return [fn, { 'Fn::Join': ['', [fn, ':live']] }];
        }),
      ),
    ]);
  });

  test('a function of the user may report for the groups of this set', () => {
    const own = forAll((stack) => ({ hooks: { beforeAllowTraffic: LifecycleHook.fromFunction(userFunction(stack, 'Smoke')) } }));
    expect(statementsOf(own.template, only(own.template, 'AWS::IAM::Role', 'Smoke').id)).toEqual([report, allow('Invoke', 'lambda:InvokeFunction', attribute(own.template, 'AWS::Lambda::Function', 'FunctionsSharedGuardian'))]);
  });

  test('an imported role is left alone, which is a finding of each, told once', () => {
    const foreign = forAll((stack) => ({ role: iam.Role.fromRoleArn(stack, 'Foreign', 'arn:aws:iam::111122223333:role/deploy'), hooks: { beforeAllowTraffic: calendarHook() } }));
    expect(foreign.descriptions.map(({ findings }) => findings.map(({ id }) => id))).toEqual([['service-role-not-managed'], ['service-role-not-managed']]);
    Annotations.fromStack(foreign.stack).hasWarning('/Shop/Functions', Match.stringLikeRegexp('service-role-not-managed'));
    expect(Annotations.fromStack(foreign.stack).findWarning('*', Match.stringLikeRegexp('service-role-not-managed'))).toHaveLength(1);
    expect(JSON.stringify(foreign.template.toJSON())).not.toContain('MoveAlias');
  });
});

describe('one rollout of a set', () => {
  test('has the settings of all, and alarms of its own besides', () => {
    const { rollouts, descriptions, stack } = forAll((inside) => ({
      rollback: { onRequest: true, alarms: [RollbackAlarm.of(liveErrors(inside))] },
      expectedRequestsPerSecond: 7,
    }));
    expect(descriptions.map(({ rollbackEvents, expectedRequestsPerSecond, alarms }) => [rollbackEvents.length, expectedRequestsPerSecond, alarms.length])).toEqual([[3, 7, 2], [3, 7, 2]]);
    expect(rollouts[0]!.role).toBe(rollouts[1]!.role);
    expect(stack.node.tryFindChild('Functions')).toBeDefined();
  });

  test('that needs something else is made for itself, with the application of the set', () => {
    const stack = stackOf();
    const [first] = LambdaRollout.forAll(stack, 'Functions', { aliases: [aliasOf(stack, 'Take')], hooks: { beforeAllowTraffic: calendarHook() } });
    const own = new LambdaRollout(stack, 'Other', { alias: aliasOf(stack, 'Pay'), application: first!.application, traffic: TrafficShift.LAMBDA_CANARY_10_PERCENT_5_MINUTES, hooks: { afterAllowTraffic: calendarHook() } });
    const template = Template.fromStack(stack);
    expect(own.guardian).not.toBe(first!.guardian);
    template.resourceCountIs('AWS::CodeDeploy::Application', 1);
    const group = Object.values(template.findResources('AWS::CodeDeploy::DeploymentGroup', { Properties: { DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes' } }));
    // Not among those that the functions of the set answer for.
    expect(group.map(({ Properties }) => Properties.DeploymentGroupName.startsWith(`${SET}.`))).toEqual([false]);
  });

  test('made in the scope of the set is none of it', () => {
    const stack = stackOf();
    const [first] = LambdaRollout.forAll(stack, 'Functions', { aliases: [aliasOf(stack, 'Take')], hooks: { beforeAllowTraffic: calendarHook() } });
    const other = new LambdaRollout(first!.node.scope as Construct, 'Other', { alias: aliasOf(stack, 'Pay') });
    expect([other.application === first!.application, other.hookFunctions]).toEqual([false, []]);
  });

  test('is stopped by its own alarm, and a break-glass parameter is that of the set', () => {
    const { template } = forAll((stack) => ({ hooks: { beforeAllowTraffic: calendarHook() }, breakGlass: BreakGlass.parameter(new ssm.StringParameter(stack, 'Parameter', { stringValue: 'off' })) }));
    const parameter = only(template, 'AWS::SSM::Parameter').id;
    const variables = ['BeforeAllowTraffic', 'Guardian'].map((id) => JSON.stringify(only(template, 'AWS::Lambda::Function', `FunctionsShared${id}`).properties.Environment));
    expect(variables.filter((text) => text.includes(parameter))).toHaveLength(2);
    const stack = stackOf();
    const breakGlass = BreakGlass.parameter(new ssm.StringParameter(stack, 'Parameter', { stringValue: 'off' }));
    LambdaRollout.forAll(stack, 'Functions', { aliases: [aliasOf(stack, 'Take')], breakGlass });
    expect(() => LambdaRollout.forAll(stack, 'Others', { aliases: [aliasOf(stack, 'Pay')], breakGlass })).toThrow("break-glass parameter 'Shop/Parameter' is that of rollout 'Shop/Functions' already");
  });
});

function liveErrors(stack: Stack) {
  return userFunction(stack, 'Measured').metricErrors().createAlarm(stack, 'Errors', { threshold: 1, evaluationPeriods: 1 });
}

describe('names in a set', () => {
  const idsOf = (aliases: (stack: Stack) => lambda.Alias[]) => {
    const stack = stackOf();
    return LambdaRollout.forAll(stack, 'Functions', { aliases: aliases(stack) }).map(({ node }) => node.id);
  };

  test('are the paths of the aliases in their stack, whatever stands in them', () => {
    expect(idsOf((stack) => [aliasOf(new Construct(new Construct(stack, 'Orders'), 'Take It!'), 'Fn'), aliasOf(stack, 'Pay_2')])).toEqual(['Orders-Take-It-FnLive', 'Pay_2Live']);
  });

  test('have 49 characters at most, with a hash of the path where that is longer', () => {
    const long = 'x'.repeat(44);
    expect(idsOf((stack) => [aliasOf(stack, `${long}a`), aliasOf(stack, `${long}bc`), aliasOf(stack, `${long}bd`)])).toEqual([
      `${long}aLive`,
      expect.stringMatching(/^x{40}-[0-9a-f]{8}$/),
      expect.stringMatching(/^x{40}-[0-9a-f]{8}$/),
    ]);
  });

  test('keep group names within 100 characters, however long the name of the set', () => {
    const stack = stackOf();
    LambdaRollout.forAll(stack, 'F'.repeat(90), { aliases: [aliasOf(stack, 'x'.repeat(45))], application: new codedeploy.LambdaApplication(stack, 'Application', { applicationName: 'a'.repeat(100) }) });
    const { DeploymentGroupName: group } = only(Template.fromStack(stack), 'AWS::CodeDeploy::DeploymentGroup').properties;
    expect(group).toMatch(/^[\w-]{50}\.x{45}Live$/);
  });

  test('of two sets of one application differ', () => {
    const stack = stackOf();
    const application = new codedeploy.LambdaApplication(stack, 'Application', { applicationName: 'shop' });
    LambdaRollout.forAll(stack, 'Functions', { aliases: [aliasOf(stack, 'Take')], application });
    LambdaRollout.forAll(stack, 'Others', { aliases: [aliasOf(stack, 'Pay')], application });
    const groups = Object.values(Template.fromStack(stack).findResources('AWS::CodeDeploy::DeploymentGroup')).map(({ Properties }) => Properties.DeploymentGroupName);
    expect(groups).toEqual([`${SET}.TakeLive`, expect.stringMatching(/^Shop-Others-\w{8}\.PayLive$/)]);
  });
});

describe('functions that call each other', () => {
  test('by an alias of the set have permissions that come after it, which is said, and no cycle', () => {
    const { descriptions, aliases } = forAll((stack) => {
      const pay = aliasOf(stack, 'Pay');
      return { aliases: [pay, aliasOf(stack, 'Take', { environment: { PAY: pay.functionArn } })], hooks: { beforeAllowTraffic: versionHook() } };
    });
    expect(descriptions.map(({ findings }) => findings)).toEqual([
      [
        {
          id: 'permissions-after-alias',
          level: 'info',
          message: expect.stringMatching(/^permissions that rollout 'Shop\/Functions\/PayLive' shares wait for the alias, .*: Shop\/Functions\/Shared\/.* → Shop\/Take → Shop\/PayLive$/),
          remedy: 'bring the rollout to an alias that is there already in an update that changes nothing of its function',
        },
      ],
      [],
    ]);
    const [pay, take] = ['PayLive', 'TakeLive'].map((prefix) => Object.entries(aliases).find(([id]) => id.startsWith(prefix))![1].DependsOn!);
    const waits = (list: readonly string[], prefix: string) => list.some((id) => id.startsWith(prefix));
    expect([waits(pay!, 'FunctionsSharedMoveAliases1'), waits(take!, 'FunctionsSharedMoveAliases1')]).toEqual([false, true]);
    // The hook and the group come first all the same.
    expect([waits(pay!, 'FunctionsSharedBeforeAllowTrafficAsyncInvocation'), waits(pay!, 'FunctionsPayLiveDeploymentGroup')]).toEqual([true, true]);
  });

  test('a hook that waits for one alias comes first for the others', () => {
    const { descriptions } = forAll((stack) => {
      const pay = aliasOf(stack, 'Pay');
      return { aliases: [aliasOf(stack, 'Take'), pay], hooks: { beforeAllowTraffic: LifecycleHook.fromOutcome(userFunction(stack, 'Smoke', { environment: { PAY: pay.functionArn } })) } };
    });
    expect(descriptions.map(({ findings }) => findings.map(({ id }) => id))).toEqual([[], ['hook-after-alias']]);
  });
});

describe('fails when', () => {
  const failing = (aliases: (stack: Stack) => lambda.IAlias[], props: Partial<LambdaRolloutForAllProps> = {}) => {
    const stack = stackOf();
    return expect(() => LambdaRollout.forAll(stack, 'Functions', { aliases: aliases(stack), ...props }));
  };

  test('there are no aliases', () => {
    failing(() => []).toThrow("'aliases' of 'Shop/Functions' is empty; name at least one alias");
  });

  test('an alias is there twice', () => {
    failing((stack) => {
      const alias = aliasOf(stack, 'Take');
      return [alias, aliasOf(stack, 'Pay'), alias];
    }).toThrow("'aliases' of 'Shop/Functions' has alias 'Shop/TakeLive' twice; name it once");
  });

  test('the aliases are of several stacks', () => {
    failing((stack) => [aliasOf(stack, 'Take'), aliasOf(new Stack(stack.node.root, 'Cart'), 'Pay')]).toThrow(
      "'aliases' of 'Shop/Functions' are of 2 stacks, 'Shop', 'Cart'; CloudFormation releases an alias while it updates the stack of the alias: call LambdaRollout.forAll once in each of them",
    );
  });

  test('the aliases are all of another stack', () => {
    failing((stack) => [aliasOf(new Stack(stack.node.root, 'Cart'), 'Pay')]).toThrow("alias 'Cart/PayLive' is in stack 'Cart', and rollout 'Shop/Functions/PayLive' in 'Shop'");
  });

  test('two rollouts would have one name', () => {
    failing((stack) => [aliasOf(stack, 'Take-It'), aliasOf(new Construct(stack, 'Take'), 'It')]).toThrow(
      "the rollout of alias 'Shop/Take/ItLive' would be named 'Take-ItLive' in 'Shop/Functions', as that of 'Shop/Take-ItLive'; release one of them by a LambdaRollout of its own, with the 'application' of the set",
    );
    failing((stack) => [liveAlias(stack, {}, 'Shared')]).toThrow("would be named 'Shared' in 'Shop/Functions', as that of 'Shop/Functions/Shared'");
  });

  test('one of the aliases is not such as a rollout takes', () => {
    failing((stack) => [aliasOf(stack, 'Take'), liveAlias(stack, { version: userFunction(stack, 'Pay').latestVersion })]).toThrow("alias 'Shop/Live' is on $LATEST");
  });

  test('a hook is one of the functions', () => {
    const stack = stackOf();
    const pay = userFunction(stack, 'Pay');
    const aliases = [aliasOf(stack, 'Take'), liveAlias(stack, { version: pay.currentVersion })];
    expect(() => LambdaRollout.forAll(stack, 'Functions', { aliases, hooks: { beforeAllowTraffic: LifecycleHook.fromOutcome(pay) } })).toThrow("hook BeforeAllowTraffic is function 'Shop/Pay', which is what alias 'Shop/Live' releases");
  });

  test('a name is not such as the service takes', () => {
    failing((stack) => [aliasOf(stack, 'Take')], { applicationName: 'a b' }).toThrow("'applicationName' may hold letters, digits and . _ - + = , @ only, got 'a b'");
  });

  test('two sets of one application have names that begin alike', () => {
    const app = new App();
    const stacks = ['A', 'B'].map((id) => new Stack(app, id, { stackName: 'same' }));
    const application = codedeploy.LambdaApplication.fromLambdaApplicationName(stacks[0]!, 'Application', 'shop');
    LambdaRollout.forAll(stacks[0]!, 'Functions', { aliases: [aliasOf(stacks[0]!, 'Take')], application });
    expect(() => LambdaRollout.forAll(stacks[1]!, 'Functions', { aliases: [aliasOf(stacks[1]!, 'Take')], application })).toThrow(
      "'B/Functions' and 'A/Functions' share an application, and their deployment groups would have the same names; leave 'application' out of one of them",
    );
  });
});
