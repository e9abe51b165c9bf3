/** The smallest valid subject of the tests of gates: a fleet in private subnets with a way out, and a rollout with gates. */
import { Template } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import type { ServerGateOptions, ServerRolloutGates, ServerRolloutProps } from '../../../lib';
import { ServerGate, ServerTargets } from '../../../lib';
import { Findings } from '../../../lib/private/findings';
import type { BoundGates } from '../../../lib/private/server-gates';
import { bindGates } from '../../../lib/private/server-gates';
import { healthCheck, stackOf } from './sample';
import type { ServerSample } from './server-sample';
import { fleetIn, serverSample } from './server-sample';

export const privateVpc = (stack: Stack, id = 'Net'): ec2.Vpc =>
  new ec2.Vpc(stack, id, {
    maxAzs: 2,
    natGateways: 1,
    subnetConfiguration: [
      { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
      { name: 'Private', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
    ],
  });

export const privateFleet = (stack: Stack, id = 'Asg', vpc = privateVpc(stack)) => fleetIn(stack, { vpc }, id);

export const gate = (options: Partial<ServerGateOptions> = {}): ServerGate => ServerGate.checks({ checks: [healthCheck()], port: 8080, ...options });

type Given = Partial<ServerRolloutProps>;

/** A rollout whose revisions come from elsewhere. */
export function gatedSample(gates: ServerRolloutGates, props: Given | ((stack: Stack) => Given) = {}, stack = stackOf()): ServerSample {
  return serverSample((inside) => {
    const given = typeof props === 'function' ? props(inside) : props;
    return { targets: given.targets ?? ServerTargets.autoScalingGroups(privateFleet(inside)), gates, ...given };
  }, stack);
}

export interface BlueGreenSample {
  readonly stack: Stack;
  readonly bound: BoundGates;
  readonly template: Template;
  readonly findings: Findings;
}

/** The gates of a rollout that waits before it shifts traffic. */
export function blueGreenSample(gates: ServerRolloutGates, targets?: (stack: Stack) => ServerTargets): BlueGreenSample {
  const stack = stackOf();
  const rollout = new Construct(stack, 'Fleet');
  const findings = new Findings(rollout);
  const bound = bindGates(rollout, {
    gates,
    blueGreen: true,
    revision: true,
    applicationName: 'shop',
    groupName: 'fleet',
    groupArn: 'arn:of:shop/fleet',
    verdictAlarm: cloudwatch.Alarm.fromAlarmName(rollout, 'VerdictAlarm', 'verdict'),
    targets: targets?.(stack) ?? ServerTargets.autoScalingGroups(privateFleet(stack)),
    findings,
  });
  return { stack, bound, template: Template.fromStack(stack), findings };
}
