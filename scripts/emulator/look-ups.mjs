/**
 * Where a service says what became of a resource of a template: by type, the calls that describe it, the description in their answers, and which property of the
 * template (a path) stands where in the description. Calls that need an attribute of another resource are made `later`, when that has been described. `resource.id` is the physical id, `resource.value(path)` a property with its references resolved. `attributes` says where those
 * stand that other resources read.
 *
 * `notHandedOn` are properties that this version of the emulator's CloudFormation knows nothing of, though the service behind it does, and `notShown` is a type of
 * which the service says nothing: they are reported as not looked at, and the test fails when the emulator learns one, so that it is compared from then on.
 */

const ec2 = (operation, parameter, list, same = {}, attributes = {}) => ({
  calls: ({ id }) => [['ec2', operation, { [parameter]: [id] }]],
  read: ([answer]) => answer[list][0],
  attributes,
  same,
});

/** What has no id of its own stands in the description of another resource. */
const within = (type, owner, find, same) => ({
  calls: (resource) => LOOK_UPS[type].calls({ id: resource.value(owner) }),
  read: (answers, resource) => find(LOOK_UPS[type].read(answers), resource),
  same,
});

export const LOOK_UPS = {
  'AWS::EC2::VPC': ec2('describe_vpcs', 'VpcIds', 'Vpcs', { CidrBlock: 'CidrBlock' }),
  'AWS::EC2::Subnet': ec2('describe_subnets', 'SubnetIds', 'Subnets', { CidrBlock: 'CidrBlock', VpcId: 'VpcId' }),
  'AWS::EC2::RouteTable': ec2('describe_route_tables', 'RouteTableIds', 'RouteTables', { VpcId: 'VpcId' }),
  'AWS::EC2::SubnetRouteTableAssociation': {
    ...within(
      'AWS::EC2::RouteTable',
      'RouteTableId',
      ({ Associations }, resource) => Associations.find(({ SubnetId }) => SubnetId === resource.value('SubnetId')),
      { RouteTableId: 'RouteTableId' },
    ),
    // moto/ec2/models/subnets.py keeps those of CloudFormation in a place of their own, which no call reads.
    notShown: true,
  },
  'AWS::EC2::Route': within(
    'AWS::EC2::RouteTable',
    'RouteTableId',
    ({ Routes }, resource) => Routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === resource.value('DestinationCidrBlock')),
    { GatewayId: 'GatewayId', NatGatewayId: 'NatGatewayId' },
  ),
  'AWS::EC2::EIP': ec2('describe_addresses', 'PublicIps', 'Addresses', { Domain: 'Domain' }, { AllocationId: 'AllocationId' }),
  'AWS::EC2::NatGateway': ec2('describe_nat_gateways', 'NatGatewayIds', 'NatGateways', { SubnetId: 'SubnetId' }),
  'AWS::EC2::InternetGateway': ec2('describe_internet_gateways', 'InternetGatewayIds', 'InternetGateways'),
  'AWS::EC2::VPCGatewayAttachment': within(
    'AWS::EC2::InternetGateway',
    'InternetGatewayId',
    ({ Attachments }, resource) => Attachments.find(({ VpcId }) => VpcId === resource.value('VpcId')),
    { VpcId: 'VpcId' },
  ),
  'AWS::EC2::SecurityGroup': ec2('describe_security_groups', 'GroupIds', 'SecurityGroups', { GroupDescription: 'Description', VpcId: 'VpcId' }),
  'AWS::EC2::SecurityGroupIngress': within(
    'AWS::EC2::SecurityGroup',
    'GroupId',
    ({ IpPermissions }, resource) => IpPermissions.find(({ UserIdGroupPairs }) => UserIdGroupPairs.some(({ GroupId }) => GroupId === resource.value('SourceSecurityGroupId'))),
    { FromPort: 'FromPort', ToPort: 'ToPort', IpProtocol: 'IpProtocol' },
  ),
  'AWS::Logs::LogGroup': {
    calls: ({ id }) => [['logs', 'describe_log_groups', { logGroupNamePrefix: id }]],
    read: ([{ logGroups }], { id }) => logGroups.find(({ logGroupName }) => logGroupName === id),
    // The emulator's CloudFormation has it without the `:*` at its end that there is in AWS.
    attributes: { Arn: 'logGroupArn' },
    same: { RetentionInDays: 'retentionInDays' },
  },
  'AWS::IAM::Role': {
    calls: ({ id }) => [['iam', 'get_role', { RoleName: id }]],
    read: ([{ Role }]) => Role,
    attributes: { Arn: 'Arn' },
    same: { AssumeRolePolicyDocument: 'AssumeRolePolicyDocument' },
  },
  'AWS::IAM::Policy': {
    calls: (resource) => [['iam', 'get_role_policy', { RoleName: resource.value('Roles.0'), PolicyName: resource.value('PolicyName') }]],
    read: ([answer]) => answer,
    same: { PolicyDocument: 'PolicyDocument' },
  },
  'AWS::ECR::Repository': {
    calls: ({ id }) => [['ecr', 'describe_repositories', { repositoryNames: [id] }]],
    read: ([{ repositories }]) => repositories[0],
    attributes: { Arn: 'repositoryArn' },
    same: { RepositoryName: 'repositoryName' },
    // moto/ecr/models.py: Repository.create_from_cloudformation_json
    notHandedOn: { 'ImageScanningConfiguration.ScanOnPush': 'imageScanningConfiguration.scanOnPush' },
  },
  'AWS::ECS::Cluster': { calls: ({ id }) => [['ecs', 'describe_clusters', { clusters: [id] }]], read: ([{ clusters }]) => clusters[0], same: {} },
  'AWS::ECS::TaskDefinition': {
    calls: ({ id }) => [['ecs', 'describe_task_definition', { taskDefinition: id }]],
    read: ([{ taskDefinition }]) => taskDefinition,
    same: {
      Family: 'family',
      Memory: 'memory',
      'ContainerDefinitions.0.Name': 'containerDefinitions.0.name',
      'ContainerDefinitions.0.Image': 'containerDefinitions.0.image',
      'ContainerDefinitions.0.PortMappings.0.ContainerPort': 'containerDefinitions.0.portMappings.0.containerPort',
    },
    // moto/ecs/models.py: TaskDefinition.create_from_cloudformation_json
    notHandedOn: { Cpu: 'cpu', NetworkMode: 'networkMode', RequiresCompatibilities: 'requiresCompatibilities', ExecutionRoleArn: 'executionRoleArn', TaskRoleArn: 'taskRoleArn' },
  },
  'AWS::ECS::Service': {
    calls: (resource) => [['ecs', 'describe_services', { cluster: resource.value('Cluster'), services: [resource.id] }]],
    read: ([{ services: [service] }]) => service && { ...service, family: service.taskDefinition.split('/').at(-1).split(':')[0] },
    attributes: { Name: 'serviceName' },
    same: { DesiredCount: 'desiredCount', TaskDefinition: 'family' },
    // moto/ecs/models.py: Service.create_from_cloudformation_json
    notHandedOn: { 'DeploymentController.Type': 'deploymentController.type', 'LoadBalancers.0.ContainerName': 'loadBalancers.0.containerName', LaunchType: 'launchType' },
  },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {
    calls: ({ id }) => [['elbv2', 'describe_load_balancers', { LoadBalancerArns: [id] }]],
    read: ([{ LoadBalancers: [balancer] }]) => balancer && { ...balancer, subnets: balancer.AvailabilityZones.map(({ SubnetId }) => SubnetId) },
    attributes: { DNSName: 'DNSName' },
    same: { Type: 'Type', Scheme: 'Scheme', SecurityGroups: 'SecurityGroups', Subnets: 'subnets' },
  },
  'AWS::ElasticLoadBalancingV2::Listener': {
    calls: ({ id }) => [['elbv2', 'describe_listeners', { ListenerArns: [id] }]],
    read: ([{ Listeners }]) => Listeners[0],
    same: { Port: 'Port', Protocol: 'Protocol', LoadBalancerArn: 'LoadBalancerArn', 'DefaultActions.0.Type': 'DefaultActions.0.Type', 'DefaultActions.0.TargetGroupArn': 'DefaultActions.0.TargetGroupArn' },
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': {
    calls: ({ id }) => [['elbv2', 'describe_target_groups', { TargetGroupArns: [id] }]],
    read: ([{ TargetGroups }]) => TargetGroups[0],
    same: { Port: 'Port', Protocol: 'Protocol', TargetType: 'TargetType', VpcId: 'VpcId', HealthCheckPath: 'HealthCheckPath', HealthCheckIntervalSeconds: 'HealthCheckIntervalSeconds' },
  },
  'AWS::Lambda::Function': {
    calls: ({ id }) => [['lambda', 'get_function_configuration', { FunctionName: id }]],
    read: ([answer]) => answer,
    attributes: { Arn: 'FunctionArn' },
    same: {
      Description: 'Description',
      'Environment.Variables': 'Environment.Variables',
      Handler: 'Handler',
      MemorySize: 'MemorySize',
      Role: 'Role',
      Runtime: 'Runtime',
      Timeout: 'Timeout',
      'VpcConfig.SecurityGroupIds': 'VpcConfig.SecurityGroupIds',
      'VpcConfig.SubnetIds': 'VpcConfig.SubnetIds',
    },
  },
  'AWS::Lambda::Permission': {
    later: true,
    calls: (resource) => [['lambda', 'get_policy', { FunctionName: resource.value('FunctionName') }]],
    read: ([{ Policy }], resource) =>
      JSON.parse(Policy)
        .Statement.map(({ Action, Principal, Condition }) => ({ Action, Principal: Principal.Service, SourceArn: Condition?.ArnLike?.['AWS:SourceArn'] }))
        .find(({ SourceArn }) => SourceArn === resource.value('SourceArn')),
    same: { Action: 'Action', Principal: 'Principal', SourceArn: 'SourceArn' },
  },
  'AWS::Events::Rule': {
    calls: ({ id }) => [
      ['events', 'describe_rule', { Name: id }],
      ['events', 'list_targets_by_rule', { Rule: id }],
    ],
    read: ([{ EventPattern, ...rule }, targets]) => ({ ...rule, ...targets, EventPattern: JSON.parse(EventPattern) }),
    attributes: { Arn: 'Arn' },
    same: { EventPattern: 'EventPattern', State: 'State', Targets: 'Targets' },
  },
};
