import * as fs from 'node:fs';
import { resolve } from 'node:path';

import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { App, Duration } from 'aws-cdk-lib/core';

import type { ChecksHookOptions, HttpCheckOptions } from '../../../lib';
import { CheckTarget, HttpAssertion, HttpCheck, InconclusivePolicy, LifecycleHook, Passes, Settle } from '../../../lib';
import type { CheckSuite } from '../../../lib/model/suite';
import { findCycle } from '../../support/template-graph';
import { checksHook, graphOf, only, rolloutIn, sample, stackOf, statementsOf, waitingFor } from '../support/sample';

const OK = [HttpAssertion.status(200)];
const bake = (minutes: number, options: Partial<HttpCheckOptions> = {}) =>
  new HttpCheck({ path: '/api/orders', name: `bake of ${minutes}`, assertions: OK, passes: Passes.inARow(100), interval: Duration.minutes(1), checkTimeout: Duration.minutes(minutes), ...options });

const hookOf = (options: Partial<ChecksHookOptions>) => LifecycleHook.checks({ checks: [bake(45)], ...options });
const withHook = (options: Partial<ChecksHookOptions> = {}) => sample({ hooks: { afterAllowTestTraffic: hookOf(options) } });

function suiteOf(options: Partial<ChecksHookOptions>): CheckSuite {
  const app = new App({ context: { 'aws:cdk:enable-asset-metadata': true } });
  const stack = stackOf(app);
  rolloutIn(stack, { hooks: { afterAllowTestTraffic: hookOf(options) } });
  const template = Template.fromStack(stack);
  const { Metadata } = template.findResources('AWS::Lambda::Function')[only(template, 'AWS::Lambda::Function', 'WebAfterAllowTestTraffic').id]!;
  return JSON.parse(fs.readFileSync(resolve(app.outdir, Metadata['aws:asset:path'], 'suite.json'), 'utf8'));
}

describe('checks that take longer than one invocation', () => {
  test('get the longest time-out, the hour of the service, and as many invocations as they can need', () => {
    expect(suiteOf({}).policy).toEqual({ run: 'ALL', concurrency: 1, deadlineMs: 3_240_000, invocations: 4 });
    expect(only(withHook().template, 'AWS::Lambda::Function', 'WebAfterAllowTestTraffic').properties).toMatchObject({ Timeout: 900 });
  });

  test.each<[string, Partial<ChecksHookOptions>, number, number]>([
    ['a shorter time-out means more invocations', { timeout: Duration.minutes(5) }, 3_240, 11],
    ['a check that goes on to the end may need the whole hour', { checks: [bake(20, { inconclusive: InconclusivePolicy.EXTEND })] }, 3_240, 5],
    ['an earlier start leaves more of it', { maxEventAge: Duration.minutes(1) }, 3_480, 4],
    ['attempts that take most of an invocation waste what is left of it', { checks: [bake(45, { timeout: Duration.minutes(5) })] }, 3_240, 6],
  ])('%s', (_name, options, seconds, invocations) => {
    expect(suiteOf(options).policy).toMatchObject({ deadlineMs: seconds * 1_000, invocations });
  });

  test('may invoke the function itself, by a policy that only a deployment waits for', () => {
    const { template } = withHook();
    const fn = only(template, 'AWS::Lambda::Function', 'WebAfterAllowTestTraffic');
    const policy = only(template, 'AWS::IAM::Policy', 'WebAfterAllowTestTrafficGoOn');
    const role = only(template, 'AWS::IAM::Role', 'WebAfterAllowTestTraffic').id;
    expect(policy.properties).toEqual({
      PolicyName: policy.id,
      Roles: [{ Ref: role }],
      PolicyDocument: { Version: '2012-10-17', Statement: [{ Sid: 'Invoke', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: { 'Fn::GetAtt': [fn.id, 'Arn'] } }] },
    });
    expect(findCycle(graphOf(template))).toBeUndefined();
    expect(waitingFor(template, policy.id)).toEqual([only(template, 'Custom::GreenlightDeployment').id]);
  });

  test('which shorter ones may not', () => {
    const { template } = sample({ hooks: { afterAllowTestTraffic: checksHook() } });
    const role = only(template, 'AWS::IAM::Role', 'WebAfterAllowTestTraffic').id;
    const invoke = statementsOf(template, role).filter(({ Sid }) => Sid === 'Invoke');
    expect(invoke.map(({ Resource }) => Resource)).toEqual([{ 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'WebGuardian').id, 'Arn'] }]);
  });

  test('need a way to Lambda where there is none', () => {
    const stack = stackOf();
    const vpc = new ec2.Vpc(stack, 'Closed', { subnetConfiguration: [{ name: 'isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
    const url = bake(45, { path: undefined, target: CheckTarget.url('https://api.internal.example.com/') });
    rolloutIn(stack, { hooks: { afterInstall: LifecycleHook.checks({ checks: [url], vpc }) } });
    expect(() => Template.fromStack(stack)).toThrow("without interface endpoints for codedeploy, monitoring, events, lambda, so that it could never report");
  });
});

describe('fails when checks', () => {
  test('can take longer than the service waits, with the longest of them named', () => {
    expect(() => withHook({ settle: Settle.until({ path: '/' }), checks: [bake(20), bake(35), bake(1), HttpCheck.get('/a', { assertions: OK })] })).toThrow(
      'settle phase and checks of hook AfterAllowTestTraffic can take 3538 seconds in 5 invocations, of which 3240 fit into the hour that CodeDeploy waits for a hook ' +
        "(300 seconds of it are for a late start by 'maxEventAge', 60 to report); the longest: check 'bake of 35' 2100 seconds, check 'bake of 20' 1200 seconds, " +
        'the settle phase 120 seconds: lower time-outs and repetitions, or spread them over several hooks',
    );
  });

  test('would take more invocations than Lambda lets a chain have', () => {
    expect(() => withHook({ timeout: Duration.minutes(4) })).toThrow(
      'settle phase and checks of hook AfterAllowTestTraffic can take 14 invocations of 240 seconds, and Lambda lets a function invoke itself in a chain of about 16, ' +
        "of which 12 are used; raise 'timeout' up to 900 seconds",
    );
  });

  test('have an attempt that fits into no invocation', () => {
    expect(() => withHook({ checks: [bake(45, { timeout: Duration.minutes(5) })], timeout: Duration.minutes(5) })).toThrow(
      "one attempt of check 'bake of 45' of hook AfterAllowTestTraffic can take 300 seconds, of which 255 fit into an invocation; raise 'timeout' of the hook, or shorten the attempt",
    );
  });
});
