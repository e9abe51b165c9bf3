import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Aws, Duration, Stack, Token } from 'aws-cdk-lib/core';

import type { InvokeCase, TargetVersionOptions } from '../../../lib';
import { HttpAssertion, InvokeCheck, LifecycleHook, Passes } from '../../../lib';
import { bindChecksHook } from '../../../lib/private/checks-hook';
import { DeployTimeValues } from '../../../lib/private/deploy-time-values';
import type { HookContext } from '../../../lib/private/hook-context';
import { MAX_INLINE_PAYLOAD_BYTES, payloadFile, payloadsOf, readPayloadFile } from '../../../lib/private/payload-file';
import { finished, only, rolloutIn, sample, stackOf, statementsOf, userFunction } from '../support/sample';

const folder = mkdtempSync(join(tmpdir(), 'greenlight-payloads-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string, name = 'order.json'): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const CASE: InvokeCase = { name: 'one' };
const check = (options: Partial<TargetVersionOptions> = {}) => InvokeCheck.targetVersion({ name: 'orders', cases: [CASE], ...options });
const ofCase = (each: Partial<InvokeCase>) => check({ cases: [{ ...CASE, ...each }] });

/** A hook as a rollout of an alias of this function has it. */
const hookOf = (fn: lambda.IFunction) => ({ event: 'BeforeAllowTraffic', rolloutName: 'App/Orders', applicationName: 'orders-app', groupArn: 'arn:group', releasedFunction: fn }) as unknown as HookContext;
const imported = () => lambda.Function.fromFunctionArn(new Stack(), 'Theirs', 'arn:aws:lambda:eu-central-1:111122223333:function:orders');
const render = (options: Partial<TargetVersionOptions> = {}, values = new DeployTimeValues(), fn: lambda.IFunction = imported()) => check(options)._render({ values }, hookOf(fn));

describe('InvokeCheck.targetVersion', () => {
  test('invokes one case after the other, waits for a minute, and makes up for two attempts that were not started', () => {
    expect(InvokeCheck.targetVersion({ cases: [CASE, { name: 'two', payload: { n: 1 } }] })._render({ values: new DeployTimeValues() }, hookOf(imported()))).toEqual({
      kind: 'targetVersion',
      name: 'invoke target version',
      policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 140_000, intervalMs: 1000, errorBudget: 2, deadlineMs: 141_000 + 2 * 31_000, inconclusive: 'FAIL' },
      cases: [
        { name: 'one', payload: { value: {} } },
        { name: 'two', payload: { value: { n: 1 } } },
      ],
      concurrency: 1,
      timeoutMs: 60_000,
    });
  });

  test('has limits, assertions and expected errors', () => {
    const cases = [{ name: 'one', payloadJson: '[1]', expectedErrorType: 'OrderRefused', assertions: [HttpAssertion.jsonPath('$.errorMessage').matches('item').negate()] }];
    expect(render({ cases, concurrency: 3, timeout: Duration.seconds(5), coldBelow: Duration.seconds(2), warmBelow: Duration.millis(150), startRetries: 0 })).toMatchObject({
      cases: [{ name: 'one', payload: { json: '[1]' }, expectedErrorType: 'OrderRefused', assertions: [{ kind: 'jsonPathMatches', path: '$.errorMessage', pattern: 'item', negate: true }] }],
      concurrency: 3,
      timeoutMs: 5_000,
      coldBelowMs: 2_000,
      warmBelowMs: 150,
      policy: { errorBudget: 0, attemptMs: 25_000 },
    });
  });

  test.each<[string, Partial<TargetVersionOptions>, number, number]>([
    ['all cases, one after the other', {}, 20_000 + 5 * 10_000, 71_000 + 2 * (20_000 + 5 * 5_000 + 1_000)],
    ['several at a time', { concurrency: 2 }, 20_000 + 3 * 10_000, 51_000 + 2 * (20_000 + 3 * 5_000 + 1_000)],
    ['every pass', { concurrency: 5, passes: Passes.inARow(2), startRetries: 0 }, 30_000, 62_000],
    ['another round for a warm invocation', { concurrency: 5, warmBelow: Duration.seconds(1), startRetries: 0 }, 30_000, 62_000],
    ['no longer than it may', { concurrency: 5, warmBelow: Duration.seconds(1), checkTimeout: Duration.seconds(40) }, 30_000, 40_000],
  ])('has time for %s', (_, options, attemptMs, deadlineMs) => {
    const cases = [1, 2, 3, 4, 5].map((n) => ({ name: String(n) }));
    expect(render({ cases, timeout: Duration.seconds(10), ...options })).toMatchObject({ policy: { attemptMs, deadlineMs } });
  });

  test('waits for a function of the app for its own time-out and that of a cold start', () => {
    const fn = userFunction(stackOf(), 'Mine', { timeout: Duration.seconds(20) });
    expect(render({}, new DeployTimeValues(), fn)).toMatchObject({ timeoutMs: 30_000, policy: { attemptMs: 50_000 } });
    expect(render({ timeout: Duration.seconds(7) }, new DeployTimeValues(), fn)).toMatchObject({ timeoutMs: 7_000, policy: { attemptMs: 27_000 } });
  });

  test('takes deploy-time texts in payloads, however large', () => {
    const values = new DeployTimeValues();
    const large = 'x'.repeat(MAX_INLINE_PAYLOAD_BYTES);
    const options = { cases: [{ name: 'one', payload: { region: Aws.REGION, large } }] };
    expect(render(options, values)).toMatchObject({ cases: [{ payload: { value: { region: '${greenlight:V1}', large } } }] });
    expect(values.all()).toEqual({ V1: Aws.REGION });
    expect(check(options)._payloads.size).toBe(0);
  });

  test.each<[Partial<TargetVersionOptions>, string]>([
    [{ cases: [] }, "check 'orders' must have 1 to 100 cases, got 0; spread them over several checks"],
    [{ cases: Array.from({ length: 101 }, (_, index) => ({ name: String(index) })) }, "check 'orders' must have 1 to 100 cases, got 101"],
    [{ cases: [{ name: ' ' }] }, "check 'orders' has a case whose 'name' is empty, or not known at synth; name what it proves"],
    [{ cases: [{ name: Aws.REGION }] }, "check 'orders' has a case whose 'name' is empty, or not known at synth"],
    [{ cases: [CASE, { name: 'two' }, CASE] }, "check 'orders' has two cases named 'one'; give one of them another 'name'"],
    [{ cases: [{ ...CASE, payload: {}, payloadJson: '{}' }] }, "case 'one' of check 'orders' has 'payload' and 'payloadJson'; use one of them"],
    [{ cases: [{ ...CASE, payload: {}, payloadFile: 'a.json' }] }, "case 'one' of check 'orders' has 'payload' and 'payloadFile'; use one of them"],
    [{ cases: [{ ...CASE, payloadJson: '{' }] }, "'payloadJson' of case 'one' of check 'orders' is not JSON: "],
    [{ cases: [{ ...CASE, payload: { n: Token.asNumber({ Ref: 'N' }) } }] }, "'payload' of case 'one' of check 'orders', 'n' is a deploy-time value that is no text"],
    [{ cases: [{ ...CASE, payloadJson: `"${'x'.repeat(6_291_455)}"` }] }, "case 'one' of check 'orders' sends 6291457 bytes, and Lambda takes at most 6291456 in a synchronous invocation; send less, or a reference to it"],
    [{ cases: [{ ...CASE, assertions: [HttpAssertion.status(200)] }] }, "case 'one' of check 'orders' asserts 'status', which an invocation does not have"],
    [{ cases: [{ ...CASE, expectedErrorType: '' }] }, "'expectedErrorType' of case 'one' of check 'orders' must be a text that is known at synth and not empty"],
    [{ concurrency: 0 }, "'concurrency' must be a whole number from 1 to 50, got 0"],
    [{ concurrency: 51 }, "'concurrency' must be a whole number from 1 to 50, got 51"],
    [{ startRetries: 11 }, "'startRetries' must be a whole number from 0 to 10, got 11"],
    [{ timeout: Duration.seconds(901) }, "'timeout' must be a whole number of seconds from 1 to 900, got 901 seconds"],
    [{ coldBelow: Duration.millis(0) }, "'coldBelow' must be a whole number of milliseconds from 1 to 900000, got 0 milliseconds"],
    [{ warmBelow: Duration.minutes(16) }, "'warmBelow' must be a whole number of milliseconds from 1 to 900000, got 960000 milliseconds"],
  ])('fails when the options are wrong (%#)', (options, message) => {
    expect(() => check(options)).toThrow(message);
  });
});

describe('a payload in a file', () => {
  test('lies beside the suite as it is', () => {
    const text = ' { "id": 1 }\n';
    const one = ofCase({ payloadFile: file(text) });
    expect(one._render({ values: new DeployTimeValues() }, hookOf(imported()))).toMatchObject({ cases: [{ name: 'one', payload: { file: payloadFile(text) } }] });
    expect([...one._payloads]).toEqual([[payloadFile(text), text]]);
    expect(payloadFile('{}')).toBe('payload-44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a.json');
  });

  test('is what a large payload becomes that stands in the code', () => {
    const filled = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`;
    const [inline, beside] = [filled(MAX_INLINE_PAYLOAD_BYTES), filled(MAX_INLINE_PAYLOAD_BYTES + 1)];
    const document = render({ cases: [{ name: 'a', payloadJson: inline }, { name: 'b', payloadJson: beside }, { name: 'c', payload: { x: 'y'.repeat(MAX_INLINE_PAYLOAD_BYTES) } }] });
    expect(document).toMatchObject({ cases: [{ payload: { json: inline } }, { payload: { file: payloadFile(beside) } }, { payload: { file: expect.stringMatching(/^payload-/) } }] });
  });

  test('may be as large as Lambda takes', () => {
    expect(readPayloadFile('x', file(`"${'x'.repeat(6_291_454)}"`, 'large.json'))).toHaveLength(6_291_456);
  });

  test.each<[string, () => string, RegExp]>([
    ['missing', () => 'nowhere/order.json', /^'payloadFile' of case 'one' of check 'orders' is 'nowhere\/order\.json', which cannot be read: ENOENT.*; name a JSON file, from .* where the path is not absolute$/],
    ['a folder', () => folder, /which cannot be read: EISDIR/],
    ['no JSON', () => file('{', 'broken.json'), /broken\.json', which is not JSON: .*; Lambda takes nothing else$/],
    ['too large', () => (truncateSync(file('', 'huge.json'), 6_291_457), join(folder, 'huge.json')), /huge\.json', which has 6291457 bytes, and Lambda takes at most 6291456 in a synchronous invocation; send less, or a reference to it$/],
  ])('is refused where it is %s', (_, make, message) => {
    const payload = make();
    expect(() => ofCase({ payloadFile: payload })).toThrow(message);
  });

  test('must fit beside the handler with all others, each of which is there once', () => {
    const hook = { event: 'BeforeAllowTraffic' };
    const megabyte = ' '.repeat(1_000_000);
    const full: [string, string][] = [...Array.from({ length: 252 }, (_, index): [string, string] => [`payload-${index}`, megabyte]), ['payload-252', ' '.repeat(144_000)]];
    const checks = (...more: [string, string][]) => [{ _payloads: new Map(full) }, { _payloads: new Map([...full, ...more]) }] as never;
    expect(payloadsOf(checks(), hook).size).toBe(253);
    expect(() => payloadsOf(checks(['payload-253', '1']), hook)).toThrow(
      'payloads of hook BeforeAllowTraffic have 252144001 bytes together, of which 252144000 fit beside its handler, since Lambda takes 262144000 for a function; send less',
    );
  });
});

describe('the hook of a target version', () => {
  const inLambda = (fn: lambda.IFunction, ...checks: ReturnType<typeof check>[]) =>
    Object.assign(LifecycleHook.checks({ checks }), { _bind: (context: HookContext) => bindChecksHook({ checks }, { ...context, releasedFunction: fn } as HookContext) });

  function bound(...checks: ReturnType<typeof check>[]) {
    const app = new App();
    const stack = stackOf(app);
    const fn = userFunction(stack, 'Orders');
    const rollout = rolloutIn(stack, { hooks: { beforeAllowTraffic: inLambda(fn, ...checks) } });
    return { app, ...finished(stack, rollout) };
  }

  test('finds the version in the deployment, may invoke every version of the function, and no other function', () => {
    const { template } = bound(check({ name: 'a' }), check({ name: 'b' }));
    const statements = statementsOf(template, only(template, 'AWS::IAM::Role', 'WebBeforeAllowTraffic').id).filter(({ Sid }) => ['FindVersions', 'ReadAppSpec', 'InvokeVersions'].includes(String(Sid)));
    const fn = only(template, 'AWS::Lambda::Function', 'Orders').id;
    const place = (resource: string, name: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':codedeploy:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, `:${resource}:${name}`]] });
    const name = only(template, 'AWS::CodeDeploy::Application').properties.ApplicationName as string;
    expect(statements).toEqual([
      { Sid: 'FindVersions', Effect: 'Allow', Action: ['codedeploy:BatchGetDeploymentTargets', 'codedeploy:ListDeploymentTargets'], Resource: place('deploymentgroup', `${name}/${name}`) },
      { Sid: 'ReadAppSpec', Effect: 'Allow', Action: 'codedeploy:GetApplicationRevision', Resource: place('application', name) },
      { Sid: 'InvokeVersions', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [fn, 'Arn'] }, ':*']] } },
    ]);
  });

  test('is told the name of the function, and neither alias nor version', () => {
    const { template } = bound(check());
    const { Environment } = only(template, 'AWS::Lambda::Function', 'WebBeforeAllowTraffic').properties as { Environment: { Variables: Record<string, unknown> } };
    expect(Environment.Variables['GREENLIGHT_RELEASED_FUNCTION']).toEqual({ Ref: only(template, 'AWS::Lambda::Function', 'Orders').id });
    expect(JSON.stringify(template.toJSON())).not.toContain('AWS::Lambda::Version');
  });

  test('has the payloads beside its suite', () => {
    const text = '{"from":"a file"}';
    const { app } = bound(ofCase({ payloadFile: file(text) }));
    const { directory } = app.synth();
    const payloads = readdirSync(directory).map((entry) => join(directory, entry, payloadFile(text)));
    expect(payloads.filter((path) => existsSync(path)).map((path) => readFileSync(path, 'utf8'))).toEqual([text]);
  });

  test('is one of a rollout of an alias, or none', () => {
    expect(() => sample({ hooks: { afterInstall: LifecycleHook.checks({ checks: [check()] }) } })).toThrow(
      "check 'orders' of hook AfterInstall invokes the version that is released, and 'Shop/Web' releases an ECS service; " +
        "give the check to a hook of a rollout of a Lambda alias, or name the function with 'new InvokeCheck'",
    );
  });

  test('must have room for all cases', () => {
    const cases = Array.from({ length: 14 }, (_, index) => ({ name: String(index) }));
    expect(() => bound(check({ cases, timeout: Duration.minutes(1) }))).toThrow(
      "one attempt of check 'orders' of hook BeforeAllowTraffic can take 860 seconds, of which 795 fit into an invocation; raise 'timeout' of the hook, or shorten the attempt",
    );
  });
});
