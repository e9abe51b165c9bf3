import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { Template } from 'aws-cdk-lib/assertions';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Stack } from 'aws-cdk-lib/core';
import { App, CfnParameter, Duration, Size } from 'aws-cdk-lib/core';

import type { ChecksHookOptions, EcsRolloutProps } from '../../../lib';
import { CheckTarget, EcsEndpoint, HttpAssertion, HttpCheck, LifecycleHook, Settle, VersionProof } from '../../../lib';
import type { CheckSuite } from '../../../lib/model/suite';
import { healthCheck, only, rolloutIn, sample, stackOf } from '../support/sample';

const OK = [HttpAssertion.status(200)];

const withHook = (options: Partial<ChecksHookOptions> = {}, props: Partial<EcsRolloutProps> = {}) =>
  sample({ hooks: { afterAllowTestTraffic: LifecycleHook.checks({ checks: [healthCheck()], ...options }) }, ...props });

const hookFunction = (template: Template) => only(template, 'AWS::Lambda::Function', 'WebAfterAllowTestTraffic');

/** The asset as the assembly holds it. */
function asset(template: Template, app: App): string {
  const { Metadata } = template.findResources('AWS::Lambda::Function')[hookFunction(template).id]!;
  return resolve(app.outdir, Metadata['aws:asset:path']);
}

function assembled(options: (stack: Stack) => ChecksHookOptions, context: Record<string, unknown> = {}) {
  const app = new App({ context: { 'aws:cdk:enable-asset-metadata': true, ...context } });
  const stack = stackOf(app);
  rolloutIn(stack, { hooks: { afterAllowTestTraffic: LifecycleHook.checks(options(stack)) } });
  const template = Template.fromStack(stack);
  const directory = asset(template, app);
  const suite: CheckSuite = JSON.parse(readFileSync(join(directory, 'suite.json'), 'utf8'));
  return { template, directory, suite };
}

describe('a hook of checks', () => {
  test('is a function of ours with its own role and log, and no names', () => {
    const { template } = withHook();
    const { properties } = hookFunction(template);
    expect(properties).toMatchObject({ Handler: 'index.handler', MemorySize: 512, Runtime: 'nodejs24.x', Timeout: 60 });
    expect(properties).not.toHaveProperty('FunctionName');
    template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', Properties: { RetentionInDays: 30 } });
  });

  test('knows its event, its rollout and where to ask', () => {
    const { template } = withHook();
    const dns = { 'Fn::GetAtt': [only(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer').id, 'DNSName'] };
    expect(hookFunction(template).properties.Environment).toEqual({
      Variables: {
        GREENLIGHT_EVENT: 'AfterAllowTestTraffic',
        GREENLIGHT_ROLLOUT: 'Shop/Web',
        GREENLIGHT_APPLICATION: 'Shop-Web-6AD1A95E',
        GREENLIGHT_DEPLOYMENT_GROUP: 'Shop-Web-6AD1A95E',
        GREENLIGHT_VERDICT_ALARM: { Ref: only(template, 'AWS::CloudWatch::Alarm').id },
        GREENLIGHT_TEST_URL: { 'Fn::Join': ['', ['http://', dns, ':8080']] },
      },
    });
  });

  test('takes memory, runtime, log retention, time-out and the wish to run in rollbacks', () => {
    const { template } = withHook({
      memorySize: Size.gibibytes(1),
      runtime: lambda.Runtime.NODEJS_22_X,
      logRetention: logs.RetentionDays.ONE_WEEK,
      timeout: Duration.minutes(3),
      runInRollback: true,
    });
    expect(hookFunction(template).properties).toMatchObject({
      MemorySize: 1024,
      Runtime: 'nodejs22.x',
      Timeout: 180,
      Environment: { Variables: { GREENLIGHT_IN_ROLLBACK: 'run' } },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  });

  test('has a time-out into which settle phase and checks fit with the time to report', () => {
    const slow = HttpCheck.get('/slow', { assertions: OK, timeout: Duration.seconds(20), transportRetries: 0, interval: Duration.seconds(0) });
    const settle = Settle.until({ path: '/', settleTimeout: Duration.seconds(160) });
    expect(hookFunction(withHook({ checks: [slow], settle }).template).properties.Timeout).toBe(200);
  });

  test('does without VPC and listener where it asks a URL', () => {
    const check = new HttpCheck({ target: CheckTarget.url('https://api.example.com/health?deep=1'), assertions: OK });
    const { template } = withHook({ checks: [check] });
    expect(hookFunction(template).properties).not.toHaveProperty('VpcConfig');
    expect(JSON.stringify(hookFunction(template).properties.Environment)).not.toContain('_URL');
  });
});

describe('the asset of a hook of checks', () => {
  test('is the built handler with the suite beside it', () => {
    const { directory, suite } = assembled(() => ({
      settle: Settle.until({ path: '/health', consecutive: 2, version: VersionProof.header('x-version', '42') }),
      checks: [
        HttpCheck.get('/api/orders', {
          assertions: [HttpAssertion.jsonPath('$.status').equalsText('ok'), HttpAssertion.latencyBelow(Duration.millis(500))],
          headers: { accept: 'application/json' },
        }),
      ],
    }));
    expect(readdirSync(directory).sort()).toEqual(['index.js', 'suite.json']);
    expect(readFileSync(join(directory, 'index.js'))).toEqual(readFileSync(join('build', 'handlers', 'checks-http', 'index.js')));
    expect(suite).toEqual({
      schemaVersion: 1,
      event: 'AfterAllowTestTraffic',
      policy: { run: 'ALL', concurrency: 1, deadlineMs: 138_000 },
      settle: {
        target: { listener: 'test' },
        request: { method: 'GET', path: '/health', headers: {}, timeoutMs: 5000, maxRedirects: 0 },
        consecutive: 2,
        intervalMs: 1000,
        timeoutMs: 120000,
        version: { header: 'x-version', equals: '42' },
      },
      checks: [
        {
          kind: 'http',
          name: 'GET /api/orders',
          steps: [
            {
              target: { listener: 'test' },
              request: { method: 'GET', path: '/api/orders', headers: { accept: 'application/json' }, timeoutMs: 5000, maxRedirects: 0 },
              assertions: [
                { kind: 'jsonPathEquals', path: '$.status', equals: 'ok' },
                { kind: 'latencyBelow', ms: 500 },
              ],
            },
          ],
          policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 5000, intervalMs: 1000, errorBudget: 2, deadlineMs: 18000, inconclusive: 'FAIL' },
        },
      ],
    });
  });

  test('carries deploy-time values by name, and their values in the environment', () => {
    const { template, suite } = assembled((stack) => {
      const host = new CfnParameter(stack, 'Host').valueAsString;
      const version = new CfnParameter(stack, 'Version').valueAsString;
      const headers = { 'x-a': `${version}-${host}` };
      return { checks: [HttpCheck.get(`/v/${version}`, { name: 'version', host, headers, assertions: [HttpAssertion.bodyContains(version)] })] };
    });
    expect(suite.checks[0]).toMatchObject({
      steps: [
        {
          request: { path: '/v/${greenlight:V1}', host: '${greenlight:V2}', headers: { 'x-a': '${greenlight:V1}-${greenlight:V2}' } },
          assertions: [{ kind: 'bodyContains', text: '${greenlight:V1}' }],
        },
      ],
    });
    expect(hookFunction(template).properties).toMatchObject({
      Environment: { Variables: { GREENLIGHT_VALUES: { 'Fn::Join': ['', ['{"V1":"', { Ref: 'Version' }, '","V2":"', { Ref: 'Host' }, '"}']] } } },
    });
  });

  test('stays where it is when staging is off', () => {
    const { directory, suite } = assembled(() => ({ checks: [healthCheck()] }), { 'aws:cdk:disable-asset-staging': true });
    expect(suite.checks).toHaveLength(1);
    expect(directory).toContain('cdk-greenlight-');
    rmSync(directory, { recursive: true });
  });
});

describe('fails when checks', () => {
  const failing = (options: Partial<ChecksHookOptions>, props: Partial<EcsRolloutProps> = {}) => expect(() => withHook(options, props));

  test('are none', () => {
    failing({ checks: [] }).toThrow("hook AfterAllowTestTraffic has no checks, and would pass whatever is released; add a check such as HttpCheck.get('/health', ...)");
  });

  test('have one name twice', () => {
    failing({ checks: [healthCheck(), healthCheck()] }).toThrow("hook AfterAllowTestTraffic has two checks named 'GET /health'; give one of them another 'name'");
  });

  test('ask an HTTPS listener without a host', () => {
    const certificates = [elbv2.ListenerCertificate.fromArn('arn:aws:acm:eu-west-1:111122223333:certificate/abc')];
    failing({}, { endpoint: EcsEndpoint.application({ certificates, testPort: 8443 }) }).toThrow(
      "check 'GET /health' asks an HTTPS listener without 'host'; set 'host' to a name of its certificate, since no certificate names the load balancer's address",
    );
  });

  test('ask a test listener that there is none of', () => {
    const hook = LifecycleHook.checks({ checks: [healthCheck()] });
    expect(() => sample({ endpoint: EcsEndpoint.application(), hooks: { afterAllowTraffic: hook } })).toThrow(
      "check 'GET /health' asks the test listener, which the rollout does not have; give the endpoint a 'testPort' or set 'target'",
    );
  });

  test('do not fit into the named time-out', () => {
    failing({ settle: Settle.until({ path: '/' }), timeout: Duration.minutes(2) }).toThrow(
      "settle phase and checks of hook AfterAllowTestTraffic can take 138 seconds, of which 108 fit into its time-out; raise 'timeout', or lower time-outs and repetitions",
    );
  });

  test('come after a check that stands behind them', () => {
    const login = HttpCheck.get('/login', { assertions: OK });
    failing({ checks: [HttpCheck.get('/orders', { assertions: OK, after: [login] }), login] }).toThrow(
      "check 'GET /orders' of hook AfterAllowTestTraffic comes after 'GET /login', which does not stand before it in the hook's list; move it there",
    );
  });

  test('run too many at a time', () => {
    failing({ concurrency: 21 }).toThrow("'concurrency' must be a whole number from 1 to 20, got 21");
  });

  test.each([
    [{ timeout: Duration.seconds(19) }, "'timeout' must be a whole number of seconds from 20 to 900, got 19 seconds"],
    [{ timeout: Duration.minutes(16) }, "'timeout' must be a whole number of seconds from 20 to 900, got 960 seconds"],
    [{ memorySize: Size.mebibytes(64) }, "'memorySize' must be a whole number from 128 to 10240, got 64; it is counted in MiB"],
    [{ runtime: lambda.Runtime.NODEJS_20_X }, "'runtime' must be Node.js 22 or later, got 'nodejs20.x'; the bundled handlers are written for it"],
    [{ runtime: lambda.Runtime.PYTHON_3_12 }, "'runtime' must be Node.js 22 or later, got 'python3.12'"],
    [{ maxEventAge: Duration.seconds(59) }, "'maxEventAge' must be a whole number of seconds from 60 to 900, got 59 seconds"],
    [{ maxEventAge: Duration.minutes(16) }, "'maxEventAge' must be a whole number of seconds from 60 to 900, got 960 seconds"],
  ])('come with %j', (options, message) => {
    failing(options).toThrow(message);
  });
});
