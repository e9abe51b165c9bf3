/**
 * The two files that the CodePipeline action `CodeDeployToECS` needs, for a rollout that deploys by such an action.
 *
 * The stack keeps their contents in its outputs. The commands are literals, so that they run in a pipeline of another stack, app or account.
 *
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
 */
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnOutput, Stack, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import type { EcsPipelineFilesOptions } from '../ecs/ecs-pipeline-files-options';
import type { EcsAppSpecDocument } from '../model/appspec';
import type { ServiceFacts } from './ecs-service';
import { plainText } from './plain-text';

/** The action writes the ARN of the revision that it registers in the place of this. */
const REVISION_PLACEHOLDER = '<TASK_DEFINITION>';

const MAX_IMAGES = 4;
const PLACEHOLDER_PATTERN = /^[A-Za-z0-9_-]+$/;

/** What DescribeTaskDefinition says of a revision and RegisterTaskDefinition does not take. */
const NOT_TAKEN = [
  'compatibilities',
  'deleteRequestedAt',
  'deregisteredAt',
  'registeredAt',
  'registeredBy',
  'requiresAttributes',
  'revision',
  'status',
  'taskDefinitionArn',
];

/** Files of the action, in its default names. */
const APP_SPEC_FILE = 'appspec.yaml';
const TASK_DEFINITION_FILE = 'taskdef.json';

export class PipelineFiles extends Construct {
  /** The AppSpec with a placeholder for the revision, as a JSON text, which is YAML too. */
  public readonly appSpec: string;
  private readonly appSpecOutput: CfnOutput;
  private readonly taskDefinitionOutput: CfnOutput;

  constructor(
    private readonly rollout: Construct,
    appSpec: EcsAppSpecDocument,
    private readonly facts: ServiceFacts,
  ) {
    super(rollout, 'Pipeline');
    this.appSpec = Stack.of(this).toJsonString(withPlaceholder(appSpec));
    this.appSpecOutput = new CfnOutput(this, 'AppSpec', {
      description: plainText(`AppSpec of a release of ${rollout.node.path} by a pipeline`),
      value: this.appSpec,
    });
    this.taskDefinitionOutput = new CfnOutput(this, 'TaskDefinition', {
      description: plainText(`Revision that a pipeline puts the images of a release of ${rollout.node.path} into`),
      value: facts.taskDefinition.taskDefinitionArn,
    });
  }

  /** @throws where the stack's name is not known, and where an image is no container's */
  commands({ images = { [this.facts.containerName]: 'IMAGE' }, directory }: EcsPipelineFilesOptions): string[] {
    this.requireImages(images);
    const path = (file: string) => (directory === undefined ? file : quoted(`${directory.replace(/\/+$/, '')}/${file}`));
    const revision = `"$(${this.readOutput(this.taskDefinitionOutput)})"`;
    const filter = ['input', `del(${NOT_TAKEN.map((name) => `.${name}`).join(', ')})`, ...Object.entries(images).map(setImage)].join(' | ');
    // A jq that only filters would succeed where the AWS CLI has failed and written nothing; one that asks for input by itself fails.
    return [
      `${this.readOutput(this.appSpecOutput)} | jq -n input > ${path(APP_SPEC_FILE)}`,
      `aws ecs describe-task-definition${this.region()} --task-definition ${revision} --query taskDefinition --output json | jq -n ${quoted(filter)} > ${path(TASK_DEFINITION_FILE)}`,
    ];
  }

  /** What who runs the commands may do. */
  statements(): iam.PolicyStatement[] {
    const stack = Stack.of(this);
    return [
      new iam.PolicyStatement({
        sid: 'ReadOutputs',
        actions: ['cloudformation:DescribeStacks'],
        resources: [stack.formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${this.stackName()}/*` })],
      }),
      // DescribeTaskDefinition has no resource-level permission.
      new iam.PolicyStatement({ sid: 'ReadTaskDefinition', actions: ['ecs:DescribeTaskDefinition'], resources: ['*'] }),
    ];
  }

  private readOutput(output: CfnOutput): string {
    const key: string = Stack.of(this).resolve(output.logicalId);
    const query = `Stacks[0].Outputs[?OutputKey=='${key}'].OutputValue`;
    return `aws cloudformation describe-stacks${this.region()} --stack-name ${this.stackName()} --query "${query}" --output text`;
  }

  private region(): string {
    const { region } = Stack.of(this);
    return Token.isUnresolved(region) ? '' : ` --region ${region}`;
  }

  private stackName(): string {
    const stack = Stack.of(this);
    if (Token.isUnresolved(stack.stackName)) {
      throw new Error(
        `rollout '${this.rollout.node.path}' is in the nested stack '${stack.node.path}', whose name CloudFormation makes up, so that no command can name it; make the ` +
          'rollout in a stack of its own, or hand the outputs of the nested stack on',
      );
    }
    return stack.stackName;
  }

  private requireImages(images: Readonly<Record<string, string>>): void {
    const names = Object.keys(images);
    if (names.length < 1 || names.length > MAX_IMAGES) {
      throw new Error(`'images' must name 1 to ${MAX_IMAGES} containers, got ${names.length}; the action of the pipeline takes no more`);
    }
    const known = containersOf(this.facts.taskDefinition);
    names.filter((name) => known !== undefined && !known.includes(name)).forEach((name) => {
      throw new Error(`'images' names the container '${name}', which the task definition does not have; it has ${known!.join(', ')}`);
    });
    Object.values(images).filter((placeholder) => !PLACEHOLDER_PATTERN.test(placeholder)).forEach((placeholder) => {
      throw new Error(`a placeholder of 'images' may hold letters, digits, _ and - only, got '${placeholder}'; leave out the angle brackets`);
    });
  }
}

function withPlaceholder(appSpec: EcsAppSpecDocument): EcsAppSpecDocument {
  const [{ TargetService }] = appSpec.Resources;
  const Properties = { ...TargetService.Properties, TaskDefinition: REVISION_PLACEHOLDER };
  return { ...appSpec, Resources: [{ TargetService: { ...TargetService, Properties } }] };
}

/** Undefined where the task definition is imported. */
function containersOf(taskDefinition: ecs.ITaskDefinition): string[] | undefined {
  return taskDefinition instanceof ecs.TaskDefinition
    ? taskDefinition.node.findAll().flatMap((child) => (child instanceof ecs.ContainerDefinition ? child.containerName : []))
    : undefined;
}

/** Fails where the revision has no such container: the action would find no placeholder, and deploy the image of before. */
function setImage([container, placeholder]: [string, string]): string {
  const name = JSON.stringify(container);
  const place = `(.containerDefinitions[] | select(.name == ${name})).image`;
  return `if any(.containerDefinitions[]; .name == ${name}) then ${place} = ${JSON.stringify(`<${placeholder}>`)} else error("no container ${container}") end`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
