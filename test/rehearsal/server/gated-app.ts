/** The fleet with gates: small functions in the place of those that the constructs make, and rules that bind them to CodeDeploy's events. */
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Duration, Fn, type Stack } from 'aws-cdk-lib/core';

import { synthesizeFleet } from './fleet-app';

/** Ids of the scenario's instances, and the addresses that the rehearsal gives them in that order. */
export const INSTANCES = { 'i-a1': '10.0.0.4', 'i-a2': '10.0.0.5', 'i-a3': '10.0.0.6', 'i-b1': '10.0.0.7', 'i-b2': '10.0.0.8', 'i-b3': '10.0.0.9' };

/** Asks the instance for /health, writes a verdict down as handlers do, and returns it. */
const ASK = `
const http = require('node:http');
const https = require('node:https');
const { readFileSync } = require('node:fs');
const addresses = JSON.parse(process.env.ADDRESSES);
const { GREENLIGHT_INSTANCE_SCHEME: scheme, GREENLIGHT_INSTANCE_PORT: port, GREENLIGHT_EVENT: name } = process.env;
const ask = (address) => new Promise((resolve) => {
  const request = (scheme === 'https' ? https : http).get(scheme + '://' + address + ':' + port + '/health', { timeout: 5000, headers: { 'user-agent': name } }, (response) => {
    let body = '';
    response.on('data', (part) => { body += part; });
    response.on('end', () => resolve(String(response.statusCode) + (response.statusCode === 200 ? ' ' + JSON.parse(body).version : '')));
  });
  request.on('timeout', () => request.destroy(new Error('no answer within 5 s')));
  request.on('error', (error) => resolve(error.code || error.message));
});
exports.handler = async (event) => {
  const { deploymentId, instanceId, state } = event.detail || event;
  if (process.env.CRASH === name) { throw new TypeError('crashed on purpose'); }
  const answer = await ask(addresses[instanceId]);
  const verdict = answer === '200 r1' || (answer === '200 r0') ? 'pass' : 'fail';
  const reason = instanceId && verdict === 'pass' ? '/health said ' + answer : '/health of ' + instanceId + ' said ' + answer;
  const checks = [{ name: '/health', kind: 'http', verdict, reason, measurements: [], samples: 1, errors: 0, windowMs: 0 }];
  console.log(JSON.stringify({ greenlightVerdict: { schemaVersion: 1, rollout: 'ServerInPlace/Fleet', event: name, deploymentId, verdict, reason, report: verdict === 'pass' ? 'Succeeded' : 'Failed', by: 'checks', durationMs: 1, checks } }));
  return { verdict, reason };
};`;

/** A settling function: asks to be asked again twice. */
const SETTLE = `
exports.handler = async ({ event, startedAt, memory }) => {
  const times = (memory.times || 0) + 1;
  console.log('settle ' + event.detail.state + ' ' + times + ' ' + startedAt);
  return times < 3 ? { done: false, waitSeconds: 120, memory: { times } } : { done: true, why: 'asked often enough', memory: { times } };
};`;

export interface GatedOptions {
  readonly gates?: readonly ('instance' | 'fleet')[];
  readonly scheme?: 'http' | 'https';
  /** The event of the gate that throws. */
  readonly crash?: string;
  /** Whether the rules' permissions and roles are made. @default true */
  readonly permitted?: boolean;
  readonly alternates?: boolean;
  readonly fleetPattern?: object;
  readonly bundle?: string;
}

/** @returns the folder of the cloud assembly */
export function synthesizeGated(options: GatedOptions = {}): string {
  const { gates = ['instance', 'fleet'], bundle = 'gated' } = options;
  return synthesizeFleet({
    bundle,
    more: (stack) => addGates(stack, options),
    description: (description) => ({ ...description, gates: Object.fromEntries(gates.map((gate) => [gate, { logicalId: `${gate}Gate` }])) }),
  });
}

function addGates(stack: Stack, options: GatedOptions): void {
  const { scheme = 'http', crash, gates = ['instance', 'fleet'], permitted = true, alternates = false, fleetPattern } = options;
  const gate = (id: string, event: string): lambda.Function => {
    const made = func(stack, id, ASK, { ADDRESSES: JSON.stringify(INSTANCES), GREENLIGHT_EVENT: event, GREENLIGHT_INSTANCE_SCHEME: scheme, GREENLIGHT_INSTANCE_PORT: '8080', ...(crash === undefined ? {} : { CRASH: crash }) });
    (made.node.defaultChild as lambda.CfnFunction).overrideLogicalId(id);
    return made;
  };
  if (gates.includes('instance')) {
    gate('instanceGate', 'ValidateService');
  }
  if (gates.includes('fleet')) {
    const fleet = gate('fleetGate', 'InstanceSuccess');
    const rule = new events.CfnRule(stack, 'FleetRule', {
      name: 'fleet-gate',
      eventPattern: fleetPattern ?? { source: ['aws.codedeploy'], 'detail-type': ['CodeDeploy Instance State-change Notification'], detail: { state: ['SUCCESS'], application: ['shop-Fleet'], deploymentGroup: ['Fleet'] } },
      targets: [{ id: 'Gate', arn: fleet.functionArn }],
    });
    if (permitted) {
      new lambda.CfnPermission(stack, 'FleetPermission', { action: 'lambda:InvokeFunction', functionName: fleet.functionArn, principal: 'events.amazonaws.com', sourceArn: rule.attrArn });
    }
  }
  if (alternates) {
    addMachine(stack, permitted);
  }
}

function func(stack: Stack, id: string, code: string, environment: Record<string, string>): lambda.Function {
  return new lambda.Function(stack, id, { runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromInline(code), timeout: Duration.seconds(60), environment, retryAttempts: 0 });
}

/** As the constructs settle two alternating groups: a task that says how long to wait before it is asked again. */
function addMachine(stack: Stack, permitted: boolean): void {
  const settle = func(stack, 'Settle', SETTLE, {});
  const role = new iam.Role(stack, 'MachineRole', { assumedBy: new iam.ServicePrincipal('states.amazonaws.com') });
  settle.grantInvoke(role);
  const machine = new sfn.CfnStateMachine(stack, 'Machine', {
    stateMachineName: 'settle',
    roleArn: role.roleArn,
    definition: {
      StartAt: 'Ask',
      States: {
        Ask: { Type: 'Task', Resource: settle.functionArn, Parameters: { 'event.$': '$.event', 'startedAt.$': '$$.Execution.StartTime', 'memory.$': '$.step.memory' }, ResultPath: '$.step', Next: 'Done' },
        Done: { Type: 'Choice', Choices: [{ Variable: '$.step.done', BooleanEquals: true, Next: 'End' }], Default: 'Wait' },
        Wait: { Type: 'Wait', SecondsPath: '$.step.waitSeconds', Next: 'Ask' },
        End: { Type: 'Succeed' },
      },
    },
  });
  const events_ = new iam.Role(stack, 'EventsRole', { assumedBy: new iam.ServicePrincipal('events.amazonaws.com') });
  if (permitted) {
    events_.addToPolicy(new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [machine.ref] }));
  }
  new events.CfnRule(stack, 'SettleRule', {
    name: 'settle',
    eventPattern: { source: ['aws.codedeploy'], 'detail-type': ['CodeDeploy Deployment State-change Notification'], detail: { state: ['SUCCESS', 'FAILURE', 'STOP'] } },
    targets: [
      { id: 'Machine', arn: machine.ref, roleArn: events_.roleArn, inputTransformer: { inputPathsMap: { event: '$' }, inputTemplate: '{"event": <event>, "step": {"memory": {}}}' } },
      { id: 'Queue', arn: Fn.sub('arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:queue') },
    ],
  });
}
