import { fileURLToPath } from 'node:url';

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

const SOURCE = fileURLToPath(new URL('../services/web', import.meta.url));

interface WebServiceProps {
  /** @default - built from the sources of the web service */
  readonly image?: ecs.ContainerImage;
}

/** Two tasks of the web service in private subnets, which CodeDeploy releases. */
export class WebService extends Construct {
  readonly vpc: ec2.Vpc;
  readonly service: ecs.FargateService;

  constructor(scope: Construct, id: string, props: WebServiceProps = {}) {
    super(scope, id);
    this.vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
    const cluster = new ecs.Cluster(this, 'Cluster', { vpc: this.vpc });

    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Task', { cpu: 256, memoryLimitMiB: 512 });
    const logGroup = new logs.LogGroup(this, 'Logs', { retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
    taskDefinition.addContainer('web', {
      image: props.image ?? ecs.ContainerImage.fromAsset(SOURCE),
      portMappings: [{ containerPort: 8080 }],
      logging: ecs.LogDrivers.awsLogs({ logGroup, streamPrefix: 'web' }),
    });

    this.service = new ecs.FargateService(this, 'Service', {
      cluster,
      taskDefinition,
      desiredCount: 2,
      minHealthyPercent: 100,
      deploymentController: { type: ecs.DeploymentControllerType.CODE_DEPLOY },
    });
  }
}
