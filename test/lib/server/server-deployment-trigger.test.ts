/** Deployments to servers by CloudFormation: the resources, their properties and statements, and what is refused. */
import { Template } from 'aws-cdk-lib/assertions';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Stack } from 'aws-cdk-lib/core';
import { App, CfnParameter, Duration, Stack as AnyStack } from 'aws-cdk-lib/core';
import * as logs from 'aws-cdk-lib/aws-logs';

import type { ServerDeploymentTriggerProps, ServerRollout, ServerRolloutProps } from '../../../lib';
import { DeploymentCompletion, OriginalFleet, ServerDeploymentTrigger, ServerFileExistsBehavior, ServerLoadBalancer, ServerRevision } from '../../../lib';
import { longestServerWaitSeconds } from '../../../lib/model/server/server-wait';
import { alternatingIn, copiedIn } from '../support/blue-green-sample';
import { only, stackOf, waitingFor } from '../support/sample';
import type { ServerSample } from '../support/server-sample';
import { classicIn, findingsOf, finishedServer, serverRolloutIn, targetGroupIn, vpcOf } from '../support/server-sample';

const NAME = 'Shop-Fleet-A75F5430';
const TYPE = 'Custom::GreenlightServerDeployment';
const WAIT = 'Custom::GreenlightDeploymentWait';
const [REGION, ACCOUNT] = [{ Ref: 'AWS::Region' }, { Ref: 'AWS::AccountId' }];
const arn = (service: string, rest: string, ...more: unknown[]) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, REGION, ':', ACCOUNT, `:${rest}`, ...more]] });

type Rollout = Partial<ServerRolloutProps>;

const released = (stack: Stack): ServerRevision => ServerRevision.fromBucket(s3.Bucket.fromBucketName(stack, 'Releases', 'releases'), 'web/two.zip');

interface TriggerSample extends ServerSample {
  readonly trigger: ServerDeploymentTrigger;
}

function sampleOf(props: (stack: Stack) => Rollout = () => ({}), more: Partial<ServerDeploymentTriggerProps> = {}): TriggerSample {
  const stack = stackOf();
  const rollout = serverRolloutIn(stack, { revision: released(stack), ...props(stack) });
  const trigger = new ServerDeploymentTrigger(stack, 'Release', { rollout, ...more });
  return { ...finishedServer(stack, rollout), trigger };
}

const starting = ({ template }: TriggerSample) => only(template, TYPE);
const segmentsIn = ({ template }: TriggerSample): number => 1 + Object.keys(template.findResources(WAIT)).length;
const ownPolicy = ({ template }: TriggerSample) => only(template, 'AWS::IAM::Policy', 'Release').properties['PolicyDocument'] as { readonly Statement: readonly object[] };
const allow = (Sid: string, Action: string | string[], Resource: unknown) => ({ Sid, Effect: 'Allow', Action, Resource });

const DEPLOY = [
  'codedeploy:BatchGetDeploymentTargets',
  'codedeploy:BatchGetDeployments',
  'codedeploy:CreateDeployment',
  'codedeploy:GetDeployment',
  'codedeploy:ListDeploymentTargets',
  'codedeploy:ListDeployments',
  'codedeploy:StopDeployment',
];
const usual = (group: string, config: unknown) => [
  allow('Deploy', DEPLOY, arn('codedeploy', `deploymentgroup:${NAME}/${group}`)),
  allow('LookAtGroup', 'codedeploy:GetDeploymentGroup', arn('codedeploy', `deploymentgroup:${NAME}/${group}`)),
  allow('RegisterRevision', ['codedeploy:GetApplicationRevision', 'codedeploy:RegisterApplicationRevision'], arn('codedeploy', `application:${NAME}`)),
  allow('UseConfig', 'codedeploy:GetDeploymentConfig', config),
];
const ONE_AT_A_TIME = arn('codedeploy', 'deploymentconfig:CodeDeployDefault.OneAtATime');

describe('in place', () => {
  test('one resource starts the deployment, and two go on waiting for it', () => {
    const sample = sampleOf();
    const { template, trigger, stack } = sample;
    const { id, properties } = starting(sample);
    const shared = { ServiceToken: expect.anything() as unknown, ServiceTimeout: '3600', ApplicationName: NAME, DeploymentGroupName: NAME, Completion: 'COMPLETED', Segments: '3' };
    expect(properties).toEqual({ ...shared, Revision: '{"revisionType":"S3","s3Location":{"bucket":"releases","key":"web/two.zip","bundleType":"zip"}}' });
    expect(stack.resolve(trigger.deploymentId)).toEqual({ 'Fn::GetAtt': [id, 'DeploymentId'] });
    expect(only(template, WAIT, 'ReleaseWait2').properties).toEqual({ ...shared, DeploymentId: { 'Fn::GetAtt': [id, 'DeploymentId'] }, Segment: '2' });
    expect(only(template, WAIT, 'ReleaseWait3').properties).toMatchObject({ Segment: '3' });
  });

  test('it comes after everything of the rollout, and its permission', () => {
    const sample = sampleOf();
    const { template } = sample;
    const after = template.toJSON().Resources[starting(sample).id].DependsOn as readonly string[];
    const ids = [
      only(template, 'AWS::CodeDeploy::DeploymentGroup').id,
      only(template, 'AWS::CodeDeploy::Application').id,
      only(template, 'AWS::CloudWatch::Alarm').id,
      only(template, 'AWS::IAM::Policy', 'Release').id,
      only(template, 'AWS::IAM::Policy', 'FleetDeployPolicy').id,
    ];
    expect(after).toEqual(expect.arrayContaining(ids));
    expect(waitingFor(template, starting(sample).id).every((id) => id.startsWith('Release'))).toBe(true);
  });

  test('the provider may do just this', () => {
    expect(ownPolicy(sampleOf()).Statement).toEqual(usual(NAME, ONE_AT_A_TIME));
  });

  test('what a deployment is told besides', () => {
    const sample = sampleOf(() => ({ fileExistsBehavior: ServerFileExistsBehavior.OVERWRITE, ignoreApplicationStopFailures: true }));
    expect(starting(sample).properties).toMatchObject({ FileExistsBehavior: 'OVERWRITE', IgnoreApplicationStopFailures: 'true' });
    expect(starting(sampleOf(() => ({ ignoreApplicationStopFailures: false }))).properties).not.toHaveProperty('IgnoreApplicationStopFailures');
  });

  test('an earlier release may be deployed again, whichever group had it', () => {
    const sample = sampleOf(() => ({}), { redeploy: 'd-A1B2C3D4E' });
    expect(starting(sample).properties).toMatchObject({ Redeploy: 'd-A1B2C3D4E' });
    expect(starting(sample).properties).not.toHaveProperty('Revision');
    expect(ownPolicy(sample).Statement.at(-1)).toEqual(allow('FindRevision', 'codedeploy:GetDeployment', arn('codedeploy', `deploymentgroup:${NAME}/*`)));
  });

  test('that release may be a parameter, and the rollout needs no revision of its own', () => {
    const stack = stackOf();
    const rollout = serverRolloutIn(stack);
    const { valueAsString: redeploy } = new CfnParameter(stack, 'Earlier');
    const trigger = new ServerDeploymentTrigger(stack, 'Release', { rollout, redeploy });
    expect(starting({ ...finishedServer(stack, rollout), trigger }).properties).toMatchObject({ Redeploy: { Ref: 'Earlier' } });
  });

  test('the description names the resource', () => {
    const sample = sampleOf();
    expect(sample.description.trigger).toEqual({ logicalId: starting(sample).id });
    const stack = stackOf();
    expect(finishedServer(stack, serverRolloutIn(stack)).description).not.toHaveProperty('trigger');
  });

  test('a trigger may be made within the rollout', () => {
    const stack = stackOf();
    const rollout = serverRolloutIn(stack, { revision: released(stack) });
    const trigger = new ServerDeploymentTrigger(rollout, 'Release', { rollout });
    const sample = { ...finishedServer(stack, rollout), trigger };
    expect(sample.template.toJSON().Resources[starting(sample).id].DependsOn).toContain(only(sample.template, 'AWS::CodeDeploy::DeploymentGroup').id);
  });
});

describe('it comes after the listeners of its target groups', () => {
  const balancerIn = (stack: Stack) => new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc: vpcOf(stack) });
  const behind = (stack: Stack, group: elbv2.ITargetGroup): ServerRollout => serverRolloutIn(stack, { revision: released(stack), loadBalancers: [ServerLoadBalancer.targetGroup(group)] });
  const listenersBefore = (stack: Stack): readonly string[] => {
    const template = Template.fromStack(stack);
    const { DependsOn } = template.toJSON().Resources[only(template, TYPE).id] as { readonly DependsOn: readonly string[] };
    return DependsOn.filter((id) => /^AWS::ElasticLoadBalancing/.test((template.toJSON().Resources[id] as { readonly Type: string }).Type));
  };

  test('those made later, and their rules, too', () => {
    const stack = stackOf();
    const group = targetGroupIn(stack);
    const rollout = behind(stack, group);
    new ServerDeploymentTrigger(stack, 'Release', { rollout });
    const listener = balancerIn(stack).addListener('Http', { port: 80, open: false, defaultAction: elbv2.ListenerAction.fixedResponse(404) });
    listener.addAction('Web', { priority: 1, conditions: [elbv2.ListenerCondition.pathPatterns(['/*'])], action: elbv2.ListenerAction.forward([group]) });
    const template = Template.fromStack(stack);
    expect(listenersBefore(stack)).toEqual(expect.arrayContaining([only(template, 'AWS::ElasticLoadBalancingV2::ListenerRule').id]));
  });

  test('one that forwards by default', () => {
    const stack = stackOf();
    const group = targetGroupIn(stack);
    balancerIn(stack).addListener('Http', { port: 80, open: false, defaultTargetGroups: [group] });
    new ServerDeploymentTrigger(stack, 'Release', { rollout: behind(stack, group) });
    expect(listenersBefore(stack)).toEqual([only(Template.fromStack(stack), 'AWS::ElasticLoadBalancingV2::Listener').id]);
  });

  test('not where one of another stack needs the target group of this one', () => {
    const app = new App();
    const stack = new AnyStack(app, 'Shop');
    const group = targetGroupIn(stack);
    new ServerDeploymentTrigger(stack, 'Release', { rollout: behind(stack, group) });
    const front = new AnyStack(app, 'Front');
    new elbv2.ApplicationLoadBalancer(front, 'Balancer', { vpc: vpcOf(stack) }).addListener('Http', { port: 80, open: false, defaultTargetGroups: [group] });
    expect(listenersBefore(stack)).toEqual([]);
    expect(stack.dependencies).toEqual([]);
  });

  test('nothing is known of one that is imported, and nothing is to be waited for at a Classic Load Balancer', () => {
    const stack = stackOf();
    const group = elbv2.ApplicationTargetGroup.fromTargetGroupAttributes(stack, 'Known', { targetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/web/0123456789abcdef' });
    new ServerDeploymentTrigger(stack, 'Release', { rollout: serverRolloutIn(stack, { revision: released(stack), loadBalancers: [ServerLoadBalancer.targetGroup(group), ServerLoadBalancer.classic(classicIn(stack))] }) });
    expect(listenersBefore(stack)).toEqual([]);
  });
});

describe('blue/green', () => {
  test('names the fleets that alternate, and may bring them up and down', () => {
    const sample = sampleOf(alternatingIn);
    const asg = (prefix: string) => ({ Ref: only(sample.template, 'AWS::AutoScaling::AutoScalingGroup', prefix).id });
    const autoScalingGroup = (prefix: string) => arn('autoscaling', 'autoScalingGroup:*:autoScalingGroupName/', asg(prefix));
    expect(starting(sample).properties).toMatchObject({ DeploymentGroupName: `${NAME}-Alternating`, AutoScalingGroups: [asg('A'), asg('B')] });
    expect(ownPolicy(sample).Statement).toEqual([
      ...usual(`${NAME}-Alternating`, ONE_AT_A_TIME),
      allow('LookAtFleets', 'autoscaling:DescribeAutoScalingGroups', '*'),
      allow('ScaleFleets', 'autoscaling:SetDesiredCapacity', [autoScalingGroup('A'), autoScalingGroup('B')]),
    ]);
    const after = sample.template.toJSON().Resources[starting(sample).id].DependsOn as readonly string[];
    expect(after).toEqual(expect.arrayContaining([only(sample.template, 'AWS::Events::Rule', 'FleetFleets').id, only(sample.template, 'Custom::GreenlightServerDeploymentGroup').id]));
  });

  test('leaves a fleet that is copied to the service', () => {
    const sample = sampleOf(copiedIn);
    expect(starting(sample).properties).not.toHaveProperty('AutoScalingGroups');
    expect(ownPolicy(sample).Statement).toEqual(usual(`${NAME}-Copied`, ONE_AT_A_TIME));
  });

  test('reads the logs of gates', () => {
    const stack = stackOf();
    const rollout = serverRolloutIn(stack, { revision: released(stack), ...alternatingIn(stack) });
    const logGroup = new logs.LogGroup(stack, 'GateLogs');
    Object.assign(rollout._deployable, { gateLogs: { ReadyWait: logGroup } });
    const trigger = new ServerDeploymentTrigger(stack, 'Release', { rollout });
    const sample = { ...finishedServer(stack, rollout), trigger };
    const { id } = only(sample.template, 'AWS::Logs::LogGroup', 'GateLogs');
    expect(starting(sample).properties).toMatchObject({ GateLogs: { ReadyWait: { Ref: id } } });
    expect(only(sample.template, WAIT, 'ReleaseWait2').properties).toMatchObject({ GateLogs: { ReadyWait: { Ref: id } } });
    expect(ownPolicy(sample).Statement.at(-1)).toEqual(allow('ReadHookLogs', 'logs:FilterLogEvents', { 'Fn::GetAtt': [id, 'Arn'] }));
  });
});

describe('the stack waits', () => {
  const ready = (stack: Stack): Rollout => alternatingIn(stack, { readyWait: Duration.minutes(60) });
  const ended = (stack: Stack): Rollout => copiedIn(stack, { originals: OriginalFleet.terminate({ wait: Duration.minutes(100) }) });

  test.each<[string, number, (stack: Stack) => Rollout, Partial<ServerDeploymentTriggerProps>]>([
    ['two hours', 3, () => ({}), {}],
    ['the ready wait besides', 4, ready, {}],
    ['the wait before originals are ended besides', 5, ended, {}],
    ['not for that where all that matters is the traffic', 3, ended, { completion: DeploymentCompletion.TRAFFIC_SHIFTED }],
    ['not at all', 1, ready, { completion: DeploymentCompletion.STARTED, timeout: Duration.hours(3) }],
    ['a minute, which is a segment', 1, () => ({}), { timeout: Duration.minutes(1) }],
    ['fifty minutes', 1, () => ({}), { timeout: Duration.minutes(50) }],
    ['more than that', 2, () => ({}), { timeout: Duration.minutes(51) }],
    ['twelve hours at most in place', 15, () => ({}), { timeout: Duration.hours(12) }],
    ['a hundred and nine blue/green', 131, alternatingIn, { timeout: Duration.hours(109) }],
  ])('%s', (_what, segments, props, more) => {
    const sample = sampleOf(props, more);
    expect(segmentsIn(sample)).toBe(segments);
    expect(findingsOf(sample).includes('warning long-stack-update')).toBe(segments > 29);
  });

  test('no longer than the service lets a deployment run', () => {
    expect(longestServerWaitSeconds('IN_PLACE', { readyWaitMinutes: 0, terminationWaitMinutes: 0 })).toBe(7_200);
    expect(longestServerWaitSeconds('BLUE_GREEN', { readyWaitMinutes: 2_880, terminationWaitMinutes: 2_880 })).toBe(352_800);
    expect(longestServerWaitSeconds('BLUE_GREEN', { readyWaitMinutes: 3_200, terminationWaitMinutes: 3_220 })).toBe(392_400);
    expect(longestServerWaitSeconds('IN_PLACE', { readyWaitMinutes: 700, terminationWaitMinutes: 0 })).toBe(43_200);
  });
});

describe('is refused', () => {
  const refused = (props: (stack: Stack) => Rollout, more: Partial<ServerDeploymentTriggerProps>) => () => sampleOf(props, more);
  const NO_WAIT =
    "'completion' TRAFFIC_SHIFTED is about the wait before CodeDeploy ends the originals of a copied Auto Scaling group, and rollout 'Shop/Fleet' has none: " +
    'its deployments end when the traffic is shifted; use COMPLETED';
  const shifted = { completion: DeploymentCompletion.TRAFFIC_SHIFTED };

  test.each<[string, (stack: Stack) => Rollout, Partial<ServerDeploymentTriggerProps>, string]>([
    [
      'a rollout without a revision',
      () => ({ revision: undefined }),
      {},
      "rollout 'Shop/Fleet' has no revision, so that there is nothing to deploy; give ServerRollout its 'revision', or ServerDeploymentTrigger the id of an earlier deployment as 'redeploy'",
    ],
    ['a release by another name', () => ({}), { redeploy: 'latest' }, `'redeploy' must be the id of a deployment, such as d-A1B2C3D4E, got 'latest'; find one by 'aws deploy list-deployments --application-name ${NAME}'`],
    ['a release without a name', () => ({}), { redeploy: '' }, "'redeploy' must be the id of a deployment, such as d-A1B2C3D4E, got ''"],
    ['shifted traffic in place', () => ({}), shifted, NO_WAIT],
    ['shifted traffic of fleets that alternate', alternatingIn, shifted, NO_WAIT],
    ['shifted traffic of a copy whose original is kept', copiedIn, shifted, NO_WAIT],
    ['shifted traffic of a copy whose original is ended at once', (stack) => copiedIn(stack, { originals: OriginalFleet.terminate({ wait: Duration.minutes(0) }) }), shifted, NO_WAIT],
    ['less than a minute', () => ({}), { timeout: Duration.seconds(59) }, "'timeout' must be a whole number of seconds from 60 to 43200, got 59 seconds; CodeDeploy itself gives a deployment of this kind up after 12 hours"],
    ['more than twelve hours in place', () => ({}), { timeout: Duration.seconds(43_201) }, "'timeout' must be a whole number of seconds from 60 to 43200, got 43201 seconds"],
    [
      'more than a hundred and nine hours blue/green',
      alternatingIn,
      { timeout: Duration.hours(110) },
      "'timeout' must be a whole number of seconds from 60 to 392400, got 396000 seconds; CodeDeploy itself gives a deployment of this kind up after 109 hours",
    ],
  ])('%s', (_what, props, more, message) => {
    expect(refused(props, more)).toThrow(message);
  });

  test('a second trigger', () => {
    const stack = stackOf();
    const rollout = serverRolloutIn(stack, { revision: released(stack) });
    new ServerDeploymentTrigger(stack, 'Release', { rollout });
    expect(() => new ServerDeploymentTrigger(stack, 'Another', { rollout })).toThrow("rollout 'Shop/Fleet' is deployed by 'Shop/Release' already, and the two would undo each other; drop 'Shop/Another'");
  });

  test('another stack', () => {
    const app = new App();
    const stack = stackOf(app);
    const rollout = serverRolloutIn(stack, { revision: released(stack) });
    const other = new AnyStack(app, 'Other');
    expect(() => new ServerDeploymentTrigger(other, 'Release', { rollout })).toThrow("trigger 'Other/Release' is in stack 'Other', and rollout 'Shop/Fleet' in 'Shop'; make the trigger in the stack of the rollout");
  });
});

