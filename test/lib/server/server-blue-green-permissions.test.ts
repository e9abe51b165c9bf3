/** The exact statements of blue/green rollouts to servers: of the service role, and of the provider that makes the deployment group. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Lazy } from 'aws-cdk-lib/core';
import type { Stack } from 'aws-cdk-lib/core';

import type { ServerRolloutProps } from '../../../lib';
import { HealthyHosts, OriginalFleet, ServerDeployment, ServerLoadBalancer, ServerTargets } from '../../../lib';
import { alternatingIn, copiedBy, copiedIn, groupIn } from '../support/blue-green-sample';
import { only, statementsOf } from '../support/sample';
import type { ServerSample } from '../support/server-sample';
import { serverSample, targetGroupIn, vpcOf } from '../support/server-sample';

const COPIED = 'Shop-Fleet-A75F5430-Copied';
const ALTERNATING = 'Shop-Fleet-A75F5430-Alternating';
const PARTITION = { Ref: 'AWS::Partition' };
const [REGION, ACCOUNT] = [{ Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }];
const arn = (service: string, rest: string, ...more: unknown[]) => ({ 'Fn::Join': ['', ['arn:', PARTITION, `:${service}:`, REGION, ':', ACCOUNT, `:${rest}`, ...more]] });
const groupArn = (ref: unknown) => arn('autoscaling', 'autoScalingGroup:*:autoScalingGroupName/', ref);
const COPIES = arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/CodeDeploy_${COPIED}_*`);
const allow = (Sid: string, Action: string | string[], Resource: unknown, Condition?: object) => ({ Sid, Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) });

const refTo = ({ template }: ServerSample, type: string, prefix = '') => ({ Ref: only(template, type, prefix).id });
const asg = (sample: ServerSample, prefix = '') => refTo(sample, 'AWS::AutoScaling::AutoScalingGroup', prefix);
const serviceStatements = ({ template }: ServerSample) => statementsOf(template, only(template, 'AWS::IAM::Role', 'FleetServiceRole').id);
const withSid = (sample: ServerSample, ...ids: string[]) => serviceStatements(sample).filter(({ Sid }) => ids.includes(String(Sid)));

const HOOKS = ['autoscaling:CompleteLifecycleAction', 'autoscaling:DeleteLifecycleHook', 'autoscaling:PutLifecycleHook', 'autoscaling:RecordLifecycleActionHeartbeat'];
const FIND = allow('FindInstances', ['ec2:DescribeInstanceStatus', 'ec2:DescribeInstances', 'tag:GetResources'], '*');
const LOOK = allow('LookAtAutoScalingGroups', ['autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeLifecycleHooks'], '*');
const WATCH = allow('WatchAlarms', 'cloudwatch:DescribeAlarms', '*');
const LOOK_AT_BALANCERS = allow(
  'LookAtLoadBalancers',
  [
    'elasticloadbalancing:DescribeLoadBalancerAttributes',
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeTargetGroupAttributes',
    'elasticloadbalancing:DescribeTargetGroups',
    'elasticloadbalancing:DescribeTargetHealth',
  ],
  '*',
);
const moveTargets = (sample: ServerSample) => allow('MoveTargets', ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'], refTo(sample, 'AWS::ElasticLoadBalancingV2::TargetGroup'));

const ON_COPIES = [
  'autoscaling:AttachLoadBalancerTargetGroups',
  'autoscaling:AttachLoadBalancers',
  'autoscaling:CompleteLifecycleAction',
  'autoscaling:CreateAutoScalingGroup',
  'autoscaling:CreateOrUpdateTags',
  'autoscaling:DeleteAutoScalingGroup',
  'autoscaling:DeleteLifecycleHook',
  'autoscaling:EnableMetricsCollection',
  'autoscaling:PutLifecycleHook',
  'autoscaling:PutNotificationConfiguration',
  'autoscaling:PutScalingPolicy',
  'autoscaling:PutScheduledUpdateGroupAction',
  'autoscaling:PutWarmPool',
  'autoscaling:RecordLifecycleActionHeartbeat',
  'autoscaling:ResumeProcesses',
  'autoscaling:SuspendProcesses',
  'autoscaling:UpdateAutoScalingGroup',
];
const ON_ORIGINAL = ['autoscaling:ResumeProcesses', 'autoscaling:SuspendProcesses', 'autoscaling:UpdateAutoScalingGroup'];
const SETTINGS = ['autoscaling:DescribeNotificationConfigurations', 'autoscaling:DescribePolicies', 'autoscaling:DescribeScalingActivities', 'autoscaling:DescribeScheduledActions'];

const endInstances = (...groups: unknown[]) =>
  allow('EndInstances', 'ec2:TerminateInstances', arn('ec2', 'instance/*'), { StringLike: { 'aws:ResourceTag/aws:autoscaling:groupName': groups } });

describe('the service role', () => {
  test('may hook two groups that alternate, and make or end none', () => {
    const sample = serverSample(alternatingIn);
    expect(serviceStatements(sample)).toEqual([FIND, allow('HookAutoScalingGroups', HOOKS, [groupArn(asg(sample, 'A')), groupArn(asg(sample, 'B'))]), LOOK, moveTargets(sample), LOOK_AT_BALANCERS, WATCH]);
  });

  test('may make copies of a group with a launch configuration', () => {
    const sample = serverSample(copiedIn);
    const original = groupArn(asg(sample));
    expect(serviceStatements(sample)).toEqual([
      FIND,
      allow('HookAutoScalingGroups', HOOKS, original),
      LOOK,
      allow('MakeCopies', ON_COPIES, COPIES),
      allow('ChangeOriginal', ON_ORIGINAL, original),
      allow('LookAtSettings', SETTINGS, '*'),
      allow('AlarmOnCopies', 'cloudwatch:PutMetricAlarm', arn('cloudwatch', `alarm:TargetTracking-CodeDeploy_${COPIED}_*`)),
      endInstances(`CodeDeploy_${COPIED}_*`),
      moveTargets(sample),
      LOOK_AT_BALANCERS,
      WATCH,
    ]);
  });

  test('may end the group of the stack where originals end', () => {
    const sample = serverSample((stack) => copiedIn(stack, { originals: OriginalFleet.terminate() }));
    expect(withSid(sample, 'ChangeOriginal', 'EndInstances')).toEqual([
      allow('ChangeOriginal', ['autoscaling:DeleteAutoScalingGroup', ...ON_ORIGINAL], groupArn(asg(sample))),
      endInstances(asg(sample), `CodeDeploy_${COPIED}_*`),
    ]);
  });
});

const LAUNCH = ['LaunchByTemplate', 'TagLaunched', 'PassInstanceRole'];
const ANYTHING_IN_REGION = { 'Fn::Join': ['', ['arn:', PARTITION, ':ec2:', REGION, ':*:*/*']] };
const launch = (...templates: unknown[]) => allow('LaunchByTemplate', 'ec2:RunInstances', ANYTHING_IN_REGION, { ArnLike: { 'ec2:LaunchTemplate': templates } });
const TAG = allow('TagLaunched', 'ec2:CreateTags', arn('ec2', '*/*'), { StringEquals: { 'ec2:CreateAction': 'RunInstances' } });
const pass = (Resource: unknown) => allow('PassInstanceRole', 'iam:PassRole', Resource, { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } });
const templateArn = (ref: unknown) => arn('ec2', 'launch-template/', ref);

const templateIn = (stack: Stack, id = 'Template', role: iam.IRole = new iam.Role(stack, `${id}Role`, { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') })) =>
  new ec2.LaunchTemplate(stack, id, { instanceType: new ec2.InstanceType('t3.micro'), machineImage: ec2.MachineImage.latestAmazonLinux2023(), role });

const copied = (stack: Stack, group: autoscaling.IAutoScalingGroup): Partial<ServerRolloutProps> => ({
  targets: ServerTargets.autoScalingGroups(group),
  deployment: copiedBy(),
  loadBalancers: [ServerLoadBalancer.targetGroup(targetGroupIn(stack))],
});
const groupOf = (stack: Stack, props: Partial<autoscaling.AutoScalingGroupProps>) => new autoscaling.AutoScalingGroup(stack, 'Asg', { vpc: vpcOf(stack), minCapacity: 2, maxCapacity: 4, ...props });
const launched = (props: (stack: Stack) => Partial<autoscaling.AutoScalingGroupProps>) => serverSample((stack) => copied(stack, groupOf(stack, props(stack))));
const findingsAbout = ({ description }: ServerSample, id: string) => description.findings.filter((finding) => finding.id === id).map(({ message, remedy }) => `${message}; ${remedy}`);

describe('the launch of copies', () => {
  test('by a launch template takes its instances, their tags and their role', () => {
    const sample = launched((stack) => ({ launchTemplate: templateIn(stack) }));
    const roleArn = { 'Fn::GetAtt': [only(sample.template, 'AWS::IAM::Role', 'TemplateRole').id, 'Arn'] };
    const template = templateArn(refTo(sample, 'AWS::EC2::LaunchTemplate'));
    expect(withSid(sample, ...LAUNCH)).toEqual([launch(template), TAG, pass(roleArn)]);
    expect(findingsAbout(sample, 'launch-not-known')).toEqual([]);
  });

  test('by several launch templates takes each', () => {
    const sample = launched((stack) => ({
      mixedInstancesPolicy: {
        launchTemplate: templateIn(stack),
        launchTemplateOverrides: [{ instanceType: new ec2.InstanceType('t4g.micro'), launchTemplate: templateIn(stack, 'Arm') }, { instanceType: new ec2.InstanceType('t3.small') }],
      },
    }));
    const refs = ['Template', 'Arm'].map((id) => templateArn(refTo(sample, 'AWS::EC2::LaunchTemplate', id)));
    expect(withSid(sample, 'LaunchByTemplate')).toEqual([launch(...refs)]);
  });

  test('by a template that is told by its name takes any of the account, and a role that nobody knows is told', () => {
    const sample = launched((stack) => ({ launchTemplate: ec2.LaunchTemplate.fromLaunchTemplateAttributes(stack, 'Template', { launchTemplateName: 'web', versionNumber: '1' }) }));
    expect(withSid(sample, ...LAUNCH)).toEqual([launch(arn('ec2', 'launch-template/*')), TAG]);
    expect(findingsAbout(sample, 'launch-not-known')).toEqual([
      "the role of the instances of Auto Scaling group 'Shop/Asg' is not known, so that the service role may not hand it on to the instances of a copy; where the launch template has an instance profile, give 'role' iam:PassRole for the role in it",
    ]);
  });

  test('passes a role that was imported', () => {
    const roleArn = 'arn:aws:iam::111122223333:role/web';
    const sample = launched((stack) => ({ launchTemplate: templateIn(stack, 'Template', iam.Role.fromRoleArn(stack, 'Web', roleArn)) }));
    expect(withSid(sample, 'PassInstanceRole')).toEqual([pass(roleArn)]);
  });

  test('by properties that come at deploy time only takes any template of the account', () => {
    const sample = serverSample((stack) => {
      const group = groupOf(stack, { launchTemplate: templateIn(stack) });
      const element = group.node.defaultChild as autoscaling.CfnAutoScalingGroup;
      element.launchTemplate = undefined;
      element.mixedInstancesPolicy = Lazy.any({ produce: () => ({ launchTemplate: { launchTemplateSpecification: { launchTemplateName: 'web', version: '1' } } }) });
      return copied(stack, group);
    });
    expect(withSid(sample, 'LaunchByTemplate')).toEqual([launch(arn('ec2', 'launch-template/*'))]);
  });

  test('of a group that is imported is not known, which is told', () => {
    const sample = serverSample((stack) => copied(stack, autoscaling.AutoScalingGroup.fromAutoScalingGroupName(stack, 'Web', 'web')));
    expect(withSid(sample, ...LAUNCH)).toEqual([]);
    expect(findingsAbout(sample, 'launch-not-known')).toEqual([
      "Auto Scaling group 'Shop/Web' is not made in this app, so that nobody has seen what it launches instances by; a copy of one with a launch template takes permissions that the service role was not given; " +
        "where it has a launch template, give 'role' ec2:RunInstances and ec2:CreateTags, and iam:PassRole for the role of its instances",
    ]);
  });
});

describe('the provider', () => {
  const providerStatements = (sample: ServerSample) => {
    const id = groupIn(sample.template).dependsOn.find((name) => name.startsWith('FleetDeploymentGroupPolicy'))!;
    return (sample.template.toJSON().Resources[id] as { Properties: { PolicyDocument: { Statement: { Action: string | string[] }[] } } }).Properties.PolicyDocument.Statement;
  };
  const roleArn = ({ template }: ServerSample) => ({ 'Fn::GetAtt': [only(template, 'AWS::IAM::Role', 'FleetServiceRole').id, 'Arn'] });

  const OWN = arn('codedeploy', 'deploymentgroup:Shop-Fleet-A75F5430/*');
  const RETIRE = allow(
    'RetireServerGroups',
    [
      'codedeploy:BatchGetDeployments',
      'codedeploy:DeleteDeploymentGroup',
      'codedeploy:GetDeployment',
      'codedeploy:GetDeploymentGroup',
      'codedeploy:ListDeployments',
      'codedeploy:ListTagsForResource',
      'codedeploy:StopDeployment',
    ],
    OWN,
  );
  const keep = (group: unknown) => [
    allow(
      'KeepServerGroup',
      ['codedeploy:CreateDeploymentGroup', 'codedeploy:DeleteDeploymentGroup', 'codedeploy:GetDeploymentGroup', 'codedeploy:ListTagsForResource', 'codedeploy:TagResource', 'codedeploy:UpdateDeploymentGroup'],
      group,
    ),
    allow('StopServerDeployments', ['codedeploy:BatchGetDeployments', 'codedeploy:GetDeployment', 'codedeploy:ListDeployments', 'codedeploy:StopDeployment'], group),
  ];
  const rest = (sample: ServerSample, config: unknown) => [
    allow('UseConfig', 'codedeploy:GetDeploymentConfig', config),
    allow('PassServiceRole', 'iam:PassRole', roleArn(sample), { StringEquals: { 'iam:PassedToService': 'codedeploy.amazonaws.com' } }),
    allow('LookAtFleets', 'autoscaling:DescribeAutoScalingGroups', '*'),
  ];
  const groupNamed = (name: string) => arn('codedeploy', `deploymentgroup:Shop-Fleet-A75F5430/${name}`);

  test('may keep the group of two that alternate, and scale the first one', () => {
    const sample = serverSample(alternatingIn);
    expect(providerStatements(sample)).toEqual([
      ...keep(groupNamed(ALTERNATING)),
      RETIRE,
      ...rest(sample, arn('codedeploy', 'deploymentconfig:CodeDeployDefault.OneAtATime')),
      allow('ScaleFleets', 'autoscaling:SetDesiredCapacity', groupArn(asg(sample, 'A'))),
      // Of a fleet that was copied before.
      allow('RemoveCopiedFleets', 'autoscaling:DeleteAutoScalingGroup', COPIES),
      allow('LookAtStackResource', 'cloudformation:DescribeStackResource', { Ref: 'AWS::StackId' }),
    ]);
  });

  test('may delete the copies of the group that had no name of its own, too', () => {
    const sample = serverSample((stack) => copiedIn(stack, {}, { deploymentGroupName: 'web' }));
    const copies = ['web', COPIED].map((name) => arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/CodeDeploy_${name}_*`));
    expect(providerStatements(sample)).toContainEqual(allow('RemoveCopiedFleets', 'autoscaling:DeleteAutoScalingGroup', copies as unknown as string));
  });

  test('may keep the group of one that is copied, and delete the copies alone', () => {
    const sample = serverSample((stack) => copiedIn(stack, {}, { deployment: copiedBy({}, { healthyHosts: HealthyHosts.count(1) }) }));
    expect(providerStatements(sample)).toEqual([
      ...keep(groupNamed(COPIED)),
      RETIRE,
      ...rest(sample, arn('codedeploy', 'deploymentconfig:', refTo(sample, 'AWS::CodeDeploy::DeploymentConfig'))),
      allow('RemoveCopiedFleets', 'autoscaling:DeleteAutoScalingGroup', COPIES),
      allow('LookAtStackResource', 'cloudformation:DescribeStackResource', { Ref: 'AWS::StackId' }),
    ]);
  });

  test('may touch one group of an application that is shared, and let go what it has taken over', () => {
    const sample = serverSample((stack) => {
      const application = codedeploy.ServerApplication.fromServerApplicationName(stack, 'Shared', 'shared');
      return alternatingIn(stack, { adoptExistingGroup: true }, { application, deploymentGroupName: 'web' });
    });
    const web = arn('codedeploy', 'deploymentgroup:shared/web');
    expect(providerStatements(sample)).toEqual([
      ...keep(web),
      allow('ReleaseServerGroup', 'codedeploy:UntagResource', web),
      ...rest(sample, arn('codedeploy', 'deploymentconfig:CodeDeployDefault.OneAtATime')),
      allow('ScaleFleets', 'autoscaling:SetDesiredCapacity', groupArn(asg(sample, 'A'))),
    ]);
  });

  test('passes an imported service role, which is left as it is', () => {
    const deployer = 'arn:aws:iam::111122223333:role/deployer';
    const sample = serverSample((stack) => alternatingIn(stack, {}, { deployment: ServerDeployment.blueGreen(), role: iam.Role.fromRoleArn(stack, 'Deployer', deployer) }));
    expect(providerStatements(sample)).toContainEqual(allow('PassServiceRole', 'iam:PassRole', deployer, { StringEquals: { 'iam:PassedToService': 'codedeploy.amazonaws.com' } }));
    expect(findingsAbout(sample, 'service-role-not-managed')).toHaveLength(1);
  });
});

test('no statement has an action that ends in a wildcard', () => {
  const { template } = serverSample((stack) => copiedIn(stack, { originals: OriginalFleet.terminate() }));
  const actions = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) => (Properties.PolicyDocument.Statement as { Action: string | string[] }[]).flatMap(({ Action }) => Action));
  expect(actions.filter((action) => action.includes('*'))).toEqual([]);
});
