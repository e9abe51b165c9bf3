/** `keepVersions`: what it makes, what it may do, and what it refuses. */
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, CfnParameter, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Template } from 'aws-cdk-lib/assertions';

import { keepVersionsTaskOf } from '../../../lambda/core/function-versions/task';
import type { ResourceRequest } from '../../../lib/model/deployment-request';
import { findCycle } from '../../support/template-graph';
import { aliasRolloutIn, aliasSample, calendarHook, liveAlias } from '../support/lambda-sample';
import { graphOf, only, stackOf, statementsOf, userFunction } from '../support/sample';

const RESOURCE = 'Custom::GreenlightFunctionVersions';
const ofStep = (template: Template) => statementsOf(template, only(template, 'AWS::IAM::Role', 'GreenlightDeploymentsStep').id);

test('is a resource that names the version of each release, and comes after the alias', () => {
  const { template } = aliasSample({ keepVersions: 5, hooks: { beforeAllowTraffic: calendarHook() } });
  const { id, properties } = only(template, RESOURCE);
  expect(id).toMatch(/^OrdersVersions[0-9A-F]{8}$/);
  const version = only(template, 'AWS::Lambda::Version').id;
  expect(properties).toEqual({
    ServiceToken: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'GreenlightDeploymentsIntake').id, 'Arn'] },
    ServiceTimeout: '3600',
    Function: { Ref: only(template, 'AWS::Lambda::Function', 'Take').id },
    Version: { 'Fn::GetAtt': [version, 'Version'] },
    Keep: '5',
  });
  const { Resources: resources } = template.toJSON();
  expect(resources[id].DependsOn).toEqual(
    [only(template, 'AWS::Lambda::EventInvokeConfig', 'GreenlightDeploymentsIntake').id, only(template, 'AWS::Lambda::Alias').id, only(template, 'AWS::IAM::Policy', 'OrdersVersionsPolicy').id],
  );
  expect(resources[version]).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  expect(findCycle(graphOf(template))).toBeUndefined();
});

test('is not there where it is not asked for, nor is a version kept', () => {
  const { template } = aliasSample();
  template.resourceCountIs(RESOURCE, 0);
  expect(template.toJSON().Resources[only(template, 'AWS::Lambda::Version').id]).not.toHaveProperty('DeletionPolicy');
});

test('may list versions and what names them, and delete versions of this function but not the function', () => {
  const { template } = aliasSample({ keepVersions: 2 });
  const arn = { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'Take').id, 'Arn'] };
  expect(ofStep(template).filter(({ Sid }) => String(Sid).endsWith('Versions'))).toEqual([
    { Sid: 'ListVersions', Effect: 'Allow', Action: ['lambda:ListAliases', 'lambda:ListProvisionedConcurrencyConfigs', 'lambda:ListVersionsByFunction'], Resource: arn },
    { Sid: 'DeleteVersions', Effect: 'Allow', Action: 'lambda:DeleteFunction', Resource: { 'Fn::Join': ['', [arn, ':*']] } },
  ]);
});

test('the handler understands what the construct writes', () => {
  const { properties } = only(aliasSample({ keepVersions: 100 }).template, RESOURCE);
  const handedOn = { ...properties, Function: 'take-order', Version: '7' };
  const request = { RequestType: 'Update', ResourceProperties: handedOn, OldResourceProperties: { ...handedOn, Version: '6' } } as unknown as ResourceRequest;
  expect(keepVersionsTaskOf(request)).toEqual({ functionName: 'take-order', keep: 100, target: 7, before: 6 });
});

test.each([2, 100])('takes %i', (keepVersions) => {
  expect(only(aliasSample({ keepVersions }).template, RESOURCE).properties.Keep).toBe(`${keepVersions}`);
});

test('a version that its maker keeps already is kept as it says', () => {
  const { template } = aliasSample((stack) => {
    const fn = userFunction(stack, 'Take');
    const version = new lambda.Version(stack, 'Version', { lambda: fn, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE });
    return { alias: liveAlias(stack, { version }), keepVersions: 2 };
  });
  expect(template.toJSON().Resources[only(template, 'AWS::Lambda::Version').id]).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
});

describe('fails at synth', () => {
  test.each([1, 101, 2.5, -3, NaN])('for %s versions', (keepVersions) => {
    expect(() => aliasSample({ keepVersions })).toThrow(
      `'keepVersions' must be a whole number from 2 to 100, got ${keepVersions}; leave it out to keep the version that runs, and no other`,
    );
  });

  test('for a deploy-time value', () => {
    expect(() => aliasSample((stack) => ({ keepVersions: new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber }))).toThrow(
      "'keepVersions' must be known at synth, got a deploy-time value; write the number",
    );
  });

  test.each([
    ['before', true],
    ['after', false],
  ])('for a version that CloudFormation is told to delete, %s the rollout', (_, before) => {
    const app = new App();
    const stack = stackOf(app);
    const alias = liveAlias(stack);
    const told = () => alias.version.applyRemovalPolicy(RemovalPolicy.DESTROY);
    (before ? told : () => undefined)();
    aliasRolloutIn(stack, { alias, keepVersions: 3 });
    (before ? () => undefined : told)();
    expect(() => app.synth()).toThrow(
      "'keepVersions' is 3, but CloudFormation deletes version 'Shop/Take/CurrentVersion' when another one takes its place (DeletionPolicy Delete); " +
        "drop 'removalPolicy' of 'currentVersionOptions', or give it RemovalPolicy.RETAIN",
    );
  });
});
