/** The scenarios of the example in blue/green, played by the built command on the example as it is synthesized: gate, trigger, alternation and all. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import Ajv from 'ajv';

import type { DeploymentReport, Report } from '../../../lib/model/report';
import { ROOT, greenlight } from '../../support/greenlight';

const SCENARIOS = join('examples', 'server-blue-green');

function run(name: string, seed = 1) {
  const { status, stdout, stderr } = greenlight(['rehearse', '--app', join('build', 'cdk.out'), '--scenario', join(SCENARIOS, `${name}.yaml`), '--seed', String(seed), '--json', '-']);
  return { status, stdout, stderr, report: JSON.parse(stdout) as Report };
}

const conforms = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(readFileSync(join(ROOT, 'build', 'schemas', 'report.schema.json'), 'utf8')) as object);

/** The id that a name has in the template: what follows is made up. */
const bare = (name: string): string => /-(FleetA|FleetB|Fleet)ASG/.exec(name)?.[1] ?? name;
const revisions = ({ instances }: DeploymentReport) =>
  instances!.revisions.map(({ environment, count, zone, autoScalingGroup, status, before, after }) => `${environment} ${count} ${zone} ${bare(autoScalingGroup!)} ${status}: ${before} -> ${after}`);
const traffic = ({ traffic: changes }: DeploymentReport) => changes.map(({ original, replacement }) => `${original}/${replacement}`);
const groups = ({ autoScalingGroups }: Report) =>
  autoScalingGroups!.map(({ name, instances, isOfDeploymentGroup, desired }) => `${bare(name)} ${instances}${isOfDeploymentGroup ? ' serves' : ''}: ${desired.map(({ instances: each }) => each).join(' -> ')}`);
const denied = ({ iam }: Report) => iam.filter(({ decision }) => decision !== 'allow').map(({ principal, action, decision }) => `${decision} ${action} by ${/-Rollout(\w+?)Role/.exec(principal)![1]}`);

const UNTOUCHED = ['original 2 us-east-1a FleetA Skipped: the version before -> the version before', 'original 2 us-east-1b FleetA Skipped: the version before -> the version before'];
const BACK = ['original 2 us-east-1a FleetA Succeeded: the version before -> the version before', 'original 2 us-east-1b FleetA Succeeded: the version before -> the version before'];

test('every scenario is played here, or by the replay of the stack', () => {
  const replayed = ['copied-then-broken.yaml', 'good-then-broken.yaml'];
  expect(readdirSync(join(ROOT, SCENARIOS)).filter((file) => file.endsWith('.yaml') && !replayed.includes(file)).sort()).toEqual(['copied.yaml', 'gate-failed.yaml', 'good.yaml', 'ready-expired.yaml', 'rolled-back.yaml', 'scaled.yaml']);
});

describe('good', () => {
  const { status, stdout, report } = run('good');
  const [deployment, ...others] = report.deployments;

  test('is released without a finding, in a report that conforms to its schema', () => {
    expect([status, report.outcome, report.expected, report.platform, report.findings, others]).toEqual([0, 'released', 'released', 'Server', [], []]);
    conforms(report);
    expect(conforms.errors).toBeNull();
  });

  test('every replacement passes every check of the gate, which goes on', () => {
    const [gate, ...more] = deployment!.gates!;
    expect([gate!.gate, gate!.verdict, gate!.report, gate!.guardian, more]).toEqual(['ReadyWait', 'pass', 'Succeeded', undefined, []]);
    expect(gate!.instances).toHaveLength(4);
    expect(gate!.checks.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([...gate!.instances].sort().flatMap((id) => ['settle', 'GET /health', 'GET /api/orders'].map((name) => `${name} (${id}) pass`)));
    const { start, end } = deployment!.readyWait!;
    // The time-out is thirty minutes; the gate takes what its settle phase takes.
    expect(end! - start).toBeGreaterThan(2);
    expect(end! - start).toBeLessThan(30);
  });

  test('traffic moves to the replacements, which alone have the new revision', () => {
    expect(traffic(deployment!)).toEqual(['100/0', '67/33', '50/50', '0/100']);
    expect(revisions(deployment!)).toEqual([
      ...BACK,
      'replacement 2 us-east-1a FleetB Succeeded: null -> v2',
      'replacement 2 us-east-1b FleetB Succeeded: null -> v2',
    ]);
  });

  test('half an hour later the originals are brought down, by what the stack has for it and as far as it may', () => {
    expect(groups(report)).toEqual(['FleetA 0: 4 -> 0', 'FleetB 4 serves: 0 -> 4']);
    const down = report.autoScalingGroups![0]!.desired[1]!.at;
    expect(down - deployment!.completeTime!).toBeGreaterThanOrEqual(1800);
    expect(down - deployment!.completeTime!).toBeLessThan(1900);
    const settled = report.iam.filter(({ principal }) => principal.includes('RolloutFleetsStepRole')).map(({ action, decision }) => `${action} ${decision}`);
    expect(settled).toEqual(['autoscaling:DescribeAutoScalingGroups allow', 'autoscaling:SetDesiredCapacity allow', 'codedeploy:GetDeployment allow', 'codedeploy:GetDeploymentGroup allow', 'codedeploy:ListDeployments allow', 'codedeploy:UpdateDeploymentGroup allow']);
    expect(denied(report)).toEqual([]);
  });

  test('no alarm is raised', () => {
    expect(report.alarms.flatMap(({ transitions }) => transitions.map(({ to }) => to))).toEqual(['OK', 'OK']);
  });

  test('what is not simulated is told, and nothing of other platforms', () => {
    expect(report.fidelity.approximated).toContain('instances of ServerBlueGreen/Rollout answer its gates as the profile of the revision says that is installed on them, from Install on, whatever its scripts do');
    expect(report.fidelity.approximated.filter((text) => /task set|alias|provisioned|hook/.test(text))).toEqual([]);
  });

  test('the same seed gives the same bytes', () => {
    const untimed = (text: string): string => text.replace(/"(wallMs|durationMs)": \d+/g, '"$1": 0');
    expect(untimed(run('good').stdout)).toBe(untimed(stdout));
  });
});

test('gate-failed: the gate says which check failed on which instance, stops the deployment, and the originals never lose the traffic', () => {
  const { status, report } = run('gate-failed');
  const [stopped, rollback, ...others] = report.deployments;
  expect([status, report.outcome, report.findings, others, denied(report)]).toEqual([1, 'rolledBack', [], [], []]);
  expect([stopped!.status, stopped!.errorInformation!.code, rollback!.creator, rollback!.status]).toEqual(['Stopped', 'MANUAL_STOP', 'codeDeployRollback', 'Succeeded']);
  const [gate] = stopped!.gates!;
  expect([gate!.verdict, gate!.report, gate!.instances.length]).toEqual(['fail', 'Failed', 4]);
  expect(gate!.reason).toMatch(/^4 of 4 instances failed; i-[0-9a-f]{17} \(10\.0\.\d+\.\d+\): GET \/api\/orders: JSON path \$\.status was "no database", expected "ok" \(GET \/api\/orders on the test listener, 503 in \d+ ms\)$/);
  expect(gate!.checks.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name)).toEqual([...gate!.instances].sort().map((id) => `GET /api/orders (${id})`));
  expect([traffic(stopped!), traffic(rollback!)]).toEqual([['100/0'], ['100/0']]);
  expect(revisions(stopped!).slice(0, 2)).toEqual(UNTOUCHED);
  expect(revisions(rollback!).slice(0, 2)).toEqual(BACK);
  expect(groups(report)).toEqual(['FleetA 4 serves: 4', 'FleetB 0: 0 -> 4 -> 0']);
  expect(report.alarms[0]!.transitions.map(({ to }) => to)).toEqual(['OK', 'ALARM', 'OK']);
});

test('ready-expired: nobody may decide, the wait runs out, and the originals never lose the traffic', () => {
  const { status, report } = run('ready-expired');
  const [stopped, rollback, ...others] = report.deployments;
  expect([status, report.outcome, report.findings, others]).toEqual([1, 'rolledBack', [], []]);
  expect([stopped!.status, stopped!.errorInformation!.code, stopped!.errorInformation!.message]).toEqual(['Stopped', 'TIMEOUT', 'The deployment timed out while waiting for a notification to continue. This time out period is 30 minutes.']);
  expect(stopped!.readyWait!.end! - stopped!.readyWait!.start).toBe(1800);
  const [gate] = stopped!.gates!;
  expect([gate!.verdict, gate!.report, gate!.guardian!.report]).toEqual(['pass', 'none', 'none']);
  expect(gate!.guardian!.reason).toMatch(/^gate ServerBlueGreen-RolloutReadyWaitGateFunct-\w+ crashed without a decision: Error: the decision on d-\w+ did not get through/);
  expect([traffic(stopped!), traffic(rollback!)]).toEqual([['100/0'], ['100/0']]);
  expect(revisions(stopped!).slice(0, 2)).toEqual(UNTOUCHED);
  expect(groups(report)).toEqual(['FleetA 4 serves: 4', 'FleetB 0: 0 -> 4 -> 0']);
  expect(denied(report)).toEqual(['deny cloudwatch:PutMetricData by GateGuardian', 'deny cloudwatch:SetAlarmState by GateGuardian', 'deny codedeploy:StopDeployment by GateGuardian', 'deny codedeploy:ContinueDeployment by ReadyWaitGate']);
});

test('rolled-back: the originals, which served all the time, have all of the traffic again', () => {
  const { status, report } = run('rolled-back');
  const [stopped, rollback] = report.deployments;
  expect([status, report.outcome, report.findings, stopped!.status, rollback!.status]).toEqual([1, 'rolledBack', [], 'Stopped', 'Succeeded']);
  expect([traffic(stopped!), traffic(rollback!).at(-1)]).toEqual([['100/0', '67/33'], '100/0']);
  expect(revisions(stopped!).slice(0, 2)).toEqual(UNTOUCHED);
  expect(groups(report)).toEqual(['FleetA 4 serves: 4', 'FleetB 0: 0 -> 4 -> 0']);
});

test('scaled: what is launched meanwhile has the new revision in the end, and ends with the originals', () => {
  const { status, report } = run('scaled');
  expect([status, report.outcome, report.findings, denied(report)]).toEqual([0, 'released', [], []]);
  expect(groups(report)).toEqual(['FleetA 0: 4 -> 6 -> 0', 'FleetB 4 serves: 0 -> 4']);
  expect(report.deployments.map(({ creator, instances }) => [creator, instances!.counts])).toEqual([
    ['user', { Succeeded: 8 }],
    ['autoscaling', { Succeeded: 1 }],
    ['autoscaling', { Succeeded: 1 }],
    ['CodeDeployAutoUpdate', { Succeeded: 2 }],
  ]);
  expect(revisions(report.deployments[3]!).map((text) => text.replace(/^\w+ /, ''))).toEqual(['1 us-east-1a FleetA Succeeded: the version before -> v2', '1 us-east-1b FleetA Succeeded: the version before -> v2']);
});

test('copied: each release copies what serves, and originals are kept', () => {
  const { status, report } = run('copied');
  const [first, second] = report.deployments;
  expect([status, report.outcome, report.findings.map(({ id }) => id), denied(report)]).toEqual([0, 'released', ['copied-auto-scaling-group'], []]);
  const copyOf = (deployment: DeploymentReport | undefined) => `CodeDeploy_ServerCopied-Rollout-AA6D1081-Copied_${deployment!.deploymentId}`;
  expect(groups(report).sort()).toEqual([`${copyOf(first)} 2: 2`, `${copyOf(second)} 2 serves: 2`, 'Fleet 2: 2'].sort());
  expect([traffic(first!), traffic(second!)]).toEqual([['100/0', '50/50', '0/100'], ['100/0', '50/50', '0/100']]);
  expect(revisions(second!)[0]).toBe(`original 1 us-east-1a ${copyOf(first)} Succeeded: v2 -> v2`);
});

const ALWAYS = { good: [0, 'released', 'FleetB'], 'gate-failed': [1, 'rolledBack', 'FleetA'] } as const;

test.each(Object.entries(ALWAYS))('%s comes out the same whatever the seed', (name, [status, outcome, serves]) => {
  for (let seed = 2; seed <= 11; seed++) {
    const played = run(name, seed);
    expect([seed, played.status, played.report.outcome, groups(played.report).find((text) => text.includes('serves'))!.split(' ')[0]]).toEqual([seed, status, outcome, serves]);
    expect(played.report.deployments.flatMap(({ traffic: changes }) => changes.map(({ original, replacement }) => original + replacement))).toEqual(expect.arrayContaining([100]));
    expect(played.report.deployments.flatMap(({ traffic: changes }) => changes).every(({ original, replacement }) => original + replacement === 100)).toBe(true);
  }
});
