/**
 * What `Ref` and `Fn::GetAtt` give for the resource types that a rollout is made of. Names that a template sets win.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
import { LIVE_LISTENER_RESOURCE_TYPE, LIVE_TARGET_GROUP } from '../../lib/model/live-listener';
import type { Naming } from './naming';

export interface Physical {
  ref(): unknown;
  readonly attributes: Readonly<Record<string, () => unknown>>;
}

type Rule = (naming: Naming) => Physical;

/** Both arguments are asked for only when a template needs them, so that one name never waits for an unrelated one. */
const physical = (ref: () => unknown, attributes: Physical['attributes'] = {}): Physical => ({ ref, attributes });

/** A resource whose `Ref` is its id, which some attributes repeat. */
const byId = (prefix: string, ...attributes: string[]): Rule => (it) =>
  physical(() => it.id(prefix), Object.fromEntries(attributes.map((name) => [name, () => it.id(prefix)])));

/** A resource whose `Ref` is its name and whose `Arn` is made of it. */
const byName = (property: string, service: string, resource: (name: string) => string, longest?: number): Rule => (it) =>
  physical(() => it.name(property, longest), { Arn: () => it.arn(service, resource(it.name(property, longest))) });

/** A resource whose `Ref` is its ARN, which some attributes repeat. */
const byArn = (arn: (it: Naming) => string, attributes: (it: Naming) => Physical['attributes'], ...repeated: string[]): Rule => (it) =>
  physical(() => arn(it), { ...Object.fromEntries(repeated.map((name) => [name, () => arn(it)])), ...attributes(it) });

const nameOnly = (property: string, longest?: number): Rule => (it) => physical(() => it.name(property, longest));

/** The last piece of a function's name or ARN. */
const functionName = (it: Naming): string =>
  /(?:function:)?([^:]+)(?::[^:]+)?$/.exec(it.property('FunctionName') ?? it.generated(64))?.[1] ?? '';
const functionArn = (it: Naming, qualifier = ''): string => it.arn('lambda', `function:${functionName(it)}${qualifier}`);
const roleArn = (it: Naming): string => it.globalArn('iam', `role${it.property('Path') ?? '/'}${it.name('RoleName', 64)}`);

const clusterName = (it: Naming): string => (it.property('Cluster') ?? 'default').split('/').at(-1) ?? 'default';
const taskDefinitionArn = (it: Naming): string => it.arn('ecs', `task-definition/${it.property('Family') ?? it.generated(255)}:1`);
const serviceArn = (it: Naming): string => it.arn('ecs', `service/${clusterName(it)}/${it.name('ServiceName', 255)}`);

const loadBalancerName = (it: Naming): string => it.name('Name', 32);
const loadBalancerKind = (it: Naming): string => ({ network: 'net', gateway: 'gwy' })[it.property('Type') ?? ''] ?? 'app';
const loadBalancerFullName = (it: Naming): string => `${loadBalancerKind(it)}/${loadBalancerName(it)}/${it.hex(16)}`;
/** In lower case, since host names come back so from every URL parser. */
const loadBalancerDns = (it: Naming): string => {
  const prefix = it.property('Scheme') === 'internal' ? 'internal-' : '';
  return `${prefix}${loadBalancerName(it)}-${it.digits(10)}.${it.region}.elb.amazonaws.com`.toLowerCase();
};
const targetGroupFullName = (it: Naming): string => `targetgroup/${it.name('Name', 32)}/${it.hex(16)}`;
/** `app/name/id`, from the ARN of the load balancer or of the listener. */
const behind = (it: Naming, property: string): string =>
  (it.property(property) ?? '').split(/loadbalancer\/|listener\//)[1] ?? `app/unknown/${it.hex(16)}`;

export const PHYSICAL: Readonly<Record<string, Rule>> = {
  'AWS::CDK::Metadata': (it) => physical(() => it.generated()),
  'AWS::CloudFormation::Stack': (it) => physical(() => it.arn('cloudformation', `stack/${it.generated()}/${it.uuid()}`)),

  'AWS::AutoScaling::AutoScalingGroup': nameOnly('AutoScalingGroupName'),
  'AWS::CodeBuild::Project': byName('Name', 'codebuild', (name) => `project/${name}`, 150),
  'AWS::CodeBuild::ReportGroup': byArn((it) => it.arn('codebuild', `report-group/${it.name('Name')}`), () => ({}), 'Arn'),

  'AWS::CodeDeploy::Application': nameOnly('ApplicationName', 100),
  'AWS::CodeDeploy::DeploymentConfig': nameOnly('DeploymentConfigName', 100),
  'AWS::CodeDeploy::DeploymentGroup': nameOnly('DeploymentGroupName', 100),

  'AWS::Lambda::Function': (it) => physical(() => functionName(it), { Arn: () => functionArn(it) }),
  // Version 1 is the one that runs before.
  'AWS::Lambda::Version': byArn((it) => functionArn(it, ':2'), () => ({ Version: () => '2' }), 'FunctionArn'),
  'AWS::Lambda::Alias': byArn((it) => functionArn(it, `:${it.name('Name')}`), () => ({}), 'AliasArn'),
  'AWS::Lambda::EventInvokeConfig': (it) => physical(() => it.generated()),
  'AWS::Lambda::Permission': (it) => physical(() => it.generated()),
  'AWS::Lambda::LayerVersion': byArn((it) => it.arn('lambda', `layer:${it.name('LayerName', 64)}:1`), () => ({}), 'LayerVersionArn'),

  'AWS::IAM::Role': (it) =>
    physical(() => it.name('RoleName', 64), { Arn: () => roleArn(it), RoleId: () => `AROA${it.hex(17).toUpperCase()}` }),
  'AWS::IAM::Policy': (it) => physical(() => it.generated(), { Id: () => it.generated() }),
  'AWS::IAM::ManagedPolicy': byArn(
    (it) => it.globalArn('iam', `policy${it.property('Path') ?? '/'}${it.name('ManagedPolicyName')}`),
    () => ({}),
    'PolicyArn',
  ),
  'AWS::IAM::InstanceProfile': (it) =>
    physical(() => it.name('InstanceProfileName'), {
      Arn: () => it.globalArn('iam', `instance-profile/${it.name('InstanceProfileName')}`),
    }),

  'AWS::ECS::Cluster': byName('ClusterName', 'ecs', (name) => `cluster/${name}`, 255),
  'AWS::ECS::TaskDefinition': byArn(taskDefinitionArn, () => ({}), 'TaskDefinitionArn'),
  'AWS::ECS::Service': byArn(serviceArn, (it) => ({ Name: () => it.name('ServiceName', 255) }), 'ServiceArn'),

  'AWS::ElasticLoadBalancingV2::LoadBalancer': byArn(
    (it) => it.arn('elasticloadbalancing', `loadbalancer/${loadBalancerFullName(it)}`),
    (it) => ({
      DNSName: () => loadBalancerDns(it),
      LoadBalancerFullName: () => loadBalancerFullName(it),
      LoadBalancerName: () => loadBalancerName(it),
      CanonicalHostedZoneID: () => `Z${it.hex(13).toUpperCase()}`,
    }),
    'LoadBalancerArn',
  ),
  'AWS::ElasticLoadBalancingV2::TargetGroup': byArn(
    (it) => it.arn('elasticloadbalancing', targetGroupFullName(it)),
    (it) => ({ TargetGroupFullName: () => targetGroupFullName(it), TargetGroupName: () => it.name('Name', 32) }),
    'TargetGroupArn',
  ),
  'AWS::ElasticLoadBalancingV2::Listener': byArn(
    (it) => it.arn('elasticloadbalancing', `listener/${behind(it, 'LoadBalancerArn')}/${it.hex(16)}`),
    () => ({}),
    'ListenerArn',
  ),
  'AWS::ElasticLoadBalancingV2::ListenerRule': byArn(
    (it) => it.arn('elasticloadbalancing', `listener-rule/${behind(it, 'ListenerArn')}/${it.hex(16)}`),
    () => ({ IsDefault: () => false }),
    'RuleArn',
  ),

  'AWS::ElasticLoadBalancing::LoadBalancer': nameOnly('LoadBalancerName', 32),

  // Before the first release: what the guard answers for a new listener.
  [LIVE_LISTENER_RESOURCE_TYPE]: (it) => physical(() => it.generated(), { [LIVE_TARGET_GROUP]: () => it.property('TargetGroupArns')?.split(',')[0] }),

  'AWS::EC2::VPC': byId('vpc', 'VpcId'),
  'AWS::EC2::Subnet': byId('subnet', 'SubnetId'),
  'AWS::EC2::SecurityGroup': byId('sg', 'GroupId', 'Id'),
  'AWS::EC2::SecurityGroupIngress': byId('sgr', 'Id'),
  'AWS::EC2::SecurityGroupEgress': byId('sgr', 'Id'),
  'AWS::EC2::RouteTable': byId('rtb', 'RouteTableId'),
  'AWS::EC2::SubnetRouteTableAssociation': byId('rtbassoc', 'Id'),
  'AWS::EC2::InternetGateway': byId('igw', 'InternetGatewayId'),
  'AWS::EC2::NatGateway': byId('nat', 'NatGatewayId'),
  'AWS::EC2::VPCEndpoint': byId('vpce', 'Id'),

  'AWS::CloudWatch::Alarm': byName('AlarmName', 'cloudwatch', (name) => `alarm:${name}`, 255),
  'AWS::CloudWatch::CompositeAlarm': byName('AlarmName', 'cloudwatch', (name) => `alarm:${name}`, 255),
  'AWS::CloudWatch::Dashboard': nameOnly('DashboardName'),
  'AWS::Logs::LogGroup': byName('LogGroupName', 'logs', (name) => `log-group:${name}:*`, 512),

  'AWS::Events::Rule': byName('Name', 'events', (name) => `rule/${name}`, 64),
  'AWS::Events::EventBus': byName('Name', 'events', (name) => `event-bus/${name}`, 256),
  'AWS::SNS::Topic': byArn((it) => it.arn('sns', it.name('TopicName')), (it) => ({ TopicName: () => it.name('TopicName') }), 'TopicArn'),
  'AWS::SQS::Queue': (it) =>
    physical(() => `https://sqs.${it.region}.amazonaws.com/${it.account}/${it.name('QueueName', 80)}`, {
      Arn: () => it.arn('sqs', it.name('QueueName', 80)),
      QueueName: () => it.name('QueueName', 80),
      QueueUrl: () => `https://sqs.${it.region}.amazonaws.com/${it.account}/${it.name('QueueName', 80)}`,
    }),
  'AWS::S3::Bucket': (it) =>
    physical(() => it.name('BucketName', 63).toLowerCase(), {
      Arn: () => `arn:${it.partition}:s3:::${it.name('BucketName', 63).toLowerCase()}`,
      DomainName: () => `${it.name('BucketName', 63).toLowerCase()}.s3.amazonaws.com`,
      RegionalDomainName: () => `${it.name('BucketName', 63).toLowerCase()}.s3.${it.region}.amazonaws.com`,
    }),
  'AWS::DynamoDB::Table': byName('TableName', 'dynamodb', (name) => `table/${name}`, 255),
  'AWS::KMS::Key': (it) => physical(() => it.uuid(), { Arn: () => it.arn('kms', `key/${it.uuid()}`), KeyId: () => it.uuid() }),
  'AWS::SecretsManager::Secret': byArn((it) => it.arn('secretsmanager', `secret:${it.name('Name', 512)}-${it.hex(6)}`), () => ({}), 'Id'),
  'AWS::SSM::Document': nameOnly('Name'),
  'AWS::SSM::Parameter': nameOnly('Name'),
  'AWS::StepFunctions::StateMachine': byArn(
    (it) => it.arn('states', `stateMachine:${it.name('StateMachineName', 80)}`),
    (it) => ({ Name: () => it.name('StateMachineName', 80) }),
    'Arn',
  ),
  'AWS::CertificateManager::Certificate': byArn((it) => it.arn('acm', `certificate/${it.uuid()}`), () => ({}), 'CertificateArn'),
  'AWS::ECR::Repository': (it) =>
    physical(() => it.name('RepositoryName', 256).toLowerCase(), {
      Arn: () => it.arn('ecr', `repository/${it.name('RepositoryName', 256).toLowerCase()}`),
      RepositoryUri: () => `${it.account}.dkr.ecr.${it.region}.amazonaws.com/${it.name('RepositoryName', 256).toLowerCase()}`,
    }),
  'AWS::Route53::RecordSet': nameOnly('Name'),
};
