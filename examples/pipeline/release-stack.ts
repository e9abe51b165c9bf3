import { BuildSpec, LinuxBuildImage, PipelineProject } from 'aws-cdk-lib/aws-codebuild';
import { Artifact, Pipeline, PipelineType } from 'aws-cdk-lib/aws-codepipeline';
import { CodeBuildAction, CodeDeployEcsDeployAction, EcrSourceAction } from 'aws-cdk-lib/aws-codepipeline-actions';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { Stack } from 'aws-cdk-lib/core';
import type { EcsRollout } from 'cdk-greenlight';
import type { Construct } from 'constructs';

export interface ReleaseStackProps {
  /** With `deployments: EcsDeployments.external()`. */
  readonly rollout: EcsRollout;
  readonly images: IRepository;
}

/** Releases each image that is pushed: no stack is updated, and CodeDeploy plays the rollout with its hooks. */
export class ReleaseStack extends Stack {
  constructor(scope: Construct, id: string, { rollout, images }: ReleaseStackProps) {
    super(scope, id);
    const image = new Artifact('Image');
    const files = new Artifact('Files');

    const project = new PipelineProject(this, 'Files', {
      description: 'Writes appspec.yaml and taskdef.json from the outputs of the stack',
      environment: { buildImage: LinuxBuildImage.AMAZON_LINUX_2023_5 },
      buildSpec: BuildSpec.fromObject({
        version: '0.2',
        phases: { build: { commands: rollout.pipelineFileCommands() } },
        artifacts: { files: ['appspec.yaml', 'taskdef.json'] },
      }),
    });
    rollout.pipelineFileStatements().forEach((statement) => project.addToRolePolicy(statement));

    new Pipeline(this, 'Pipeline', {
      pipelineType: PipelineType.V2,
      stages: [
        { stageName: 'Source', actions: [new EcrSourceAction({ actionName: 'Image', repository: images, output: image })] },
        // A build wants an input, and reads nothing of it.
        { stageName: 'Prepare', actions: [new CodeBuildAction({ actionName: 'Files', project, input: image, outputs: [files] })] },
        {
          stageName: 'Release',
          actions: [
            new CodeDeployEcsDeployAction({
              actionName: 'CodeDeploy',
              deploymentGroup: rollout.deploymentGroup,
              appSpecTemplateInput: files,
              taskDefinitionTemplateInput: files,
              containerImageInputs: [{ input: image }],
            }),
          ],
        },
      ],
    });
  }
}
