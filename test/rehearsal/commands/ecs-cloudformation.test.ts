/** The scenarios of a service that CloudFormation itself releases, played by the built command with the handlers that ship. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DeploymentReport } from '../../../lib/model/report';
import { comparable } from '../../../rehearsal/report/json-report';
import { ROOT, greenlight, inTemporaryFolder, rehearse } from '../../support/greenlight';

const FOLDER = join('examples', 'ecs-cloudformation');
const play = (name: string) => rehearse('--scenario', join(FOLDER, `${name}.yaml`));
const shares = ({ traffic }: DeploymentReport) => traffic.map(({ original, replacement }) => `${original}/${replacement}`);
const ROLLED_BACK = 'CloudFormation rolled stack EcsCloudFormation back to what it was before the update: all traffic to the original task set, and the replacement removed.';

function playWith(more: string) {
  return inTemporaryFolder((folder) => {
    const file = join(folder, 'scenario.yaml');
    writeFileSync(file, `rollout: EcsCloudFormation/Web\nservice:\n  routes:\n    - { path: '/*', body: { status: ok } }\n${more}\n`);
    return greenlight(['rehearse', '--scenario', file, '--json', '-']);
  });
}

test('every scenario is played here', () => {
  expect(readdirSync(join(ROOT, FOLDER)).filter((file) => file.endsWith('.yaml')).sort()).toEqual(['broken.yaml', 'good.yaml', 'leaky.yaml']);
});

describe('good', () => {
  const { report, status } = play('good');
  const [deployment] = report.deployments;

  test('is released by CloudFormation, in the steps of the hook of the template', () => {
    expect([report.platform, report.controller, report.outcome, report.expected, status]).toEqual(['ECS', 'CLOUDFORMATION', 'released', 'released', 0]);
    expect([deployment!.status, deployment!.creator, deployment!.deploymentConfigName]).toEqual(['Succeeded', 'CloudFormation', 'TimeBasedCanary 20 %, 5 min']);
    expect(shares(deployment!)).toEqual(['100/0', '80/20', '0/100']);
  });

  test('passes the gate at each of the five events, by the functions that the hook names', () => {
    const gates = deployment!.lifecycleEvents.flatMap(({ name, hook }) => (hook === undefined ? [] : [{ name, report: hook.report, samples: hook.checks.every(({ samples }) => samples > 0), by: hook.function.slice(0, 15) }]));
    expect(gates).toEqual(
      ['BeforeInstall', 'AfterInstall', 'AfterAllowTestTraffic', 'BeforeAllowTraffic', 'AfterAllowTraffic'].map((name) => ({ name, report: 'Succeeded', samples: true, by: 'CodeDeployHook_' })),
    );
  });

  test('is allowed everything that it asks for, on a group that is not there', () => {
    expect(report.iam.filter(({ decision }) => decision !== 'allow')).toEqual([]);
    const reports = report.iam.filter(({ action }) => action === 'codedeploy:PutLifecycleEventHookExecutionStatus').map(({ resource }) => resource);
    expect([...new Set(reports)]).toEqual(['arn:aws:codedeploy:us-east-1:111111111111:deploymentgroup:CloudFormation/EcsCloudFormation']);
    expect(report.iam.filter(({ principal }) => principal.endsWith('role/EcsCloudFormation-Web-0EC9A829')).map(({ action }) => action)).toEqual(Array.from({ length: 5 }, () => 'lambda:InvokeFunction'));
  });

  test('says what is assumed of CloudFormation, and how its alarms come to watch', () => {
    const said = [...report.fidelity.modelled, ...report.fidelity.approximated].join('\n');
    expect(said).toContain('the rollback of the stack');
    expect(said).toContain('reportsOnApplication: CloudFormation');
    expect(said).toContain('the alarms of the rollout are rollback triggers of the stack');
    expect(report.findings.map(({ id, level }) => [id, level])).toEqual([['rollback-triggers', 'info']]);
  });

  test('gives equal reports for equal seeds', () => {
    expect(comparable(play('good').report)).toEqual(comparable(report));
  });
});

test('broken: the check says why, and the stack goes back', () => {
  const { report, status } = play('broken');
  expect([report.outcome, report.expected, status]).toEqual(['rolledBack', 'rolledBack', 1]);
  const [deployment, ...others] = report.deployments;
  expect(others).toEqual([]);
  expect(deployment).toMatchObject({ status: 'Failed', errorInformation: { code: 'HOOK_EXECUTION_FAILURE' }, rollbackInfo: { rollbackMessage: ROLLED_BACK } });
  expect(shares(deployment!)).toEqual(['100/0']);
  expect(deployment!.lifecycleEvents.find(({ name }) => name === 'AfterAllowTestTraffic')!.hook!.reason).toContain('JSON path $.status was "degraded", expected "ok"');
});

test('leaky: an alarm is a rollback trigger, and takes back what had moved', () => {
  const { report, status } = play('leaky');
  expect([report.outcome, status]).toEqual(['rolledBack', 1]);
  const [deployment] = report.deployments;
  expect(deployment).toMatchObject({ status: 'Stopped', errorInformation: { code: 'MANUAL_STOP', message: expect.stringContaining('a rollback trigger is in ALARM: EcsCloudFormation-ErrorRate') } });
  expect(shares(deployment!)).toEqual(['100/0', '80/20', '100/0']);
});

test('the terminal says that the stack was rolled back', () => {
  const { stdout } = greenlight(['rehearse', '--scenario', join(FOLDER, 'broken.yaml'), '--no-color']);
  expect(stdout.replace(/[\s│]+/g, ' ')).toContain(ROLLED_BACK);
  expect(stdout).not.toContain('codeDeployRollback');
});

test.each([
  ['releases: [{ name: v2, leaveOut: [AfterInstall] }]', 'sets "leaveOut", which takes hooks out of an AppSpec, and CloudFormation deploys EcsCloudFormation/Web without one; leave it out'],
  ['releases: [{ name: v2, rollback: false }]', 'release v2 sets "rollback", which is a setting of deployment groups: CloudFormation always rolls a failed update back; leave it out for EcsCloudFormation/Web'],
  ['releases: [{ name: v2, actions: [{ at: 1m, do: continue }] }]', 'the scenario\'s action "continue" is for deployments that wait for somebody, and those that CloudFormation performs do not; leave it out for EcsCloudFormation/Web'],
  ['releases: [{ name: v2, actions: [{ at: 1m, do: stop, rollback: false }] }]', 'the scenario\'s action "stop" leaves the rollback out, and CloudFormation always rolls a cancelled update back; leave "rollback" out for EcsCloudFormation/Web'],
])('a scenario may not ask for what there is not: %s', (more, message) => {
  const { status, stderr } = playWith(more);
  expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test('a cancelled update, a hook without permission and a throttled one end as for CodeDeploy', () => {
  const outcomes = (more: string) => {
    const { stdout } = playWith(more);
    const [deployment] = (JSON.parse(stdout) as { deployments: DeploymentReport[] }).deployments;
    return [deployment!.status, deployment!.errorInformation!.code, deployment!.rollbackInfo!.rollbackMessage];
  };
  expect(outcomes('releases: [{ name: v2, actions: [{ at: AllowTraffic+1m, do: stop }] }]')).toEqual(['Stopped', 'MANUAL_STOP', ROLLED_BACK]);
  expect(outcomes('deny: [{ hook: AfterInstall, action: "codedeploy:PutLifecycleEventHookExecutionStatus" }]\nreleases: [{ name: v2 }]')[0]).toBe('Failed');
  expect(outcomes('throttle: [{ hook: AfterInstall, for: 2h }]\nreleases: [{ name: v2 }]')).toEqual(['Failed', 'HOOK_EXECUTION_FAILURE', ROLLED_BACK]);
});
