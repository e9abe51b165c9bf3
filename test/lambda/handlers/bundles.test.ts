import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { ENV, VERDICT_LOG_KEY } from '../../../lib/model/hook-contract';
import { HOOKS_MISSING_LOG_KEY } from '../../../lib/model/hook-inspector';
import type { AwsServer } from '../support/aws-server';
import { inScript } from '../../support/module';
import { awsError, awsServer, close, listen } from '../support/aws-server';
import { certificateAuthority } from '../support/certificates';
import { HOOK } from '../support/fake-ports';
import { BLUE, DEPLOYMENT, GREEN, nativeEvent } from '../support/native-events';
import { LAMBDA_VARIABLES, runHandler } from '../support/handler-process';

const ROOT = join(__dirname, '..', '..', '..');
const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:smoke';

const NODES = [
  ['24', process.execPath],
  ['22', join(ROOT, 'node_modules', 'node22', 'bin', 'node')],
] as const;

const outDir = mkdtempSync(join(tmpdir(), 'greenlight-handlers-'));
const bundle = (name: string) => join(outDir, name, 'index.js');

interface Size {
  readonly name: string;
  readonly bytes: number;
  readonly parts: readonly { readonly package: string; readonly bytes: number }[];
}

let sizes: readonly Size[];
let aws: AwsServer;

beforeAll(async () => {
  sizes = inScript('bundle-handlers.mjs', 'await script.bundleHandlers({ outDir: argv[0] })', outDir);
});
afterAll(() => rmSync(outDir, { recursive: true, force: true }));
beforeEach(async () => {
  aws = await awsServer({
    GetDeployment: [{ body: JSON.stringify({ deploymentInfo: { creator: 'user' } }) }],
    PutLifecycleEventHookExecutionStatus: [awsError('ThrottlingException', 'Rate exceeded'), {}],
    PutEvents: [{ body: '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}' }],
  });
});
afterEach(() => aws.close());

function variables(overrides: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    ...LAMBDA_VARIABLES,
    AWS_ENDPOINT_URL: aws.url,
    [ENV.event]: 'AfterAllowTestTraffic',
    [ENV.rollout]: 'App/Web',
    [ENV.application]: 'web-application',
    [ENV.deploymentGroup]: 'web-group',
    [ENV.verdictAlarm]: 'web-verdict',
    [ENV.testUrl]: 'http://127.0.0.1:1',
    ...overrides,
  };
}

/** Of a hook of ECS: no deployment group, and no alarm. */
function nativeVariables(overrides: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    ...LAMBDA_VARIABLES,
    AWS_ENDPOINT_URL: aws.url,
    [ENV.event]: 'EcsNative',
    [ENV.stages]: '["POST_TEST_TRAFFIC_SHIFT"]',
    [ENV.rollout]: 'App/Web',
    [ENV.testUrl]: 'http://web.example.internal:8080',
    ...overrides,
  };
}

function writeSuite(name: string, suite: unknown): void {
  writeFileSync(join(dirname(bundle(name)), 'suite.json'), typeof suite === 'string' ? suite : JSON.stringify(suite));
}

/** For what is answered, be the machine as busy as it likes. */
const PATIENT_MS = 20_000;

const SUITE = {
  schemaVersion: 1,
  event: 'AfterAllowTestTraffic',
  policy: { run: 'ALL', concurrency: 1, deadlineMs: 60_000 },
  checks: [
    {
      kind: 'http',
      name: 'home',
      steps: [
        {
          target: { listener: 'test' },
          request: { method: 'GET', path: '/', headers: {}, timeoutMs: PATIENT_MS, maxRedirects: 0 },
          assertions: [
            { kind: 'bodyMatches', pattern: 'ok' },
            { kind: 'jsonPathEquals', path: '$.status', equals: 'ok' },
          ],
        },
      ],
      policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: PATIENT_MS, intervalMs: 0, errorBudget: 0, deadlineMs: 60_000, inconclusive: 'FAIL' },
    },
  ],
};

/**
 * Two passes, of which only the first fits into `SHORT_MS`: an invocation keeps 10 s back to report and 5 s to hand over, and an attempt may take
 * `PATIENT_MS`. The first has 3.9 s to begin.
 */
const PAUSE_MS = 4_000;
const SHORT_MS = 38_900;
const bakeOf = ([check]: typeof SUITE.checks) => ({ ...check, policy: { ...check!.policy, passes: { consecutive: 2 }, intervalMs: PAUSE_MS } });

const operations = () => aws.calls.map(({ operation }) => operation);
const statusReported = () => aws.calls.filter(({ operation }) => operation.startsWith('PutLifecycle')).map(({ body }) => JSON.parse(body).status);

describe('bundleHandlers', () => {
  test('makes one file for every handler', () => {
    expect(sizes.map(({ name }) => name)).toEqual(['checks', 'checks-http', 'deployment-intake', 'deployment-step', 'guardian', 'hook-inspector', 'outcome', 'server-fleet', 'server-gate', 'server-gate-guardian']);
  });

  test.each(['checks', 'checks-http', 'deployment-intake', 'deployment-step', 'guardian', 'hook-inspector', 'outcome', 'server-fleet', 'server-gate', 'server-gate-guardian'])('%s holds neither CDK nor build-time code', (name) => {
    const text = readFileSync(bundle(name), 'utf8');
    const size = sizes.find((known) => known.name === name);
    expect(size?.bytes).toBe(Buffer.byteLength(text));
    expect(/aws-cdk-lib|@aws-cdk|constructs|sourceMappingURL/.exec(text)?.[0]).toBeUndefined();
    expect(size?.parts.map((part) => part.package)).not.toContain('constructs');
  });

  test('none is larger than it may be', () => {
    expect(inScript('handler-sizes.mjs', 'script.oversize(argv[0])', sizes.map(({ name, bytes }) => ({ name, bytes })))).toEqual([]);
  });

  test('the small hook carries no kind of check that it does not play', () => {
    const [all, small] = ['checks', 'checks-http'].map((name) => readFileSync(bundle(name), 'utf8'));
    expect([all!.includes('a load is never started twice'), small!.includes('a load is never started twice')]).toEqual([true, false]);
  });

  test('handlers that judge no answers carry neither patterns nor JSON paths', () => {
    const small = sizes.filter(({ name }) => ['guardian', 'outcome', 'server-gate-guardian'].includes(name));
    const packages = small.flatMap(({ parts }) => parts.map((part) => part.package));
    expect(packages.filter((name) => ['re2js', 'json-p3', 'ajv'].includes(name))).toEqual([]);
  });
});

describe('a handler with a client of the SDK', () => {
  const file = bundle('sdk');
  beforeAll(() => {
    const fixture = join(__dirname, 'fixtures', 'sdk-handler.ts');
    inScript('bundle-handlers.mjs', "await script.bundleHandler('sdk', argv[0], argv[1])", fixture, file);
  });

  test('carries no credential providers that Lambda does not use', () => {
    const text = readFileSync(file, 'utf8');
    expect(text.length).toBeLessThan(250_000);
    expect(/portal\.sso|AssumeRoleWithWebIdentity|credential_process/.exec(text)?.[0]).toBeUndefined();
  });

  test('finds the credentials of the environment', async () => {
    expect((await runHandler(process.execPath, file, HOOK, variables())).returned).toBe('user');
  });

  test('fails with a clear error without them', async () => {
    const env = { AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL: aws.url };
    const end = await runHandler(process.execPath, file, HOOK, env);
    expect(end.thrown).toBe(
      'Error: @aws-sdk/credential-provider-ini is not part of this handler; ' +
        'credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN',
    );
  });
});

describe.each(NODES)('on Node %s', (line, node) => {
  test('checks reports a malformed event nowhere, and says so', async () => {
    const end = await runHandler(node, bundle('checks'), { hello: 'world' }, variables());
    expect(end.version.split('.')[0]).toBe(line);
    expect(end.returned).toEqual({ greenlight: { reported: false, status: 'Failed' } });
    expect(end.lines).toEqual([{ level: 'ERROR', message: expect.stringContaining('malformed hook event') }]);
    expect(aws.calls).toEqual([]);
  });

  test.each(['checks', 'checks-http', 'outcome'])('%s reports a missing configuration as failed', async (name) => {
    const env = { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url };
    const end = await runHandler(node, bundle(name), HOOK, env);
    expect(end.returned).toEqual({ greenlight: { reported: true, status: 'Failed' } });
    expect(statusReported()).toEqual(['Failed', 'Failed']);
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { report: 'Failed', reason: expect.stringContaining('bad configuration: environment variable GREENLIGHT_EVENT') } });
    expect(end.stderr).toBe('');
  });

  test('checks reports an unreadable suite as failed', async () => {
    writeSuite('checks', '{ "schemaVersion": 2 }');
    const end = await runHandler(node, bundle('checks'), HOOK, variables());
    expect(statusReported()).toEqual(['Failed', 'Failed']);
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { reason: "bad configuration: suite.json: 'schemaVersion' must be 1, the version that this handler plays, got 2" } });
  });

  test.each(['checks', 'checks-http'])('%s plays a suite, refuses loopback, and raises the alarm', async (name) => {
    writeSuite(name, SUITE);
    const end = await runHandler(node, bundle(name), HOOK, variables());
    expect(end.returned).toEqual({ greenlight: { reported: true, status: 'Failed' } });
    expect(operations()).toEqual(['GetDeployment', 'PutLifecycleEventHookExecutionStatus', 'PutLifecycleEventHookExecutionStatus', 'PutMetricData', 'SetAlarmState', 'PutEvents']);
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { verdict: 'inconclusive', reason: expect.stringContaining('127.0.0.1 is a loopback address, which a hook must not reach') } });
    expect(end.stderr).toBe('');
  });

  test.each([
    ['ok', 'Succeeded', 'pass', '1 check passed: home'],
    ['degraded', 'Failed', 'fail', 'home: body was "{\"status\":\"degraded\"}", expected a match of /ok/; JSON path $.status was "degraded", expected "ok"'],
  ])('checks judges a service that answers %s as %s', async (status, reported, verdict, reason) => {
    writeSuite('checks', SUITE);
    const web = await awsServer({ '/': [{ body: JSON.stringify({ status }) }] });
    const webPort = Number(new URL(web.url).port);
    const end = await runHandler(node, bundle('checks'), HOOK, variables({ [ENV.testUrl]: 'http://web.example.internal:8080' }), { webPort });
    await web.close();
    expect(end.returned).toEqual({ greenlight: { reported: true, status: reported } });
    expect(web.calls.map(({ headers }) => headers.host)).toEqual(['web.example.internal:8080']);
    expect(end.lines).toHaveLength(1);
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { verdict, reason: expect.stringContaining(reason), checks: [{ samples: 1, errors: 0 }] } });
  });

  test('checks goes on in a process of its own, from what another one has sent', async () => {
    writeSuite('checks', { ...SUITE, policy: { ...SUITE.policy, invocations: 2 }, checks: [bakeOf(SUITE.checks)] });
    const web = await awsServer({ '/': [{ body: '{"status":"ok"}' }] });
    const queue = '/2015-03-31/functions/smoke/invocations';
    const lambda = await awsServer({ [queue]: [{ status: 202, body: '' }] });
    const env = variables({ [ENV.testUrl]: 'http://web.example.internal:8080', AWS_LAMBDA_FUNCTION_NAME: 'smoke', AWS_ENDPOINT_URL_LAMBDA: lambda.url });
    const webPort = Number(new URL(web.url).port);
    const first = await runHandler(node, bundle('checks'), HOOK, env, { webPort, remainingMs: SHORT_MS });
    expect(first.returned).toMatchObject({ greenlight: { reported: false, continued: true, invocation: 2 } });
    expect(statusReported()).toEqual([]);
    const sent = JSON.parse(lambda.calls.find(({ path }) => path === queue)?.body ?? '');
    expect(sent).toMatchObject({ ...HOOK, greenlightContinuation: { invocation: 2, play: { state: { checks: { home: { phase: 'running', passes: 1 } } } } } });
    const second = await runHandler(node, bundle('checks'), sent, env, { webPort });
    await Promise.all([web.close(), lambda.close()]);
    expect(second.returned).toEqual({ greenlight: { reported: true, status: 'Succeeded' } });
    expect(second.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { verdict: 'pass', invocations: 2, checks: [{ samples: 2, errors: 0 }] } });
    expect(web.calls).toHaveLength(2);
  });

  describe('of several rollouts', () => {
    const shared = (overrides: Readonly<Record<string, string>>) =>
      variables({ [ENV.rollout]: 'Shop/Functions', [ENV.application]: 'shop', [ENV.deploymentGroups]: 'functions.', [ENV.deploymentGroup]: '', [ENV.verdictAlarm]: '', ...overrides });
    const ofGroup = async (deploymentGroupName: string) => {
      await aws.close();
      aws = await awsServer({
        GetDeployment: [{ body: JSON.stringify({ deploymentInfo: { creator: 'user', applicationName: 'shop', deploymentGroupName } }) }],
        PutEvents: [{ body: '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}' }],
      });
    };
    const publishedTo = () => aws.calls.filter(({ operation }) => operation === 'PutMetricData' || operation === 'SetAlarmState').map(({ body }) => /functions\.\w+/.exec(Buffer.from(body).toString('latin1'))?.[0]);

    test.each(['checks', 'checks-http'])('%s publishes for the rollout that the deployment is of', async (name) => {
      writeSuite(name, SUITE);
      await ofGroup('functions.Orders');
      const end = await runHandler(node, bundle(name), HOOK, shared({}));
      expect(end.returned).toEqual({ greenlight: { reported: true, status: 'Failed' } });
      expect(operations()).toEqual(['GetDeployment', 'GetDeployment', 'PutLifecycleEventHookExecutionStatus', 'PutMetricData', 'SetAlarmState', 'PutEvents']);
      expect(publishedTo()).toEqual(['functions.Orders', 'functions.Orders']);
      expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { rollout: 'Shop/Functions/Orders', verdict: 'inconclusive' } });
    });

    test.each(['checks', 'checks-http', 'outcome'])('%s reports Failed for a deployment that is none of theirs', async (name) => {
      await ofGroup('others.Orders');
      const end = await runHandler(node, bundle(name), HOOK, shared({ [ENV.function]: FUNCTION_ARN }));
      expect(end.returned).toEqual({ greenlight: { reported: true, status: 'Failed' } });
      expect(operations()).toEqual(['GetDeployment', 'PutLifecycleEventHookExecutionStatus', 'PutEvents']);
      expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { rollout: 'Shop/Functions', reason: expect.stringContaining('is unknown, and with it what is to be validated: its group is "others.Orders"') } });
    });

    test('the guardian reports for the rollout that the deployment is of', async () => {
      await ofGroup('functions.Orders');
      const hooks = JSON.stringify([{ functionArn: FUNCTION_ARN, event: 'BeforeAllowTraffic', reportsLater: false }]);
      const died = { requestContext: { functionArn: `${FUNCTION_ARN}:$LATEST`, condition: 'RetriesExhausted' }, requestPayload: HOOK, responsePayload: { errorMessage: 'Task timed out after 3.00 seconds' } };
      const end = await runHandler(node, bundle('guardian'), died, shared({ [ENV.hooks]: hooks }));
      expect(operations()).toEqual(['GetDeployment', 'PutLifecycleEventHookExecutionStatus', 'PutMetricData', 'SetAlarmState', 'PutEvents']);
      expect(publishedTo()).toEqual(['functions.Orders', 'functions.Orders']);
      expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { rollout: 'Shop/Functions/Orders', event: 'BeforeAllowTraffic', by: 'guardian' } });
    });
  });

  test.each<['checks' | 'checks-http', string, string, string]>([
    ['checks', 'ok', 'SUCCEEDED', '1 check passed: home'],
    ['checks-http', 'ok', 'SUCCEEDED', '1 check passed: home'],
    ['checks-http', 'degraded', 'FAILED', 'home: body was'],
  ])('%s answers ECS for a service that answers %s, and calls no CodeDeploy', async (name, status, hookStatus, reason) => {
    writeSuite(name, { ...SUITE, event: 'EcsNative' });
    const web = await awsServer({ '/': [{ body: JSON.stringify({ status }) }] });
    const end = await runHandler(node, bundle(name), nativeEvent(), nativeVariables(), { webPort: Number(new URL(web.url).port) });
    await web.close();
    expect(end.returned).toEqual({ hookStatus });
    expect(operations()).toEqual(['PutEvents']);
    expect(JSON.parse(aws.calls[0]!.body).Entries[0]).toMatchObject({ Source: 'cdk-greenlight', Detail: expect.stringContaining('"controller":"ECS"') });
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { controller: 'ECS', event: 'POST_TEST_TRAFFIC_SHIFT', deploymentId: DEPLOYMENT, reason: expect.stringContaining(reason) } });
    expect(end.stderr).toBe('');
  });

  test('checks-http answers ECS by FAILED where its event is malformed, and lets a rollback through', async () => {
    writeSuite('checks-http', { ...SUITE, event: 'EcsNative' });
    const malformed = await runHandler(node, bundle('checks-http'), { lifecycleStage: 'BAKE_TIME' }, nativeVariables());
    expect(malformed.returned).toEqual({ hookStatus: 'FAILED' });
    expect(malformed.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { reason: expect.stringContaining("malformed lifecycle event of ECS: 'executionDetails' must be an object") } });
    const rollback = nativeEvent('PRODUCTION_TRAFFIC_SHIFT', { production: { [GREEN]: 0, [BLUE]: 100 } });
    const back = await runHandler(node, bundle('checks-http'), rollback, nativeVariables({ [ENV.stages]: '["PRODUCTION_TRAFFIC_SHIFT"]' }));
    expect(back.returned).toEqual({ hookStatus: 'SUCCEEDED' });
    expect(back.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { reason: expect.stringContaining('not run: ECS is taking the deployment back') } });
  });

  test('checks-http goes on in a process of its own, from what ECS has carried', async () => {
    writeSuite('checks-http', { ...SUITE, event: 'EcsNative', checks: [bakeOf(SUITE.checks)] });
    const web = await awsServer({ '/': [{ body: '{"status":"ok"}' }] });
    const webPort = Number(new URL(web.url).port);
    const first = await runHandler(node, bundle('checks-http'), nativeEvent(), nativeVariables(), { webPort, remainingMs: SHORT_MS });
    expect(first.returned).toEqual({ hookStatus: 'IN_PROGRESS', callBackDelay: expect.any(Number), hookDetails: { 'cdk-greenlight': expect.any(String) } });
    expect(operations()).toEqual([]);
    const { hookDetails } = first.returned as { readonly hookDetails: Record<string, unknown> };
    const second = await runHandler(node, bundle('checks-http'), { ...nativeEvent(), hookDetails }, nativeVariables(), { webPort });
    await web.close();
    expect(second.returned).toEqual({ hookStatus: 'SUCCEEDED' });
    expect(second.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { verdict: 'pass', invocations: 2, checks: [{ samples: 2, errors: 0 }] } });
    expect(web.calls).toHaveLength(2);
  });

  test('checks verifies certificates, whatever the environment says', async () => {
    writeSuite('checks', SUITE);
    const { key, cert } = await (await certificateAuthority()).issue(['web.example.internal']);
    const web = createSecureServer({ key, cert }, (_, response) => response.end('{"status":"ok"}'));
    await listen(web);
    const env = variables({ [ENV.testUrl]: 'https://web.example.internal:8443', NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    const end = await runHandler(node, bundle('checks'), HOOK, env, { webPort: (web.address() as AddressInfo).port });
    await close(web);
    expect(end.returned).toEqual({ greenlight: { reported: true, status: 'Failed' } });
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { verdict: 'inconclusive', reason: expect.stringContaining('the TLS connection was not made') } });
  });

  test('checks reports in time when an answer costs more than any time to judge', async () => {
    const [check] = SUITE.checks;
    writeSuite('checks', { ...SUITE, checks: [{ ...check, steps: check!.steps.map((step) => ({ ...step, assertions: [{ kind: 'jsonPathExists', path: '$[?count($..*)>1]' }] })) }] });
    const web = await awsServer({ '/': [{ body: `[${'[0],'.repeat(50_000)}[]]` }] });
    const webPort = Number(new URL(web.url).port);
    const end = await runHandler(node, bundle('checks'), HOOK, variables({ [ENV.testUrl]: 'http://web.example.internal' }), { webPort, remainingMs: 40_000 });
    await web.close();
    expect(end.returned).toEqual({ greenlight: { reported: true, status: 'Failed' } });
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { verdict: 'inconclusive', reason: expect.stringContaining('judging the answer took longer than 3000 ms') } });
    expect(end.totalMs).toBeLessThan(40_000);
  });

  test.each(['checks', 'checks-http'])('%s logs in with a secret, and says neither it nor the token to anybody else', async (name) => {
    const password = 'p4ss wörd/+"\\';
    const token = 'tok~6f9c/2e71';
    const secretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:web/login-AbCdEf';
    const [check] = SUITE.checks;
    const [step] = check!.steps;
    const steps = [
      {
        ...step,
        request: { ...step!.request, method: 'POST', path: '/login', headers: { 'content-type': 'application/json' }, body: '{"password":"{{password}}"}' },
        auth: { kind: 'basic', user: 'greenlight', password: '{{password}}' },
        assertions: [{ kind: 'status', equals: 200 }],
        captures: { token: { from: 'jsonPath', path: '$.token' } },
      },
      {
        ...step,
        request: { ...step!.request, path: '/echo/{{token}}?p={{password}}' },
        auth: { kind: 'bearer', token: '{{token}}' },
        assertions: [{ kind: 'bodyContains', text: 'never {{token}}' }, { kind: 'headerEquals', name: 'x-echo', equals: '{{password}}' }],
      },
    ];
    writeSuite(name, { ...SUITE, checks: [{ ...check, values: { password: { source: 'secret', id: secretArn, jsonField: 'password' } }, steps }] });
    const requests: { readonly url: string; readonly authorization?: string; readonly body: string }[] = [];
    const web = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const authorization = request.headers.authorization ?? '';
        requests.push({ url: request.url ?? '', authorization, body });
        // What it was sent, as it is and in every spelling that it came in.
        const echo = [password, JSON.stringify(password), encodeURIComponent(password), Buffer.from(`a${password}`).toString('base64'), Buffer.from(password).toString('base64url'), authorization, request.url, token];
        response.writeHead(200, { 'x-echo': Buffer.from(password).toString('latin1') }).end(request.url === '/login' ? JSON.stringify({ token }) : echo.join(' '));
      });
    });
    await listen(web);
    await aws.close();
    aws = await awsServer({ GetDeployment: [{ body: '{"deploymentInfo":{"creator":"user"}}' }], GetSecretValue: [{ body: JSON.stringify({ SecretString: JSON.stringify({ password }) }) }] });
    const end = await runHandler(node, bundle(name), HOOK, variables({ AWS_ENDPOINT_URL: aws.url, [ENV.testUrl]: 'http://web.example.internal' }), { webPort: (web.address() as AddressInfo).port });
    await close(web);

    expect(requests).toEqual([
      { url: '/login', authorization: `Basic ${Buffer.from(`greenlight:${password}`).toString('base64')}`, body: JSON.stringify({ password }) },
      { url: `/echo/${encodeURIComponent(token)}?p=${encodeURIComponent(password)}`, authorization: `Bearer ${token}`, body: '' },
    ]);
    expect(end.returned).toEqual({ greenlight: { reported: true, status: 'Failed' } });
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { verdict: 'fail', reason: expect.stringContaining('expected it to contain "never ***"') } });
    expect(operations().filter((operation) => operation === 'GetSecretValue')).toHaveLength(1);
    const said = [JSON.stringify(end.lines), JSON.stringify(end.returned), end.stderr, ...aws.calls.map(({ body, path, headers }) => `${path} ${JSON.stringify(headers)} ${body}`)].join('\n');
    expect(said).toContain('***');
    for (const secret of [password, token]) {
      const base64 = [0, 1, 2].map((before) => Buffer.from(`${'a'.repeat(before)}${secret}`).toString('base64').slice(before === 0 ? 0 : 4, -4));
      const spellings = [secret, JSON.stringify(secret).slice(1, -1), JSON.stringify(JSON.stringify(secret)).slice(3, -3), encodeURIComponent(secret), new URLSearchParams({ a: secret }).toString().slice(2), secret.slice(0, 6), ...base64];
      expect(spellings.filter((spelling) => said.includes(spelling))).toEqual([]);
    }
  });

  test('checks sends a load, all of it', async () => {
    const [check] = SUITE.checks;
    const { name, steps, policy } = check!;
    const { target, request } = steps[0]!;
    const load = {
      kind: 'load',
      name,
      policy: { ...policy, attemptMs: 40_000 },
      requests: [{ target, request: { ...request, timeoutMs: 10_000 } }],
      shape: { ratePerSecond: 50, warmUpMs: 0, warmUpRate: 'CONSTANT', durationMs: 1000 },
      maxInFlight: 50,
      thresholds: [{ kind: 'errorRate', atMostPercent: 0, minSamples: 50 }],
    };
    writeSuite('checks', { ...SUITE, checks: [load] });
    const web = await awsServer({ '/': [{ body: 'ok' }] });
    const webPort = Number(new URL(web.url).port);
    const end = await runHandler(node, bundle('checks'), HOOK, variables({ [ENV.testUrl]: 'http://web.example.internal' }), { webPort });
    await web.close();
    // A busy machine may make the handler late; then it says so.
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { verdict: expect.stringMatching(/^(pass|inconclusive)$/), checks: [{ kind: 'load', samples: 50, errors: 0 }] } });
    expect([web.calls.length, end.stderr]).toEqual([50, '']);
  });

  test('checks lets a rollback deployment through', async () => {
    writeSuite('checks', SUITE);
    const rollback = await awsServer({ GetDeployment: [{ body: '{"deploymentInfo":{"creator":"codeDeployRollback"}}' }] });
    const end = await runHandler(node, bundle('checks'), HOOK, variables({ AWS_ENDPOINT_URL: rollback.url }));
    await rollback.close();
    expect(end.returned).toEqual({ greenlight: { reported: true, status: 'Succeeded' } });
    expect(rollback.calls.map(({ operation }) => operation)).toEqual(['GetDeployment', 'PutLifecycleEventHookExecutionStatus', 'PutMetricData', 'PutEvents']);
  });

  test('outcome invokes the function with the hook event, and reports its return', async () => {
    const end = await runHandler(node, bundle('outcome'), HOOK, variables({ [ENV.function]: FUNCTION_ARN }));
    expect(end.returned).toEqual({ greenlight: { reported: true, status: 'Succeeded' } });
    const invoke = aws.calls.find(({ path }) => path.includes('/functions/'));
    expect(JSON.parse(invoke?.body ?? '')).toEqual(HOOK);
    expect(statusReported()).toEqual(['Succeeded', 'Succeeded']);
    expect(end.stderr).toBe('');
  });

  test('checks invokes a function, and takes its answer for the verdict', async () => {
    const [{ policy }] = SUITE.checks;
    const check = { kind: 'invoke', name: 'takes orders', policy, functionArn: FUNCTION_ARN, payload: { value: { n: 1 } }, timeoutMs: PATIENT_MS };
    writeSuite('checks', { ...SUITE, checks: [{ ...check, assertions: [{ kind: 'jsonPathEquals', path: '$.ok', equals: true }] }] });
    const end = await runHandler(node, bundle('checks'), HOOK, variables());
    const invoke = aws.calls.find(({ path }) => path.includes('/functions/'));
    expect([invoke?.body, invoke?.headers['x-amz-log-type']]).toEqual(['{"n":1}', 'Tail']);
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { verdict: 'fail', reason: expect.stringContaining('takes orders: JSON path $.ok selected nothing, expected true (function smoke, returned after') } });
    expect(end.stderr).toBe('');
  });

  describe('checks of a target version', () => {
    const [{ policy }] = SUITE.checks;
    const FILE = `payload-${'a'.repeat(64)}.json`;
    const cases = [
      { name: 'one', payload: { value: { n: 1 } }, assertions: [{ kind: 'jsonPathEquals', path: '$.ok', equals: true }] },
      { name: 'large', payload: { file: FILE } },
    ];
    const check = { kind: 'targetVersion', name: 'new orders', policy: { ...policy, attemptMs: PATIENT_MS }, cases, concurrency: 1, timeoutMs: PATIENT_MS };
    const suite = { ...SUITE, event: 'BeforeAllowTraffic', checks: [check] };
    const env = () => variables({ [ENV.event]: 'BeforeAllowTraffic', [ENV.releasedFunction]: 'orders' });
    const INVOKED = '/2015-03-31/functions/orders%3A42/invocations';
    const log = (more = '') => Buffer.from(`START RequestId: 1 Version: 42\nno price\nREPORT RequestId: 1\tDuration: 1 ms\t${more}\n`).toString('base64');
    const answer = (body: string, more?: string) => ({ headers: { 'x-amz-log-result': log(more), 'x-amz-executed-version': '42' }, body });
    const target = { deploymentTargetType: 'LambdaTarget', lambdaTarget: { lambdaFunctionInfo: { functionName: 'orders', functionAlias: 'live', currentVersion: '41', targetVersion: '42' } } };
    const told = { ListDeploymentTargets: [{ body: '{"targetIds":["orders:live"]}' }], BatchGetDeploymentTargets: [{ body: JSON.stringify({ deploymentTargets: [target] }) }] };

    async function play(scripts: Parameters<typeof awsServer>[0]) {
      await aws.close();
      aws = await awsServer({
        GetDeployment: [{ body: JSON.stringify({ deploymentInfo: { creator: 'user', applicationName: 'orders-app', revision: { revisionType: 'String', string: { sha256: 'abc' } } } }) }],
        PutEvents: [{ body: '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}' }],
        ...scripts,
      });
      writeSuite('checks', suite);
      writeFileSync(join(dirname(bundle('checks')), FILE), '{ "large": true }');
      const end = await runHandler(node, bundle('checks'), HOOK, env());
      expect(end.stderr).toBe('');
      return end.lines[0]?.[VERDICT_LOG_KEY] as { readonly verdict: string; readonly reason: string };
    }

    const invocations = () => aws.calls.filter(({ path }) => path === INVOKED);

    test('invoke the version that the deployment names, with payloads of suite and file', async () => {
      const record = await play({ ...told, [INVOKED]: [answer('{"ok":true}', 'Init Duration: 0.01 ms'), answer('null')] });
      expect(record).toMatchObject({ verdict: 'pass', reason: '1 check passed: new orders', checks: [{ samples: 2, cases: { listed: [{ name: 'one', status: 'passed' }, { name: 'large', status: 'passed' }] } }] });
      expect(record).toMatchObject({ checks: [{ reason: expect.stringMatching(/^2 cases passed \(orders:42: 1 cold start in [\d.]+ ms, 0 ms of it to initialize; 1 warm in [\d.]+ ms\)$/) }] });
      expect(invocations().map(({ body }) => body)).toEqual(['{"n":1}', '{ "large": true }']);
      const contexts = invocations().map(({ headers }) => JSON.parse(Buffer.from(String(headers['x-amz-client-context']), 'base64').toString()));
      expect(contexts[1]).toEqual({ custom: { 'greenlight.deploymentId': HOOK.DeploymentId, 'greenlight.event': 'BeforeAllowTraffic', 'greenlight.check': 'new orders', 'greenlight.case': 'large' } });
      expect(statusReported()).toEqual(['Succeeded']);
    });

    test('fail with the log of the function where a case does', async () => {
      const record = await play({ ...told, [INVOKED]: [answer('{"ok":false}'), answer('null')] });
      expect(record).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('new orders: 1 of 2 cases failed: one: JSON path $.ok was false, expected true (returned after') });
      expect(record.reason).toContain('; its log ends: "no price" (orders:42: 2 warm in');
    });

    test('read the version in the AppSpec where the target may not be asked for', async () => {
      const content = JSON.stringify({ version: '0.0', Resources: [{ orders: { Type: 'AWS::Lambda::Function', Properties: { Name: 'orders', Alias: 'live', CurrentVersion: '41', TargetVersion: '42' } } }] });
      const record = await play({ ListDeploymentTargets: [awsError('AccessDeniedException', 'no')], GetApplicationRevision: [{ body: JSON.stringify({ revision: { string: { content } } }) }], [INVOKED]: [answer('{"ok":true}')] });
      expect(record.verdict).toBe('pass');
      expect(operations()).toEqual(['GetDeployment', 'ListDeploymentTargets', 'GetDeployment', 'GetApplicationRevision', INVOKED, INVOKED, 'PutLifecycleEventHookExecutionStatus', 'PutMetricData', 'PutEvents']);
    });

    test('let nothing through where the version cannot be found out, and say which calls failed', async () => {
      const record = await play({ ListDeploymentTargets: [awsError('AccessDeniedException', 'not authorized')], GetApplicationRevision: [awsError('AccessDeniedException', 'neither')] });
      expect(record).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringContaining(
          'the target version of the deployment is unknown: codedeploy:ListDeploymentTargets failed: AccessDeniedException: not authorized; codedeploy:GetApplicationRevision failed: AccessDeniedException: neither',
        ),
      });
      expect(statusReported()).toEqual(['Failed']);
      expect(invocations()).toEqual([]);
    });
  });

  test.each([
    ['reports it', {}, [], 'notRequired'],
    ['reports and stops it', { [ENV.requireHooks]: 'stop' }, ['StopDeployment'], 'requested'],
  ])('hook-inspector finds a deployment without hooks, and %s', async (_, more, stops, stop) => {
    await aws.close();
    aws = await awsServer({
      GetDeployment: [awsError('ThrottlingException', 'Rate exceeded'), { body: JSON.stringify({ deploymentInfo: { creator: 'user', revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: 'abc' } } } }) }],
      GetApplicationRevision: [{ body: JSON.stringify({ revision: { appSpecContent: { content: 'version: 0.0\nHooks:\n  - BeforeInstall: other\n' } } }) }],
      PutEvents: [{ body: '{"FailedEntryCount":0,"Entries":[{"EventId":"1"}]}' }],
    });
    const required = JSON.stringify([{ event: 'BeforeInstall', functionArn: FUNCTION_ARN }]);
    const event = { source: 'aws.codedeploy', detail: { state: 'START', deploymentId: HOOK.DeploymentId, application: 'web-application', deploymentGroup: 'web-group' } };
    const end = await runHandler(node, bundle('hook-inspector'), event, variables({ [ENV.requiredHooks]: required, ...more }));
    expect(end.returned).toBeNull();
    expect(operations()).toEqual(['GetDeployment', 'GetDeployment', 'GetApplicationRevision', ...stops, 'PutEvents']);
    const record = { deploymentId: HOOK.DeploymentId, creator: 'user', missing: [{ event: 'BeforeInstall', functionArn: FUNCTION_ARN, named: 'other' }], stop };
    expect(end.lines).toEqual([expect.objectContaining({ level: 'ERROR', [HOOKS_MISSING_LOG_KEY]: expect.objectContaining(record) })]);
    expect(JSON.parse(JSON.parse(aws.calls.at(-1)!.body).Entries[0].Detail)).toMatchObject(record);
    expect(end.stderr).toBe('');
  });

  test('guardian reports for a hook that crashed', async () => {
    const hooks = JSON.stringify([{ functionArn: FUNCTION_ARN, event: 'AfterAllowTestTraffic', reportsLater: false }]);
    const record = {
      version: '1.0',
      requestContext: { functionArn: `${FUNCTION_ARN}:$LATEST`, condition: 'RetriesExhausted' },
      requestPayload: HOOK,
      responsePayload: { errorType: 'Sandbox.Timedout', errorMessage: 'RequestId: x Error: Task timed out after 3.00 seconds' },
    };
    const end = await runHandler(node, bundle('guardian'), record, variables({ [ENV.hooks]: hooks }));
    expect(end.returned).toBeNull();
    expect(statusReported()).toEqual(['Failed', 'Failed']);
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { by: 'guardian', report: 'Failed', reason: 'hook smoke timed out after 3 s without reporting' } });
  });
});
