import type { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration } from 'aws-cdk-lib/core';

import { EcsEndpoint, LifecycleHook, TrafficShift } from '../../../lib';
import { checksHook, only, sample, statementsOf, userFunction } from '../support/sample';

const arn = (service: string, ...rest: unknown[]) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ...rest]],
});

const allow = (Sid: string, Action: string | string[], Resource: unknown) => ({ Sid, Effect: 'Allow', Action, Resource });

const idOf = (template: Template, type: string, prefix: string) => only(template, type, prefix).id;

const arnOf = (template: Template, type: string, prefix: string) => ({ 'Fn::GetAtt': [idOf(template, type, prefix), 'Arn'] });

const ofRole = (template: Template, prefix: string) => statementsOf(template, idOf(template, 'AWS::IAM::Role', prefix));

const WRITE_LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];

const DEPLOY = [
  'codedeploy:BatchGetDeploymentTargets',
  'codedeploy:BatchGetDeployments',
  'codedeploy:CreateDeployment',
  'codedeploy:GetDeployment',
  'codedeploy:ListDeploymentTargets',
  'codedeploy:ListDeployments',
  'codedeploy:StopDeployment',
];

describe('the step function of the deployment provider', () => {
  test('may look at its own stack, and deploy this one group', () => {
    const { template } = sample((stack) => ({
      hooks: { beforeInstall: LifecycleHook.fromFunction(userFunction(stack, 'Mine')), afterInstall: LifecycleHook.fromOutcome(userFunction(stack, 'Other')), afterAllowTestTraffic: checksHook() },
    }));
    expect(ofRole(template, 'GreenlightDeploymentsStep')).toEqual([
      allow('Deploy', DEPLOY, arn('codedeploy', ':deploymentgroup:Shop-Web-6AD1A95E/Shop-Web-6AD1A95E')),
      allow('RegisterRevision', ['codedeploy:GetApplicationRevision', 'codedeploy:RegisterApplicationRevision'], arn('codedeploy', ':application:Shop-Web-6AD1A95E')),
      allow('UseConfig', 'codedeploy:GetDeploymentConfig', arn('codedeploy', ':deploymentconfig:CodeDeployDefault.ECSAllAtOnce')),
      allow('LookAtService', 'ecs:DescribeServices', arn('ecs', ':service/', { Ref: idOf(template, 'AWS::ECS::Cluster', 'Cluster') }, '/', { 'Fn::GetAtt': [idOf(template, 'AWS::ECS::Service', 'Service'), 'Name'] })),
      // Not that of the user's own function, whose log is not ours to read.
      allow('ReadHookLogs', 'logs:FilterLogEvents', ['WebAfterInstall', 'WebAfterAllowTestTraffic', 'WebGuardian'].map((hook) => arnOf(template, 'AWS::Logs::LogGroup', hook))),
      allow('WriteLogs', WRITE_LOGS, arnOf(template, 'AWS::Logs::LogGroup', 'GreenlightDeploymentsStep')),
      allow('LookAtStack', ['cloudformation:DescribeStackEvents', 'cloudformation:DescribeStacks'], { Ref: 'AWS::StackId' }),
      allow('LookAtListeners', 'elasticloadbalancing:DescribeListeners', '*'),
    ]);
  });

  test('reads no logs without hooks, and a configuration of our own by its name', () => {
    const { template } = sample({ traffic: TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) }) });
    const statements = ofRole(template, 'GreenlightDeploymentsStep');
    expect(statements.map(({ Sid }) => Sid)).toEqual(['Deploy', 'RegisterRevision', 'UseConfig', 'LookAtService', 'WriteLogs', 'LookAtStack', 'LookAtListeners']);
    expect(statements[2]!.Resource).toEqual(arn('codedeploy', ':deploymentconfig:', { Ref: idOf(template, 'AWS::CodeDeploy::DeploymentConfig', 'Web') }));
  });

  test('has a policy for each rollout, for which its deployment waits', () => {
    const { template } = sample();
    const [deployment] = Object.values(template.findResources('Custom::GreenlightDeployment'));
    expect(deployment!.DependsOn).toContain(idOf(template, 'AWS::IAM::Policy', 'WebDeploymentPolicy'));
  });

  test('looks at an imported service by its name', () => {
    const { template } = sample((stack) => {
      const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Mine');
      taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('example'), portMappings: [{ containerPort: 8080 }] });
      const service = ecs.BaseService.fromServiceArnWithCluster(stack, 'Theirs', 'arn:aws:ecs:eu-west-1:111122223333:service/shop/web');
      return { service, taskDefinition, container: 'web', containerPort: 8080, endpoint: EcsEndpoint.application({ vpc: new ec2.Vpc(stack, 'Vpc') }) };
    });
    expect(ofRole(template, 'GreenlightDeploymentsStep')[3]!.Resource).toEqual(arn('ecs', ':service/shop/web'));
    expect(only(template, 'Custom::GreenlightDeployment').properties).toMatchObject({ Cluster: 'shop', Service: 'web' });
  });
});

describe('the rest of the provider', () => {
  const { template } = sample();

  test('the intake may start executions of its state machine, and lead to the step function when it fails', () => {
    expect(ofRole(template, 'GreenlightDeploymentsIntake')).toEqual([
      allow('WriteLogs', WRITE_LOGS, arnOf(template, 'AWS::Logs::LogGroup', 'GreenlightDeploymentsIntake')),
      allow('StartExecution', 'states:StartExecution', arnOf(template, 'AWS::StepFunctions::StateMachine', 'Greenlight')),
      allow('Invoke', 'lambda:InvokeFunction', arnOf(template, 'AWS::Lambda::Function', 'GreenlightDeploymentsStep')),
    ]);
  });

  test('the state machine may invoke the step function, for executions of this account', () => {
    expect(ofRole(template, 'GreenlightDeploymentsMachine')).toEqual([allow('Invoke', 'lambda:InvokeFunction', arnOf(template, 'AWS::Lambda::Function', 'GreenlightDeploymentsStep'))]);
    expect(only(template, 'AWS::IAM::Role', 'GreenlightDeploymentsMachine').properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [{ Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } }],
    });
  });

  test('no role has a managed policy', () => {
    ['Step', 'Intake', 'Machine'].forEach((name) => expect(only(template, 'AWS::IAM::Role', `GreenlightDeployments${name}`).properties).not.toHaveProperty('ManagedPolicyArns'));
  });
});
