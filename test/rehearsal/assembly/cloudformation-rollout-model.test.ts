/** A rollout that CloudFormation performs, as the template has it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { resolveCloudFormationRollout } from '../../../rehearsal/assembly/cloudformation-rollout-model';
import { readAssembly } from '../../../rehearsal/assembly/read-assembly';
import { findRollouts, selectRollout, type FoundCloudFormationRollout } from '../../../rehearsal/assembly/rollouts';

const scratches: string[] = [];
afterAll(() => scratches.forEach((scratch) => rmSync(scratch, { recursive: true })));

const ELB = 'AWS::ElasticLoadBalancingV2';
const ref = (logicalId: string) => ({ logicalId });

const DESCRIPTION = {
  schemaVersion: 1, platform: 'ECS', controller: 'CLOUDFORMATION', name: 'Shop/Web', serviceRole: ref('Role'), service: ref('Service'), taskDefinition: ref('Task'), taskSet: ref('TaskSet'),
  container: { name: 'web', port: 8080 }, loadBalancer: ref('Balancer'), scheme: 'internal', production: { listener: ref('Production'), port: 80, protocol: 'HTTP' },
  targetGroups: [ref('Blue'), ref('Green')], traffic: { type: 'AllAtOnce' }, terminationWaitMinutes: 10, alarms: [ref('Alarm')], verdictAlarm: ref('Alarm'),
  hooks: [{ event: 'AfterInstall', kind: 'function', function: ref('Gate'), reportsLater: false, guarded: false }], findings: [],
};

const HOOK = { Type: 'AWS::CodeDeploy::BlueGreen', Properties: { ServiceRole: 'deployer', LifecycleEventHooks: { AfterInstall: 'gate', BeforeInstall: 'elsewhere' }, AdditionalOptions: { TerminationWaitTimeInMinutes: 3 } } };

interface Changes {
  readonly hooks?: object;
  readonly traffic?: object;
  readonly taskSet?: object;
  readonly description?: object;
}

function assemblyOf({ hooks, traffic, taskSet, description }: Changes = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'stack-'));
  scratches.push(directory);
  const template = {
    Metadata: { 'cdk-greenlight:cloudformation-rollout': { ...DESCRIPTION, ...description } },
    Hooks: hooks ?? { Hook: { ...HOOK, Properties: { ...HOOK.Properties, ...(traffic === undefined ? {} : { TrafficRoutingConfig: traffic }) } } },
    Resources: {
      Service: { Type: 'AWS::ECS::Service', Properties: { Cluster: 'apps', ServiceName: 'web', DesiredCount: 4 } },
      Task: { Type: 'AWS::ECS::TaskDefinition', Properties: { Family: 'web' } },
      TaskSet: {
        Type: 'AWS::ECS::TaskSet',
        Properties: { LaunchType: 'FARGATE', PlatformVersion: '1.4.0', NetworkConfiguration: { AwsVpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: ['sg-1'], AssignPublicIp: 'ENABLED' } }, ...taskSet },
      },
      Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'deployer' } },
      Gate: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'gate' } },
      Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'red', Namespace: 'n', MetricName: 'm', Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold', Statistic: 'Sum' } },
      Balancer: { Type: `${ELB}::LoadBalancer`, Properties: { Scheme: 'internal' } },
      Production: { Type: `${ELB}::Listener`, Properties: { Port: 80, Protocol: 'HTTP', LoadBalancerArn: { Ref: 'Balancer' } } },
      Blue: { Type: `${ELB}::TargetGroup`, Properties: {} },
      Green: { Type: `${ELB}::TargetGroup`, Properties: {} },
    },
  };
  writeFileSync(join(directory, 'Shop.template.json'), JSON.stringify(template));
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ version: '48.0.0', artifacts: { Shop: { type: 'aws:cloudformation:stack', environment: 'aws://111122223333/eu-central-1', properties: { templateFile: 'Shop.template.json' } } } }));
  return readAssembly(directory);
}

function model(changes: Changes = {}) {
  const assembly = assemblyOf(changes);
  return resolveCloudFormationRollout(assembly, selectRollout(assembly) as FoundCloudFormationRollout);
}

test('is found in the metadata of the template', () => {
  expect(findRollouts(assemblyOf()).map(({ controller, name, logicalId }) => [controller, name, logicalId])).toEqual([['CLOUDFORMATION', 'Shop/Web', 'Service']]);
  expect(() => findRollouts(assemblyOf({ description: { traffic: undefined } }))).toThrow('rollout description of Shop/Metadata is not one that this command understands: rollout.traffic must be an object');
});

test('is what the hook, the service and the task set say', () => {
  const found = model();
  expect(found).toMatchObject({
    controller: 'CLOUDFORMATION', stackName: 'Shop', verdictAlarm: 'red',
    serviceRole: { name: 'deployer', arn: 'arn:aws:iam::111122223333:role/deployer' },
    description: { terminationWaitMinutes: 3 },
    hookFunctions: [{ event: 'BeforeInstall', function: 'elsewhere' }, { event: 'AfterInstall', function: 'gate' }],
    service: { name: 'web', cluster: 'apps', arn: 'arn:aws:ecs:eu-central-1:111122223333:service/apps/web', desiredCount: 4, launchType: 'FARGATE' },
  });
  expect(found.stackId).toMatch(/^arn:aws:cloudformation:eu-central-1:111122223333:stack\/Shop\//);
  expect(found.service.firstRevision).toEqual({
    TaskDefinition: 'arn:aws:ecs:eu-central-1:111122223333:task-definition/web:1',
    LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
    PlatformVersion: '1.4.0',
    NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: ['sg-1'], AssignPublicIp: 'ENABLED' } },
  });
});

test('a task set without a network of its own has none', () => {
  const { service } = model({ taskSet: { LaunchType: 'EC2', PlatformVersion: undefined, NetworkConfiguration: undefined } });
  expect([service.launchType, Object.keys(service.firstRevision)]).toEqual(['EC2', ['TaskDefinition', 'LoadBalancerInfo']]);
});

test.each([
  ['none told', undefined, { type: 'TimeBasedCanary', percentage: 15, intervalMinutes: 5 }],
  ['all at once', { Type: 'AllAtOnce' }, { type: 'AllAtOnce' }],
  ['a canary', { Type: 'TimeBasedCanary', TimeBasedCanary: { StepPercentage: 30, BakeTimeMins: 7 } }, { type: 'TimeBasedCanary', percentage: 30, intervalMinutes: 7 }],
  ['a linear shift that says little', { Type: 'TimeBasedLinear', TimeBasedLinear: { StepPercentage: 25 } }, { type: 'TimeBasedLinear', percentage: 25, intervalMinutes: 5 }],
])('traffic: %s', (_, traffic, routing) => {
  expect(model({ traffic }).description.traffic).toEqual(routing);
});

test.each<[string, Changes, string]>([
  ['another routing', { traffic: { Type: 'Shadow' } }, 'the hook of Shop/Web has the traffic routing "Shadow", and CloudFormation has AllAtOnce, TimeBasedCanary and TimeBasedLinear'],
  ['steps that are too small', { traffic: { Type: 'TimeBasedLinear', TimeBasedLinear: { StepPercentage: 10 } } }, "the hook of Shop/Web shifts traffic as CloudFormation would refuse to: 'percentage' must be a whole number from 14 to 99"],
  ['no hook', { hooks: { Other: { Type: 'Other::Hook' } } }, 'has no hook AWS::CodeDeploy::BlueGreen, by which CloudFormation performs the deployments of Shop/Web'],
  ['a service of somebody else', { description: { service: { value: 'arn:aws:ecs:eu-central-1:111122223333:service/apps/web' } } }, 'service and task set of Shop/Web are not in the template of stack Shop'],
])('not played: %s', (_, changes, message) => {
  expect(() => model(changes)).toThrow(message);
});
