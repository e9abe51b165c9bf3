/** The scenarios of a rollout for Lambda, played by the built command against an app that is made by hand. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as lambda from 'aws-cdk-lib/aws-lambda';

import type { DeploymentReport, Report } from '../../../lib/model/report';
import { comparable } from '../../../rehearsal/report/json-report';
import { ROOT, greenlight, rehearse } from '../../support/greenlight';
import { synthesizeOrders } from './orders-app';

const SCENARIOS = join('examples', 'lambda-orders');
const FUNCTIONS = join(__dirname, 'functions');
const app = synthesizeOrders();
const scratch = mkdtempSync(join(tmpdir(), 'lambda-scenarios-'));
afterAll(() => [app, scratch].forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const play = (name: string, ...more: readonly string[]) => rehearse('--app', app, '--scenario', join(SCENARIOS, `${name}.yaml`), ...more);
const shares = ({ traffic }: DeploymentReport) => traffic.map(({ original, replacement }) => `${original}/${replacement}`);
const events = ({ lifecycleEvents }: DeploymentReport) => lifecycleEvents.map(({ name, status }) => `${name} ${status}`);
const hookOf = ({ deployments }: Report, name: string) => deployments[0]!.lifecycleEvents.find((event) => event.name === name)!.hook!;
/** Seconds that the event of a hook lasted. */
const lasted = ({ deployments }: Report, name: string) => {
  const { start, end } = deployments[0]!.lifecycleEvents.find((event) => event.name === name)!;
  return end! - start!;
};

function playWith(more: string, ...args: readonly string[]) {
  const file = join(scratch, 'scenario.yaml');
  writeFileSync(file, `rollout: LambdaOrders/Orders\n${more}\n`);
  return greenlight(['rehearse', '--app', app, '--scenario', file, '--json', '-', ...args]);
}

test('every scenario is played here', () => {
  const files = readdirSync(join(ROOT, SCENARIOS)).filter((file) => file.endsWith('.yaml')).sort();
  expect(files).toEqual(['errors.yaml', 'good.yaml', 'hook-denied.yaml', 'hook-throws.yaml', 'hook-times-out.yaml', 'smoke-fails.yaml', 'stopped-weighted.yaml']);
});

describe('good', () => {
  const { report, status } = play('good');
  const [deployment] = report.deployments;

  test('is released in ten steps by CodeDeploy, for CloudFormation', () => {
    expect([report.platform, report.controller, report.outcome, report.expected, status]).toEqual(['Lambda', 'CODE_DEPLOY', 'released', 'released', 0]);
    expect(events(deployment!)).toEqual(['BeforeAllowTraffic Succeeded', 'AllowTraffic Succeeded', 'AfterAllowTraffic Succeeded']);
    expect(shares(deployment!)).toEqual(['100/0', '90/10', '80/20', '70/30', '60/40', '50/50', '40/60', '30/70', '20/80', '10/90', '0/100']);
    expect(deployment).toMatchObject({ status: 'Succeeded', creator: 'CloudFormation', deploymentConfigName: 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute' });
    expect(report.deployments).toHaveLength(1);
    expect(report.findings).toEqual([]);
  });

  test('its hooks run the code of the target version, and are allowed what they ask for', () => {
    expect(hookOf(report, 'BeforeAllowTraffic')).toMatchObject({ function: 'CodeDeployHook_orders_before', report: 'Succeeded' });
    expect(report.iam.filter(({ decision }) => decision !== 'allow')).toEqual([]);
    expect(report.iam.filter(({ action }) => action === 'lambda:InvokeFunction').map(({ resource }) => resource.split(':function:')[1])).toContain(`${releasedName(report)}:2`);
    expect(report.fidelity.approximated.join('\n')).toContain('the code of version 2 is run');
  });

  test('says what is known of this platform', () => {
    expect(report.fidelity.modelled.join('\n')).toContain('as CodeDeploy plays them for Lambda');
    expect(report.fidelity.approximated.join('\n')).toContain('20 invocations of the alias a second by users: drawn from the profile of each version');
    expect(report.fidelity.approximated.join('\n')).toContain('leaves the alias as CodeDeploy left it');
  });

  test('gives equal reports for equal seeds', () => {
    expect(comparable(play('good').report)).toEqual(comparable(report));
  });
});

const releasedName = ({ iam }: Report): string => iam.find(({ action }) => action === 'lambda:GetAlias')!.resource.split(':function:')[1]!;

describe('smoke-fails', () => {
  const { report, status } = play('smoke-fails');

  test('traffic never moves, and the alias goes back all the same', () => {
    expect([report.outcome, report.expected, status]).toEqual(['rolledBack', 'rolledBack', 1]);
    expect(events(report.deployments[0]!)).toEqual(['BeforeAllowTraffic Failed', 'AllowTraffic Skipped', 'AfterAllowTraffic Skipped']);
    expect(report.deployments.map(shares)).toEqual([['100/0'], ['100/0']]);
    expect(report.deployments[1]).toMatchObject({ creator: 'codeDeployRollback', status: 'Succeeded' });
    expect(hookOf(report, 'BeforeAllowTraffic').report).toBe('Failed');
  });
});

describe('errors', () => {
  const { report, status } = play('errors');
  const [deployment, rollback] = report.deployments;

  test('the alarm on the errors of the alias stops it in the shift, and the alias goes back without weights', () => {
    expect([report.outcome, report.expected, status]).toEqual(['rolledBack', 'rolledBack', 1]);
    expect(deployment).toMatchObject({ status: 'Stopped', errorInformation: { code: 'ALARM_ACTIVE', message: expect.stringContaining('<orders-errors>') } });
    expect(shares(deployment!).at(-1)).toBe('80/20');
    expect(shares(rollback!)).toEqual(['80/20', '100/0']);
    expect(rollback!.completeTime! - rollback!.createTime).toBeLessThanOrEqual(3.1);
    expect(report.alarms.find(({ name }) => name === 'orders-errors')!.transitions.map(({ to }) => to)).toEqual(['OK', 'ALARM']);
    expect(report.findings.filter(({ id }) => id === 'alias-weighted')).toEqual([]);
  });
});

test.each([
  ['hook-throws', 'TooManyRequestsException: Rate Exceeded.', 20],
  ['hook-times-out', 'timed out after 20 s without reporting', 21],
  ['hook-denied', 'is not authorized to perform: codedeploy:PutLifecycleEventHookExecutionStatus', 20],
])('%s ends failed by the guardian, well before the hour is over', (name, reason, atMost) => {
  const { report, status } = play(name);
  expect([report.outcome, report.expected, status]).toEqual(['rolledBack', 'rolledBack', 1]);
  expect(report.deployments[0]).toMatchObject({ status: 'Failed', errorInformation: { code: 'HOOK_EXECUTION_FAILURE' } });
  const hook = hookOf(report, 'BeforeAllowTraffic');
  expect(hook).toMatchObject({ report: 'none', guardian: { report: 'Failed' } });
  expect(`${hook.reason} ${hook.guardian!.reason}`).toContain(reason);
  expect(lasted(report, 'BeforeAllowTraffic')).toBeLessThanOrEqual(atMost);
  expect(report.deployments.map(shares)).toEqual([['100/0'], ['100/0']]);
});

describe('stopped-weighted', () => {
  const { report, status } = play('stopped-weighted');
  const [stopped, next] = report.deployments;

  test('the alias stays between two versions, for which the next release fails in the words of the service', () => {
    expect([report.outcome, report.expected, status]).toEqual(['failed', 'failed', 1]);
    expect(stopped).toMatchObject({ status: 'Stopped', errorInformation: { code: 'MANUAL_STOP' } });
    expect(shares(stopped!).at(-1)).toBe('80/20');
    expect(next).toMatchObject({
      status: 'Failed',
      errorInformation: { code: 'INVALID_LAMBDA_CONFIGURATION', message: expect.stringContaining('The Lambda function alias version does not match the current version in AppSpec file.') },
    });
    expect(report.deployments).toHaveLength(2);
  });

  test('a finding has the command that ends it', () => {
    const name = releasedName(report);
    expect(report.findings).toEqual([
      {
        id: 'alias-weighted',
        level: 'warning',
        message: `alias live of ${name} stays between version 1 (80 %) and version 2 (20 %), and every deployment fails until somebody points it at one version`,
        remedy: `aws lambda update-alias --function-name ${name} --name live --function-version 1 --routing-config AdditionalVersionWeights={}`,
      },
    ]);
  });
});

describe('a function in Python', () => {
  const folder = synthesizeOrders({ code: join(FUNCTIONS, 'place-order-python'), runtime: lambda.Runtime.PYTHON_3_12, handler: 'app.handler' });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(SCENARIOS, 'good.yaml');

  test('is run by the Python of this machine, and the report says that it ran in real time', () => {
    const { report, status } = rehearse('--app', folder, '--scenario', file);
    expect([report.outcome, status]).toEqual(['released', 0]);
    expect(report.fidelity.approximated.join('\n')).toMatch(/ran in real time: function \S+ is in Python, whose clock cannot be stepped/);
  });

  test('is not modelled where there is no Python, and the report says why', () => {
    const { status, stdout } = greenlight(['rehearse', '--app', folder, '--scenario', file, '--json', '-'], { path: '/nonexistent' });
    const report = JSON.parse(stdout) as Report;
    expect([report.outcome, status]).toEqual(['rolledBack', 1]);
    expect(report.fidelity.notModelled.join('\n')).toMatch(/has the runtime python3\.12, and there is no python3 on the PATH that could run it/);
    expect(hookOf(report, 'BeforeAllowTraffic').reason).toContain('the invocation is not modelled by the rehearsal');
  });
});

test('a function in another language is released all the same, and what its hooks ask of it is not modelled', () => {
  const folder = synthesizeOrders({ runtime: lambda.Runtime.JAVA_21, handler: 'shop.Orders' });
  try {
    const { report } = rehearse('--app', folder, '--scenario', join(SCENARIOS, 'good.yaml'));
    expect(report.fidelity.notModelled.join('\n')).toContain('has the runtime java21, and a rehearsal runs nodejs and python runtimes only');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe('your own versions', () => {
  test('run from their folders: what the new one does wrong, the smoke test finds', () => {
    const run = playWith('releases:\n  - name: v2', '--blue', join(FUNCTIONS, 'place-order'), '--green', join(FUNCTIONS, 'place-order-next'));
    const report = JSON.parse(run.stdout) as Report;
    expect([report.outcome, run.status]).toEqual(['rolledBack', 1]);
    expect(hookOf(report, 'BeforeAllowTraffic').report).toBe('Failed');
    expect(report.fidelity.approximated.join('\n')).not.toContain('run the code of the template');
  });

  test.each([
    ['a URL', ['--blue', 'http://localhost:1', '--green', 'http://localhost:2'], '--blue and --green are URLs, and rollout LambdaOrders/Orders releases a function; give the folders of its code'],
    ['a folder that is none', ['--blue', FUNCTIONS, '--green', 'no/such/folder'], '--green must be a folder with the code of the function, got no/such/folder, which is none'],
    ['one of each', ['--blue', FUNCTIONS, '--green', 'http://localhost:2'], '--blue and --green must be two URLs or two folders'],
  ])('%s is refused', (_what, args, message) => {
    const run = playWith('releases:\n  - name: v2', ...args);
    expect([run.status, run.stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

test.each([
  ['a route', 'service:\n  routes: [{ path: /health }]\nreleases: [{ name: v2 }]', '"service" has "routes", which is for services, and rollout LambdaOrders/Orders is for a function; it has "latency", and faults with "error", "latency", "hang" or "throttled"'],
  ['a status', 'releases:\n  - name: v2\n    faults: [{ status: 500 }]', 'release v2 has a fault with "status"'],
  ['a path', 'releases:\n  - name: v2\n    faults: [{ path: /x, error: broken }]', 'release v2 has a fault with "path"'],
  ['a program', 'releases:\n  - name: v2\n    command: [node]', 'release v2 has "command"'],
  ['a hook that is left out and not there', 'releases: [{ name: v2, leaveOut: [AfterInstall] }]', 'release v2 leaves out AfterInstall, which rollout LambdaOrders/Orders has no hook for; it has BeforeAllowTraffic, AfterAllowTraffic'],
  ['a rollback of its own', 'releases:\n  - name: v2\n    rollback: off', 'release v2 sets "rollback", which is a setting of CreateDeployment'],
  ['an event that its hooks do not have', 'releases: [{ name: v2 }]\nthrottle: [{ hook: AfterInstall, for: 1m }]', '"throttle" names AfterInstall, which rollout LambdaOrders/Orders has no hook for'],
])('a scenario with %s is refused', (_what, scenario, message) => {
  const run = playWith(scenario);
  expect([run.status, run.stderr]).toEqual([2, expect.stringContaining(message)]);
});

test('an alarm that is red at the start stops the release before anything moves', () => {
  const run = playWith('alarms: [{ alarm: orders-errors, state: ALARM }]\nreleases: [{ name: v2 }]');
  const report = JSON.parse(run.stdout) as Report;
  expect(report.deployments.map(({ status }) => status)).toEqual(['Stopped', 'Succeeded']);
  expect(report.deployments[0]!.completeTime).toBeLessThan(1);
  expect(report.deployments.map(shares)).toEqual([['100/0'], ['100/0']]);
});

test('without users alarms see no data, and the report says so', () => {
  const report = JSON.parse(playWith('requestsPerSecond: 0\nreleases: [{ name: v2 }]').stdout) as Report;
  expect(report.outcome).toBe('released');
  expect(report.findings.map(({ id }) => id)).toEqual(['no-traffic']);
});
