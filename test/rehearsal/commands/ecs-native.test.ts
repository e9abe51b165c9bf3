/** The scenarios of a service whose deployments ECS itself controls, played by the built command with the handlers that ship. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { DeploymentReport, Report } from '../../../lib/model/report';
import { comparable } from '../../../rehearsal/report/json-report';
import { ROOT, greenlight, rehearse } from '../../support/greenlight';

const FOLDER = join('examples', 'ecs-native');
const play = (name: string) => rehearse('--scenario', join(FOLDER, `${name}.yaml`));
const shares = ({ traffic }: DeploymentReport) => traffic.map(({ original, replacement }) => `${original}/${replacement}`);
const stageOf = ({ deployments }: Report, name: string) => deployments[0]!.lifecycleEvents.find((event) => event.name === name)!;
const back = ({ lifecycleEvents }: DeploymentReport) => lifecycleEvents.filter(({ rollback }) => rollback === true).map(({ name, status }) => `${name} ${status}`);

const scratch = mkdtempSync(join(tmpdir(), 'ecs-native-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** The text of the good scenario with more in it. */
function playWith(more: string) {
  const file = join(scratch, 'scenario.yaml');
  writeFileSync(file, `rollout: EcsNative/Web\nservice:\n  routes:\n    - { path: '/*', body: { status: ok } }\n${more}\n`);
  return greenlight(['rehearse', '--scenario', file, '--json', '-']);
}

test('every scenario is played here', () => {
  expect(readdirSync(join(ROOT, FOLDER)).filter((file) => file.endsWith('.yaml')).sort()).toEqual(['broken.yaml', 'good.yaml', 'leaky.yaml', 'red-alarm.yaml', 'stopped.yaml']);
});

describe('good', () => {
  const { report, status, wallMs } = play('good');
  const [deployment] = report.deployments;

  test('is released in the steps of its canary, by ECS', () => {
    expect([report.platform, report.controller, report.outcome, report.expected, status]).toEqual(['ECS', 'ECS', 'released', 'released', 0]);
    expect([deployment!.status, deployment!.deploymentConfigName]).toEqual(['SUCCESSFUL', 'CANARY 10 %, 5 min; bake 10 min']);
    expect(shares(deployment!)).toEqual(['100/0', '90/10', '0/100']);
    expect(deployment!.lifecycleEvents.map(({ name }) => name)).toEqual([
      'PRE_SCALE_UP', 'SCALE_UP', 'POST_SCALE_UP', 'TEST_TRAFFIC_SHIFT', 'POST_TEST_TRAFFIC_SHIFT', 'PRE_PRODUCTION_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT',
      'PRE_PRODUCTION_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT', 'BAKE_TIME', 'CLEAN_UP',
    ]);
  });

  test('passes its checks on the test listener', () => {
    const { hook } = stageOf(report, 'POST_TEST_TRAFFIC_SHIFT');
    expect(hook).toMatchObject({ report: 'Succeeded', verdict: 'pass', reason: '2 checks passed: GET /health, GET /api/orders' });
    expect(hook!.checks.every(({ samples, measurements }) => samples > 0 && measurements.length > 0)).toBe(true);
  });

  test('bakes for half an hour over many invocations, in which nothing runs meanwhile', () => {
    const { hook, start, end } = stageOf(report, 'POST_PRODUCTION_TRAFFIC_SHIFT');
    expect(hook).toMatchObject({ report: 'Succeeded', verdict: 'pass', invocations: 31 });
    expect(hook!.checks[0]).toMatchObject({ name: 'quiet for 30 minutes', samples: 31, errors: 0 });
    expect(end! - start!).toBeCloseTo(1800, -1);
    expect(wallMs).toBeLessThan(60_000);
  });

  test('asks CodeDeploy for nothing, and is allowed everything that it asks for', () => {
    expect(report.iam.filter(({ action }) => action.startsWith('codedeploy:'))).toEqual([]);
    expect(report.iam.filter(({ decision }) => decision !== 'allow')).toEqual([]);
    expect(report.iam.map(({ action }) => action)).toEqual(expect.arrayContaining(['lambda:InvokeFunction', 'events:PutEvents', 'cloudwatch:DescribeAlarms']));
  });

  test('says what is known of this controller, and not of the other one', () => {
    const said = [...report.fidelity.modelled, ...report.fidelity.approximated].join('\n');
    expect(said).toContain('as ECS plays them in deployments that it controls');
    expect(said).toContain('hookDetailsMerge: shallow');
    expect(said).not.toContain('CodeDeploy plays them');
    expect(report.findings).toEqual([]);
  });

  test('gives equal reports for equal seeds', () => {
    expect(comparable(play('good').report)).toEqual(comparable(report));
  });
});

test('broken: the check says why, and ECS takes back what had moved', () => {
  const { report, status } = play('broken');
  expect([report.outcome, report.expected, status]).toEqual(['rolledBack', 'rolledBack', 1]);
  const [deployment] = report.deployments;
  expect(deployment!.errorInformation).toMatchObject({ code: 'LIFECYCLE_HOOK_FAILED', message: expect.stringMatching(/^The lifecycle hook EcsNative-\S+ of POST_TEST_TRAFFIC_SHIFT did not succeed\.$/) });
  expect(stageOf(report, 'POST_TEST_TRAFFIC_SHIFT')).toMatchObject({
    status: 'Failed',
    hook: { report: 'Failed', verdict: 'fail', reason: expect.stringContaining('GET /api/orders: JSON path $.status was "degraded", expected "ok"') },
  });
  expect(back(deployment!)).toEqual(['TEST_TRAFFIC_SHIFT Succeeded', 'CLEAN_UP Succeeded']);
  expect(shares(deployment!)).toEqual(['100/0']);
  const { stderr, stdout } = greenlight(['rehearse', '--scenario', join(FOLDER, 'broken.yaml')]);
  expect(`${stdout}${stderr}`).toContain('✘ ROLLBACK_SUCCESSFUL LIFECYCLE_HOOK_FAILED');
});

test('leaky: an alarm takes the deployment back at the first step', () => {
  const { report, status } = play('leaky');
  expect([report.outcome, status]).toEqual(['rolledBack', 1]);
  expect(report.deployments[0]!.errorInformation?.code).toBe('ALARM_TRIGGERED');
  expect(shares(report.deployments[0]!)).toEqual(['100/0', '90/10', '100/0']);
  expect(back(report.deployments[0]!)).toEqual(['PRODUCTION_TRAFFIC_SHIFT Succeeded', 'TEST_TRAFFIC_SHIFT Succeeded', 'CLEAN_UP Succeeded']);
});

test('red-alarm: ECS watches no alarm, and the check sees it', () => {
  const { report, status } = play('red-alarm');
  expect([report.outcome, status]).toEqual(['rolledBack', 1]);
  expect(report.findings.map(({ id }) => id)).toEqual(['alarms-off']);
  expect(stageOf(report, 'POST_PRODUCTION_TRAFFIC_SHIFT').hook!.reason).toContain('was ALARM, expected OK');
});

test('stopped: by a request, on its way', () => {
  const { report, status } = play('stopped');
  expect([report.outcome, status, report.deployments[0]!.errorInformation?.code]).toEqual(['rolledBack', 1, 'STOP_REQUESTED']);
});

test('a hook without a permission that it needs is seen', () => {
  const { stdout, status } = playWith('deny: [{ hook: POST_PRODUCTION_TRAFFIC_SHIFT, action: cloudwatch:DescribeAlarms }]\nreleases: [{ name: v2 }]');
  const report = JSON.parse(stdout) as Report;
  expect([report.outcome, status]).toEqual(['rolledBack', 1]);
  expect(report.iam.filter(({ decision }) => decision === 'deny')).toMatchObject([{ action: 'cloudwatch:DescribeAlarms', missingStatement: { Effect: 'Allow' } }]);
});

test.each([
  ['releases: [{ name: v2, rollback: off }]', 'release v2 sets "rollback", which is a setting of CodeDeploy\'s deployments'],
  ['releases: [{ name: v2, actions: [{ at: 1m, do: continue }] }]', 'the scenario\'s action "continue" is for rollouts of CodeDeploy, and ECS controls the deployments of EcsNative/Web'],
  ['releases: [{ name: v2, leaveOut: [BeforeInstall] }]', 'release v2 sets "leaveOut", which takes hooks out of an AppSpec of CodeDeploy'],
  ['throttle: [{ hook: BeforeInstall, for: 1m }]\nreleases: [{ name: v2 }]', '"throttle" names BeforeInstall, which is an event of CodeDeploy'],
  ['releases: [{ name: v2, actions: [{ at: CLEAN_UPP, do: stop }] }]', '"CLEAN_UPP" is not a lifecycle event of an ECS deployment; did you mean "CLEAN_UP"?'],
])('what ECS does not have is a mistake of the scenario: %s', (more, message) => {
  const { status, stderr } = playWith(more);
  expect([status, stderr.includes(message)]).toEqual([2, true]);
});
