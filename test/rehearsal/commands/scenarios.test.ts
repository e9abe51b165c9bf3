/** Every scenario of the example, played by the built command on the synthesized assembly with the handlers that ship. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { DeploymentReport, Report } from '../../../lib/model/report';
import { comparable } from '../../../rehearsal/report/json-report';
import { NODE_22, ROOT, greenlight, rehearse } from '../../support/greenlight';

const FOLDER = join('examples', 'ecs-web');
const playAgain = (name: string) => rehearse('--scenario', join(FOLDER, `${name}.yaml`));

/** Played once, whoever looks at what came of it. */
const played = new Map<string, ReturnType<typeof rehearse>>();
function play(name: string): ReturnType<typeof rehearse> {
  const run = played.get(name) ?? playAgain(name);
  played.set(name, run);
  return run;
}

const events = ({ lifecycleEvents }: DeploymentReport) => lifecycleEvents.map(({ name, status }) => `${name} ${status}`);
const eventOf = (deployment: DeploymentReport, name: string) => deployment.lifecycleEvents.find((event) => event.name === name)!;
const shares = ({ traffic }: DeploymentReport) => traffic.map(({ original, replacement }) => `${original}/${replacement}`);
const summary = ({ deployments }: Report) => deployments.map(({ creator, status, errorInformation }) => [creator, status, errorInformation?.code]);

const SCENARIOS: readonly [name: string, exit: number][] = [
  ['good', 0],
  ['two-releases', 0],
  ['good-then-broken', 1],
  ['broken', 1],
  ['broken-no-rollback', 1],
  ['retry', 0],
  ['leaky', 1],
  ['stopped', 1],
  ['stopped-rolled-back', 1],
  ['silent', 1],
  ['crashed', 1],
  ['throttled', 1],
  ['denied', 1],
  ['left-out-hooks', 1],
  ['red-alarm', 1],
  ['network-good', 0],
  ['network-broken', 1],
];

test('every scenario of the example is in this table', () => {
  const files = readdirSync(join(ROOT, FOLDER)).filter((file) => file.endsWith('.yaml'));
  expect(files.sort()).toEqual(SCENARIOS.map(([name]) => `${name}.yaml`).sort());
});

test.each(SCENARIOS)('%s comes out as it states, with exit status %i', (name, exit) => {
  const { report, status, stderr } = play(name);
  expect(report.expected).toBe(report.outcome);
  expect(status).toBe(exit);
  expect(stderr).toContain(report.rollout);
});

describe('good', () => {
  const { report } = play('good');
  const [deployment] = report.deployments;

  test('shifts as a canary and ends with all traffic on the replacement', () => {
    expect(report.deployments).toHaveLength(1);
    expect(shares(deployment!)).toEqual(['100/0', '90/10', '0/100']);
    const [, first, second] = deployment!.traffic;
    expect(second!.at - first!.at).toBeCloseTo(300, 0);
  });

  test('the hook passes with what it measured', () => {
    const hook = eventOf(deployment!, 'AfterAllowTestTraffic').hook!;
    expect(hook).toMatchObject({ report: 'Succeeded', verdict: 'pass' });
    expect(hook.checks.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass']);
    expect(hook.checks.every(({ samples, measurements }) => samples > 0 && measurements.length > 0)).toBe(true);
  });

  test('is completed only after the termination wait', () => {
    const last = deployment!.lifecycleEvents.at(-1)!;
    expect(deployment!.completeTime! - last.end!).toBeGreaterThanOrEqual(600);
  });

  test('every call of every function was decided by the template, and allowed', () => {
    expect(report.iam.length).toBeGreaterThan(0);
    expect(report.iam.filter(({ decision }) => decision !== 'allow')).toEqual([]);
  });
});

describe('broken', () => {
  const { report } = play('broken');
  const [deployment, rollback] = report.deployments;

  test('has eight events, and fails in AfterAllowTestTraffic', () => {
    expect(events(deployment!)).toEqual([
      'BeforeInstall Succeeded',
      'Install Succeeded',
      'AfterInstall Succeeded',
      'AllowTestTraffic Succeeded',
      'AfterAllowTestTraffic Failed',
      'BeforeAllowTraffic Skipped',
      'AllowTraffic Skipped',
      'AfterAllowTraffic Skipped',
    ]);
    expect(eventOf(deployment!, 'AfterAllowTestTraffic').hook).toMatchObject({ report: 'Failed', verdict: 'fail' });
  });

  test('says what was measured and what was asked for', () => {
    const { reason } = eventOf(deployment!, 'AfterAllowTestTraffic').hook!;
    expect(reason).toContain('"degraded"');
    expect(reason).toContain('"ok"');
  });

  test('production traffic never leaves 100/0, and the service rolls back by a deployment of its own', () => {
    expect(new Set([...shares(deployment!), ...shares(rollback!)])).toEqual(new Set(['100/0']));
    expect(rollback!.creator).toBe('codeDeployRollback');
    expect(deployment!.rollbackInfo!.rollbackMessage).toBe(
      `Deployment ${deployment!.deploymentId} terminated. Automatic rollback is triggered with a DeploymentId ${rollback!.deploymentId}.`,
    );
  });
});

test('broken-no-rollback: failed, one deployment, and everything stays as it is', () => {
  const { report } = play('broken-no-rollback');
  expect(summary(report)).toEqual([['user', 'Failed', 'HOOK_EXECUTION_FAILURE']]);
  expect(report.outcome).toBe('failed');
});

test('two-releases: the second one shifts back to the first target group', () => {
  const { report } = play('two-releases');
  expect(summary(report)).toEqual([
    ['user', 'Succeeded', undefined],
    ['user', 'Succeeded', undefined],
  ]);
  expect(report.deployments.map(shares)).toEqual([
    ['100/0', '90/10', '0/100'],
    ['100/0', '90/10', '0/100'],
  ]);
});

test('retry: our own alarm falls back in time, and does not stop the good release', () => {
  const { report } = play('retry');
  expect(summary(report).map(([, status]) => status)).toEqual(['Failed', 'Succeeded', 'Succeeded']);
  const verdictAlarm = report.alarms.find(({ name }) => name.includes('VerdictAlarm'))!;
  const [red, green] = verdictAlarm.transitions.slice(-2);
  expect([red!.to, green!.to]).toEqual(['ALARM', 'OK']);
  expect(green!.at - red!.at).toBeLessThanOrEqual(20);
});

test('leaky: stopped by the alarm in the words of the service, and rolled back', () => {
  const { report } = play('leaky');
  expect(summary(report)).toEqual([
    ['user', 'Stopped', 'ALARM_ACTIVE'],
    ['codeDeployRollback', 'Succeeded', undefined],
  ]);
  const alarm = report.alarms.find(({ name }) => name.includes('ErrorRate'))!;
  expect(report.deployments[0]!.errorInformation!.message).toBe(
    'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. ' +
      `Activated alarms: <${alarm.name}>`,
  );
  expect(shares(report.deployments[1]!).at(-1)).toBe('100/0');
});

test('stopped and stopped-rolled-back: by hand, without and with a rollback', () => {
  expect(summary(play('stopped').report)).toEqual([['user', 'Stopped', 'MANUAL_STOP']]);
  expect(summary(play('stopped-rolled-back').report)).toEqual([
    ['user', 'Stopped', 'MANUAL_STOP'],
    ['codeDeployRollback', 'Succeeded', undefined],
  ]);
});

test('silent: an hour of waiting, in virtual time alone', () => {
  const { report } = play('silent');
  expect(report.timing.virtualSeconds).toBeGreaterThan(3600);
  expect(report.timing.virtualSeconds).toBeLessThan(3700);
  expect(report.timing.wallMs).toBeLessThan(60_000);
  expect(report.deployments[0]!.errorInformation!.message).toBe(
    'The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one hour after a deployment hook is invoked.',
  );
});

test('crashed: the guardian reports within 30 virtual seconds of the invocation', () => {
  const { report } = play('crashed');
  const event = eventOf(report.deployments[0]!, 'AfterAllowTestTraffic');
  expect(event.hook).toMatchObject({ report: 'none', guardian: { report: 'Failed' } });
  expect(event.hook!.guardian!.at - event.start!).toBeLessThanOrEqual(30);
});

test('throttled: ends within the maximum age of the event and a minute', () => {
  const { report } = play('throttled');
  const event = eventOf(report.deployments[0]!, 'AfterAllowTestTraffic');
  expect(event.end! - event.start!).toBeLessThanOrEqual(300 + 60);
  expect(event.hook!.guardian).toMatchObject({ report: 'Failed' });
});

test('denied: nothing is reported by the hook, and the missing statement is named', () => {
  const { report, stderr } = play('denied');
  const { hook } = eventOf(report.deployments[0]!, 'AfterAllowTestTraffic');
  expect(hook).toMatchObject({ report: 'none', guardian: { report: 'Failed' } });
  const denied = report.iam.filter(({ decision }) => decision === 'deny');
  expect(denied).toHaveLength(1);
  expect(denied[0]!.missingStatement).toMatchObject({ Effect: 'Allow', Action: 'codedeploy:PutLifecycleEventHookExecutionStatus' });
  expect(stderr).toContain('missing statement');
});

test('red-alarm: stopped before anything moved, and still with a rollback on record', () => {
  const { report } = play('red-alarm');
  expect(summary(report)).toEqual([
    ['user', 'Stopped', 'ALARM_ACTIVE'],
    ['codeDeployRollback', 'Succeeded', undefined],
  ]);
  expect(report.deployments[0]!.completeTime).toBeLessThan(2);
  expect(report.deployments.flatMap(shares)).not.toContain('90/10');
});

describe('equal seeds give equal reports', () => {
  test.each(['good', 'leaky', 'crashed'])('%s', (name) => {
    expect(comparable(playAgain(name).report)).toEqual(comparable(play(name).report));
  });

  test('on Node 22 and on Node 24', () => {
    const args = ['rehearse', '--scenario', join(FOLDER, 'broken.yaml'), '--json', '-'];
    const reports = [NODE_22, process.execPath].map((nodePath) => JSON.parse(greenlight(args, { nodePath }).stdout) as Report);
    expect(comparable(reports[0]!)).toEqual(comparable(reports[1]!));
  });

  test('another seed gives another report', () => {
    const other = rehearse('--scenario', join(FOLDER, 'leaky.yaml'), '--seed', '2');
    expect(comparable({ ...other.report, seed: 1 })).not.toEqual(comparable(play('leaky').report));
  });
});
