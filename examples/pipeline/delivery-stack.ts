import { BuildSpec, LinuxBuildImage } from 'aws-cdk-lib/aws-codebuild';
import { AccountPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Duration, Fn, Stack, Stage } from 'aws-cdk-lib/core';
import type { Environment, StageProps } from 'aws-cdk-lib/core';
import { CodeBuildStep, CodePipeline, CodePipelineSource, ManualApprovalStep, ShellStep } from 'aws-cdk-lib/pipelines';
import type { Construct } from 'constructs';

import { EcsWebStack } from '../ecs-web/ecs-web-stack.ts';
import { BakeStep } from './bake-step.ts';

/** Accounts and regions of the example. The pipeline is in the region of the first wave, whose alarms its bake asks. */
const TOOLS = { account: '111111111111', region: 'eu-west-1' };
const TEST = { account: '222222222222', region: 'eu-west-1' };
const FIRST = { account: '333333333333', region: 'eu-west-1' };
const SECOND = [
  { account: '333333333333', region: 'us-east-1' },
  { account: '444444444444', region: 'ap-southeast-2' },
];

const ASSEMBLY = 'cdk.out';
const BAKE = Duration.hours(2);
const ALARM_READER = 'shop-alarm-reader';

/** The stack of the service with its rollout, which CloudFormation deploys: a stage of the pipeline has done its work when the release has. */
class WebStack extends EcsWebStack {
  /** As CloudFormation names them, so that synth has to ask no account for them. */
  override get availabilityZones(): string[] {
    return [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
  }
}

class Shop extends Stage {
  readonly web: Stack;

  constructor(scope: Construct, id: string, props: StageProps) {
    super(scope, id, props);
    this.web = new WebStack(this, 'Web');
  }
}

/** The stage whose alarms the pipeline asks, under a role that may do nothing else. */
class FirstShop extends Shop {
  constructor(scope: Construct, id: string, env: Environment) {
    super(scope, id, { env });
    const reader = new Role(this.web, 'AlarmReader', { roleName: ALARM_READER, assumedBy: new AccountPrincipal(TOOLS.account) });
    // On `*`, because CloudWatch answers about composite alarms only to those whose permission is not narrower.
    reader.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }));
  }
}

/** Builds, rehearses, deploys to a test stage, asks somebody, and goes on in two waves with a bake between them. */
export class DeliveryStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id, { env: TOOLS });
    const source = CodePipelineSource.connection('example/shop', 'main', {
      connectionArn: `arn:aws:codeconnections:${TOOLS.region}:${TOOLS.account}:connection/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee`,
    });
    const synth = new ShellStep('Synth', { input: source, commands: ['npm ci', 'npx cdk synth'], primaryOutputDirectory: ASSEMBLY });
    const pipeline = new CodePipeline(this, 'Pipeline', {
      synth,
      crossAccountKeys: true,
      enableKeyRotation: true,
      publishAssetsInParallel: false,
      codeBuildDefaults: {
        buildEnvironment: { buildImage: LinuxBuildImage.AMAZON_LINUX_2023_5 },
        partialBuildSpec: BuildSpec.fromObject({ phases: { install: { 'runtime-versions': { nodejs: 24 } } } }),
      },
    });

    const rehearse = new CodeBuildStep('Rehearse', {
      input: source,
      // The assembly that is going to be deployed, and not one of its own.
      additionalInputs: { [ASSEMBLY]: synth.primaryOutput! },
      installCommands: ['npm ci'],
      // Every rollout of every stage; its exit status says whether all of them would be released.
      commands: [`npx greenlight rehearse --app ${ASSEMBLY}`],
    });
    pipeline.addWave('Rehearsal', { pre: [rehearse] });

    pipeline.addStage(new Shop(this, 'Test', { env: TEST }));

    const first = new FirstShop(this, 'First', FIRST);
    const one = pipeline.addWave('FirstWave', { pre: [new ManualApprovalStep('Promote', { comment: 'The test stage runs the new version' })] });
    one.addStage(first);
    one.addPost(
      new BakeStep('Bake', {
        duration: BAKE,
        // CloudFormation begins the names of alarms with that of their stack.
        alarms: { namePrefix: `${first.web.stackName}-`, readerRoleArn: `arn:aws:iam::${FIRST.account}:role/${ALARM_READER}` },
      }),
    );

    const two = pipeline.addWave('SecondWave');
    SECOND.forEach((env) => two.addStage(new Shop(this, `Shop-${env.region}`, { env })));
    pipeline.buildPipeline();
  }
}
