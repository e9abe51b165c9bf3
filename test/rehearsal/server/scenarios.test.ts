/** The scenarios of a rollout to EC2 in place, played by the built command. */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import Ajv from 'ajv';

import type { DeploymentReport, Report } from '../../../lib/model/report';
import { ROOT, greenlight } from '../../support/greenlight';
import { synthesizeFleet } from './fleet-app';

const SCENARIOS = join('examples', 'server-in-place');
const assembly = synthesizeFleet();
afterAll(() => rmSync(assembly, { recursive: true, force: true }));

function run(file: string) {
  const { status, stdout, stderr } = greenlight(['rehearse', '--app', assembly, '--scenario', file, '--json', '-']);
  const parsed = stdout === '' ? [] : (JSON.parse(stdout) as Report | Report[]);
  return { status, stdout, stderr, reports: Array.isArray(parsed) ? parsed : [parsed] };
}

const play = (name: string) => run(join(SCENARIOS, `${name}.yaml`));

function playWith(text: string) {
  const file = join(assembly, 'scenario.yaml');
  writeFileSync(file, `rollout: ServerInPlace/Fleet\n${text}\n`);
  return run(file);
}

const conforms = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(readFileSync(join(ROOT, 'build', 'schemas', 'report.schema.json'), 'utf8')) as object);

const FLEET = 'fleet: { instances: [{ ids: [i-a1, i-a2, i-a3], zone: us-east-1a }, { ids: [i-b1, i-b2, i-b3], zone: us-east-1b }] }\n';

const revisions = ({ instances }: DeploymentReport) => instances!.revisions.map(({ count, zone, status, before, after }) => `${count} ${zone} ${status}: ${before} -> ${after}`);
const batches = ({ instances }: DeploymentReport) => instances!.batches.map(({ zone, batches: number, instances: size, failed }) => `${number} x ${size}${zone === undefined ? '' : ` ${zone}`}${failed === 0 ? '' : `, ${failed} failed`}`);
const predicted = ({ instances }: DeploymentReport) => instances!.predictedBatches.map(({ zone, batches: number, instances: size, monitorSeconds }) => `${number} x ${size}${zone === undefined ? '' : ` ${zone}`}${monitorSeconds === undefined ? '' : `, ${monitorSeconds} s`}`);

test('every scenario is played here', () => {
  expect(readdirSync(join(ROOT, SCENARIOS)).filter((file) => file.endsWith('.yaml')).sort()).toEqual(['fleet-10000.yaml', 'good.yaml', 'health-broken.yaml', 'one-bad.yaml', 'two-apps.yaml']);
});

test('good: zone after zone, and every instance has the new revision; the same seed gives the same bytes', () => {
  const { status, reports, stdout } = play('good');
  const [report] = reports;
  expect([status, report!.outcome, report!.platform, report!.controller, report!.findings]).toEqual([0, 'released', 'Server', 'CODE_DEPLOY', []]);
  const [deployment] = report!.deployments;
  expect(deployment!.traffic).toEqual([]);
  expect(batches(deployment!)).toEqual(['1 x 2 us-east-1a', '1 x 1 us-east-1a', '1 x 2 us-east-1b', '1 x 1 us-east-1b']);
  expect(predicted(deployment!)).toEqual(['1 x 2 us-east-1a', '1 x 1 us-east-1a, 60 s', '1 x 2 us-east-1b', '1 x 1 us-east-1b']);
  expect(revisions(deployment!)).toEqual(['3 us-east-1a Succeeded: the version before -> v2', '3 us-east-1b Succeeded: the version before -> v2']);
  expect(deployment!.lifecycleEvents).toHaveLength(13);
  expect(deployment!.lifecycleEvents.every(({ status: each, instances }) => each === 'Succeeded' && instances!.Succeeded === 6)).toBe(true);
  const bare = (text: string): string => text.replace(/"wallMs": \d+/, '');
  expect(bare(play('good').stdout)).toBe(bare(stdout));
});

test('one-bad: one failure is tolerated, and told with what its script said', () => {
  const { status, reports } = play('one-bad');
  const [deployment] = reports[0]!.deployments;
  expect([status, reports[0]!.outcome, deployment!.status, deployment!.instances!.counts]).toEqual([0, 'released', 'Succeeded', { Succeeded: 5, Failed: 1 }]);
  expect(deployment!.instances!.failures).toEqual([
    {
      instance: expect.stringMatching(/^i-[0-9a-f]{17}$/),
      zone: 'us-east-1a',
      event: 'ValidateService',
      errorCode: 'ScriptFailed',
      scriptName: 'scripts/validate.sh',
      message: 'Script at specified location: scripts/validate.sh failed with exit code 1',
      logTail: 'curl: (7) Failed to connect to localhost port 80',
    },
  ]);
  expect(deployment!.lifecycleEvents.find(({ name }) => name === 'AllowTraffic')!.instances).toEqual({ Succeeded: 5, Skipped: 1 });
});

test('health-broken: it ends in the first zone, and the whole fleet gets the revision before', () => {
  const { status, reports } = play('health-broken');
  const [failed, rollback] = reports[0]!.deployments;
  expect([status, reports[0]!.outcome, failed!.errorInformation!.code, rollback!.creator, rollback!.status]).toEqual([1, 'rolledBack', 'HEALTH_CONSTRAINTS', 'codeDeployRollback', 'Succeeded']);
  expect(batches(failed!)).toEqual(['1 x 2 us-east-1a, 2 failed']);
  expect(revisions(failed!)).toEqual(['2 us-east-1a Failed: the version before -> v2', '1 us-east-1a Skipped: the version before -> the version before', '3 us-east-1b Skipped: the version before -> the version before']);
  // Not zone by zone.
  expect([batches(rollback!), predicted(rollback!)]).toEqual([['2 x 3'], ['2 x 3']]);
  expect(revisions(rollback!)).toEqual([
    '1 us-east-1a Succeeded: the version before -> the version before',
    '2 us-east-1a Succeeded: v2 -> the version before',
    '3 us-east-1b Succeeded: the version before -> the version before',
  ]);
});

test('two-apps: both have all instances, at the same time, in a report of their own', () => {
  const { status, reports } = play('two-apps');
  expect(status).toBe(0);
  expect(reports.map(({ rollout, outcome, expected }) => [rollout, outcome, expected])).toEqual([['ServerInPlace/Fleet', 'released', 'released'], ['ServerInPlace/Sidecar', 'released', 'released']]);
  const [[first], [second]] = reports.map(({ deployments }) => deployments) as [DeploymentReport[], DeploymentReport[]];
  expect(first!.createTime).toBe(0);
  expect(second!.createTime).toBe(30);
  expect(second!.completeTime).toBeLessThan(first!.completeTime!);
  expect(second!.deploymentId).not.toBe(first!.deploymentId);
  const ids = ({ instances }: DeploymentReport): string[] => instances!.revisions.flatMap(({ instances: some }) => some).sort();
  expect(ids(second!)).toEqual(ids(first!));
});

test('fleet-10000: every instance is told once, in a report that stays readable', () => {
  const { status, reports, stdout } = play('fleet-10000');
  const [deployment] = reports[0]!.deployments;
  expect([status, reports[0]!.outcome]).toEqual([0, 'released']);
  const { counts, mostAtATime, revisions: groups, failures } = deployment!.instances!;
  expect((counts.Succeeded ?? 0) + (counts.Failed ?? 0)).toBe(10_000);
  expect([failures.length, mostAtATime]).toEqual([counts.Failed, 4999]);
  expect(new Set(groups.flatMap(({ instances }) => instances)).size).toBe(10_000);
  expect(stdout.split('\n').length).toBeLessThan(12_000);
});

test('more instances than the quota: it fails as the service does, before anything is deployed', () => {
  const { status, reports } = playWith('fleet: { instances: 2001 }\nreleases: [{ name: v2 }]');
  const [failed] = reports[0]!.deployments;
  expect([status, reports[0]!.outcome, failed!.errorInformation!.code, failed!.instances!.counts, predicted(failed!)]).toEqual([1, 'failed', 'OVER_MAX_INSTANCES', { Skipped: 2001 }, []]);
  expect(reports[0]!.findings).toContainEqual(expect.objectContaining({ id: 'fleet-over-quota', message: 'the fleet has 2001 instances, and a deployment may have 2000; it fails with OVER_MAX_INSTANCES' }));
});

test.each(['one-bad', 'health-broken', 'two-apps'])('the report of %s conforms to the published schema', (name) => {
  for (const report of play(name).reports) {
    conforms(report);
    expect(conforms.errors).toBeNull();
  }
});

test('without a scenario the fleet is that of the template', () => {
  const { status, stdout } = greenlight(['rehearse', '--app', assembly, 'ServerInPlace/Fleet', '--json', '-']);
  expect(status).toBe(0);
  expect((JSON.parse(stdout) as Report).deployments[0]!.instances!.counts).toEqual({ Succeeded: 6 });
});

test('a host that is lost, one that is slow, and one that the load balancer does not find healthy', () => {
  const { reports } = playWith(`${FLEET}releases:
  - name: v2
    instanceFaults:
      - { hostLost: Install, when: during, ids: [i-a1] }
      - { slow: 40, ids: [i-a2] }
      - { unhealthy: on, ids: [i-b2] }`);
  const [deployment] = reports[0]!.deployments;
  expect(deployment!.status).toBe('Succeeded');
  expect(deployment!.instances!.failures.map(({ instance, event, errorCode }) => [instance, event, errorCode])).toEqual([
    ['i-a1', 'Install', 'UnknownError'],
    ['i-b2', 'AllowTraffic', 'UnknownError'],
  ]);
});

test('a script that takes longer than its time-out fails', () => {
  const { reports } = playWith(`${FLEET}releases: [{ name: v2, scriptDurations: { ValidateService: 91s } }]`);
  expect(reports[0]!.outcome).toBe('rolledBack');
  expect(reports[0]!.deployments[0]!.instances!.failures[0]).toMatchObject({ event: 'ValidateService', errorCode: 'ScriptTimedOut', message: 'Script at specified location: scripts/validate.sh failed to complete in 90 seconds' });
});

test('instances that Auto Scaling launches meanwhile get the revision before, and are updated afterwards', () => {
  const { status, reports } = playWith(`${FLEET}expect: { outcome: released }\nreleases: [{ name: v2, actions: [{ at: Install+10s, do: launch, count: 4 }, { at: 4m, do: scaleIn, zone: us-east-1b }] }]`);
  expect([status, reports[0]!.outcome]).toEqual([0, 'released']);
  expect(reports[0]!.deployments.map(({ creator, instances }) => [creator, instances!.counts])).toEqual([
    ['user', expect.anything()],
    ...Array.from({ length: 4 }, () => ['autoscaling', { Succeeded: 1 }]),
    ['CodeDeployAutoUpdate', { Succeeded: 4 }],
  ]);
  expect(revisions(reports[0]!.deployments[5]!)).toEqual(['2 us-east-1a Succeeded: the version before -> v2', '2 us-east-1b Succeeded: the version before -> v2']);
});

test('an alarm stops it, and the fleet is rolled back', () => {
  const { status, reports } = playWith(`${FLEET}alarms: [{ alarm: fleet-verdict, state: ALARM }]\nreleases: [{ name: v2 }]`);
  const [stopped] = reports[0]!.deployments;
  expect([status, stopped!.status, stopped!.errorInformation!.code]).toEqual([1, 'Stopped', 'ALARM_ACTIVE']);
});

test('somebody stops it without a rollback', () => {
  const { reports } = playWith(`${FLEET}releases: [{ name: v2, actions: [{ at: Install, do: stop, rollback: off }] }]`);
  expect([reports[0]!.outcome, reports[0]!.deployments.length, reports[0]!.deployments[0]!.instances!.counts]).toEqual(['stopped', 1, { Failed: 2, Skipped: 4 }]);
});

test('the first deployment ever has nothing to roll back to', () => {
  const { reports } = playWith('fleet: { instances: 6, deployed: off }\nreleases: [{ name: v1, instanceFaults: [{ scriptFails: ApplicationStart }] }]');
  expect([reports[0]!.outcome, reports[0]!.deployments.length]).toEqual(['failed', 1]);
  expect(revisions(reports[0]!.deployments[0]!)[0]).toBe('2 us-east-1a Failed: null -> v1');
});

test('the statement of fidelity says what scripts are', () => {
  const { fidelity } = play('good').reports[0]!;
  expect(fidelity.approximated).toContain('scripts of the bundle of ServerInPlace/Fleet are not run: they take what the scenario or the behaviours say, and fail where the scenario says so');
  expect(fidelity.approximated).toContain('inferred of the service: deployments that Auto Scaling starts are watched by no alarm, and are not rolled back');
});

test.each([
  ['a script that there is not', 'releases: [{ name: v2, instanceFaults: [{ scriptFails: AfterInstall }] }]', 'release v2 says what becomes of scripts at AfterInstall, and the bundle of rollout ServerInPlace/Fleet runs none there; it has scripts at ApplicationStop, BeforeInstall, ApplicationStart, ValidateService'],
  ['an instance that there is not', 'releases: [{ name: v2, instanceFaults: [{ slow: 2, ids: [i-0] }] }]', 'an instance fault of release v2 names instance i-0, which the fleet does not have'],
  ['more instances than fit', 'releases: [{ name: v2, instanceFaults: [{ slow: 2, count: 4, zone: us-east-1a }] }]', 'an instance fault of release v2 is about 4 of 3 instances that fit; the fleet has 6, in us-east-1a, us-east-1b'],
  ['a group that there is not', 'fleet: { instances: [{ count: 2, autoScalingGroup: Others }] }\nreleases: [{ name: v2 }]', '"autoScalingGroup" names Others, which stands for 0 of the rollout\'s Auto Scaling groups; it has ServerInPlace-Servers-'],
  ['two instances of one id', 'fleet: { instances: [{ ids: [i-1] }, { ids: [i-1] }] }\nreleases: [{ name: v2 }]', '"fleet" has two instances with the id i-1'],
  ['the profile of a service', 'releases: [{ name: v2, startup: 10s }]', 'release v2 has "startup", which is for services'],
  ['traffic', 'requestsPerSecond: 5\nreleases: [{ name: v2 }]', '"requestsPerSecond" is for services and functions'],
  ['a hook that is left out', 'releases: [{ name: v2, leaveOut: [BeforeInstall] }]', 'release v2 sets "leaveOut", which is about Lambda hooks'],
  ['itself beside itself', 'releases: [{ name: v2, beside: [{ rollout: Fleet, name: v3 }] }]', '"beside" names rollout ServerInPlace/Fleet, which is the one that the scenario is for'],
  ['a stack update', 'releases: [{ name: v2 }]\nstackUpdates: [{ name: x, changes: [{ resource: Web, property: Port, value: 81 }] }]', '"stackUpdates" are played for services and functions'],
])('refused before anything is played: %s', (_, text, message) => {
  const { status, stderr } = playWith(text);
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});

test('tags that the instances of an Auto Scaling group have tell how many there are', () => {
  const { status, stdout } = greenlight(['rehearse', '--app', assembly, '--json', '-', 'ServerInPlace/Sidecar']);
  expect(status).toBe(0);
  expect((JSON.parse(stdout) as Report).deployments[0]!.instances!.counts).toEqual({ Succeeded: 6 });
});

test('other tags do not', () => {
  const app = synthesizeFleet({ description: (description) => ({ ...description, targets: { autoScalingGroups: [], ec2TagGroups: [[{ key: 'role', value: 'db' }]], onPremisesTagGroups: [] } }) });
  const { status, stderr } = greenlight(['rehearse', '--app', app, 'ServerInPlace/Fleet']);
  rmSync(app, { recursive: true });
  expect([status, stderr]).toEqual([2, expect.stringContaining('the template does not tell the instances of rollout ServerInPlace/Fleet, which it finds by tags; give their number in a scenario: "fleet: { instances: 6 }"')]);
});

test('what is said of instances does not go with a service', () => {
  const file = join(assembly, 'service.yaml');
  writeFileSync(file, 'rollout: EcsWeb/Web\nfleet: { instances: 3 }\nreleases: [{ name: v2 }]\n');
  const { status, stderr } = greenlight(['rehearse', '--app', join('build', 'cdk.out'), '--scenario', file]);
  expect([status, stderr]).toEqual([2, expect.stringContaining('the scenario has "fleet", which is for rollouts to EC2/on-premises, and EcsWeb/Web is none; take it out')]);
});
