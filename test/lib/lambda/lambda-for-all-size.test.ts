/** How an app grows with the number of its functions: what is counted here does not depend on the machine. Times are for `npm run bench:synth`. */
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, CfnResource, Stack } from 'aws-cdk-lib/core';

import { HttpAssertion, InvokeCheck, LambdaRollout, LifecycleHook } from '../../../lib';
import { growingPolicies } from '../../../lib/private/growing-policies';
import { MAX_MANAGED_POLICY_CHARACTERS } from '../../../lib/private/policy-size';
import { findCycle } from '../../support/template-graph';
import { liveAlias } from '../support/lambda-sample';
import { graphOf, stackOf, userFunction } from '../support/sample';

/** Of what CloudFormation takes. */
const MAX_RESOURCES = 500;
const MAX_TEMPLATE_BYTES = 1_000_000;

/** Function, role, version and alias; deployment group and verdict alarm. */
const RESOURCES_OF_A_FUNCTION = 4;
const RESOURCES_OF_A_ROLLOUT = 2;

const hooks = () => ({
  beforeAllowTraffic: LifecycleHook.checks({ checks: [InvokeCheck.targetVersion({ name: 'takes', cases: [{ name: 'one', assertions: [HttpAssertion.jsonPath('$.ok').equalsBoolean(true)] }] })] }),
});

const aliasesIn = (stack: Stack, count: number): lambda.Alias[] => Array.from({ length: count }, (_, index) => liveAlias(stack, { version: userFunction(stack, `Fn${100 + index}`).currentVersion }, `Live${100 + index}`));

interface Size {
  readonly template: Template;
  readonly resources: number;
  readonly bytes: number;
}

function sizeOf(stack: Stack): Size {
  const template = Template.fromStack(stack);
  // As the CDK writes it.
  return { template, resources: Object.keys(template.toJSON().Resources).length, bytes: Buffer.byteLength(JSON.stringify(template.toJSON(), undefined, 1)) };
}

function forAllOf(count: number): Size {
  const stack = stackOf();
  LambdaRollout.forAll(stack, 'Functions', { aliases: aliasesIn(stack, count), hooks: hooks() });
  return sizeOf(stack);
}

function eachOf(count: number): Size {
  const stack = stackOf();
  aliasesIn(stack, count).forEach((alias, index) => new LambdaRollout(stack, `Rollout${100 + index}`, { alias, hooks: hooks() }));
  return sizeOf(stack);
}

const managedPolicies = ({ template }: Size) => Object.keys(template.findResources('AWS::IAM::ManagedPolicy')).length;

/** By how much a second step of the same length is larger than the first. */
const bend = ([small, middle, large]: readonly [Size, Size, Size]) => (large.bytes - middle.bytes) / (middle.bytes - small.bytes);

describe('a set of 10, 20 and 30 functions', () => {
  const sizes = [forAllOf(10), forAllOf(20), forAllOf(30)] as const;

  test('has two resources for each beside its function, and managed policies that it fills', () => {
    const shared = sizes.map((size, index) => size.resources - managedPolicies(size) - (RESOURCES_OF_A_FUNCTION + RESOURCES_OF_A_ROLLOUT) * 10 * (index + 1));
    // Application, service role and two policies; six for the hook, four for the guardian, and six for the hook inspector with its rule.
    expect(shared).toEqual([20, 20, 20]);
    expect(sizes.map(managedPolicies)).toEqual([2, 2, 3]);
  });

  test('has a template that grows with them', () => {
    expect(bend(sizes)).toBeGreaterThan(0.98);
    expect(bend(sizes)).toBeLessThan(1.02);
  });

  test('has each alias wait for the policies that name its function, and not for all', () => {
    const waits = sizes.map(({ template }) => Object.values(template.findResources('AWS::Lambda::Alias')).map(({ DependsOn }) => DependsOn.length));
    expect(waits.map((lengths) => [...new Set(lengths)])).toEqual([[7], [7], [7]]);
  });
});

describe('4, 8 and 12 functions with rollouts of their own', () => {
  const sizes = [eachOf(4), eachOf(8), eachOf(12)] as const;

  test('have the same resources each', () => {
    expect(sizes.map(({ resources }) => resources)).toEqual([104, 208, 312]);
  });

  test('have a template that grows with them', () => {
    expect(bend(sizes)).toBeGreaterThan(0.98);
    expect(bend(sizes)).toBeLessThan(1.02);
  });
});

describe('300 functions', () => {
  const app = new App();
  const stacks = ['A', 'B', 'C', 'D'].map((id) => new Stack(app, id));
  stacks.forEach((stack) => LambdaRollout.forAll(stack, 'Functions', { aliases: aliasesIn(stack, 75), hooks: hooks() }));
  const sizes = stacks.map(sizeOf);

  test('fit into four stacks', () => {
    expect(sizes.filter(({ resources }) => resources > MAX_RESOURCES)).toEqual([]);
    expect(sizes.filter(({ bytes }) => bytes > MAX_TEMPLATE_BYTES)).toEqual([]);
    expect(sizes.map(({ template }) => findCycle(graphOf(template)))).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('a stack that is too small for a set', () => {
  const synthesized = (count: number, context: Record<string, unknown> = {}, others = 0) => {
    const stack = stackOf(new App({ context }));
    Array.from({ length: others }, (_, index) => new CfnResource(stack, `Other${index}`, { type: 'AWS::CloudFormation::WaitConditionHandle' }));
    LambdaRollout.forAll(stack, 'Functions', { aliases: aliasesIn(stack, count) });
    return () => sizeOf(stack).resources;
  };
  const message = (resources: number, limit: number, aliases: number, fitting: number) =>
    `stack 'Shop' has ${resources} resources, and CloudFormation takes ${limit} in a template: 'Shop/Functions' releases ${aliases} aliases, each with 2 resources beside function, version and alias; ` +
    `make stacks of about ${fitting} of these functions, and call LambdaRollout.forAll in each`;

  test('says how many functions fit, as the limit of the app has it', () => {
    const limit = '@aws-cdk/core:stackResourceLimit';
    // Application, role, policy, and a managed policy; six for each function.
    expect(synthesized(6, { [limit]: 40 })()).toBe(40);
    expect(synthesized(6, { [limit]: 39 })).toThrow(message(40, 39, 6, 5));
    expect(synthesized(6, { [limit]: 2 })).toThrow(message(40, 2, 6, 1));
    expect(synthesized(6, { [limit]: 0 })()).toBe(40);
  });

  test('has 500 resources at most', () => {
    expect(synthesized(6, {}, 461)).toThrow(message(501, 500, 6, 5));
    expect(synthesized(6, {}, 460)()).toBe(500);
  });
});

describe('policies that grow', () => {
  const FN = 'arn:aws:lambda:eu-west-1:111122223333:function:take';
  const make = (count: number, functionArn: string, suffixes: readonly string[]) => {
    const stack = stackOf();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const policies = growingPolicies(stack, 'Policy', { role, sid: 'Move', actions: ['lambda:UpdateAlias'] }, Array.from({ length: count }, (_, index) => ({ functionArn: `${functionArn}${1_000 + index}`, suffixes })));
    return policies.map(({ document }) => {
      const resolved = stack.resolve(document) as { readonly Statement: readonly [{ readonly Resource: string | string[] }] };
      return { resources: [resolved.Statement[0].Resource].flat(), characters: JSON.stringify(resolved).length };
    });
  };

  test('are filled as far as they go, and keep what belongs to one function together', () => {
    const policies = make(100, FN, ['', ':live']);
    const resources = policies.map((policy) => policy.resources.length);
    expect(resources.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect(resources.filter((count) => count % 2 === 1)).toEqual([]);
    expect(policies.map(({ characters }) => characters).filter((characters) => characters > MAX_MANAGED_POLICY_CHARACTERS)).toEqual([]);
    expect(policies[0]!.characters).toBeGreaterThan(5_600);
    expect(policies[0]!.resources.slice(0, 3)).toEqual([`${FN}1000`, `${FN}1000:live`, `${FN}1001`]);
  });

  test('are one for a few functions, and none for none', () => {
    expect(make(1, FN, [':*'])).toEqual([{ resources: [`${FN}1000:*`], characters: expect.any(Number) }]);
    expect(make(0, FN, [':*'])).toEqual([]);
  });

  test('are ten at most', () => {
    expect(make(900, FN, [':*'])).toHaveLength(10);
    expect(() => make(2_000, FN, [':*'])).toThrow("'Shop' is for 2000 functions, whose permissions take 22 managed policies, and a role has 10 at most; make sets of about 909 aliases");
  });
});
