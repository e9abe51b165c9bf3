/** A rollout that CloudFormation deploys is no target of a pipeline's action, wherever in the app the pipeline is. */
import { Template } from 'aws-cdk-lib/assertions';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as codepipeline from 'aws-cdk-lib/aws-codepipeline';
import * as actions from 'aws-cdk-lib/aws-codepipeline-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, CfnParameter, CfnResource, Stack, Stage } from 'aws-cdk-lib/core';
import type { StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { EcsRollout, EcsRolloutProps } from '../../../lib';
import { EcsDeployments } from '../../../lib';
import { rolloutIn } from '../support/sample';

const HERE = { account: '111111111111', region: 'eu-west-1' };

interface ActionOptions {
  readonly region?: string;
  readonly roleArn?: unknown;
  readonly provider?: string;
}

/** A pipeline as a template has it, so that names, region and role can be anything. */
function rawPipeline(scope: Construct, configuration: object, { region, roleArn, provider = 'CodeDeployToECS' }: ActionOptions = {}): CfnResource {
  const action = { Name: 'Release', ActionTypeId: { Category: 'Deploy', Owner: 'AWS', Provider: provider, Version: '1' }, Configuration: configuration, Region: region, RoleArn: roleArn };
  return new CfnResource(scope, 'Pipeline', { type: 'AWS::CodePipeline::Pipeline', properties: { Stages: [{ Name: 'Source', Actions: [] }, { Name: 'Deploy', Actions: [action] }] } });
}

/** A pipeline by the constructs of the CDK. */
function pipelineOf(scope: Construct, deploymentGroup: codedeploy.IEcsDeploymentGroup): codepipeline.Pipeline {
  const source = new codepipeline.Artifact('Source');
  const bucket = s3.Bucket.fromBucketName(scope, 'Sources', 'sources');
  return new codepipeline.Pipeline(scope, 'Pipeline', {
    stages: [
      { stageName: 'Source', actions: [new actions.S3SourceAction({ actionName: 'Zip', bucket, bucketKey: 'app.zip', output: source })] },
      { stageName: 'Deploy', actions: [new actions.CodeDeployEcsDeployAction({ actionName: 'Release', deploymentGroup, appSpecTemplateInput: source, taskDefinitionTemplateInput: source })] },
    ],
  });
}

const stackIn = (scope: Construct, props: StackProps = { env: HERE }, id = 'Shop') => new Stack(scope, id, props);
const namedRollout = (stack: Stack, props: Partial<EcsRolloutProps> = {}): EcsRollout => rolloutIn(stack, { applicationName: 'shop', deploymentGroupName: 'web', ...props });
const NAMES = { ApplicationName: 'shop', DeploymentGroupName: 'web' };

const refusal = (rollout: string, pipeline: string) =>
  `rollout '${rollout}' is deployed by CloudFormation and by action 'Release' of stage 'Deploy' of pipeline '${pipeline}', and each would take back what the other has ` +
  "deployed; drop the action, or leave deployments to it by 'deployments: EcsDeployments.external()'";

describe('an action of the same stack', () => {
  test('is refused, by an error that names it and the remedy', () => {
    const stack = stackIn(new App());
    pipelineOf(stack, rolloutIn(stack).deploymentGroup);
    expect(() => Template.fromStack(stack)).toThrow(refusal('Shop/Web', 'Shop/Pipeline/Resource'));
  });

  test('is refused where the names are those of an application of yours, which CloudFormation makes up', () => {
    const stack = stackIn(new App());
    const rollout = rolloutIn(stack, { application: new codedeploy.EcsApplication(stack, 'App') });
    pipelineOf(stack, rollout.deploymentGroup);
    expect(() => Template.fromStack(stack)).toThrow(refusal('Shop/Web', 'Shop/Pipeline/Resource'));
  });

  test('is what EcsDeployments.external() is for', () => {
    const stack = stackIn(new App());
    pipelineOf(stack, rolloutIn(stack, { deployments: EcsDeployments.external() }).deploymentGroup);
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('may deploy another rollout', () => {
    const app = new App();
    const external = rolloutIn(stackIn(app, { env: HERE }, 'External'), { deployments: EcsDeployments.external() });
    pipelineOf(Stack.of(external), external.deploymentGroup);
    rolloutIn(stackIn(app));
    expect(() => app.synth()).not.toThrow();
  });
});

test('an action of another stack is refused, and each rollout has its own error', () => {
  const app = new App();
  const rollout = rolloutIn(stackIn(app));
  const other = rolloutIn(stackIn(app, { env: HERE }, 'Other'));
  pipelineOf(stackIn(app, { env: HERE }, 'Tools'), rollout.deploymentGroup);
  pipelineOf(stackIn(app, { env: HERE }, 'MoreTools'), other.deploymentGroup);
  expect(() => app.synth()).toThrow(`${refusal('Shop/Web', 'Tools/Pipeline/Resource')}\n  [] ${refusal('Other/Web', 'MoreTools/Pipeline/Resource')}`);
});

test('an action outside the stage of the rollout is refused, though the stage is synthesized before it is made', () => {
  const app = new App();
  const stage = new Stage(app, 'Prod', { env: HERE });
  namedRollout(stackIn(stage, {}));
  stage.synth();
  const tools = stackIn(app, { env: HERE }, 'Tools');
  const application = codedeploy.EcsApplication.fromEcsApplicationName(tools, 'App', 'shop');
  pipelineOf(tools, codedeploy.EcsDeploymentGroup.fromEcsDeploymentGroupAttributes(tools, 'Group', { application, deploymentGroupName: 'web' }));
  expect(() => app.synth()).toThrow(refusal('Prod/Shop/Web', 'Tools/Pipeline/Resource'));
});

test('an action inside the stage is refused', () => {
  const app = new App();
  const stage = new Stage(app, 'Prod', { env: HERE });
  const rollout = namedRollout(stackIn(stage, {}));
  pipelineOf(stackIn(stage, {}, 'Tools'), rollout.deploymentGroup);
  expect(() => app.synth()).toThrow(refusal('Prod/Shop/Web', 'Prod/Tools/Pipeline/Resource'));
});

describe('what an action deploys', () => {
  const refused = (configuration: object, options: ActionOptions = {}, { pipeline = HERE, rollout = HERE }: { pipeline?: StackProps['env']; rollout?: StackProps['env'] } = {}): boolean => {
    const app = new App();
    namedRollout(stackIn(app, { env: rollout }));
    rawPipeline(stackIn(app, { env: pipeline }, 'Tools'), configuration, options);
    try {
      app.synth();
      return false;
    } catch (error) {
      expect((error as Error).message).toContain(refusal('Shop/Web', 'Tools/Pipeline'));
      return true;
    }
  };
  const role = (account: string) => `arn:aws:iam::${account}:role/deploys`;
  const joined = (account: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:iam::${account}:role/deploys`]] });

  test.each<[string, boolean, object, ActionOptions]>([
    ['the group by its names', true, NAMES, {}],
    ['by the action of instances and Lambda functions too', true, NAMES, { provider: 'CodeDeploy' }],
    ['not by another provider', false, NAMES, { provider: 'ECS' }],
    ['not another application', false, { ...NAMES, ApplicationName: 'shop2' }, {}],
    ['not another group', false, { ...NAMES, DeploymentGroupName: 'web2' }, {}],
    ['nothing, without a configuration', false, {}, {}],
    ['not in another region', false, NAMES, { region: 'us-east-1' }],
    ['in a region that it names', true, NAMES, { region: 'eu-west-1' }],
    ['in its own account under a role there', true, NAMES, { roleArn: role('111111111111') }],
    ['not in the account of another role', false, NAMES, { roleArn: role('222222222222') }],
    ['not in the account of another role whose partition is not known', false, NAMES, { roleArn: joined('222222222222') }],
    ['perhaps in the account of a role that is not known', true, NAMES, { roleArn: { 'Fn::ImportValue': 'role' } }],
  ])('%s', (_, expected, configuration, options) => {
    expect(refused(configuration, options)).toBe(expected);
  });

  test('is in the pipeline\'s account under a role of its stack', () => {
    const places = [{ account: '111111111111' }, { account: '222222222222' }].map(({ account }) => {
      const app = new App();
      namedRollout(stackIn(app));
      const tools = stackIn(app, { env: { account, region: 'eu-west-1' } }, 'Tools');
      const { roleArn } = new iam.Role(tools, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
      rawPipeline(tools, NAMES, { roleArn });
      return () => app.synth();
    });
    expect(places[0]).toThrow(refusal('Shop/Web', 'Tools/Pipeline'));
    expect(places[1]).not.toThrow();
  });

  test('is in the account and region of the pipeline', () => {
    expect(refused(NAMES, {}, { pipeline: { ...HERE, region: 'us-east-1' } })).toBe(false);
    expect(refused(NAMES, {}, { pipeline: { ...HERE, account: '222222222222' } })).toBe(false);
    expect(refused(NAMES, { region: 'eu-west-1', roleArn: role('111111111111') }, { pipeline: { account: '222222222222', region: 'us-east-1' } })).toBe(true);
  });

  test('is perhaps where a stack goes that names no place', () => {
    expect(refused(NAMES, {}, { pipeline: {} })).toBe(true);
    expect(refused(NAMES, {}, { rollout: {} })).toBe(true);
    expect(refused(NAMES, { region: 'us-east-1', roleArn: role('222222222222') }, { rollout: {} })).toBe(true);
  });

  test('is not known where a parameter says it', () => {
    const app = new App();
    namedRollout(stackIn(app));
    const tools = stackIn(app, { env: HERE }, 'Tools');
    rawPipeline(tools, { ...NAMES, DeploymentGroupName: new CfnParameter(tools, 'GroupName').valueAsString });
    expect(() => app.synth()).not.toThrow();
  });
});

test('pipelines with nothing in them are passed over', () => {
  const app = new App();
  namedRollout(stackIn(app));
  const tools = stackIn(app, { env: HERE }, 'Tools');
  new CfnResource(tools, 'None', { type: 'AWS::CodePipeline::Pipeline' });
  new CfnResource(tools, 'Empty', { type: 'AWS::CodePipeline::Pipeline', properties: { Stages: [{ Name: 'Source' }, { Name: 'Deploy', Actions: [{ Name: 'Release' }] }] } });
  expect(() => app.synth()).not.toThrow();
});
