/** Releases of an alias that is made elsewhere: what the rollout makes of it, and what a deployment makes. */
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Template } from 'aws-cdk-lib/assertions';
import { App, CfnParameter, Duration, Stack } from 'aws-cdk-lib/core';

import { DeploymentCompletion, LambdaDeployment, LifecycleHook, TrafficShift } from '../../../lib';
import type { LambdaRolloutDescription } from '../../../lib/model/rollout';
import { ROLLOUT_METADATA_KEY } from '../../../lib/model/rollout';
import { deploymentOf, importedAlias, importedRollout, importedVersion, TAKE } from '../support/imported-alias';
import { calendarHook, liveAlias, outcomeHook } from '../support/lambda-sample';
import { only, stackOf, statementsOf, userFunction } from '../support/sample';

const DEPLOYMENT = 'Custom::GreenlightLambdaDeployment';
const WAIT = 'Custom::GreenlightDeploymentWait';
const arn = (service: string, rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, rest]] });

function descriptionIn(template: Template): LambdaRolloutDescription {
  const [group] = Object.values(template.findResources('AWS::CodeDeploy::DeploymentGroup'));
  return group!.Metadata[ROLLOUT_METADATA_KEY] as LambdaRolloutDescription;
}

describe('a rollout of an imported alias', () => {
  const stack = stackOf();
  const rollout = importedRollout(stack, { hooks: { beforeAllowTraffic: calendarHook() } });
  deploymentOf(rollout, stack);
  const template = Template.fromStack(stack);

  test('has application, group, hook, guardian and role as any other, and no alias', () => {
    template.resourceCountIs('AWS::Lambda::Alias', 0);
    template.resourceCountIs('AWS::CodeDeploy::Application', 1);
    expect(only(template, 'AWS::CodeDeploy::DeploymentGroup').properties).toEqual({
      ApplicationName: { Ref: only(template, 'AWS::CodeDeploy::Application').id },
      DeploymentGroupName: 'Shop-Orders-A8B1F509',
      DeploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      ServiceRoleArn: { 'Fn::GetAtt': [only(template, 'AWS::IAM::Role', 'OrdersServiceRole').id, 'Arn'] },
      AlarmConfiguration: { Enabled: true, Alarms: [{ Name: { Ref: only(template, 'AWS::CloudWatch::Alarm').id } }] },
      AutoRollbackConfiguration: { Enabled: true, Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
      TriggerConfigurations: [],
    });
    expect(statementsOf(template, only(template, 'AWS::IAM::Role', 'OrdersServiceRole').id)[0]).toEqual({
      Sid: 'MoveAlias',
      Effect: 'Allow',
      Action: ['lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:UpdateAlias'],
      Resource: [TAKE, `${TAKE}:live`],
    });
    expect(rollout.guardian).toBeDefined();
  });

  test('describes itself, with references to what is not in the template', () => {
    expect(descriptionIn(template)).toMatchObject({ platform: 'Lambda', name: 'Shop/Orders', function: { value: TAKE }, alias: { value: `${TAKE}:live` }, findings: [] });
  });

  test('without a deployment releases nothing, which is a finding', () => {
    const alone = stackOf();
    importedRollout(alone, { hooks: { beforeAllowTraffic: calendarHook() } });
    expect(descriptionIn(Template.fromStack(alone)).findings).toEqual([
      {
        id: 'nothing-releases',
        level: 'warning',
        message: "alias 'Shop/Imported' is imported, so that no update of this app moves it, and rollout 'Shop/Orders' has no LambdaDeployment: the stack releases nothing",
        remedy: "make 'new LambdaDeployment' with the rollout and the version, unless something else calls CreateDeployment",
      },
    ]);
  });

  test('tells of what invokes the function itself', () => {
    const other = stackOf();
    const alias = importedAlias(other);
    deploymentOf(importedRollout(other, { alias, hooks: { beforeAllowTraffic: calendarHook() } }), other);
    new lambda.CfnEventSourceMapping(other, 'Queue', { functionName: 'take', eventSourceArn: 'arn:aws:sqs:eu-west-1:111122223333:orders' });
    expect(descriptionIn(Template.fromStack(other)).findings.map(({ id }) => id)).toEqual(['traffic-past-alias']);
  });

  test('is an error on $LATEST', () => {
    const other = stackOf();
    const alias = lambda.Alias.fromAliasAttributes(other, 'Imported', { aliasName: 'live', aliasVersion: userFunction(other, 'Take').latestVersion });
    expect(() => importedRollout(other, { alias })).toThrow("alias 'Shop/Imported' is on $LATEST, which is no version that traffic could be shifted to or back from; put it on 'currentVersion' of the function");
  });

  test('is an error in another account or region', () => {
    const place = new Stack(new App(), 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
    expect(() => importedRollout(place, { alias: importedAlias(place, 'Far', TAKE.replace('eu-west-1', 'us-east-1')) })).toThrow('in region us-east-1, and the rollout in eu-west-1; CodeDeploy moves aliases of its own region only');
    expect(() => importedRollout(place, { alias: importedAlias(place, 'Theirs', TAKE.replace('111122223333', '999988887777')) }, 'Other')).toThrow('in account 999988887777, and the rollout in 111122223333');
  });
});

describe('two rollouts of one imported alias', () => {
  const ENV = { env: { account: '111122223333', region: 'eu-west-1' } };
  const RELEASED = "is released by rollout 'Shop/Orders' already, under the same function and name; drop one of the rollouts";

  test('are an error in one stack, also where it is imported twice', () => {
    const stack = stackOf();
    importedRollout(stack);
    expect(() => importedRollout(stack, { alias: importedAlias(stack, 'Again') }, 'Second')).toThrow(`alias 'Shop/Again' ${RELEASED}`);
  });

  test('are an error in two stacks of one account and region', () => {
    const app = new App();
    importedRollout(new Stack(app, 'Shop', ENV));
    const second = new Stack(app, 'Second', ENV);
    expect(() => importedRollout(second)).toThrow(`alias 'Second/Imported' ${RELEASED}`);
  });

  test.each<[string, (app: App, stack: Stack) => unknown]>([
    ['another name', (_app, stack) => importedRollout(stack, { alias: importedAlias(stack, 'Beta', TAKE, 'beta') }, 'Second')],
    ['another function', (_app, stack) => importedRollout(stack, { alias: importedAlias(stack, 'Give', `${TAKE}-back`) }, 'Second')],
    ['another region', (app) => { const far = new Stack(app, 'Far', { env: { ...ENV.env, region: 'us-east-1' } }); return importedRollout(far, { alias: importedAlias(far, 'Imported', TAKE.replace('eu-west-1', 'us-east-1')) }); }],
    ['a stage whose place is not known', (app) => importedRollout(new Stack(app, 'Stage'))],
  ])('are two with %s', (_what, make) => {
    const app = new App();
    const stack = new Stack(app, 'Shop', ENV);
    importedRollout(stack);
    expect(() => make(app, stack)).not.toThrow();
  });
});

describe('a deployment', () => {
  test('says alias, version and hooks, and waits for everything of the rollout', () => {
    const stack = stackOf();
    const hook = userFunction(stack, 'Mine');
    const rollout = importedRollout(stack, { hooks: { beforeAllowTraffic: calendarHook(), afterAllowTraffic: LifecycleHook.fromFunction(hook) } });
    const deployment = deploymentOf(rollout, stack, { version: importedVersion(stack, 'Next', 7) });
    const template = Template.fromStack(stack);
    const { id, properties } = only(template, DEPLOYMENT);
    expect(properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'GreenlightDeploymentsIntake').id, 'Arn'] },
      ServiceTimeout: '3600',
      ApplicationName: 'Shop-Orders-A8B1F509',
      DeploymentGroupName: 'Shop-Orders-A8B1F509',
      Completion: 'COMPLETED',
      HookLogs: { BeforeAllowTraffic: { Ref: only(template, 'AWS::Logs::LogGroup', 'OrdersBeforeAllowTraffic').id } },
      GuardianLog: { Ref: only(template, 'AWS::Logs::LogGroup', 'OrdersGuardian').id },
      Segments: '1',
      Function: 'take',
      Alias: 'live',
      TargetVersion: '7',
      Hooks: {
        BeforeAllowTraffic: only(template, 'AWS::Lambda::Function', 'OrdersBeforeAllowTraffic').properties.FunctionName,
        AfterAllowTraffic: { Ref: only(template, 'AWS::Lambda::Function', 'Mine').id },
      },
    });
    const waits = template.toJSON().Resources[id].DependsOn as string[];
    const ids = (type: string, prefix: string) => Object.keys(template.findResources(type)).filter((each) => each.startsWith(prefix));
    for (const needed of [
      ...ids('AWS::CodeDeploy::DeploymentGroup', 'Orders'),
      ...ids('AWS::IAM::Policy', 'Orders'),
      ...ids('AWS::IAM::Policy', 'Release'),
      ...ids('AWS::Lambda::EventInvokeConfig', 'Orders'),
      ...ids('AWS::Lambda::EventInvokeConfig', 'GreenlightDeployments'),
      ...ids('AWS::Lambda::Function', 'Orders'),
      ...ids('AWS::Lambda::Function', 'Mine'),
    ]) {
      expect(waits).toContain(needed);
    }
    expect(stack.resolve(deployment.deploymentId)).toEqual({ 'Fn::GetAtt': [id, 'DeploymentId'] });
  });

  test('is one segment without hooks and with traffic all at once, and says nothing of what there is not', () => {
    const stack = stackOf();
    deploymentOf(importedRollout(stack), stack, { completion: DeploymentCompletion.STARTED });
    const template = Template.fromStack(stack);
    expect(Object.keys(only(template, DEPLOYMENT).properties).sort()).toEqual(['Alias', 'ApplicationName', 'Completion', 'DeploymentGroupName', 'Function', 'Segments', 'ServiceTimeout', 'ServiceToken', 'TargetVersion']);
    expect(only(template, DEPLOYMENT).properties).toMatchObject({ Completion: 'STARTED', Segments: '1' });
    template.resourceCountIs(WAIT, 0);
  });

  test('that takes more than an hour waits in segments, which know the alias', () => {
    const stack = stackOf();
    const traffic = TrafficShift.linear({ percentage: 10, interval: Duration.minutes(20) });
    deploymentOf(importedRollout(stack, { traffic, hooks: { beforeAllowTraffic: outcomeHook(stack) } }), stack);
    const template = Template.fromStack(stack);
    const waits = Object.values(template.findResources(WAIT)).map(({ Properties }) => Properties as Record<string, unknown>);
    expect(waits.map(({ Segment, Segments }) => [Segment, Segments])).toEqual([['2', '4'], ['3', '4'], ['4', '4']].map(([segment]) => [segment, only(template, DEPLOYMENT).properties.Segments]));
    expect(waits[0]).toMatchObject({ Function: 'take', Alias: 'live', DeploymentId: { 'Fn::GetAtt': [only(template, DEPLOYMENT).id, 'DeploymentId'] } });
  });

  test('of more than a day is a warning', () => {
    const stack = stackOf();
    deploymentOf(importedRollout(stack, { traffic: TrafficShift.canary({ percentage: 10, interval: Duration.hours(25) }), hooks: { beforeAllowTraffic: calendarHook() } }), stack);
    expect(descriptionIn(Template.fromStack(stack)).findings).toEqual([
      {
        id: 'long-stack-update',
        level: 'warning',
        message: expect.stringMatching(/^a stack update waits up to 26 hours for a deployment of rollout 'Shop\/Orders', and no other update of the stack is possible until then$/) as string,
        remedy: "shorten the shift, or wait for less by 'completion' of LambdaDeployment",
      },
    ]);
  });

  test('takes the current version of a function of the stack, and a number that is a parameter', () => {
    const stack = stackOf();
    const fn = userFunction(stack, 'Take');
    const alias = lambda.Alias.fromAliasAttributes(stack, 'Imported', { aliasName: 'live', aliasVersion: fn.currentVersion });
    deploymentOf(importedRollout(stack, { alias }), stack, { version: fn.currentVersion });
    const number = new CfnParameter(stack, 'Number').valueAsString;
    deploymentOf(importedRollout(stack, { alias: importedAlias(stack, 'Other') }, 'Second'), stack, { version: importedVersion(stack, 'ByNumber', number) }, 'SecondRelease');
    const template = Template.fromStack(stack);
    const properties = (prefix: string) => only(template, DEPLOYMENT, prefix).properties;
    expect(properties('Release')).toMatchObject({ Function: { Ref: only(template, 'AWS::Lambda::Function', 'Take').id }, TargetVersion: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Version').id, 'Version'] } });
    expect(JSON.stringify(properties('SecondRelease').TargetVersion)).toContain('"Ref":"Number"');
  });

  test('may stand within its rollout', () => {
    const stack = stackOf();
    const rollout = importedRollout(stack, { hooks: { beforeAllowTraffic: calendarHook() } });
    new LambdaDeployment(rollout, 'Release', { rollout, version: importedVersion(stack, 'Next', 7) });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

describe('the step function of a deployment of an alias', () => {
  test('may deploy this one group, and look at this one alias', () => {
    const stack = stackOf();
    deploymentOf(importedRollout(stack, { hooks: { beforeAllowTraffic: calendarHook(), afterAllowTraffic: LifecycleHook.fromFunction(userFunction(stack, 'Mine')) } }), stack);
    const template = Template.fromStack(stack);
    const logs = (prefix: string) => ({ 'Fn::GetAtt': [only(template, 'AWS::Logs::LogGroup', prefix).id, 'Arn'] });
    const allow = (Sid: string, Action: string | string[], Resource: unknown) => ({ Sid, Effect: 'Allow', Action, Resource });
    const statements = statementsOf(template, only(template, 'AWS::IAM::Role', 'GreenlightDeploymentsStep').id);
    expect(statements).toHaveLength(7);
    expect(statements).toEqual(
      expect.arrayContaining([
        allow(
          'Deploy',
          [
            'codedeploy:BatchGetDeploymentTargets',
            'codedeploy:BatchGetDeployments',
            'codedeploy:CreateDeployment',
            'codedeploy:GetDeployment',
            'codedeploy:ListDeploymentTargets',
            'codedeploy:ListDeployments',
            'codedeploy:StopDeployment',
          ],
          arn('codedeploy', ':deploymentgroup:Shop-Orders-A8B1F509/Shop-Orders-A8B1F509'),
        ),
        allow('RegisterRevision', ['codedeploy:GetApplicationRevision', 'codedeploy:RegisterApplicationRevision'], arn('codedeploy', ':application:Shop-Orders-A8B1F509')),
        allow('UseConfig', 'codedeploy:GetDeploymentConfig', arn('codedeploy', ':deploymentconfig:CodeDeployDefault.LambdaAllAtOnce')),
        allow('LookAtAlias', 'lambda:GetAlias', [TAKE, `${TAKE}:live`]),
        allow('ReadHookLogs', 'logs:FilterLogEvents', [logs('OrdersBeforeAllowTraffic'), logs('OrdersGuardian')]),
        allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], logs('GreenlightDeploymentsStep')),
        allow('LookAtStack', ['cloudformation:DescribeStackEvents', 'cloudformation:DescribeStacks'], { Ref: 'AWS::StackId' }),
      ]),
    );
  });

  test.each([
    [6, false],
    [7, true],
  ])('has room for the policies of %i rollouts with two hooks: warned is %s', (count, warned) => {
    const stack = stackOf();
    for (let number = 1; number <= count; number++) {
      const rollout = importedRollout(stack, { alias: importedAlias(stack, `Alias${number}`, `${TAKE}${number}`), hooks: { beforeAllowTraffic: calendarHook(), afterAllowTraffic: calendarHook() } }, `Orders${number}`);
      deploymentOf(rollout, stack, { version: importedVersion(stack, `Version${number}`, 2, `${TAKE}${number}`) }, `Release${number}`);
    }
    Template.fromStack(stack);
    expect(JSON.stringify(stack.node.findAll().flatMap(({ node }) => node.metadata)).includes('cdk-greenlight:many-rollouts')).toBe(warned);
  });
});

describe('fails when a deployment', () => {
  test('is of an alias that is made in the app', () => {
    const stack = stackOf();
    const rollout = importedRollout(stack, { alias: liveAlias(stack) });
    expect(() => deploymentOf(rollout, stack)).toThrow(
      "alias 'Shop/Live' is made in this app, and CloudFormation releases it by its update policy whenever it is given another version; give the version to the alias, and drop deployment 'Shop/Release'",
    );
  });

  test('is the second one of a rollout', () => {
    const stack = stackOf();
    const rollout = importedRollout(stack);
    deploymentOf(rollout, stack);
    expect(() => deploymentOf(rollout, stack, {}, 'Again')).toThrow("alias 'Shop/Imported' is moved by deployment 'Shop/Release' already, and the two would undo each other; drop 'Shop/Again'");
  });

  test('is in another stack than its rollout', () => {
    const app = new App();
    const rollout = importedRollout(new Stack(app, 'Shop'));
    const other = new Stack(app, 'Other');
    expect(() => deploymentOf(rollout, other)).toThrow("deployment 'Other/Release' is in stack 'Other', and rollout 'Shop/Orders' in 'Shop'; make the deployment in the stack of the rollout");
  });

  test.each([
    ['$LATEST', "version 'Shop/Next' is $LATEST, and an alias is moved between published versions, which are whole numbers from 1; use 'currentVersion' of the function"],
    ['0', "version 'Shop/Next' is 0, and an alias is moved between published versions"],
    ['live', "version 'Shop/Next' is live, and an alias"],
  ])('names version %s', (number, message) => {
    const stack = stackOf();
    expect(() => deploymentOf(importedRollout(stack), stack, { version: importedVersion(stack, 'Next', number) })).toThrow(message);
  });

  test('names a version of another function', () => {
    const stack = stackOf();
    expect(() => deploymentOf(importedRollout(stack), stack, { version: importedVersion(stack, 'Next', 7, `${TAKE}-back`) })).toThrow(
      "version 'Shop/Next' is of function 'take-back', and alias 'Shop/Imported' of 'take'; give the deployment a version of that function",
    );
  });

  test('names a version of another account or region', () => {
    const stack = new Stack(new App(), 'Shop', { env: { account: '111122223333', region: 'eu-west-1' } });
    const far = importedVersion(stack, 'Next', 7, TAKE.replace('eu-west-1', 'us-east-1'));
    expect(() => deploymentOf(importedRollout(stack), stack, { version: far })).toThrow('is in region us-east-1, and the rollout in eu-west-1');
  });

  test('names a version that another stack of the app makes', () => {
    const app = new App();
    const functions = new Stack(app, 'Functions');
    const fn = userFunction(functions, 'Take');
    const stack = new Stack(app, 'Shop');
    const alias = lambda.Alias.fromAliasAttributes(stack, 'Imported', { aliasName: 'live', aliasVersion: fn.currentVersion });
    expect(() => deploymentOf(importedRollout(stack, { alias }), stack, { version: fn.currentVersion })).toThrow(
      /^version 'Functions\/Take\/CurrentVersion' is made in stack 'Functions', and deployment 'Shop\/Release' in 'Shop': the export between them would keep CloudFormation from publishing another version; write the number into a parameter/,
    );
  });
});
