/** The pipelines of the examples, as they are synthesized, and the rehearsal that one of them runs. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { greenlight, ROOT } from '../support/greenlight';

const assembly = mkdtempSync(join(tmpdir(), 'pipeline-examples-'));
afterAll(() => rmSync(assembly, { recursive: true }));

const APP = `
import { App } from 'aws-cdk-lib/core';
import { DeliveryStack } from './examples/pipeline/delivery-stack.ts';
import { EcsWebExternalStack } from './examples/ecs-web/ecs-web-external-stack.ts';
import { ReleaseStack } from './examples/pipeline/release-stack.ts';
const app = new App();
new DeliveryStack(app, 'Delivery');
new ReleaseStack(app, 'Release', new EcsWebExternalStack(app, 'EcsWebExternal'));
app.synth();`;

beforeAll(() => {
  const env = { PATH: process.env.PATH, CDK_VALIDATION: 'false', CDK_OUTDIR: assembly };
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', APP], { cwd: ROOT, env, encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`the examples were not synthesized; run 'npm run build' first where the package is missing\n${stderr}`);
  }
});

interface Action {
  readonly Name: string;
  readonly ActionTypeId: { readonly Category: string; readonly Provider: string };
  readonly Configuration: Record<string, unknown>;
  readonly RunOrder: number;
  readonly Region?: string;
  readonly RoleArn?: unknown;
  readonly InputArtifacts?: readonly { readonly Name: string }[];
}
interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

const read = (file: string) => JSON.parse(readFileSync(join(assembly, file), 'utf8'));
const resourcesOf = (stack: string): Record<string, Resource> => read(`${stack}.template.json`).Resources;
const ofType = (stack: string, type: string) => Object.entries(resourcesOf(stack)).filter(([, { Type }]) => Type === type);
const stagesOf = (stack: string) => ofType(stack, 'AWS::CodePipeline::Pipeline')[0]![1].Properties.Stages as { Name: string; Actions: Action[] }[];
const actionsOf = (stack: string) => stagesOf(stack).flatMap(({ Name, Actions }) => Actions.map((action) => ({ ...action, stage: Name })));
const projectOf = (stack: string, id: string) => JSON.parse(ofType(stack, 'AWS::CodeBuild::Project').find(([name]) => name.includes(id))![1].Properties.Source!['BuildSpec' as keyof object]);
const statementsOf = (stack: string, id: string) =>
  ofType(stack, 'AWS::IAM::Policy').filter(([name]) => name.startsWith(id)).flatMap(([, { Properties }]) => (Properties.PolicyDocument as { Statement: unknown[] }).Statement);

describe('the pipeline that deploys stacks', () => {
  const account = (role: unknown) => /:iam::(\d{12}):/.exec(JSON.stringify(role))?.[1];

  test('goes through its stages in this order', () => {
    expect(stagesOf('Delivery').map(({ Name, Actions }) => [Name, ...[...Actions].sort((a, b) => a.RunOrder - b.RunOrder).map((action) => action.Name)])).toEqual([
      ['Source', 'example_shop'],
      ['Build', 'Synth'],
      ['UpdatePipeline', 'SelfMutate'],
      ['Assets', 'DockerAssets', 'FileAssets'],
      ['Rehearsal', 'Rehearse'],
      ['Test', 'Prepare', 'Deploy'],
      ['First', 'Promote', 'Web.Prepare', 'Web.Deploy', 'Bake'],
      ['SecondWave', 'Shop-us-east-1.Web.Prepare', 'Shop-ap-southeast-2.Web.Prepare', 'Shop-us-east-1.Web.Deploy', 'Shop-ap-southeast-2.Web.Deploy'],
    ]);
  });

  test('does one after the other, and the regions of a wave at once', () => {
    const orders = (stage: string) => actionsOf('Delivery').filter((action) => action.stage === stage).map(({ RunOrder }) => RunOrder).sort();
    expect([orders('Test'), orders('First'), orders('SecondWave')]).toEqual([[1, 2], [1, 2, 3, 4], [1, 1, 2, 2]]);
  });

  test('rehearses every rollout of the assembly that it deploys, before anything is deployed', () => {
    const actions = actionsOf('Delivery');
    const at = (wanted: (action: Action) => boolean) => actions.findIndex(wanted);
    const rehearse = at(({ Name }) => Name === 'Rehearse');
    expect(rehearse).toBeGreaterThan(0);
    expect(rehearse).toBeLessThan(at(({ ActionTypeId }) => ActionTypeId.Provider === 'CloudFormation'));
    const { install, build } = projectOf('Delivery', 'Rehearse').phases;
    expect(build.commands).toEqual(['npx greenlight rehearse --app cdk.out']);
    expect(install['runtime-versions']).toEqual({ nodejs: 24 });
    expect(install.commands[0]).toContain('ln -s -- "$CODEBUILD_SRC_DIR_Synth_Output" "cdk.out"');
    expect(actions[rehearse]!.InputArtifacts!.map(({ Name }) => Name)).toEqual(['example_shop_Source', 'Synth_Output']);
  });

  test('deploys to these accounts and regions', () => {
    const deploys = actionsOf('Delivery').filter(({ Configuration }) => Configuration.ActionMode === 'CHANGE_SET_EXECUTE');
    expect(deploys.map(({ stage, Configuration, RoleArn, Region }) => [stage, Configuration.StackName, account(RoleArn), Region])).toEqual([
      ['Test', 'Test-Web', '222222222222', undefined],
      ['First', 'First-Web', '333333333333', undefined],
      ['SecondWave', 'Shop-us-east-1-Web', '333333333333', 'us-east-1'],
      ['SecondWave', 'Shop-ap-southeast-2-Web', '444444444444', 'ap-southeast-2'],
    ]);
    // No region: that of the pipeline.
    expect(read('manifest.json').artifacts.Delivery.environment).toBe('aws://111111111111/eu-west-1');
  });

  test('has somebody approve before production', () => {
    expect(actionsOf('Delivery').find(({ Name }) => Name === 'Promote')).toMatchObject({ ActionTypeId: { Category: 'Approval', Provider: 'Manual' }, stage: 'First', RunOrder: 1 });
  });

  test('bakes for two hours between the waves, and asks every minute for alarms of the stack that it has deployed', () => {
    const bake = actionsOf('Delivery').find(({ Name }) => Name === 'Bake')!;
    expect(bake.ActionTypeId).toMatchObject({ Category: 'Invoke', Provider: 'StepFunctions' });
    expect(JSON.parse(String(bake.Configuration.Input))).toEqual({ minutes: 120 });
    const [[id, machine]] = ofType('Delivery', 'AWS::StepFunctions::StateMachine') as [[string, Resource]];
    expect(bake.Configuration.StateMachineArn).toEqual({ Ref: id });
    const definition = JSON.parse(String(machine.Properties.DefinitionString));
    expect(definition.States.Wait).toEqual({ Type: 'Wait', Seconds: 60, Next: 'Ask' });
    expect(definition.States.Ask).toMatchObject({
      Resource: 'arn:aws:states:::aws-sdk:cloudwatch:describeAlarms',
      Credentials: { RoleArn: 'arn:aws:iam::333333333333:role/shop-alarm-reader' },
      Parameters: { AlarmNamePrefix: 'First-Web-', StateValue: 'ALARM' },
      Next: 'CountDown',
    });
    expect(definition.TimeoutSeconds).toBe(15_000);
    expect(statementsOf('Delivery', 'PipelineFirstBakeRole')).toEqual([{ Action: 'sts:AssumeRole', Effect: 'Allow', Resource: 'arn:aws:iam::333333333333:role/shop-alarm-reader' }]);
  });

  test('lets the pipeline read the alarms of the first wave, and nothing else', () => {
    const first = 'assembly-Delivery-First/DeliveryFirstWebFBD89D44';
    const [role] = ofType(first, 'AWS::IAM::Role').filter(([id]) => id.startsWith('AlarmReader'));
    expect(role![1].Properties).toEqual({
      RoleName: 'shop-alarm-reader',
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::111111111111:root']] } } }],
      },
    });
    expect(statementsOf(first, 'AlarmReader')).toEqual([{ Action: 'cloudwatch:DescribeAlarms', Effect: 'Allow', Resource: '*' }]);
  });

  test('passes its own rehearsal: every rollout of every stage is released', () => {
    const { status, stdout, stderr } = greenlight(['rehearse', '--app', assembly, '--json', '-']);
    expect(stderr).not.toContain('not made in this assembly');
    const reports = JSON.parse(stdout) as { rollout: string; outcome: string }[];
    expect(reports.map(({ rollout, outcome }) => [rollout, outcome])).toEqual([
      ['Delivery/Test/Web/Web', 'released'],
      ['Delivery/First/Web/Web', 'released'],
      ['Delivery/Shop-us-east-1/Web/Web', 'released'],
      ['Delivery/Shop-ap-southeast-2/Web/Web', 'released'],
      ['EcsWebExternal/Web', 'released'],
    ]);
    expect(status).toBe(0);
  });

  test('is stopped by a rehearsal that is rolled back, since the command then fails', () => {
    const scenario = join(assembly, 'broken.yaml');
    writeFileSync(scenario, readFileSync(join(ROOT, 'examples', 'ecs-web', 'broken.yaml'), 'utf8').replace('rollout: EcsWeb/Web', 'rollout: Delivery/Test/Web/Web'));
    expect(greenlight(['rehearse', '--app', assembly, '--scenario', scenario]).status).toBe(1);
  });
});

describe('the pipeline that releases images', () => {
  test('writes the files by the commands of the rollout, and has CodeDeploy deploy them', () => {
    expect(actionsOf('Release').map(({ stage, Name, ActionTypeId }) => [stage, Name, ActionTypeId.Provider])).toEqual([
      ['Source', 'Image', 'ECR'],
      ['Prepare', 'Files', 'CodeBuild'],
      ['Release', 'CodeDeploy', 'CodeDeployToECS'],
    ]);
    const { Configuration, InputArtifacts } = actionsOf('Release')[2]!;
    expect(Configuration).toEqual({
      ApplicationName: { 'Fn::ImportValue': expect.stringContaining('WebApplication') },
      DeploymentGroupName: { 'Fn::ImportValue': expect.stringContaining('WebDeploymentGroup') },
      AppSpecTemplateArtifact: 'Files',
      AppSpecTemplatePath: 'appspec.yaml',
      TaskDefinitionTemplateArtifact: 'Files',
      TaskDefinitionTemplatePath: 'taskdef.json',
      Image1ArtifactName: 'Image',
      Image1ContainerName: 'IMAGE',
    });
    expect(InputArtifacts!.map(({ Name }) => Name)).toEqual(['Files', 'Image']);
    const { phases, artifacts } = projectOf('Release', 'Files');
    expect(phases.build.commands).toHaveLength(2);
    expect(artifacts.files).toEqual(['appspec.yaml', 'taskdef.json']);
  });

  test('may read the outputs of that stack and task definitions, for the commands', () => {
    const [outputs, definitions] = statementsOf('Release', 'FilesRole').filter((statement) => /ReadOutputs|ReadTaskDefinition/.test(JSON.stringify(statement)));
    expect(outputs).toEqual({
      Sid: 'ReadOutputs',
      Action: 'cloudformation:DescribeStacks',
      Effect: 'Allow',
      Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':cloudformation:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':stack/EcsWebExternal/*']] },
    });
    expect(definitions).toEqual({ Sid: 'ReadTaskDefinition', Action: 'ecs:DescribeTaskDefinition', Effect: 'Allow', Resource: '*' });
  });

  test('can pull what it releases: the tasks have the images of its repository', () => {
    const [pull] = statementsOf('EcsWebExternal', 'AppTaskExecutionRole').filter((statement) => JSON.stringify(statement).includes('ecr:BatchGetImage'));
    expect(pull).toMatchObject({ Effect: 'Allow', Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Images/), 'Arn'] } });
  });
});
