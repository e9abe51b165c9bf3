import type { Template } from 'aws-cdk-lib/assertions';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as lambda from 'aws-cdk-lib/aws-lambda';

import { EcsDeployments, LifecycleHook } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import { checksHook, graphOf, only, rolloutIn, sample, stackOf, statementsOf, userFunction } from '../support/sample';

const hooks = () => ({ afterAllowTestTraffic: checksHook() });

/** An ARN as the template joins it. */
const arn = (service: string, rest: string) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, rest]],
});

const GROUP = arn('codedeploy', ':deploymentgroup:Shop-Web-6AD1A95E/Shop-Web-6AD1A95E');

const allow = (Sid: string, Action: string | string[], Resource: unknown) => ({ Sid, Effect: 'Allow', Action, Resource });

const inspectorId = (template: Template) => only(template, 'AWS::Lambda::Function', 'WebHookInspector').id;

const inspectorArn = (template: Template) => ({ 'Fn::GetAtt': [inspectorId(template), 'Arn'] });

const statements = (template: Template) => statementsOf(template, only(template, 'AWS::IAM::Role', 'WebHookInspector').id);

const looks = (template: Template) => [
  allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], { 'Fn::GetAtt': [only(template, 'AWS::Logs::LogGroup', 'WebHookInspector').id, 'Arn'] }),
  allow('LookUpDeployment', 'codedeploy:GetDeployment', GROUP),
  allow('ReadAppSpec', 'codedeploy:GetApplicationRevision', arn('codedeploy', ':application:Shop-Web-6AD1A95E')),
  allow('SendEvents', 'events:PutEvents', arn('events', ':event-bus/default')),
];

describe('the hook inspector', () => {
  const { template, rollout, description } = sample({ hooks: hooks() });

  test('knows the hooks, and reports', () => {
    const { properties } = only(template, 'AWS::Lambda::Function', 'WebHookInspector');
    const hook = { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'WebAfterAllowTestTraffic').id, 'Arn'] };
    expect(properties).toMatchObject({
      Description: 'Hook inspector of rollout Shop/Web: reports deployments that leave hooks out',
      Handler: 'index.handler',
      MemorySize: 256,
      Timeout: 60,
    });
    expect(properties.Environment).toEqual({
      Variables: {
        GREENLIGHT_ROLLOUT: 'Shop/Web',
        GREENLIGHT_APPLICATION: 'Shop-Web-6AD1A95E',
        GREENLIGHT_DEPLOYMENT_GROUP: 'Shop-Web-6AD1A95E',
        GREENLIGHT_REQUIRED_HOOKS: { 'Fn::Join': ['', ['[{"event":"AfterAllowTestTraffic","functionArn":"', hook, '"}]']] },
      },
    });
  });

  test('is invoked by the start of every deployment of the group, and by nothing else', () => {
    expect(only(template, 'AWS::Events::Rule').properties).toEqual({
      Description: 'Start of a deployment of rollout Shop/Web',
      EventPattern: {
        source: ['aws.codedeploy'],
        'detail-type': ['CodeDeploy Deployment State-change Notification'],
        detail: { state: ['START'], application: ['Shop-Web-6AD1A95E'], deploymentGroup: ['Shop-Web-6AD1A95E'] },
      },
      State: 'ENABLED',
      Targets: [{ Arn: inspectorArn(template), Id: 'Target0' }],
    });
    expect(only(template, 'AWS::Lambda::Permission').properties).toEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: inspectorArn(template),
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [only(template, 'AWS::Events::Rule').id, 'Arn'] },
    });
  });

  test('may do just this', () => {
    expect(statements(template)).toEqual(looks(template));
  });

  test('is shown, and described', () => {
    expect(rollout.hookInspector?.node.path).toBe('Shop/Web/HookInspector/Function');
    expect(description.hookInspector).toEqual({ logicalId: inspectorId(template) });
  });

  test('closes no cycle', () => {
    expect(findCycle(graphOf(template))).toBeUndefined();
  });
});

describe('requireHooks', () => {
  const { template } = sample({ hooks: hooks(), requireHooks: true });

  test('stops deployments, and is allowed to', () => {
    const { properties } = only(template, 'AWS::Lambda::Function', 'WebHookInspector');
    expect(properties).toMatchObject({
      Description: 'Hook inspector of rollout Shop/Web: stops deployments that leave hooks out',
      Environment: { Variables: { GREENLIGHT_REQUIRE_HOOKS: 'stop' } },
    });
    expect(statements(template)).toEqual([...looks(template), allow('StopDeployment', 'codedeploy:StopDeployment', GROUP)]);
  });

  test('that is off only reports', () => {
    const { template: off } = sample({ hooks: hooks(), requireHooks: false });
    expect(statements(off)).toEqual(looks(off));
  });

  test.each([{}, { hooks: {} }])('needs hooks: %j', (props) => {
    expect(() => rolloutIn(stackOf(), { ...props, requireHooks: true })).toThrow(
      "'requireHooks' is on, and rollout 'Shop/Web' has no hooks; give it 'hooks', or leave 'requireHooks' out",
    );
  });
});

test('a deployment by CloudFormation comes after everything that inspects it', () => {
  const { template } = sample({ hooks: hooks(), requireHooks: true, deployments: EcsDeployments.byCloudFormation() });
  const [deployment] = Object.values(template.findResources('Custom::GreenlightDeployment'));
  const inspection = Object.keys(template.toJSON().Resources).filter((id) => id.startsWith('WebHookInspector'));
  expect(inspection).toHaveLength(6);
  expect(deployment?.DependsOn).toEqual(expect.arrayContaining(inspection));
  expect(findCycle(graphOf(template))).toBeUndefined();
});

test('a rollout without hooks has no inspector', () => {
  const { template, rollout, description } = sample();
  expect(rollout.hookInspector).toBeUndefined();
  expect(description).not.toHaveProperty('hookInspector');
  template.resourceCountIs('AWS::Events::Rule', 0);
  expect(Object.keys(template.toJSON().Resources).filter((id) => id.includes('HookInspector'))).toEqual([]);
});

test('every hook is required, as the AppSpec names it', () => {
  const { template } = sample((stack) => {
    const alias = new lambda.Alias(stack, 'Live', { aliasName: 'live', version: userFunction(stack, 'Mine').currentVersion });
    return {
      application: new codedeploy.EcsApplication(stack, 'App'),
      deploymentGroupName: 'web',
      hooks: { beforeInstall: LifecycleHook.fromFunction(alias), beforeAllowTraffic: LifecycleHook.fromFunction(userFunction(stack, 'Ask'), { reportsLater: true }) },
    };
  });
  const application = { Ref: only(template, 'AWS::CodeDeploy::Application').id };
  const { properties } = only(template, 'AWS::Lambda::Function', 'WebHookInspector');
  expect(properties.Environment).toMatchObject({
    Variables: {
      GREENLIGHT_APPLICATION: application,
      GREENLIGHT_REQUIRED_HOOKS: {
        'Fn::Join': [
          '',
          [
            '[{"event":"BeforeInstall","functionArn":"',
            { Ref: only(template, 'AWS::Lambda::Alias').id },
            '"},{"event":"BeforeAllowTraffic","functionArn":"',
            { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'Ask').id, 'Arn'] },
            '"}]',
          ],
        ],
      },
    },
  });
  expect(only(template, 'AWS::Events::Rule').properties).toMatchObject({ EventPattern: { detail: { application: [application], deploymentGroup: ['web'] } } });
  expect(findCycle(graphOf(template))).toBeUndefined();
});
