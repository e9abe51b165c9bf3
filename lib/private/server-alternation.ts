/** What brings one of two Auto Scaling groups down after a blue/green deployment: a rule, a state machine, and the function that it asks. */
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import { fleetMachine } from '../model/server/fleet-machine';
import { FLEET_ENV } from '../model/server/fleets';
import type { StateChange } from '../model/server/gates';
import { CODEDEPLOY_EVENT_SOURCE, DEPLOYMENT_STATE_CHANGE } from '../model/server/gates';
import { startExecution } from './deployment-statements';
import type { Findings } from './findings';
import { lookAtFleets, scaleFleets, settleDeployments } from './fleet-statements';
import { handlerCode } from './handler-code';
import { ownFunction } from './own-function';
import { invoke } from './statements';

export interface AlternatingFleets {
  readonly applicationName: string;
  readonly groupName: string;
  readonly groupArn: string;
  readonly autoScalingGroups: readonly autoscaling.IAutoScalingGroup[];
  /** From the end of a deployment that succeeded; undefined: the originals are left running. */
  readonly terminationWait: Duration | undefined;
  readonly findings: Findings;
}

const MEMORY_MIB = 256;

/** Of one step: eight calls at most, each of which is tried for a quarter of a minute. */
const STEP_TIMEOUT = Duration.minutes(3);

/** By which a deployment tells that it has ended. */
const ENDS: readonly StateChange[] = ['SUCCESS', 'FAILURE', 'STOP'];

/**
 * Makes them below the rollout, as `Fleets`.
 *
 * Nothing is lost where an event comes twice, late, or while another execution waits: the function looks at what is.
 */
export function settleFleets(rollout: Construct, fleets: AlternatingFleets): Construct {
  const scope = new Construct(rollout, 'Fleets');
  const step = settlingFunction(scope, fleets);
  const machine = stateMachine(scope, step.functionArn);
  startAtEnds(scope, fleets, machine.attrArn);
  return scope;
}

function settlingFunction(scope: Construct, { applicationName, groupName, groupArn, autoScalingGroups, terminationWait }: AlternatingFleets): lambda.Function {
  const stack = Stack.of(scope);
  return ownFunction(new Construct(scope, 'Step'), {
    description: `Brings down the Auto Scaling group that does not serve, for ${scope.node.scope!.node.path}`,
    code: handlerCode('server-fleet'),
    timeout: STEP_TIMEOUT,
    memoryMiB: MEMORY_MIB,
    runtime: lambda.Runtime.NODEJS_24_X,
    logRetention: logs.RetentionDays.ONE_MONTH,
    environment: {
      [FLEET_ENV.application]: applicationName,
      [FLEET_ENV.deploymentGroup]: groupName,
      [FLEET_ENV.autoScalingGroups]: stack.toJsonString(autoScalingGroups.map(({ autoScalingGroupName }) => autoScalingGroupName)),
      [FLEET_ENV.terminationWait]: terminationWait === undefined ? 'keep' : `${terminationWait.toSeconds()}`,
    },
    statements: [settleDeployments(groupArn), lookAtFleets(), scaleFleets(stack, autoScalingGroups)],
  });
}

function stateMachine(scope: Construct, fleetFunctionArn: string): sfn.CfnStateMachine {
  const role = serviceRole(scope, 'MachineRole', 'states.amazonaws.com', 'Settles two Auto Scaling groups: invokes the step function');
  role.addToPrincipalPolicy(invoke(fleetFunctionArn));
  const machine = new sfn.CfnStateMachine(scope, 'Machine', { roleArn: role.roleArn, stateMachineType: 'STANDARD', definition: fleetMachine({ fleetFunctionArn }) });
  machine.node.addDependency(role);
  return machine;
}

/** @see https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html */
function startAtEnds(scope: Construct, { applicationName, groupName }: AlternatingFleets, machineArn: string): void {
  const role = serviceRole(scope, 'RuleRole', 'events.amazonaws.com', 'Settles two Auto Scaling groups: starts the state machine');
  role.addToPrincipalPolicy(startExecution(machineArn));
  const rule = new events.CfnRule(scope, 'Ends', {
    description: 'A deployment has ended: one of two Auto Scaling groups is brought down',
    eventPattern: {
      source: [CODEDEPLOY_EVENT_SOURCE],
      'detail-type': [DEPLOYMENT_STATE_CHANGE],
      detail: { application: [applicationName], deploymentGroup: [groupName], state: ENDS },
    },
    targets: [{ id: 'Machine', arn: machineArn, roleArn: role.roleArn }],
  });
  rule.node.addDependency(role);
}

function serviceRole(scope: Construct, id: string, service: string, description: string): iam.Role {
  return new iam.Role(scope, id, { description, assumedBy: new iam.ServicePrincipal(service, { conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } } }) });
}
