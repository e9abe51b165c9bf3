/** An app with a rollout to EC2 in blue/green that is made by hand, with the description of its deployment group in the metadata of the custom resource that makes it. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { App, CfnResource, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import { ROLLOUT_METADATA_KEY } from '../../../lib/model/rollout';
import { SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE } from '../../../lib/model/server/deployment-group-request';
import type { ServerRolloutDescription } from '../../../lib/model/server/rollout';
import { ServerRevision } from '../../../lib/server/server-revision';

process.env.CDK_VALIDATION = 'false';

export interface BlueGreenOptions {
  /** @default ALTERNATING */
  readonly fleet?: 'ALTERNATING' | 'COPIED';
  /** @default none */
  readonly readyWaitMinutes?: number;
  /** Minutes to the end of the originals, for a copied group. @default they are kept alive */
  readonly terminationWaitMinutes?: number;
  /** @default 10 */
  readonly maxSize?: number;
  /** Adds to the stack. */
  readonly more?: (stack: Stack) => void;
  /** Logical ids of the functions of gates. @default none */
  readonly gates?: ServerRolloutDescription['gates'];
}

/** Synthesizes the stack `ServerBlueGreen`. @returns the folder of the cloud assembly */
export function synthesizeBlueGreen(options: BlueGreenOptions = {}): string {
  const outdir = mkdtempSync(join(tmpdir(), 'server-blue-green-'));
  const app = new App({ outdir });
  fleetStack(new Stack(app, 'ServerBlueGreen'), options);
  app.synth();
  return outdir;
}

function fleetStack(stack: Stack, options: BlueGreenOptions): void {
  const vpc = new ec2.CfnVPC(stack, 'Vpc', { cidrBlock: '10.0.0.0/16' });
  const subnets = ['us-east-1a', 'us-east-1b'].map((availabilityZone, index) => new ec2.CfnSubnet(stack, `Subnet${index}`, { vpcId: vpc.ref, cidrBlock: `10.0.${index}.0/24`, availabilityZone }));
  new elbv2.CfnTargetGroup(stack, 'Web', { vpcId: vpc.ref, port: 80, protocol: 'HTTP' });
  const template = new ec2.CfnLaunchTemplate(stack, 'Template', { launchTemplateData: { imageId: 'ami-00000000000000000', instanceType: 't3.micro' } });
  const group = (id: string, desiredCapacity?: string) =>
    new autoscaling.CfnAutoScalingGroup(stack, id, {
      autoScalingGroupName: `web-${id.toLowerCase()}`,
      minSize: '0',
      maxSize: String(options.maxSize ?? 10),
      ...(desiredCapacity === undefined ? {} : { desiredCapacity }),
      vpcZoneIdentifier: subnets.map(({ ref }) => ref),
      launchTemplate: { launchTemplateId: template.ref, version: template.attrLatestVersionNumber },
    });
  const groups = options.fleet === 'COPIED' ? [group('Servers', '4')] : [group('Blue'), group('Green')];
  new cloudwatch.CfnAlarm(stack, 'Verdict', { alarmName: 'fleet-verdict', namespace: 'Greenlight', metricName: 'Failures', statistic: 'Sum', period: 60, evaluationPeriods: 1, threshold: 1, comparisonOperator: 'GreaterThanOrEqualToThreshold', treatMissingData: 'notBreaching' });
  const role = new iam.Role(stack, 'ServiceRole', { assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com') });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }));
  options.more?.(stack);
  rollout(stack, role, groups, options);
}

function rollout(stack: Stack, role: iam.Role, groups: readonly autoscaling.CfnAutoScalingGroup[], options: BlueGreenOptions): void {
  const { fleet = 'ALTERNATING', readyWaitMinutes, terminationWaitMinutes } = options;
  const application = new codedeploy.CfnApplication(stack, 'Application', { applicationName: 'shop', computePlatform: 'Server' });
  const { bundle } = ServerRevision.fromDirectory(join(__dirname, 'bundle'))._bind(new Construct(stack, 'Fleet'));
  const references = groups.map(({ logicalId }) => ({ logicalId }));
  const originals = terminationWaitMinutes === undefined ? ({ action: 'KEEP_ALIVE' } as const) : ({ action: 'TERMINATE', waitMinutes: terminationWaitMinutes } as const);
  const resource = new CfnResource(stack, 'Group', {
    type: SERVER_DEPLOYMENT_GROUP_RESOURCE_TYPE,
    properties: { ServiceToken: 'arn:aws:lambda:us-east-1:111122223333:function:provider', ApplicationName: application.ref, DeploymentGroupName: 'web', IgnorePollAlarmFailure: 'true', Triggers: [{ TriggerName: 'all', TriggerTargetArn: 'arn:aws:sns:us-east-1:111122223333:releases', TriggerEvents: ['DeploymentFailure'] }] },
  });
  const description: ServerRolloutDescription = {
    schemaVersion: 1,
    platform: 'Server',
    name: 'ServerBlueGreen/Fleet',
    application: { logicalId: application.logicalId },
    deploymentGroup: { logicalId: resource.logicalId },
    deploymentConfigName: { value: 'CodeDeployDefault.AllAtOnce' },
    serviceRole: { logicalId: stack.getLogicalId(role.node.defaultChild as iam.CfnRole) },
    targets: { autoScalingGroups: references, ec2TagGroups: [], onPremisesTagGroups: [] },
    loadBalancers: { targetGroups: [{ logicalId: 'Web' }], classic: [] },
    deployment: {
      type: 'BLUE_GREEN',
      ...(readyWaitMinutes === undefined ? {} : { readyWaitMinutes }),
      originals,
      fleet: fleet === 'COPIED' ? { type: 'COPIED', autoScalingGroup: references[0]! } : { type: 'ALTERNATING', autoScalingGroups: [references[0]!, references[1]!], capacity: 3, terminationWaitMinutes: 60 },
    },
    minimumHealthyHosts: { type: 'HOST_COUNT', value: 0 },
    outdatedInstances: 'UPDATE',
    terminationHook: false,
    fileExistsBehavior: 'OVERWRITE',
    ignoreApplicationStopFailures: false,
    revision: { source: 'asset', bucket: { value: 'assets' }, key: 'web.zip', bundleType: 'zip', path: bundle!.assetPath },
    rollbackEvents: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
    alarms: [{ logicalId: 'Verdict' }],
    verdictAlarm: { logicalId: 'Verdict' },
    gates: options.gates ?? {},
    findings: [],
  };
  resource.addMetadata(ROLLOUT_METADATA_KEY, stack.resolve(description));
}
