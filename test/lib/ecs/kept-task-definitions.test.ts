/** `keepTaskDefinitions`: the resource that it makes, what it may do, and what it refuses. */
import type { Template } from 'aws-cdk-lib/assertions';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { App, CfnParameter, Duration, RemovalPolicy } from 'aws-cdk-lib/core';

import { keepTaskOf } from '../../../lambda/core/task-definitions/task';
import { DeploymentCompletion, EcsDeployments, EcsEndpoint, EcsRollout } from '../../../lib';
import type { ResourceRequest } from '../../../lib/model/deployment-request';
import { findCycle } from '../../support/template-graph';
import { checksHook, fargate, graphOf, only, rolloutIn, sample, stackOf, statementsOf } from '../support/sample';

const RESOURCE = 'Custom::GreenlightTaskDefinitions';
const keeping = (keepTaskDefinitions: number, completion?: DeploymentCompletion) => ({ deployments: EcsDeployments.byCloudFormation({ keepTaskDefinitions, completion }) });

const ofStep = (template: Template) => statementsOf(template, only(template, 'AWS::IAM::Role', 'GreenlightDeploymentsStep').id);

test('is a resource that names the revision of each release, and comes after the last wait', () => {
  const { template } = sample({ ...keeping(10), terminationWait: Duration.minutes(10) });
  const { id, properties } = only(template, RESOURCE);
  expect(id).toMatch(/^WebDeploymentTaskDefinitions[0-9A-F]{8}$/);
  expect(properties).toEqual({
    ServiceToken: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function', 'GreenlightDeploymentsIntake').id, 'Arn'] },
    ServiceTimeout: '3600',
    TaskDefinition: { Ref: only(template, 'AWS::ECS::TaskDefinition').id },
    Cluster: { Ref: only(template, 'AWS::ECS::Cluster').id },
    Service: { 'Fn::GetAtt': [only(template, 'AWS::ECS::Service').id, 'Name'] },
    Keep: '10',
  });
  const waits = Object.keys(template.findResources('Custom::GreenlightDeploymentWait'));
  expect(template.toJSON().Resources[id].DependsOn).toEqual([waits.at(-1)]);
  expect(waits.at(-1)).toMatch(/^WebDeploymentWait2/);
  expect(findCycle(graphOf(template))).toBeUndefined();
});

test('comes after the deployment where nothing else waits', () => {
  const { template } = sample(keeping(2, DeploymentCompletion.STARTED));
  expect(template.toJSON().Resources[only(template, RESOURCE).id].DependsOn).toEqual([only(template, 'Custom::GreenlightDeployment').id]);
});

test('is not there where all are kept, nor its permissions', () => {
  const { template } = sample({ deployments: EcsDeployments.byCloudFormation() });
  template.resourceCountIs(RESOURCE, 0);
  expect(ofStep(template).map(({ Sid }) => Sid)).not.toContain('KeepTaskDefinitions');
});

test('may list and deregister task definitions, which have no resource-level permissions, and nothing more', () => {
  const [without, within] = [sample({ hooks: { afterAllowTestTraffic: checksHook() } }), sample({ hooks: { afterAllowTestTraffic: checksHook() }, ...keeping(2) })].map(({ template }) => ofStep(template));
  const added = within!.filter(({ Sid }) => !without!.some((each) => each.Sid === Sid));
  expect(added).toEqual([{ Sid: 'KeepTaskDefinitions', Effect: 'Allow', Action: ['ecs:DeregisterTaskDefinition', 'ecs:ListTaskDefinitions'], Resource: '*' }]);
  expect(within).toHaveLength(without!.length + 1);
});

test('the handler understands what the construct writes', () => {
  const { properties } = only(sample(keeping(100)).template, RESOURCE);
  const handedOn = { ...properties, TaskDefinition: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/ShopTask:7', Cluster: 'main', Service: 'web' };
  const request = { RequestType: 'Update', ResourceProperties: handedOn, OldResourceProperties: handedOn } as unknown as ResourceRequest;
  expect(keepTaskOf(request)).toEqual({ cluster: 'main', service: 'web', family: 'ShopTask', keep: 100, ofStack: [handedOn.TaskDefinition, handedOn.TaskDefinition] });
});

describe('fails at synth', () => {
  test.each([1, 101, 2.5, -3, NaN])('for %s revisions', (count) => {
    expect(() => keeping(count)).toThrow(`'keepTaskDefinitions' must be a whole number from 2 to 100, got ${count}; leave it out to keep all revisions`);
  });

  test('for a deploy-time value', () => {
    expect(() => keeping(new CfnParameter(stackOf(), 'Count', { type: 'Number' }).valueAsNumber)).toThrow("'keepTaskDefinitions' must be known at synth, got a deploy-time value; write the number");
  });

  test('for a task definition that is not of the app', () => {
    const stack = stackOf();
    const service = ecs.BaseService.fromServiceArnWithCluster(stack, 'Theirs', 'arn:aws:ecs:eu-west-1:111122223333:service/shop/web');
    const taskDefinition = ecs.FargateTaskDefinition.fromFargateTaskDefinitionAttributes(stack, 'TheirTask', {
      taskDefinitionArn: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/web:3',
      taskRole: iam.Role.fromRoleArn(stack, 'TheirRole', 'arn:aws:iam::111122223333:role/web'),
    });
    const endpoint = EcsEndpoint.application({ vpc: new ec2.Vpc(stack, 'Vpc') });
    expect(() => new EcsRollout(stack, 'Web', { service, taskDefinition, container: 'web', containerPort: 8080, endpoint, ...keeping(2) })).toThrow(
      "'keepTaskDefinitions' is 2, but task definition 'Shop/TheirTask' is not of this app, and its revisions are not this stack's to deregister; leave it out",
    );
  });

  test('for a task definition whose revisions CloudFormation deregisters, whenever that was said', () => {
    const app = new App();
    const stack = stackOf(app);
    const service = fargate(stack);
    rolloutIn(stack, { service, ...keeping(2) });
    service.taskDefinition.applyRemovalPolicy(RemovalPolicy.DESTROY);
    expect(() => app.synth()).toThrow(
      "'keepTaskDefinitions' is 2, but CloudFormation deregisters every revision of task definition 'Shop/Task' that is replaced (UpdateReplacePolicy Delete); drop 'applyRemovalPolicy', or give it RemovalPolicy.RETAIN",
    );
  });
});

test.each([2, 100])('takes %i', (count) => {
  expect(only(sample(keeping(count)).template, RESOURCE).properties.Keep).toBe(`${count}`);
});

test('counts in the policies of the role: a rollout less has room', () => {
  const warned = (rollouts: number) => {
    const stack = stackOf();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
    taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('example'), portMappings: [{ containerPort: 8080 }] });
    Array.from({ length: rollouts }, (_, index) => {
      const service = ecs.BaseService.fromServiceArnWithCluster(stack, `Service${index}`, `arn:aws:ecs:eu-west-1:111122223333:service/shop/web${index}`);
      return new EcsRollout(stack, `Web${index}`, { service, taskDefinition, container: 'web', containerPort: 8080, endpoint: EcsEndpoint.application({ vpc }), ...keeping(5) });
    });
    return Annotations.fromStack(stack).findWarning('/Shop/GreenlightDeployments', Match.stringLikeRegexp('needs policies of about 1\\d{4} characters')).length;
  };
  expect([warned(8), warned(9)]).toEqual([0, 1]);
});
