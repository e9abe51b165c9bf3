/** The gate of a fleet that ships: an instance that a deployment has come to an end with is checked from outside, and the verdict alarm stops the rest. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Report } from '../../../lib/model/report';
import { greenlight } from '../../support/greenlight';
import { synthesizeFleet } from './fleet-app';
import { addShippedGate, gateAsset } from './gate-suite';

const asset = gateAsset('InstanceSuccess');
const assembly = synthesizeFleet({
  description: (description) => ({ ...description, gates: { fleet: { logicalId: 'ShippedGate' } } }),
  more: (stack) =>
    addShippedGate(stack, { event: 'InstanceSuccess', asset, rollout: 'ServerInPlace/Fleet', application: 'shop-Fleet', deploymentGroup: 'Fleet', detailType: 'CodeDeploy Instance State-change Notification', state: 'SUCCESS' }),
});
afterAll(() => [asset, assembly].forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function play(release: string) {
  const file = join(assembly, 'scenario.yaml');
  writeFileSync(file, `rollout: ServerInPlace/Fleet\nreleases: [${release}]\n`);
  const { status, stdout } = greenlight(['rehearse', '--app', assembly, '--scenario', file, '--json', '-']);
  return { status, report: JSON.parse(stdout) as Report };
}

test('instances that answer well let the deployment go on', () => {
  const { status, report } = play('{ name: v2 }');
  expect([status, report.outcome, report.alarms.flatMap(({ transitions }) => transitions.filter(({ to }) => to === 'ALARM'))]).toEqual([0, 'released', []]);
  // The deployment is over with its last instance, so that nothing could be stopped any more.
  expect(report.deployments[0]!.gates!.map(({ verdict, reason, runs = 1, instances }) => [verdict, reason, runs, instances.length])).toEqual([
    ['pass', '1 check passed: home', 5, 5],
    ['none', 'the deployment is over (Succeeded), and no alarm stops it any more, nothing is checked', 1, 1],
  ]);
});

test('one that does not raises the verdict alarm, and CodeDeploy stops and rolls back before the other zone is touched', () => {
  const { status, report } = play('{ name: v2, faults: [{ path: /health, status: 503 }] }');
  const [stopped, rollback] = report.deployments;
  expect([status, report.outcome, stopped!.status, stopped!.errorInformation!.code, rollback!.creator, rollback!.status]).toEqual([1, 'rolledBack', 'Stopped', 'ALARM_ACTIVE', 'codeDeployRollback', 'Succeeded']);
  expect(stopped!.gates![0]).toMatchObject({ gate: 'InstanceSuccess', verdict: 'fail', reason: expect.stringContaining('503') as unknown });
  expect(stopped!.instances!.revisions.filter(({ zone }) => zone === 'us-east-1b').map(({ status: each, after }) => [each, after])).toEqual([['Skipped', 'the version before']]);
  expect(report.alarms.find(({ name }) => name === 'fleet-verdict')!.transitions.some(({ to }) => to === 'ALARM')).toBe(true);
});
