/** The bundled gates and their guardian in fresh processes, against a loopback AWS server and loopback servers that stand for the instances. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { ENV, VERDICT_LOG_KEY } from '../../../lib/model/hook-contract';
import { GATE_ENV } from '../../../lib/model/server/gates';
import { inScript } from '../../support/module';
import type { AwsAnswerScript, AwsServer } from '../support/aws-server';
import { awsError, awsServer } from '../support/aws-server';
import { DEPLOYMENT_ID, FIRST, readyEvent, SECOND, successEvent } from '../support/gate-world';
import { LAMBDA_VARIABLES, runHandler } from '../support/handler-process';

const ROOT = join(__dirname, '..', '..', '..');
const NODE_22 = join(ROOT, 'node_modules', 'node22', 'bin', 'node');
const outDir = mkdtempSync(join(tmpdir(), 'greenlight-gates-'));
const bundle = (name: string) => join(outDir, name, 'index.js');

beforeAll(() => {
  for (const name of ['server-gate', 'server-gate-guardian']) {
    inScript('bundle-handlers.mjs', 'await script.bundleHandler(argv[0], argv[1], argv[2])', name, join(ROOT, 'lambda', 'handlers', `${name}.ts`), bundle(name));
  }
});
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

let aws: AwsServer;
const servers: AwsServer[] = [];
afterEach(() => Promise.all([aws, ...servers.splice(0)].map((server) => server.close())));

/** A server in the place of an instance; its loopback port. */
async function instance(script: AwsAnswerScript): Promise<number> {
  const server = await awsServer({ '/health': [script] });
  servers.push(server);
  return Number(new URL(server.url).port);
}

const HEALTHY = { body: 'ok' };
const BROKEN = { status: 503, body: 'broken' };

/** For what is answered, be the machine as busy as it likes; what never is need not be waited for. */
const [PATIENT_MS, IMPATIENT_MS] = [20_000, 500];

const suite = (event: string, timeoutMs: number) => ({
  schemaVersion: 1,
  event,
  policy: { run: 'ALL', concurrency: 1, deadlineMs: 40_000 },
  checks: [
    {
      kind: 'http',
      name: 'home',
      steps: [{ target: { listener: 'test' }, request: { method: 'GET', path: '/health', headers: {}, timeoutMs, maxRedirects: 0 }, assertions: [{ kind: 'status', equals: 200 }] }],
      policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: timeoutMs, intervalMs: 0, errorBudget: 0, deadlineMs: 40_000, inconclusive: 'FAIL' },
    },
  ],
});

const target = (id: string, status: string, label = 'Green') => ({
  deploymentTargetType: 'InstanceTarget',
  instanceTarget: { deploymentId: DEPLOYMENT_ID, targetId: id, status, instanceLabel: label, lifecycleEvents: [{ lifecycleEventName: 'ValidateService', status: 'InProgress' }] },
});

const described = (addresses: Readonly<Record<string, string>>): AwsAnswerScript => {
  const items = Object.entries(addresses).map(([id, address]) => {
    const element = address.includes(':') ? 'ipv6Address' : 'privateIpAddress';
    return `<item><instanceId>${id}</instanceId><instanceState><name>running</name></instanceState><placement><availabilityZone>eu-central-1a</availabilityZone></placement><${element}>${address}</${element}></item>`;
  });
  return { body: `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet>${items.join('')}</instancesSet></item></reservationSet></DescribeInstancesResponse>` };
};

type Scripts = Readonly<Record<string, readonly AwsAnswerScript[]>>;

/** A deployment in that status, with two replacements. */
async function service(status: string, targetStatus: string, scripts: Scripts = {}): Promise<void> {
  aws = await awsServer({
    GetDeployment: [{ body: JSON.stringify({ deploymentInfo: { applicationName: 'web-application', deploymentGroupName: 'web-group', status, creator: 'user' } }) }],
    ListDeploymentTargets: [{ body: JSON.stringify({ targetIds: [FIRST, SECOND] }) }],
    BatchGetDeploymentTargets: [{ body: JSON.stringify({ deploymentTargets: [target(FIRST, targetStatus), target(SECOND, targetStatus)] }) }],
    '/': [described({ [FIRST]: '10.0.1.1', [SECOND]: '10.0.2.1' })],
    ...scripts,
  });
}

interface Call {
  readonly event?: unknown;
  /** Loopback ports by addresses. */
  readonly instances?: Readonly<Record<string, number>>;
  readonly timeoutMs?: number;
  readonly remainingMs?: number;
  readonly variables?: Readonly<Record<string, string>>;
  readonly node?: string;
}

function gate(name: string, { event, instances = {}, timeoutMs = PATIENT_MS, remainingMs, variables = {}, node = process.execPath }: Call) {
  writeFileSync(join(dirname(bundle('server-gate')), 'suite.json'), JSON.stringify(suite(name, timeoutMs)));
  return runHandler(node, bundle('server-gate'), event, { ...environment(), [ENV.event]: name, ...variables }, { instances, ...(remainingMs === undefined ? {} : { remainingMs }) });
}

const environment = (): Readonly<Record<string, string>> => ({
  ...LAMBDA_VARIABLES,
  AWS_ENDPOINT_URL: aws.url,
  [ENV.rollout]: 'App/Web',
  [ENV.application]: 'web-application',
  [ENV.deploymentGroup]: 'web-group',
  [ENV.verdictAlarm]: 'web-verdict',
  [GATE_ENV.scheme]: 'http',
  [GATE_ENV.port]: '8080',
  [GATE_ENV.instances]: '20',
  [GATE_ENV.concurrency]: '5',
});

const operations = () => aws.calls.map(({ operation }) => (operation === '/' ? 'DescribeInstances' : operation));
const sent = (operation: string) => aws.calls.filter((call) => call.operation === operation).map(({ body }) => JSON.parse(body));
const FOUND = ['GetDeployment', 'ListDeploymentTargets', 'BatchGetDeploymentTargets', 'DescribeInstances'];
const ALARM = ['PutMetricData', 'SetAlarmState'];

describe('the gate of the ready wait', () => {
  const READY = readyEvent();

  test.each([['24', process.execPath], ['22', NODE_22]])('continues on Node %s where all replacements pass', async (line, node) => {
    await service('Ready', 'Ready');
    const instances = { '10.0.1.1': await instance(HEALTHY), '10.0.2.1': await instance(HEALTHY) };
    const end = await gate('ReadyWait', { event: READY, instances, node });
    expect([end.version.split('.')[0], end.thrown, end.returned, end.stderr]).toEqual([line, undefined, null, '']);
    expect(operations()).toEqual([...FOUND, 'ContinueDeployment', 'PutMetricData', 'PutEvents']);
    expect(sent('ContinueDeployment')).toEqual([{ deploymentId: DEPLOYMENT_ID, deploymentWaitType: 'READY_WAIT' }]);
    expect(servers.map(({ calls }) => calls.map(({ headers, path }) => `${headers.host} ${path}`))).toEqual([['10.0.1.1:8080 /health'], ['10.0.2.1:8080 /health']]);
    expect(end.lines).toHaveLength(1);
    expect(end.lines[0]).toMatchObject({ level: 'INFO', [VERDICT_LOG_KEY]: { event: 'ReadyWait', verdict: 'pass', report: 'Succeeded', reason: `all 2 instances passed; ${FIRST} (10.0.1.1): 1 check passed: home`, instances: { checked: 2, passed: 2 } } });
  });

  test('stops with a rollback where one of them fails', async () => {
    await service('Ready', 'Ready');
    const instances = { '10.0.1.1': await instance(HEALTHY), '10.0.2.1': await instance(BROKEN) };
    const end = await gate('ReadyWait', { event: READY, instances });
    expect(operations()).toEqual([...FOUND, 'GetDeployment', 'StopDeployment', ...ALARM, 'PutEvents']);
    expect(sent('StopDeployment')).toEqual([{ deploymentId: DEPLOYMENT_ID, autoRollbackEnabled: true }]);
    const reason = expect.stringMatching(`^1 of 2 instances failed; ${SECOND} \\(10\\.0\\.2\\.1\\): home: status was 503, expected 200`);
    expect(end.lines[0]).toMatchObject({ level: 'ERROR', [VERDICT_LOG_KEY]: { verdict: 'fail', report: 'Failed', reason, checks: [{ name: `home (${SECOND})`, verdict: 'fail' }, { name: `home (${FIRST})`, verdict: 'pass' }] } });
  });

  test.each<[string, AwsAnswerScript]>([
    ['hangs', { hang: true }],
    ['breaks connections', { reset: true }],
  ])('stops where an instance %s', async (_, script) => {
    await service('Ready', 'Ready', { '/': [described({ [FIRST]: '10.0.1.1', [SECOND]: '10.0.1.1' })] });
    const end = await gate('ReadyWait', { event: READY, instances: { '10.0.1.1': await instance(script) }, timeoutMs: IMPATIENT_MS });
    expect(operations()).toContain('StopDeployment');
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { verdict: 'inconclusive', report: 'Failed', reason: expect.stringMatching(/^2 of 2 instances could not be judged; /) } });
  });

  test('decides within its time where an instance hangs for longer than that', async () => {
    await service('Ready', 'Ready');
    const hanging = await instance({ hang: true });
    const end = await gate('ReadyWait', { event: READY, instances: { '10.0.1.1': hanging, '10.0.2.1': hanging }, timeoutMs: 30_000, remainingMs: 13_000 });
    expect(operations()).toContain('StopDeployment');
    expect(operations()).not.toContain('ContinueDeployment');
    expect(end.thrown).toBeUndefined();
  });

  test('stops where an instance is gone', async () => {
    await service('Ready', 'Ready', { '/': [described({ [FIRST]: '10.0.1.1' })] });
    const end = await gate('ReadyWait', { event: READY });
    expect(operations()).toContain('StopDeployment');
    expect(end.lines[0]).toMatchObject({ message: `1 of 2 replacement instances cannot be asked, since EC2 has no running instance with an address there: ${SECOND} (gone)` });
  });

  test('asks an instance by IPv6 where it has no other address', async () => {
    await service('Ready', 'Ready', { ListDeploymentTargets: [{ body: JSON.stringify({ targetIds: [FIRST] }) }], BatchGetDeploymentTargets: [{ body: JSON.stringify({ deploymentTargets: [target(FIRST, 'Ready')] }) }], '/': [described({ [FIRST]: '2001:db8::7' })] });
    await gate('ReadyWait', { event: READY, instances: { '2001:db8::7': await instance(HEALTHY) } });
    expect(operations()).toContain('ContinueDeployment');
    expect(servers[0]?.calls[0]?.headers.host).toBe('[2001:db8::7]:8080');
  });

  test('keeps at it where CodeDeploy and EC2 are throttled', async () => {
    const slow = awsError('ThrottlingException', 'Rate exceeded');
    const scripts = { ListDeploymentTargets: [slow, { body: JSON.stringify({ targetIds: [FIRST] }) }], BatchGetDeploymentTargets: [slow, { body: JSON.stringify({ deploymentTargets: [target(FIRST, 'Ready')] }) }], ContinueDeployment: [slow, slow, {}] };
    await service('Ready', 'Ready', { ...scripts, '/': [{ status: 503, body: '<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>' }, described({ [FIRST]: '10.0.1.1' })] });
    const end = await gate('ReadyWait', { event: READY, instances: { '10.0.1.1': await instance(HEALTHY) } });
    expect(operations().filter((operation) => operation === 'ContinueDeployment')).toHaveLength(3);
    expect(end.thrown).toBeUndefined();
  });

  test('throws where it may not continue', async () => {
    await service('Ready', 'Ready', { ContinueDeployment: [awsError('AccessDeniedException', 'not authorized to perform codedeploy:ContinueDeployment')] });
    const end = await gate('ReadyWait', { event: READY, instances: { '10.0.1.1': await instance(HEALTHY), '10.0.2.1': await instance(HEALTHY) } });
    expect(end.thrown).toBe(`Error: the decision on ${DEPLOYMENT_ID} did not get through: codedeploy:ContinueDeployment failed: AccessDeniedException: not authorized to perform codedeploy:ContinueDeployment`);
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { verdict: 'pass', report: 'none' } });
  });

  test('stops where it may not look', async () => {
    await service('Ready', 'Ready', { ListDeploymentTargets: [awsError('AccessDeniedException', 'no')] });
    const end = await gate('ReadyWait', { event: READY });
    expect(operations()).toContain('StopDeployment');
    expect(end.lines[0]).toMatchObject({ message: 'the gate was stopped by an error: codedeploy:ListDeploymentTargets failed: AccessDeniedException: no' });
  });

  test('tells where somebody else has continued meanwhile', async () => {
    await service('Ready', 'Ready', { ContinueDeployment: [awsError('DeploymentIsNotInReadyStateException', 'no')] });
    const end = await gate('ReadyWait', { event: READY, instances: { '10.0.1.1': await instance(HEALTHY), '10.0.2.1': await instance(HEALTHY) } });
    expect([end.thrown, end.lines.map(({ message }) => message)]).toEqual([undefined, [expect.stringContaining('all 2 instances passed'), 'the deployment waits no longer; somebody else has decided']]);
  });

  test('stops where its suite is another one', async () => {
    await service('Ready', 'Ready');
    writeFileSync(join(dirname(bundle('server-gate')), 'suite.json'), JSON.stringify(suite('InstanceSuccess', PATIENT_MS)));
    const end = await runHandler(process.execPath, bundle('server-gate'), READY, { ...environment(), [ENV.event]: 'ReadyWait' });
    expect(operations()).toContain('StopDeployment');
    expect(end.lines[0]).toMatchObject({ message: `bad configuration: suite.json: 'event' must be "ReadyWait", which this hook is configured for, got "InstanceSuccess"` });
  });

  test('does no harm when its event comes again', async () => {
    await service('InProgress', 'Succeeded');
    const end = await gate('ReadyWait', { event: READY });
    expect([operations(), end.lines.map(({ message }) => message)]).toEqual([['GetDeployment'], ['the deployment does not wait, it is "InProgress", nothing is checked']]);
  });
});

describe('the gate of an instance', () => {
  const QUESTION = { deploymentId: DEPLOYMENT_ID, instanceId: FIRST };
  const LOOKED = ['GetDeployment', 'BatchGetDeploymentTargets', 'DescribeInstances'];

  test.each<[string, AwsAnswerScript, object]>([
    ['pass', HEALTHY, { verdict: 'pass', reason: `${FIRST} (10.0.1.1): 1 check passed: home` }],
    ['fail', BROKEN, { verdict: 'fail', reason: expect.stringMatching(`^${FIRST} \\(10\\.0\\.1\\.1\\): home: status was 503, expected 200`) }],
  ])('answers %s', async (_, script, answer) => {
    await service('InProgress', 'InProgress');
    const end = await gate('ValidateService', { event: { ...QUESTION, address: '169.254.169.254' }, instances: { '10.0.1.1': await instance(script) } });
    expect(end.returned).toEqual(answer);
    expect(operations()).toEqual([...LOOKED, 'PutEvents']);
    expect(sent('BatchGetDeploymentTargets')).toEqual([{ deploymentId: DEPLOYMENT_ID, targetIds: [FIRST] }]);
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { event: 'ValidateService', ...answer } });
  });

  test.each<[string, Scripts, Call, string]>([
    ['a question without ids', {}, { event: {} }, 'malformed question: deploymentId must look like d-A1B2C3D4E, got undefined'],
    ['an instance of another deployment', { BatchGetDeploymentTargets: [awsError('DeploymentTargetDoesNotExistException', 'no')] }, { event: QUESTION }, `${FIRST} is no instance of ${DEPLOYMENT_ID}`],
    ['a deployment that is not there', { GetDeployment: [awsError('DeploymentDoesNotExistException', 'no')] }, { event: QUESTION }, 'the deployment could not be looked up: codedeploy:GetDeployment failed: DeploymentDoesNotExistException: no'],
    ['missing configuration', {}, { event: QUESTION, variables: { [ENV.rollout]: '' } }, 'bad configuration: environment variable GREENLIGHT_ROLLOUT is not set; deploy the rollout again, or set it on the function'],
  ])('answers a failure for %s', async (_, scripts, call, reason) => {
    await service('InProgress', 'InProgress', scripts);
    const end = await gate('ValidateService', call);
    expect([end.returned, end.thrown]).toEqual([{ verdict: 'fail', reason }, undefined]);
  });

  test('answers a failure in time for an instance that hangs', async () => {
    await service('InProgress', 'InProgress');
    const end = await gate('ValidateService', { event: QUESTION, instances: { '10.0.1.1': await instance({ hang: true }) }, timeoutMs: IMPATIENT_MS });
    expect(end.returned).toEqual({ verdict: 'fail', reason: expect.stringContaining(`${FIRST} (10.0.1.1): home: `) });
  });
});

describe('the gate of the fleet', () => {
  const SUCCESS = successEvent();
  const LOOKED = ['GetDeployment', 'BatchGetDeploymentTargets', 'DescribeInstances'];

  test('records that an instance passes', async () => {
    await service('InProgress', 'Succeeded');
    const end = await gate('InstanceSuccess', { event: SUCCESS, instances: { '10.0.1.1': await instance(HEALTHY) } });
    expect([operations(), end.returned]).toEqual([[...LOOKED, 'PutEvents'], null]);
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { event: 'InstanceSuccess', verdict: 'pass' } });
  });

  test('raises the alarm where it fails', async () => {
    await service('InProgress', 'Succeeded');
    await gate('InstanceSuccess', { event: SUCCESS, instances: { '10.0.1.1': await instance(BROKEN) } });
    expect(operations()).toEqual([...LOOKED, 'SetAlarmState', 'PutMetricData', 'PutEvents']);
    expect(sent('SetAlarmState')).toEqual([{ AlarmName: 'web-verdict', StateValue: 'ALARM', StateReason: expect.stringMatching(`^InstanceSuccess of ${DEPLOYMENT_ID}: ${FIRST} \\(10\\.0\\.1\\.1\\): home: status was 503`) }]);
  });

  test('throws where it may not raise it', async () => {
    await service('InProgress', 'Succeeded', { SetAlarmState: [awsError('AccessDenied', 'no')] });
    const end = await gate('InstanceSuccess', { event: SUCCESS, instances: { '10.0.1.1': await instance(BROKEN) } });
    expect(end.thrown).toBe(`Error: the verdict alarm was not raised for ${FIRST} of ${DEPLOYMENT_ID}: cloudwatch:SetAlarmState failed: AccessDenied: no`);
  });

  test('does nothing for a malformed event, nor where the deployment is over', async () => {
    await service('Succeeded', 'Succeeded');
    const malformed = await gate('InstanceSuccess', { event: { hello: 'world' } });
    expect([operations(), malformed.thrown, malformed.lines.map(({ level }) => level)]).toEqual([[], undefined, ['ERROR']]);
    const over = await gate('InstanceSuccess', { event: SUCCESS });
    expect([operations(), over.lines.map(({ message }) => message)]).toEqual([['GetDeployment'], ['the deployment is over (Succeeded), and no alarm stops it any more, nothing is checked']]);
  });
});

describe('the guardian of gates', () => {
  const died = (requestPayload: unknown) => ({
    version: '1.0',
    requestContext: { functionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:gate:$LATEST', condition: 'RetriesExhausted' },
    requestPayload,
    responsePayload: { errorType: 'Sandbox.Timedout', errorMessage: 'RequestId: 1 Error: Task timed out after 300.00 seconds' },
  });

  test.each([['24', process.execPath], ['22', NODE_22]])('stops a deployment that waits, on Node %s', async (_, node) => {
    await service('Ready', 'Ready');
    const end = await runHandler(node, bundle('server-gate-guardian'), died(readyEvent()), environment());
    expect(operations()).toEqual(['GetDeployment', 'GetDeployment', 'StopDeployment', ...ALARM, 'PutEvents']);
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { by: 'guardian', event: 'ReadyWait', report: 'Failed', reason: 'gate gate timed out after 300 s without a decision' } });
    expect([end.thrown, end.stderr]).toEqual([undefined, '']);
  });

  test('raises the alarm for an instance', async () => {
    await service('InProgress', 'Succeeded');
    const end = await runHandler(process.execPath, bundle('server-gate-guardian'), died(successEvent()), environment());
    expect(operations()).toEqual(['GetDeployment', 'SetAlarmState', 'PutMetricData', 'PutEvents']);
    expect(end.lines[0]).toMatchObject({ [VERDICT_LOG_KEY]: { by: 'guardian', event: 'InstanceSuccess', reason: `${FIRST}: gate gate timed out after 300 s without a decision` } });
  });

  test('throws where it may not stop, and does nothing for what is no record', async () => {
    await service('Ready', 'Ready', { StopDeployment: [awsError('AccessDeniedException', 'no')] });
    const denied = await runHandler(process.execPath, bundle('server-gate-guardian'), died(readyEvent()), environment());
    expect(denied.thrown).toBe(`Error: the decision on ${DEPLOYMENT_ID} did not get through: codedeploy:StopDeployment failed: AccessDeniedException: no`);
    const other = await runHandler(process.execPath, bundle('server-gate-guardian'), { hello: 'world' }, environment());
    expect([other.thrown, other.lines.map(({ level }) => level)]).toEqual([undefined, ['ERROR']]);
  });
});
