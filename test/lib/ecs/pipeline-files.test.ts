import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, NestedStack, Stack } from 'aws-cdk-lib/core';

import type { EcsRollout, EcsRolloutProps } from '../../../lib';
import { EcsDeployments, EcsEndpoint, EcsRollout as Rollout, LifecycleHook } from '../../../lib';
import { checksHook, fargate, rolloutIn, stackOf, userFunction } from '../support/sample';

const external = (stack: Stack = stackOf(), props: Partial<EcsRolloutProps> = {}): EcsRollout => rolloutIn(stack, { deployments: EcsDeployments.external(), ...props });

const NOT_TAKEN =
  'del(.compatibilities, .deleteRequestedAt, .deregisteredAt, .registeredAt, .registeredBy, .requiresAttributes, .revision, .status, .taskDefinitionArn)';

const filter = (container: string, placeholder: string) =>
  `if any(.containerDefinitions[]; .name == "${container}") then (.containerDefinitions[] | select(.name == "${container}")).image = "<${placeholder}>" ` +
  `else error("no container ${container}") end`;

interface Output {
  readonly Value: unknown;
  readonly Description: string;
}

const outputsOf = (stack: Stack) => Object.entries(Template.fromStack(stack).toJSON().Outputs as Record<string, Output>).filter(([id]) => id.startsWith('WebPipeline'));

describe('a rollout that a pipeline deploys', () => {
  test('keeps in its outputs what the files are made of: the AppSpec with its hooks and a placeholder, and the revision', () => {
    const stack = stackOf();
    const rollout = external(stack, { hooks: { beforeInstall: LifecycleHook.fromFunction(userFunction(stack, 'Mine')), afterAllowTestTraffic: checksHook() } });
    const [[appSpecId, appSpec], [revisionId, revision], ...others] = outputsOf(stack) as [[string, Output], [string, Output]];
    expect(others).toEqual([]);
    expect([appSpecId, revisionId]).toEqual(['WebPipelineAppSpec9CC10A7A', 'WebPipelineTaskDefinitionC553D730']);
    expect(appSpec.Value).toEqual({
      'Fn::Join': [
        '',
        [
          '{"version":"0.0","Resources":[{"TargetService":{"Type":"AWS::ECS::Service","Properties":{"TaskDefinition":"<TASK_DEFINITION>",' +
            '"LoadBalancerInfo":{"ContainerName":"web","ContainerPort":8080}}}}],"Hooks":[{"BeforeInstall":"',
          { 'Fn::GetAtt': [expect.stringMatching(/^Mine/), 'Arn'] },
          '"},{"AfterAllowTestTraffic":"',
          { 'Fn::GetAtt': [expect.stringMatching(/^WebAfterAllowTestTrafficFunction/), 'Arn'] },
          '"}]}',
        ],
      ],
    });
    expect(stack.resolve(rollout.pipelineAppSpec)).toEqual(appSpec.Value);
    expect(revision.Value).toEqual({ Ref: expect.stringMatching(/^Task/) });
    expect([appSpec.Description, revision.Description]).toEqual([
      'AppSpec of a release of Shop/Web by a pipeline',
      'Revision that a pipeline puts the images of a release of Shop/Web into',
    ]);
  });

  test('has commands that write them, which need to know nothing of the stack but its name', () => {
    expect(external().pipelineFileCommands()).toEqual([
      `aws cloudformation describe-stacks --stack-name Shop --query "Stacks[0].Outputs[?OutputKey=='WebPipelineAppSpec9CC10A7A'].OutputValue" --output text | jq -n input > appspec.yaml`,
      'aws ecs describe-task-definition --task-definition ' +
        `"$(aws cloudformation describe-stacks --stack-name Shop --query "Stacks[0].Outputs[?OutputKey=='WebPipelineTaskDefinitionC553D730'].OutputValue" --output text)" ` +
        `--query taskDefinition --output json | jq -n 'input | ${NOT_TAKEN} | ${filter('web', 'IMAGE')}' > taskdef.json`,
    ]);
  });

  test('is asked for in its region, where it is known', () => {
    const stack = new Stack(new App(), 'Shop', { stackName: 'shop-prod', env: { account: '222222222222', region: 'eu-west-1' } });
    const [appSpec, revision] = external(stack).pipelineFileCommands();
    expect(appSpec).toContain('aws cloudformation describe-stacks --region eu-west-1 --stack-name shop-prod --query');
    expect(revision).toContain('aws ecs describe-task-definition --region eu-west-1 --task-definition "$(aws cloudformation describe-stacks --region eu-west-1 --stack-name shop-prod --query');
  });

  test('takes other images and another place', () => {
    const stack = stackOf();
    const service = fargate(stack);
    service.taskDefinition.addContainer('proxy', { image: ecs.ContainerImage.fromRegistry('example'), essential: false });
    const rollout = external(stack, { service });
    const commands = rollout.pipelineFileCommands({ images: { web: 'WEB_1', proxy: 'PROXY-2' }, directory: "build/it's here//" });
    expect(commands[0]).toMatch(/ \| jq -n input > 'build\/it'\\''s here\/appspec\.yaml'$/);
    expect(commands[1]).toContain(`jq -n 'input | ${NOT_TAKEN} | ${filter('web', 'WEB_1')} | ${filter('proxy', 'PROXY-2')}' > 'build/it'\\''s here/taskdef.json'`);
  });

  test('may be of an imported service, whose containers are looked at when the files are written', () => {
    const stack = stackOf();
    const { cluster } = fargate(stack);
    const service = ecs.BaseService.fromServiceArnWithCluster(stack, 'Imported', 'arn:aws:ecs:us-east-1:111111111111:service/shop/web');
    const taskDefinition = ecs.TaskDefinition.fromTaskDefinitionAttributes(stack, 'TheTask', {
      taskDefinitionArn: 'arn:aws:ecs:us-east-1:111111111111:task-definition/web:7',
      taskRole: userFunction(stack, 'Fn').role!,
      networkMode: ecs.NetworkMode.AWS_VPC,
    });
    const endpoint = EcsEndpoint.application({ vpc: cluster.vpc });
    const rollout = external(stack, { service, taskDefinition, container: 'api', containerPort: 80, endpoint });
    expect(rollout.pipelineFileCommands()[1]).toContain(filter('api', 'IMAGE'));
    expect(rollout.pipelineFileCommands({ images: { sidecar: 'SIDECAR' } })[1]).toContain(filter('sidecar', 'SIDECAR'));
    expect(outputsOf(stack)[1]![1].Value).toBe('arn:aws:ecs:us-east-1:111111111111:task-definition/web:7');
  });

  test('lets who runs the commands read its outputs, and task definitions', () => {
    const stack = new Stack(new App(), 'Shop', { stackName: 'shop-prod', env: { account: '222222222222', region: 'eu-west-1' } });
    expect(external(stack).pipelineFileStatements().map((statement) => stack.resolve(statement.toStatementJson()))).toEqual([
      {
        Sid: 'ReadOutputs',
        Effect: 'Allow',
        Action: 'cloudformation:DescribeStacks',
        Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':cloudformation:eu-west-1:222222222222:stack/shop-prod/*']] },
      },
      { Sid: 'ReadTaskDefinition', Effect: 'Allow', Action: 'ecs:DescribeTaskDefinition', Resource: '*' },
    ]);
  });
});

describe('there are none', () => {
  test.each([(rollout: EcsRollout) => rollout.pipelineFileCommands(), (rollout: EcsRollout) => rollout.pipelineFileStatements()])('where CloudFormation deploys', (ask) => {
    const stack = stackOf();
    const rollout = rolloutIn(stack);
    expect(rollout.pipelineAppSpec).toBeUndefined();
    expect(() => ask(rollout)).toThrow(
      "rollout 'Shop/Web' is deployed by CloudFormation, and needs no files for a pipeline; a stage that deploys its stack is enough, or set 'deployments' to EcsDeployments.external()",
    );
    expect(outputsOf(stack)).toEqual([]);
  });

  test('in a nested stack, whose name nobody knows', () => {
    const nested = new NestedStack(stackOf(), 'Inner');
    const rollout = new Rollout(nested, 'Web', { service: fargate(nested), deployments: EcsDeployments.external() });
    const told =
      "rollout 'Shop/Inner/Web' is in the nested stack 'Shop/Inner', whose name CloudFormation makes up, so that no command can name it; make the rollout in a stack of its own, or " +
      'hand the outputs of the nested stack on';
    expect(() => rollout.pipelineFileCommands()).toThrow(told);
    expect(() => rollout.pipelineFileStatements()).toThrow(told);
  });

  test.each<[Record<string, string>, string]>([
    [{}, "'images' must name 1 to 4 containers, got 0; the action of the pipeline takes no more"],
    [{ a: 'A', b: 'B', c: 'C', d: 'D', e: 'E' }, "'images' must name 1 to 4 containers, got 5; the action of the pipeline takes no more"],
    [{ wbe: 'IMAGE' }, "'images' names the container 'wbe', which the task definition does not have; it has web"],
    [{ web: '<IMAGE>' }, "a placeholder of 'images' may hold letters, digits, _ and - only, got '<IMAGE>'; leave out the angle brackets"],
    [{ web: '' }, "a placeholder of 'images' may hold letters, digits, _ and - only, got ''; leave out the angle brackets"],
  ])('for the images %j', (images, message) => {
    expect(() => external().pipelineFileCommands({ images })).toThrow(message);
  });
});
