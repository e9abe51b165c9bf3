/** Stack updates beside releases, played by the built command on the synthesized example with the functions that ship. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { StackUpdateReport } from '../../../lib/model/report';
import { greenlight, inTemporaryFolder, rehearse, ROOT } from '../../support/greenlight';

const FOLDER = join('examples', 'listener-guard');
const play = (name: string) => rehearse('--scenario', join(FOLDER, `${name}.yaml`));

/** `production blue v2`, with what ran where traffic went before. */
const writes = ({ listeners }: StackUpdateReport) =>
  listeners.map(({ listener, targetGroup, version, versionBefore, rollback }) => `${listener} ${targetGroup} ${String(version)}, before ${String(versionBefore)}${rollback === true ? ', rollback' : ''}`);
const errors = ({ findings }: ReturnType<typeof play>['report']) => findings.filter(({ level }) => level === 'error').map(({ id }) => id);

/** An example with other words in it. */
function edited(name: string, edit: (text: string) => string) {
  return inTemporaryFolder((folder) => {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, edit(readFileSync(join(ROOT, FOLDER, `${name}.yaml`), 'utf8')));
    return greenlight(['rehearse', '--scenario', file, '--json', '-']);
  });
}

test('every scenario of the example is played here', () => {
  expect(readdirSync(join(ROOT, FOLDER)).filter((file) => file.endsWith('.yaml')).sort()).toEqual(['accident.yaml', 'guarded.yaml', 'mid-shift.yaml', 'rolled-back.yaml']);
});

test('accident: production goes to the empty target group, and users are told so', () => {
  const { report, status } = play('accident');
  expect([status, report.outcome, report.expected]).toEqual([1, 'failed', 'failed']);
  const [update] = report.stackUpdates;
  expect(update).toMatchObject({ name: 'new certificate', stackName: 'ListenerUnguarded', status: 'UPDATE_COMPLETE', expected: 'UPDATE_COMPLETE' });
  expect(writes(update!)).toEqual(['production blue null, before v2']);
  expect(errors(report)).toEqual(['production-on-empty-target-group']);
  expect(report.findings[0]!.message).toBe(
    'stack update "new certificate" sent production traffic to the blue target group, in which no task runs, away from v2: 20 requests a second are answered with 503',
  );
  expect(report.deployments.map((deployment) => deployment.status)).toEqual(['Succeeded']);
});

test('guarded: both listeners stay where they are, by the real guard', () => {
  const { report, status } = play('guarded');
  expect([status, report.outcome, errors(report)]).toEqual([0, 'released', []]);
  expect(report.stackUpdates.map(writes)).toEqual([['production green v2, before v2', 'test green v2, before v2']]);
  expect(report.iam.filter(({ action }) => action === 'elasticloadbalancing:DescribeListeners').map(({ decision, resource }) => [decision, resource])).toContainEqual(['allow', '*']);
});

test('mid-shift: refused while traffic is divided, and rolled back when it is not any more', () => {
  const { report, status } = play('mid-shift');
  expect([status, report.outcome, errors(report)]).toEqual([0, 'released', []]);
  const [update] = report.stackUpdates;
  expect(update).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', listeners: [] });
  expect(update!.reason).toMatch(/Message returned: a deployment is shifting traffic on port 443 of load balancer \S+: weight 90 on \S+, weight 10 on \S+; writing the listener now would end the shift/);
  const traffic = report.deployments[0]!.traffic;
  expect(traffic.map(({ replacement }) => replacement)).toEqual([0, 10, 100]);
  // The rollback asks the guard again, which waits for the end of the shift.
  expect(update!.start).toBeLessThan(traffic[2]!.at);
  expect(update!.end).toBeGreaterThanOrEqual(traffic[2]!.at);
});

test('rolled-back: what CloudFormation writes back is what is live', () => {
  const { report, status } = play('rolled-back');
  expect([status, report.outcome, errors(report)]).toEqual([0, 'released', []]);
  expect(report.stackUpdates[0]).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', reason: expect.stringContaining('which the scenario lets fail') });
  expect(report.stackUpdates.map(writes)).toEqual([['production green v2, before v2', 'production green v2, before v2, rollback']]);
});

test('a second release makes the template right again', () => {
  const { status, stdout } = edited('accident', (text) => text.replace('outcome: failed', 'outcome: released').replace('  - name: v2\n', '  - name: v2\n  - name: v3\n').replace('release: v2', 'release: v3'));
  const [update] = (JSON.parse(stdout) as ReturnType<typeof play>['report']).stackUpdates;
  expect([status, writes(update!)]).toEqual([0, ['production blue v3, before v3']]);
});

test('in the termination wait production goes back to the version before, which then goes', () => {
  const { status, stdout } = edited('accident', (text) => text.replace('release: v2', 'release: v2\n    at: AfterAllowTraffic+60s'));
  const report = JSON.parse(stdout) as ReturnType<typeof play>['report'];
  expect([status, report.outcome, report.stackUpdates.map(writes), errors(report)]).toEqual([1, 'failed', [['production blue the version before, before v2']], ['production-on-empty-target-group']]);
});

test('a service that refuses its update takes the listener back with it', () => {
  const change = "      - { resource: App/Service/Service, property: PlatformVersion, value: '1.3.0' }\n";
  const { status, stdout } = edited('rolled-back', (text) => `${text.replace('    fails: on\n', '    expect: rolledBack\n')}${change}`);
  const report = JSON.parse(stdout) as ReturnType<typeof play>['report'];
  expect([status, report.outcome, report.stackUpdates[0]!.status]).toEqual([0, 'released', 'UPDATE_ROLLBACK_COMPLETE']);
  expect(report.stackUpdates[0]!.reason).toContain('Unable to update platform version on services with a CODE_DEPLOY deployment controller');
  expect(writes(report.stackUpdates[0]!).at(-1)).toMatch(/^production green v2, before v2/);
});

test('what comes out otherwise than the scenario says has failed', () => {
  const { status, stdout } = edited('guarded', (text) => text.replace('release: v2', 'release: v2\n    expect: rolledBack'));
  const report = JSON.parse(stdout) as ReturnType<typeof play>['report'];
  expect([status, report.outcome, report.findings[0]!.message]).toEqual([1, 'failed', 'stack update "new certificate" ended in UPDATE_COMPLETE, and the scenario expects UPDATE_ROLLBACK_COMPLETE']);
});

test.each<[string, (text: string) => string, string]>([
  ['an unknown resource', (text) => text.replace('Web/ProductionListener', 'Nothing'), 'stack ListenerUnguarded has no resource "Nothing"; it plays those of '],
  ['a resource that is not played', (text) => text.replace('Web/ProductionListener', 'BlueTargetGroup'), 'is a AWS::ElasticLoadBalancingV2::TargetGroup, whose changes a rehearsal does not play; it plays those of '],
  ['several resources', (text) => text.replace('Web/ProductionListener', 'Listener'), '"Listener" may be WebProductionListener'],
  ['another port', (text) => text.replace('property: Certificates', 'property: Port'), "a rehearsal plays no change of a listener's Port; change another property, such as SslPolicy or Certificates"],
  ['a rollout of ECS itself', (text) => text.replace('ListenerUnguarded/Web', 'EcsNative/Web'), '"stackUpdates" are played for rollouts of CodeDeploy, and ECS itself controls the deployments of EcsNative/Web'],
])('%s is refused before anything is played', (_what, edit, message) => {
  const { status, stderr } = edited('accident', edit);
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});
