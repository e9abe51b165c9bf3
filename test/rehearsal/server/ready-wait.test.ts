/** The ready wait of blue/green, held by the gate that ships: the bundled handler, invoked by CodeDeploy's event, asks the replacements and goes on or stops. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Report } from '../../../lib/model/report';
import { greenlight } from '../../support/greenlight';
import { synthesizeBlueGreen } from './blue-green-app';
import { addShippedGate, gateAsset } from './gate-suite';

const asset = gateAsset('ReadyWait');
const assembly = synthesizeBlueGreen({
  readyWaitMinutes: 60,
  gates: { readyWait: { logicalId: 'ShippedGate' } },
  more: (stack) =>
    addShippedGate(stack, { event: 'ReadyWait', asset, rollout: 'ServerBlueGreen/Fleet', application: 'shop', deploymentGroup: 'web', detailType: 'CodeDeploy Deployment State-change Notification', state: 'READY' }),
});
afterAll(() => [asset, assembly].forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function play(text: string) {
  const file = join(assembly, 'scenario.yaml');
  writeFileSync(file, `rollout: ServerBlueGreen/Fleet\n${text}\n`);
  const { status, stdout, stderr } = greenlight(['rehearse', '--app', assembly, '--scenario', file, '--json', '-']);
  return { status, stderr, report: (stdout === '' ? {} : JSON.parse(stdout)) as Report };
}

test('replacements that pass get the traffic, and the wait is over when the gate says so', () => {
  const { status, report } = play('releases: [{ name: v2 }]');
  expect([status, report.outcome, report.findings.filter(({ level }) => level === 'error')]).toEqual([0, 'released', []]);
  const [deployment] = report.deployments;
  const { readyWait, gates } = deployment!;
  expect(gates).toEqual([expect.objectContaining({ gate: 'ReadyWait', function: expect.stringContaining('ShippedGate'), verdict: 'pass' })]);
  expect(gates![0]!.instances).toHaveLength(3);
  expect(gates![0]!.checks.length).toBeGreaterThan(0);
  expect(readyWait!.end! - readyWait!.start).toBeGreaterThan(1);
  expect(readyWait!.end! - readyWait!.start).toBeLessThan(60);
  expect(report.iam.filter(({ principal }) => principal.includes('Gate')).map(({ action, decision }) => `${action} ${decision}`)).toContain('codedeploy:ContinueDeployment allow');
});

test('replacements that fail get none: the gate stops the deployment, and the originals serve', () => {
  const { status, report } = play('releases: [{ name: v2, faults: [{ path: /health, status: 503 }] }]');
  const [stopped] = report.deployments;
  expect([status, stopped!.status]).toEqual([1, 'Stopped']);
  expect(stopped!.gates).toEqual([expect.objectContaining({ gate: 'ReadyWait', verdict: 'fail', reason: expect.stringContaining('503') })]);
  expect(stopped!.traffic.every(({ replacement }) => replacement === 0)).toBe(true);
});

test('without ContinueDeployment nothing goes on: the call is denied, and the report names the statement', () => {
  const { status, report } = play('deny: [{ hook: ReadyWait, action: codedeploy:ContinueDeployment }]\nreleases: [{ name: v2 }]');
  expect(status).toBe(1);
  expect(report.iam).toContainEqual(expect.objectContaining({ action: 'codedeploy:ContinueDeployment', decision: 'deny', missingStatement: expect.objectContaining({ Action: 'codedeploy:ContinueDeployment' }) }));
  expect(report.deployments[0]!.status).toBe('Stopped');
});

test('a gate that Lambda throttles comes too late: the wait ends by itself, as the service ends it', () => {
  const { report } = play('throttle: [{ hook: ReadyWait, for: 3h }]\nreleases: [{ name: v2 }]');
  const [deployment] = report.deployments;
  expect([deployment!.status, deployment!.readyWait!.end! - deployment!.readyWait!.start]).toEqual(['Stopped', 3600]);
});
