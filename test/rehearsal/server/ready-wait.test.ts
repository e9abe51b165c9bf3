/** The ready wait of blue/green, held by the gate that ships: the bundled handler, invoked by CodeDeploy's event, asks the replacements and goes on or stops. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Duration, type Stack } from 'aws-cdk-lib/core';

import { ENV } from '../../../lib/model/hook-contract';
import type { Report } from '../../../lib/model/report';
import { GATE_ENV } from '../../../lib/model/server/gates';
import { SUITE_FILE } from '../../../lib/model/suite';
import { ROOT, greenlight } from '../../support/greenlight';
import { synthesizeBlueGreen } from './blue-green-app';

const ACTIONS = ['codedeploy:GetDeployment', 'codedeploy:ListDeploymentTargets', 'codedeploy:BatchGetDeploymentTargets', 'codedeploy:ContinueDeployment', 'codedeploy:StopDeployment', 'ec2:DescribeInstances', 'cloudwatch:PutMetricData', 'cloudwatch:SetAlarmState', 'events:PutEvents'];

const SUITE = {
  schemaVersion: 1,
  event: 'ReadyWait',
  policy: { run: 'ALL', concurrency: 1, deadlineMs: 40_000 },
  checks: [
    {
      kind: 'http',
      name: 'home',
      steps: [{ target: { listener: 'test' }, request: { method: 'GET', path: '/health', headers: {}, timeoutMs: 5000, maxRedirects: 0 }, assertions: [{ kind: 'status', equals: 200 }] }],
      policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 5000, intervalMs: 0, errorBudget: 0, deadlineMs: 40_000, inconclusive: 'FAIL' },
    },
  ],
};

const asset = mkdtempSync(join(tmpdir(), 'greenlight-gate-'));
copyFileSync(join(ROOT, 'build', 'handlers', 'server-gate', 'index.js'), join(asset, 'index.js'));
writeFileSync(join(asset, SUITE_FILE), JSON.stringify(SUITE));

const assembly = synthesizeBlueGreen({ readyWaitMinutes: 60, gates: { readyWait: { logicalId: 'ReadyGate' } }, more: addGate });
afterAll(() => [asset, assembly].forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function addGate(stack: Stack): void {
  const gate = new lambda.Function(stack, 'Gate', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(asset),
    timeout: Duration.seconds(60),
    memorySize: 512,
    retryAttempts: 0,
    environment: {
      [ENV.event]: 'ReadyWait',
      [ENV.rollout]: 'ServerBlueGreen/Fleet',
      [ENV.application]: 'shop',
      [ENV.deploymentGroup]: 'web',
      [ENV.verdictAlarm]: 'fleet-verdict',
      [GATE_ENV.scheme]: 'http',
      [GATE_ENV.port]: '8080',
      [GATE_ENV.instances]: '20',
      [GATE_ENV.concurrency]: '2',
    },
  });
  (gate.node.defaultChild as lambda.CfnFunction).overrideLogicalId('ReadyGate');
  gate.addToRolePolicy(new iam.PolicyStatement({ actions: ACTIONS, resources: ['*'] }));
  const rule = new events.CfnRule(stack, 'ReadyRule', {
    eventPattern: { source: ['aws.codedeploy'], 'detail-type': ['CodeDeploy Deployment State-change Notification'], detail: { state: ['READY'], application: ['shop'], deploymentGroup: ['web'] } },
    targets: [{ id: 'Gate', arn: gate.functionArn }],
  });
  new lambda.CfnPermission(stack, 'ReadyPermission', { action: 'lambda:InvokeFunction', functionName: gate.functionArn, principal: 'events.amazonaws.com', sourceArn: rule.attrArn });
}

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
  expect(gates).toEqual([expect.objectContaining({ gate: 'ReadyWait', function: expect.stringContaining('ReadyGate'), verdict: 'pass' })]);
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
