/** The gate that ships as an asset: the bundled handler, and beside it a suite with one check. */
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Duration, type Stack } from 'aws-cdk-lib/core';

import { ENV } from '../../../lib/model/hook-contract';
import { GATE_ENV, type ServerGateEvent } from '../../../lib/model/server/gates';
import { SUITE_FILE } from '../../../lib/model/suite';
import { ROOT } from '../../support/greenlight';

const ACTIONS = ['codedeploy:GetDeployment', 'codedeploy:GetDeploymentTarget', 'codedeploy:ListDeploymentTargets', 'codedeploy:BatchGetDeploymentTargets', 'codedeploy:ContinueDeployment', 'codedeploy:StopDeployment', 'ec2:DescribeInstances', 'cloudwatch:PutMetricData', 'cloudwatch:SetAlarmState', 'events:PutEvents'];

/** @returns the folder: /health of an instance has to answer 200 */
export function gateAsset(event: ServerGateEvent): string {
  const folder = mkdtempSync(join(tmpdir(), 'greenlight-gate-'));
  copyFileSync(join(ROOT, 'build', 'handlers', 'server-gate', 'index.js'), join(folder, 'index.js'));
  const check = {
    kind: 'http',
    name: 'home',
    steps: [{ target: { listener: 'test' }, request: { method: 'GET', path: '/health', headers: {}, timeoutMs: 5000, maxRedirects: 0 }, assertions: [{ kind: 'status', equals: 200 }] }],
    policy: { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 5000, intervalMs: 0, errorBudget: 0, deadlineMs: 40_000, inconclusive: 'FAIL' },
  };
  writeFileSync(join(folder, SUITE_FILE), JSON.stringify({ schemaVersion: 1, event, policy: { run: 'ALL', concurrency: 1, deadlineMs: 40_000 }, checks: [check] }));
  return folder;
}

export interface ShippedGate {
  readonly event: ServerGateEvent;
  readonly asset: string;
  readonly rollout: string;
  readonly application: string;
  readonly deploymentGroup: string;
  /** Of the event that invokes it, besides application and group. */
  readonly detailType: string;
  readonly state: string;
}

/** The function with the logical id `ShippedGate`, the rule that invokes it, and the permission for that. */
export function addShippedGate(stack: Stack, { event, asset, rollout, application, deploymentGroup, detailType, state }: ShippedGate): void {
  const gate = new lambda.Function(stack, 'Gate', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(asset),
    timeout: Duration.seconds(60),
    memorySize: 512,
    retryAttempts: 0,
    environment: {
      [ENV.event]: event,
      [ENV.rollout]: rollout,
      [ENV.application]: application,
      [ENV.deploymentGroup]: deploymentGroup,
      [ENV.verdictAlarm]: 'fleet-verdict',
      [GATE_ENV.scheme]: 'http',
      [GATE_ENV.port]: '8080',
      ...(event === 'ReadyWait' ? { [GATE_ENV.instances]: '20', [GATE_ENV.concurrency]: '2' } : {}),
    },
  });
  (gate.node.defaultChild as lambda.CfnFunction).overrideLogicalId('ShippedGate');
  gate.addToRolePolicy(new iam.PolicyStatement({ actions: ACTIONS, resources: ['*'] }));
  const rule = new events.CfnRule(stack, 'GateRule', {
    eventPattern: { source: ['aws.codedeploy'], 'detail-type': [detailType], detail: { state: [state], application: [application], deploymentGroup: [deploymentGroup] } },
    targets: [{ id: 'Gate', arn: gate.functionArn }],
  });
  new lambda.CfnPermission(stack, 'GatePermission', { action: 'lambda:InvokeFunction', functionName: gate.functionArn, principal: 'events.amazonaws.com', sourceArn: rule.attrArn });
}
