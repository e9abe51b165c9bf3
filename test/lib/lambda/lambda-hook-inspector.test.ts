/** The hook inspector of a rollout of an alias: what it looks for, what it may do, and in which order it comes. */
import type { Template } from 'aws-cdk-lib/assertions';

import { LifecycleHook } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import { aliasRolloutIn, aliasSample, calendarHook, finishedAlias, liveAlias, outcomeHook } from '../support/lambda-sample';
import { graphOf, only, stackOf, statementsOf, userFunction } from '../support/sample';

const arn = (service: string, rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, rest]] });
const allow = (Sid: string, Action: string | string[], Resource: unknown) => ({ Sid, Effect: 'Allow', Action, Resource });

const inspectorOf = (template: Template) => only(template, 'AWS::Lambda::Function', 'OrdersHookInspector');
const required = (template: Template) => (inspectorOf(template).properties as { readonly Environment: { readonly Variables: Record<string, unknown> } }).Environment.Variables.GREENLIGHT_REQUIRED_HOOKS;

const NAME = 'Shop-Orders-A8B1F509';
const looks = (template: Template) => [
  allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], { 'Fn::GetAtt': [only(template, 'AWS::Logs::LogGroup', 'OrdersHookInspector').id, 'Arn'] }),
  allow('LookUpDeployment', 'codedeploy:GetDeployment', arn('codedeploy', `:deploymentgroup:${NAME}/${NAME}`)),
  allow('ReadAppSpec', 'codedeploy:GetApplicationRevision', arn('codedeploy', `:application:${NAME}`)),
  allow('SendEvents', 'events:PutEvents', arn('events', ':event-bus/default')),
];
const statements = (template: Template) => statementsOf(template, only(template, 'AWS::IAM::Role', 'OrdersHookInspector').id);

describe('the inspector', () => {
  const { template, rollout, description, alias } = aliasSample((stack) => ({ hooks: { beforeAllowTraffic: outcomeHook(stack), afterAllowTraffic: calendarHook() } }));

  test('knows the hooks by the names that the update policy has, and waits for none of them', () => {
    const { BeforeAllowTrafficHook: before, AfterAllowTrafficHook: after } = alias.UpdatePolicy.CodeDeployLambdaAliasUpdate;
    const [first, second] = [before, after].map((name) => `:function:${name}`);
    const place = [{ Ref: 'AWS::Partition' }, ':lambda:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
    expect(required(template)).toEqual({
      'Fn::Join': ['', ['[{"event":"BeforeAllowTraffic","functionArn":"arn:', ...place, `${first}"},{"event":"AfterAllowTraffic","functionArn":"arn:`, ...place, `${second}"}]`]],
    });
  });

  test('may do just this', () => {
    expect(statements(template)).toEqual(looks(template));
    expect(inspectorOf(template).properties).toMatchObject({ Description: 'Hook inspector of rollout Shop/Orders: reports deployments that leave hooks out', MemorySize: 256, Timeout: 60 });
  });

  test('is there before the alias is updated, and closes no cycle', () => {
    const { DependsOn = [] } = alias;
    const { Targets } = only(template, 'AWS::Events::Rule').properties as { readonly Targets: unknown };
    expect(Targets).toEqual([{ Arn: { 'Fn::GetAtt': [inspectorOf(template).id, 'Arn'] }, Id: 'Target0' }]);
    const permission = Object.keys(template.findResources('AWS::Lambda::Permission')).find((id) => id.startsWith('OrdersHookInspector'));
    expect(DependsOn).toContain(permission);
    expect(findCycle(graphOf(template))).toBeUndefined();
  });

  test('is shown, and described', () => {
    expect(rollout.hookInspector?.node.path).toBe('Shop/Orders/HookInspector/Function');
    expect(description.hookInspector).toEqual({ logicalId: inspectorOf(template).id });
  });
});

describe('requireHooks', () => {
  test('stops deployments, and is allowed to', () => {
    const { template } = aliasSample({ hooks: { beforeAllowTraffic: calendarHook() }, requireHooks: true });
    expect(statements(template)).toEqual([...looks(template), allow('StopDeployment', 'codedeploy:StopDeployment', arn('codedeploy', `:deploymentgroup:${NAME}/${NAME}`))]);
    expect(inspectorOf(template).properties).toMatchObject({ Environment: { Variables: { GREENLIGHT_REQUIRE_HOOKS: 'stop' } } });
  });

  test('needs hooks', () => {
    expect(() => aliasSample({ requireHooks: true })).toThrow("'requireHooks' is on, and rollout 'Shop/Orders' has no hooks; give it 'hooks', or leave 'requireHooks' out");
    const { template, rollout, description } = aliasSample();
    expect(rollout.hookInspector).toBeUndefined();
    expect(description).not.toHaveProperty('hookInspector');
    template.resourceCountIs('AWS::Events::Rule', 0);
  });
});

describe('a function of the user\'s', () => {
  test('without a literal name is named by reference', () => {
    const { template } = aliasSample((stack) => ({ hooks: { beforeAllowTraffic: LifecycleHook.fromFunction(userFunction(stack, 'Smoke')) } }));
    expect(required(template)).toEqual({ 'Fn::Join': ['', ['[{"event":"BeforeAllowTraffic","functionArn":"', { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'Smoke').id, 'Arn'] }, '"}]']] });
  });

  test('that waits for the alias leaves the inspector before the alias', () => {
    const stack = stackOf();
    const alias = liveAlias(stack);
    const smoke = userFunction(stack, 'Smoke', { functionName: 'smoke', environment: { ALIAS: alias.functionArn } });
    const { template, alias: resource, description } = finishedAlias(stack, aliasRolloutIn(stack, { alias, hooks: { beforeAllowTraffic: LifecycleHook.fromFunction(smoke) } }));
    expect(description.findings.map(({ id }) => id)).toContain('hook-after-alias');
    expect(JSON.stringify(required(template))).toContain(':function:smoke');
    expect(resource.DependsOn).toContain(Object.keys(template.findResources('AWS::Lambda::Permission')).find((id) => id.startsWith('OrdersHookInspector')));
    expect(findCycle(graphOf(template))).toBeUndefined();
  });
});
