/** Rollouts to EC2 in blue/green, played by the built command. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import Ajv from 'ajv';
import { readFileSync } from 'node:fs';

import type { DeploymentReport, Report } from '../../../lib/model/report';
import { ROOT, greenlight } from '../../support/greenlight';
import { synthesizeBlueGreen } from './blue-green-app';

const alternating = synthesizeBlueGreen({ readyWaitMinutes: 30 });
const copied = synthesizeBlueGreen({ fleet: 'COPIED' });
const ended = synthesizeBlueGreen({ fleet: 'COPIED', terminationWaitMinutes: 10 });
afterAll(() => [alternating, copied, ended].forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function play(assembly: string, text: string) {
  const file = join(assembly, 'scenario.yaml');
  writeFileSync(file, `rollout: ServerBlueGreen/Fleet\n${text}\n`);
  const { status, stdout, stderr } = greenlight(['rehearse', '--app', assembly, '--scenario', file, '--json', '-']);
  return { status, stderr, report: stdout === '' ? undefined : (JSON.parse(stdout) as Report) };
}

const conforms = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(readFileSync(join(ROOT, 'build', 'schemas', 'report.schema.json'), 'utf8')) as object);

const revisions = ({ instances }: DeploymentReport) =>
  instances!.revisions.map(({ environment, count, zone, autoScalingGroup, status, before, after }) => `${environment} ${count} ${zone} ${autoScalingGroup} ${status}: ${before} -> ${after}`);
const groups = ({ autoScalingGroups }: Report) => autoScalingGroups!.map(({ name, instances, isOfDeploymentGroup }) => `${name} ${instances}${isOfDeploymentGroup ? ' serves' : ''}`);
const traffic = ({ traffic: changes }: DeploymentReport) => changes.map(({ original, replacement }) => `${original}/${replacement}`);
const batches = ({ instances }: DeploymentReport) => [instances!.batches, instances!.predictedBatches].map((some) => some.map(({ batches: number, instances: size }) => `${number} x ${size}`));

test('two groups that alternate: the idle one is scaled up, waits for somebody, and takes over', () => {
  const { status, report } = play(alternating, 'releases: [{ name: v2, actions: [{ at: 5m, do: continue }] }]');
  expect([status, report!.outcome]).toEqual([0, 'released']);
  expect(conforms(report)).toBe(true);
  const [deployment, ...others] = report!.deployments;
  expect(others).toEqual([]);
  // Booting takes 90 s, and whatever starts the deployment looks every 15 s.
  expect(deployment!.createTime).toBe(90);
  expect(deployment!.readyWait).toEqual({ start: expect.any(Number), end: 390 });
  expect(deployment!.terminationWait).toBeUndefined();
  expect(traffic(deployment!)).toEqual(['100/0', '50/50', '0/100']);
  expect(batches(deployment!)).toEqual([['1 x 3'], ['1 x 3']]);
  expect(revisions(deployment!)).toEqual([
    'original 2 us-east-1a web-blue Succeeded: the version before -> the version before',
    'original 1 us-east-1b web-blue Succeeded: the version before -> the version before',
    'replacement 2 us-east-1a web-green Succeeded: null -> v2',
    'replacement 1 us-east-1b web-green Succeeded: null -> v2',
  ]);
  // What points the deployment group at the other one is not part of this stack.
  expect(groups(report!)).toEqual(['web-blue 3 serves', 'web-green 3']);
});

test('that nobody continues: the originals keep the traffic', () => {
  const { status, report } = play(alternating, 'releases: [{ name: v2 }]');
  const [stopped, rollback] = report!.deployments;
  expect([status, report!.outcome, stopped!.status, stopped!.errorInformation!.code, rollback!.status]).toEqual([1, 'rolledBack', 'Stopped', 'TIMEOUT', 'Succeeded']);
  expect([traffic(stopped!), traffic(rollback!)]).toEqual([['100/0'], ['100/0']]);
  expect(batches(rollback!)).toEqual([[], []]);
});

test('faults of one of the groups, and a fleet that the scenario sizes', () => {
  const { report } = play(alternating, 'fleet: { instances: 5 }\nreleases: [{ name: v2, instanceFaults: [{ scriptFails: ValidateService, autoScalingGroup: Green }] }]');
  const [failed] = report!.deployments;
  expect([report!.outcome, failed!.errorInformation!.code, failed!.instances!.counts]).toEqual(['rolledBack', 'HEALTH_CONSTRAINTS', { Failed: 5, Skipped: 5 }]);
});

test.each([
  ['alternating', () => alternating, 3],
  ['copied', () => copied, 4],
])('faults that are counted are those of replacements, of each release anew: %s', (_, assembly, size) => {
  const fault = 'instanceFaults: [{ scriptFails: ValidateService, count: 1 }], actions: [{ at: 10m, do: stop, rollback: off }]';
  const { report } = play(assembly(), `releases: [{ name: v2, ${fault} }, { name: v3, ${fault} }]`);
  const failed = report!.deployments.map(({ instances }) => instances!.failures.map(({ event }) => event));
  expect(failed).toEqual([['ValidateService'], ['ValidateService']]);
  const counts = report!.deployments[0]!.instances!.revisions.filter(({ status }) => status === 'Failed');
  expect(counts.map(({ environment, count }) => [environment, count])).toEqual([['replacement', 1]]);
  expect(report!.deployments[0]!.instances!.revisions.reduce((sum, { count }) => sum + count, 0)).toBe(2 * size);
});

test('a replacement that Auto Scaling may not make is refused with the limit', () => {
  const small = synthesizeBlueGreen({ maxSize: 2 });
  const { status, stderr } = play(small, 'releases: [{ name: v2 }]');
  rmSync(small, { recursive: true, force: true });
  expect([status, stderr]).toEqual([2, expect.stringContaining('the replacements of rollout ServerBlueGreen/Fleet are 3 instances, as many as serve, and Auto Scaling group web-green may have 2; raise its maxCapacity')]);
});

test('a group that the service copies: the copy is the deployment group’s own, and the next release copies that', () => {
  const { status, report } = play(copied, 'releases: [{ name: v2 }, { name: v3 }]');
  expect([status, report!.outcome]).toEqual([0, 'released']);
  const [first, second] = report!.deployments;
  const copy = (deployment: DeploymentReport | undefined) => `CodeDeploy_web_${deployment!.deploymentId}`;
  expect(groups(report!).sort()).toEqual([`${copy(first)} 4`, `${copy(second)} 4 serves`, 'web-servers 4'].sort());
  expect(revisions(second!).slice(0, 1)).toEqual([`original 2 us-east-1a ${copy(first)} Succeeded: v2 -> v2`]);
});

test('whose originals end: only the copy is left, after the wait', () => {
  const { report } = play(ended, 'releases: [{ name: v2 }]');
  const [deployment] = report!.deployments;
  expect(groups(report!)).toEqual([`CodeDeploy_web_${deployment!.deploymentId} 4 serves`]);
  const { start, end } = deployment!.terminationWait!;
  expect(end! - start).toBe(600);
});

test('an action that scales names one of the two groups', () => {
  const { status, stderr } = play(alternating, 'releases: [{ name: v2, actions: [{ at: 10s, do: scaleIn }] }]');
  expect([status, stderr]).toEqual([2, expect.stringContaining('must name an "autoScalingGroup"')]);
});
