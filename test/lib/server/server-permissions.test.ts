/** The exact statements of a rollout to servers. */
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';

import { DeploymentTrigger, ServerLoadBalancer, ServerRevision, ServerTargets, SuspendableProcess } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import { graphOf, only, stackOf, statementsOf, waitingFor } from '../support/sample';
import type { ServerSample } from '../support/server-sample';
import { classicIn, finishedServer, findingsOf, fleetIn, serverRolloutIn, serverSample, targetGroupIn, WEB_TAG } from '../support/server-sample';

const FIND = { Sid: 'FindInstances', Effect: 'Allow', Action: ['ec2:DescribeInstanceStatus', 'ec2:DescribeInstances', 'tag:GetResources'], Resource: '*' };
const LOOK = { Sid: 'LookAtAutoScalingGroups', Effect: 'Allow', Action: ['autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeLifecycleHooks'], Resource: '*' };
const WATCH = { Sid: 'WatchAlarms', Effect: 'Allow', Action: 'cloudwatch:DescribeAlarms', Resource: '*' };
const HOOKS = ['autoscaling:CompleteLifecycleAction', 'autoscaling:DeleteLifecycleHook', 'autoscaling:PutLifecycleHook', 'autoscaling:RecordLifecycleActionHeartbeat'];

const arn = (service: string, rest: string, Ref: string) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, `:${rest}`, { Ref }]],
});
const hooksOf = ({ template }: ServerSample, actions = HOOKS) => ({
  Sid: 'HookAutoScalingGroups',
  Effect: 'Allow',
  Action: actions,
  Resource: arn('autoscaling', 'autoScalingGroup:*:autoScalingGroupName/', only(template, 'AWS::AutoScaling::AutoScalingGroup').id),
});
const serviceStatements = ({ template }: ServerSample) => statementsOf(template, only(template, 'AWS::IAM::Role', 'FleetServiceRole').id);

describe('the service role', () => {
  test('may hook the Auto Scaling groups of the rollout', () => {
    const sample = serverSample();
    expect(serviceStatements(sample)).toEqual([FIND, hooksOf(sample), LOOK, WATCH]);
  });

  test('may suspend processes where some are to be', () => {
    const sample = serverSample({ processesToSuspend: [SuspendableProcess.TERMINATE] });
    const [complete, remove, put, record] = HOOKS;
    expect(serviceStatements(sample)[1]).toEqual(hooksOf(sample, [complete!, remove!, put!, record!, 'autoscaling:ResumeProcesses', 'autoscaling:SuspendProcesses']));
  });

  test('may look at instances only where they are selected by tags', () => {
    expect(serviceStatements(serverSample({ targets: ServerTargets.ec2Tags([WEB_TAG]) }))).toEqual([FIND, WATCH]);
  });

  test('may move targets of the target groups of the rollout', () => {
    const sample = serverSample((stack) => ({ targets: ServerTargets.ec2Tags([WEB_TAG]), loadBalancers: [ServerLoadBalancer.targetGroup(targetGroupIn(stack))] }));
    expect(serviceStatements(sample)).toEqual([
      FIND,
      { Sid: 'MoveTargets', Effect: 'Allow', Action: ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'], Resource: { Ref: only(sample.template, 'AWS::ElasticLoadBalancingV2::TargetGroup').id } },
      {
        Sid: 'LookAtLoadBalancers',
        Effect: 'Allow',
        Action: [
          'elasticloadbalancing:DescribeLoadBalancerAttributes',
          'elasticloadbalancing:DescribeLoadBalancers',
          'elasticloadbalancing:DescribeTargetGroupAttributes',
          'elasticloadbalancing:DescribeTargetGroups',
          'elasticloadbalancing:DescribeTargetHealth',
        ],
        Resource: '*',
      },
      WATCH,
    ]);
  });

  test('may move instances of the Classic Load Balancers of the rollout', () => {
    const sample = serverSample((stack) => ({ targets: ServerTargets.ec2Tags([WEB_TAG]), loadBalancers: [ServerLoadBalancer.classic(classicIn(stack))] }));
    expect(serviceStatements(sample)).toEqual([
      FIND,
      {
        Sid: 'MoveInstances',
        Effect: 'Allow',
        Action: ['elasticloadbalancing:DeregisterInstancesFromLoadBalancer', 'elasticloadbalancing:RegisterInstancesWithLoadBalancer'],
        Resource: arn('elasticloadbalancing', 'loadbalancer/', only(sample.template, 'AWS::ElasticLoadBalancing::LoadBalancer').id),
      },
      {
        Sid: 'LookAtLoadBalancers',
        Effect: 'Allow',
        Action: ['elasticloadbalancing:DescribeInstanceHealth', 'elasticloadbalancing:DescribeLoadBalancerAttributes', 'elasticloadbalancing:DescribeLoadBalancers'],
        Resource: '*',
      },
      WATCH,
    ]);
  });

  test('may tell the topics of the rollout', () => {
    const sample = serverSample((stack) => ({ targets: ServerTargets.ec2Tags([WEB_TAG]), triggers: [DeploymentTrigger.topic(new sns.Topic(stack, 'Releases'))] }));
    const topic = only(sample.template, 'AWS::SNS::Topic').id;
    expect(serviceStatements(sample)).toEqual([FIND, WATCH, { Sid: 'TellTopics', Effect: 'Allow', Action: 'sns:Publish', Resource: { Ref: topic } }]);
    expect(sample.group.TriggerConfigurations).toMatchObject([{ TriggerTargetArn: { Ref: topic } }]);
  });

  test('is taken on for this application only, and is there before the group, which puts hooks at once', () => {
    const { template } = serverSample();
    expect(only(template, 'AWS::IAM::Role', 'FleetServiceRole').properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [{ Principal: { Service: 'codedeploy.amazonaws.com' }, Condition: { ArnLike: { 'aws:SourceArn': { 'Fn::Join': ['', expect.arrayContaining([':deploymentgroup:Shop-Fleet-A75F5430/*'])] } } } }],
    });
    expect(waitingFor(template, only(template, 'AWS::IAM::Policy', 'FleetDeployPolicy').id)).toEqual([only(template, 'AWS::CodeDeploy::DeploymentGroup').id]);
  });

  test('that is imported is left as it is', () => {
    const sample = serverSample((stack) => ({ role: iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/codedeploy') }));
    expect(findingsOf(sample)).toEqual(['warning service-role-not-managed']);
    sample.template.resourceCountIs('AWS::IAM::Policy', 0);
    expect(sample.description.serviceRole).toEqual({ value: 'arn:aws:iam::111122223333:role/codedeploy' });
  });
});

describe('instances', () => {
  const READ = { Sid: 'ReadRevisions', Effect: 'Allow', Action: 's3:GetObject' };
  const pinned = (stack: ReturnType<typeof stackOf>, id = 'Releases') => ServerRevision.fromBucket(new s3.Bucket(stack, id), 'shop/7.zip', { eTag: 'abc' });

  test('of two rollouts with one fleet may read both revisions, by two policies', () => {
    const stack = stackOf();
    const fleet = fleetIn(stack);
    serverRolloutIn(stack, { targets: ServerTargets.autoScalingGroups(fleet), revision: pinned(stack) });
    const other = serverRolloutIn(stack, { targets: ServerTargets.autoScalingGroups(fleet), revision: pinned(stack, 'More') }, 'Other');
    const { template } = finishedServer(stack, other);
    const role = only(template, 'AWS::IAM::Role', 'AsgInstanceRole').id;
    const from = (prefix: string) => ({ ...READ, Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [only(template, 'AWS::S3::Bucket', prefix).id, 'Arn'] }, '/shop/*.zip']] } });
    expect(statementsOf(template, role)).toEqual([from('Releases'), from('More')]);
    expect(findCycle(graphOf(template))).toBeUndefined();
    // Instances can read what they are to install before a deployment can begin.
    expect(waitingFor(template, only(template, 'AWS::IAM::Policy', 'FleetReadRevision').id)).toEqual([only(template, 'AWS::CodeDeploy::DeploymentGroup', 'Fleet').id]);
  });

  test('that are selected by tags must be given the right by somebody else', () => {
    const sample = serverSample((stack) => ({ targets: ServerTargets.ec2Tags([WEB_TAG]).and(ServerTargets.onPremisesTags([WEB_TAG])), revision: pinned(stack) }));
    expect(sample.description.findings).toEqual([
      {
        id: 'instance-role-not-managed',
        level: 'info',
        message: 'the roles of EC2 instances that are selected by tags, and of on-premises instances are not of this app, so that nothing was added to what they may do, and the revision must be read',
        remedy: 'give them s3:GetObject on the revision',
      },
    ]);
    expect(Object.keys(sample.template.findResources('AWS::IAM::Policy'))).toHaveLength(1);
  });
});
