/** What settles two Auto Scaling groups that alternate: function, statements, state machine and rule. */
import { Duration } from 'aws-cdk-lib/core';

import { BlueGreenFleet, OriginalFleet } from '../../../lib';
import { fleetMachine } from '../../../lib/model/server/fleet-machine';
import { FUNCTION, play } from '../../rehearsal/engine/state-machine/stage';
import { alternatingIn, copiedIn } from '../support/blue-green-sample';
import { only, statementsOf } from '../support/sample';
import type { ServerSample } from '../support/server-sample';
import { serverSample } from '../support/server-sample';

const NAME = 'Shop-Fleet-A75F5430';
const GROUP = `${NAME}-Alternating`;
const [REGION, ACCOUNT] = [{ Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }];
const arn = (service: string, rest: string, ...more: unknown[]) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, REGION, ':', ACCOUNT, `:${rest}`, ...more]] });
const asg = ({ template }: ServerSample, prefix: string) => ({ Ref: only(template, 'AWS::AutoScaling::AutoScalingGroup', prefix).id });
const roleOf = ({ template }: ServerSample, prefix: string) => statementsOf(template, only(template, 'AWS::IAM::Role', prefix).id);
const stepOf = ({ template }: ServerSample) => only(template, 'AWS::Lambda::Function', 'FleetFleetsStep');

test('the function knows the group, its two fleets, and how long originals live on', () => {
  const sample = serverSample(alternatingIn);
  expect(stepOf(sample).properties).toMatchObject({
    Description: 'Brings down the Auto Scaling group that does not serve, for Shop/Fleet',
    Handler: 'index.handler',
    MemorySize: 256,
    Runtime: 'nodejs24.x',
    Timeout: 180,
    Environment: {
      Variables: {
        GREENLIGHT_APPLICATION: NAME,
        GREENLIGHT_DEPLOYMENT_GROUP: GROUP,
        GREENLIGHT_AUTO_SCALING_GROUPS: { 'Fn::Join': ['', ['["', asg(sample, 'A'), '","', asg(sample, 'B'), '"]']] },
      },
    },
  });
});

test.each([
  [OriginalFleet.terminate({ wait: Duration.minutes(90) }), '5400'],
  [OriginalFleet.terminate({ wait: Duration.minutes(0) }), '0'],
  [OriginalFleet.keepAlive(), 'keep'],
])('originals live on as asked for', (originals, wait) => {
  const sample = serverSample((stack) => alternatingIn(stack, { fleet: BlueGreenFleet.alternating({ originals }) }));
  expect(stepOf(sample).properties).toMatchObject({ Environment: { Variables: { GREENLIGHT_TERMINATION_WAIT: wait } } });
});

test('the roles may do just this', () => {
  const sample = serverSample(alternatingIn);
  const { template } = sample;
  const autoScalingGroup = (prefix: string) => arn('autoscaling', 'autoScalingGroup:*:autoScalingGroupName/', asg(sample, prefix));
  expect(roleOf(sample, 'FleetFleetsStepRole')).toEqual([
    { Sid: 'WriteLogs', Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: { 'Fn::GetAtt': [only(template, 'AWS::Logs::LogGroup', 'FleetFleetsStep').id, 'Arn'] } },
    {
      Sid: 'SettleDeployments',
      Effect: 'Allow',
      Action: ['codedeploy:BatchGetDeployments', 'codedeploy:GetDeployment', 'codedeploy:GetDeploymentGroup', 'codedeploy:ListDeploymentTargets', 'codedeploy:ListDeployments', 'codedeploy:UpdateDeploymentGroup'],
      Resource: arn('codedeploy', `deploymentgroup:${NAME}/${GROUP}`),
    },
    { Sid: 'LookAtFleets', Effect: 'Allow', Action: 'autoscaling:DescribeAutoScalingGroups', Resource: '*' },
    { Sid: 'ScaleFleets', Effect: 'Allow', Action: 'autoscaling:SetDesiredCapacity', Resource: [autoScalingGroup('A'), autoScalingGroup('B')] },
  ]);
  expect(roleOf(sample, 'FleetFleetsMachineRole')).toEqual([{ Sid: 'Invoke', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: { 'Fn::GetAtt': [stepOf(sample).id, 'Arn'] } }]);
  const machine = only(template, 'AWS::StepFunctions::StateMachine', 'FleetFleets').id;
  expect(roleOf(sample, 'FleetFleetsRuleRole')).toEqual([{ Sid: 'StartExecution', Effect: 'Allow', Action: 'states:StartExecution', Resource: { 'Fn::GetAtt': [machine, 'Arn'] } }]);
  const trusted = (prefix: string) => only(template, 'AWS::IAM::Role', prefix).properties['AssumeRolePolicyDocument'];
  const trust = (service: string) => ({
    Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: service }, Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } } }],
    Version: '2012-10-17',
  });
  expect(trusted('FleetFleetsMachineRole')).toEqual(trust('states.amazonaws.com'));
  expect(trusted('FleetFleetsRuleRole')).toEqual(trust('events.amazonaws.com'));
});

test('the end of a deployment of this group, and of no other, starts the state machine', () => {
  const { template } = serverSample(alternatingIn);
  const machine = only(template, 'AWS::StepFunctions::StateMachine', 'FleetFleets').id;
  const { id, properties } = only(template, 'AWS::Events::Rule', 'FleetFleets');
  expect(properties).toEqual({
    Description: 'A deployment has ended: one of two Auto Scaling groups is brought down',
    EventPattern: {
      source: ['aws.codedeploy'],
      'detail-type': ['CodeDeploy Deployment State-change Notification'],
      detail: { application: [NAME], deploymentGroup: [GROUP], state: ['SUCCESS', 'FAILURE', 'STOP'] },
    },
    Targets: [{ Id: 'Machine', Arn: { 'Fn::GetAtt': [machine, 'Arn'] }, RoleArn: { 'Fn::GetAtt': [only(template, 'AWS::IAM::Role', 'FleetFleetsRuleRole').id, 'Arn'] } }],
  });
  expect(template.toJSON().Resources[id].DependsOn).toContain(only(template, 'AWS::IAM::Policy', 'FleetFleetsRuleRole').id);
  expect(template.toJSON().Resources[machine].DependsOn).toContain(only(template, 'AWS::IAM::Policy', 'FleetFleetsMachineRole').id);
});

test('the state machine is a standard one, and asks until nothing is left to do', () => {
  const sample = serverSample(alternatingIn);
  const { properties } = only(sample.template, 'AWS::StepFunctions::StateMachine', 'FleetFleets');
  expect(properties).toMatchObject({ StateMachineType: 'STANDARD', Definition: fleetMachine({ fleetFunctionArn: { 'Fn::GetAtt': [stepOf(sample).id, 'Arn'] } as unknown as string }) });
  expect(fleetMachine({ fleetFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:fleet' })).toEqual({
    Comment: 'Brings down the Auto Scaling group that does not serve after a deployment',
    StartAt: 'Begin',
    States: {
      Begin: { Type: 'Pass', Parameters: { 'event.$': '$', step: { memory: {} } }, Next: 'Step' },
      Step: {
        Type: 'Task',
        Resource: 'arn:aws:lambda:eu-central-1:111122223333:function:fleet',
        Parameters: { 'event.$': '$.event', 'startedAt.$': '$$.Execution.StartTime', 'memory.$': '$.step.memory' },
        ResultPath: '$.step',
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, BackoffRate: 2, MaxDelaySeconds: 300, MaxAttempts: 30 }],
        Next: 'Done?',
      },
      'Done?': { Type: 'Choice', Choices: [{ Variable: '$.step.done', BooleanEquals: true, Next: 'Settled' }], Default: 'Wait' },
      Wait: { Type: 'Wait', SecondsPath: '$.step.waitSeconds', Next: 'Step' },
      Settled: { Type: 'Succeed' },
    },
  });
});

test('the function is asked with the event, as often as it says, after days if it says so', async () => {
  const event = { detail: { deploymentId: 'd-1', state: 'SUCCESS' } };
  const waits = { done: false, waitSeconds: 172_800, memory: { pointed: 1 } };
  const { execution, calls, states } = await play(fleetMachine({ fleetFunctionArn: FUNCTION }), event, [
    { output: waits },
    { error: 'Lambda.TooManyRequestsException' },
    { output: { done: true, memory: {}, why: 'green serves alone' } },
  ]);
  const startedAt = '2026-01-05T09:00:00.000Z';
  expect(execution.status).toBe('SUCCEEDED');
  expect(states).toEqual(['0 Begin', '0 Step', '0 Done?', '0 Wait', '172800 Step', '172805 Done?', '172805 Settled']);
  expect(calls).toEqual([
    { at: 0, input: { event, startedAt, memory: {} } },
    { at: 172_800, input: { event, startedAt, memory: { pointed: 1 } } },
    { at: 172_805, input: { event, startedAt, memory: { pointed: 1 } } },
  ]);
});

test('a rollout whose fleet is copied has none of it', () => {
  const { template } = serverSample(copiedIn);
  expect(Object.keys(template.toJSON().Resources).filter((id) => id.startsWith('FleetFleets'))).toEqual([]);
});
