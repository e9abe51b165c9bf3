/** An app with rollouts to EC2 that is made by hand: a fleet over two zones, two applications on it, and their descriptions. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { App, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import { ROLLOUT_METADATA_KEY } from '../../../lib/model/rollout';
import type { ServerRolloutDescription } from '../../../lib/model/server/rollout';
import { ServerRevision } from '../../../lib/server/server-revision';

process.env.CDK_VALIDATION = 'false';

export interface FleetOptions {
  /** @default 6 */
  readonly capacity?: number;
  /** Folder of the first rollout's bundle. @default bundle */
  readonly bundle?: string;
  /** Adds to the stack. */
  readonly more?: (stack: Stack) => void;
  /** Changes the description of the first rollout before it is written. */
  readonly description?: (description: ServerRolloutDescription) => object;
}

/** Synthesizes the stack `ServerInPlace`. @returns the folder of the cloud assembly */
export function synthesizeFleet(options: FleetOptions = {}): string {
  const outdir = mkdtempSync(join(tmpdir(), 'server-in-place-'));
  const app = new App({ outdir });
  fleetStack(new Stack(app, 'ServerInPlace'), options);
  app.synth();
  return outdir;
}

function fleetStack(stack: Stack, { capacity = 6, bundle = 'bundle', description = (same) => same, more = () => undefined }: FleetOptions): void {
  const vpc = new ec2.CfnVPC(stack, 'Vpc', { cidrBlock: '10.0.0.0/16' });
  const subnets = ['us-east-1a', 'us-east-1b'].map((availabilityZone, index) => new ec2.CfnSubnet(stack, `Subnet${index}`, { vpcId: vpc.ref, cidrBlock: `10.0.${index}.0/24`, availabilityZone }));
  const targetGroup = new elbv2.CfnTargetGroup(stack, 'Web', { vpcId: vpc.ref, port: 80, protocol: 'HTTP' });
  const template = new ec2.CfnLaunchTemplate(stack, 'Template', { launchTemplateData: { imageId: 'ami-00000000000000000', instanceType: 't3.micro' } });
  new autoscaling.CfnAutoScalingGroup(stack, 'Servers', {
    minSize: '2',
    maxSize: '20',
    desiredCapacity: String(capacity),
    vpcZoneIdentifier: subnets.map(({ ref }) => ref),
    launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
    targetGroupArns: [targetGroup.ref],
    tags: [{ key: 'role', value: 'web', propagateAtLaunch: true }],
  });
  new cloudwatch.CfnAlarm(stack, 'Verdict', { alarmName: 'fleet-verdict', namespace: 'Greenlight', metricName: 'Failures', statistic: 'Sum', period: 60, evaluationPeriods: 1, threshold: 1, comparisonOperator: 'GreaterThanOrEqualToThreshold', treatMissingData: 'notBreaching' });
  const role = new iam.Role(stack, 'ServiceRole', { assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com') });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }));
  new codedeploy.CfnDeploymentConfig(stack, 'Config', {
    deploymentConfigName: 'half-zone-by-zone',
    computePlatform: 'Server',
    minimumHealthyHosts: { type: 'FLEET_PERCENT', value: 50 },
    zonalConfig: { monitorDurationInSeconds: 60, minimumHealthyHostsPerZone: { type: 'HOST_COUNT', value: 1 } },
  });
  more(stack);
  rollout(stack, role, 'Fleet', bundle, description, {
    deploymentConfigName: { logicalId: 'Config' },
    targets: { autoScalingGroups: [{ logicalId: 'Servers' }], ec2TagGroups: [], onPremisesTagGroups: [] },
    loadBalancers: { targetGroups: [{ logicalId: 'Web' }], classic: [] },
    minimumHealthyHosts: { type: 'FLEET_PERCENT', value: 50 },
    zonal: { monitorDurationSeconds: 60, minimumHealthyHostsPerZone: { type: 'HOST_COUNT', value: 1 } },
  });
  rollout(stack, role, 'Sidecar', 'sidecar', (same) => same, {
    deploymentConfigName: { value: 'CodeDeployDefault.AllAtOnce' },
    targets: { autoScalingGroups: [], ec2TagGroups: [[{ key: 'role', value: 'web' }]], onPremisesTagGroups: [] },
    loadBalancers: { targetGroups: [], classic: [] },
    minimumHealthyHosts: { type: 'HOST_COUNT', value: 0 },
  });
}

type Own = Pick<ServerRolloutDescription, 'deploymentConfigName' | 'targets' | 'loadBalancers' | 'minimumHealthyHosts' | 'zonal'>;

function rollout(stack: Stack, role: iam.Role, id: string, bundle: string, description: (description: ServerRolloutDescription) => object, own: Own): void {
  const application = new codedeploy.CfnApplication(stack, `${id}Application`, { applicationName: `shop-${id}`, computePlatform: 'Server' });
  const { bundle: bound } = ServerRevision.fromDirectory(join(__dirname, bundle))._bind(new Construct(stack, id));
  const group = new codedeploy.CfnDeploymentGroup(stack, `${id}Group`, { applicationName: application.ref, deploymentGroupName: id, serviceRoleArn: role.roleArn });
  group.addMetadata(
    ROLLOUT_METADATA_KEY,
    stack.resolve(
      description({
        schemaVersion: 1,
        platform: 'Server',
        name: `ServerInPlace/${id}`,
        application: { logicalId: application.logicalId },
        deploymentGroup: { logicalId: group.logicalId },
        serviceRole: { logicalId: stack.getLogicalId(role.node.defaultChild as iam.CfnRole) },
        deployment: { type: 'IN_PLACE' },
        outdatedInstances: 'UPDATE',
        terminationHook: false,
        fileExistsBehavior: 'DISALLOW',
        ignoreApplicationStopFailures: false,
        revision: { source: 'asset', bucket: { value: 'assets' }, key: `${id}.zip`, bundleType: 'zip', path: bound!.assetPath },
        rollbackEvents: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'],
        alarms: [{ logicalId: 'Verdict' }],
        verdictAlarm: { logicalId: 'Verdict' },
        gates: {},
        findings: [],
        ...own,
      }),
    ),
  );
}
