import { join } from 'node:path';

import { Assembly } from '../../../rehearsal/assembly/assembly';
import { readAssembly } from '../../../rehearsal/assembly/read-assembly';
import type { Stack, TemplateResource } from '../../../rehearsal/assembly/stack';

const FIXTURES = join(__dirname, 'fixtures');

function webStack(): { assembly: Assembly; stack: Stack } {
  const assembly = readAssembly(join(FIXTURES, 'web'));
  const stack = assembly.stacks.find(({ id }) => id === 'EcsWeb');
  if (stack === undefined) {
    throw new Error('fixture without stack EcsWeb');
  }
  return { assembly, stack };
}

/** An assembly of one stack with these resources. */
function stackOf(resources: Readonly<Record<string, { type: string; properties?: object }>>): { assembly: Assembly; stack: Stack } {
  const entries = Object.entries(resources).map(([id, { type, properties = {} }]): [string, TemplateResource] => [id, { type, properties: { ...properties }, metadata: {} }]);
  const stack: Stack = {
    id: 'S',
    path: 'S',
    stackName: 'S',
    account: '222222222222',
    region: 'eu-west-1',
    templateFile: '/S.template.json',
    template: { parameters: {}, mappings: {}, conditions: {}, resources: Object.fromEntries(entries), outputs: {} },
    assets: [],
    parameters: {},
  };
  return { assembly: new Assembly('/', [stack]), stack };
}

describe('stages that are deployed to several accounts and regions', () => {
  const stack = (account: string, region: string): Stack => ({
    id: `${account}-${region}`,
    path: `${account}/${region}`,
    stackName: 'shop',
    account,
    region,
    templateFile: `/${account}/${region}/shop.template.json`,
    template: {
      parameters: { Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/shop/image' } },
      mappings: {},
      conditions: {},
      resources: { Image: { type: 'AWS::SSM::Parameter', properties: { Name: '/shop/image', Value: `of ${account} in ${region}` }, metadata: {} } },
      outputs: { Image: { Value: `output of ${account} in ${region}`, Export: { Name: 'image' } } },
    },
    assets: [],
    parameters: {},
  });
  const [here, there, elsewhere] = [stack('222222222222', 'eu-west-1'), stack('333333333333', 'eu-west-1'), stack('222222222222', 'us-west-2')] as const;
  // The own stack comes last, so that a search that asks for nothing but a name finds another.
  const assembly = new Assembly('/', [there, elsewhere, here]);
  const role = (account: string) => `arn:aws:iam::${account}:role/reads-outputs`;

  test.each<[string, unknown, string]>([
    ['a stored parameter', { Ref: 'Image' }, 'of 222222222222 in eu-west-1'],
    ['an export', { 'Fn::ImportValue': 'image' }, 'output of 222222222222 in eu-west-1'],
    ['an output', { 'Fn::GetStackOutput': { StackName: 'shop', OutputName: 'Image' } }, 'output of 222222222222 in eu-west-1'],
    ['an output of another region', { 'Fn::GetStackOutput': { StackName: 'shop', OutputName: 'Image', Region: 'us-west-2' } }, 'output of 222222222222 in us-west-2'],
    ['an output of another account', { 'Fn::GetStackOutput': { StackName: 'shop', OutputName: 'Image', RoleArn: role('333333333333') } }, 'output of 333333333333 in eu-west-1'],
  ])('%s is that of its own', (_, node, value) => {
    expect(assembly.value(here, node)).toBe(value);
    expect(assembly.approximated).toEqual([]);
  });

  test('an output of an account that no stage goes to is made up', () => {
    assembly.value(here, { 'Fn::GetStackOutput': { StackName: 'shop', OutputName: 'Image', RoleArn: role('444444444444') } });
    expect(assembly.approximated).toEqual(['Fn::GetStackOutput in 222222222222/eu-west-1']);
  });
});

describe('an assembly seen from one of its stacks', () => {
  const stack = (stage: string, stackName: string, region = 'eu-west-1', parent?: Stack): Stack => ({
    id: `${stage}${stackName}`,
    path: `${stage}/${stackName}`,
    stackName,
    account: '222222222222',
    region,
    templateFile: `/${stage}/${stackName}.template.json`,
    template: { parameters: {}, mappings: {}, conditions: {}, resources: {}, outputs: {} },
    assets: [],
    parameters: {},
    ...(parent === undefined ? {} : { parent: { stack: parent, logicalId: 'Nested' } }),
  });
  const test1 = stack('Test', 'web');
  const nested = stack('Test', 'web-Nested', 'eu-west-1', test1);
  const stacks = [test1, nested, stack('Test', 'tools'), stack('Test', 'network', 'us-west-2'), stack('Prod', 'web'), stack('Prod', 'network')];
  const seenFrom = (index: number) => new Assembly('/', stacks).seenFrom(stacks[index]!).stacks.map(({ path }) => path);

  test('has no stack of another stage that its own replaces, nor what is nested in it', () => {
    expect(seenFrom(4)).toEqual(['Test/tools', 'Test/network', 'Prod/web', 'Prod/network']);
  });

  test('has what is nested in its own stacks, and is the same from there', () => {
    const all = ['Test/web', 'Test/web-Nested', 'Test/tools', 'Test/network', 'Prod/network'];
    expect([seenFrom(0), seenFrom(1)]).toEqual([all, all]);
  });
});

describe('intrinsic functions', () => {
  test.each<[string, unknown, unknown]>([
    ['a parameter', { Ref: 'Stage' }, 'prod'],
    ['a list parameter', { Ref: 'Zones' }, ['one', 'two']],
    ['the region', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['the account', { Ref: 'AWS::AccountId' }, '222222222222'],
    ['the partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['the URL suffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['the stack name', { Ref: 'AWS::StackName' }, 'ecs-web'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, 3]] }, 'a-prod-3'],
    ['Fn::Sub', { 'Fn::Sub': '${Stage}/${Service.Name}/${!kept}' }, 'prod/web/${kept}'],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${Own}-${Stage}', { Own: { Ref: 'AWS::Region' } }] }, 'eu-west-1-prod'],
    ['Fn::Select', { 'Fn::Select': ['1', { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    ['Fn::Split', { 'Fn::Split': [':', 'a:b'] }, ['a', 'b']],
    ['Fn::If', { 'Fn::If': ['IsProd', 'yes', 'no'] }, 'yes'],
    ['Fn::If of a negation', { 'Fn::If': ['IsTest', 'yes', 'no'] }, 'no'],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'count'] }, 3],
    ['Fn::FindInMap with a default', { 'Fn::FindInMap': ['Sizes', 'none', 'count', { DefaultValue: 9 }] }, 9],
    ['Fn::GetAZs', { 'Fn::GetAZs': { Ref: 'AWS::Region' } }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    ['Fn::Base64', { 'Fn::Base64': 'green' }, 'Z3JlZW4='],
    ['Fn::ImportValue of another stack', { 'Fn::ImportValue': 'Base:Cluster' }, 'shop'],
    ['Fn::GetStackOutput of another stack', { 'Fn::GetStackOutput': { StackName: 'Base', OutputName: 'SubnetId' } }, 'subnet-08b24199d58710158'],
    ['Fn::ToJsonString', { 'Fn::ToJsonString': { stage: { Ref: 'Stage' } } }, '{"stage":"prod"}'],
    ['Fn::Length', { 'Fn::Length': { Ref: 'Zones' } }, 2],
    ['AWS::NoValue in a map', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
    ['AWS::NoValue in a list', ['a', { 'Fn::If': ['IsTest', 'b', { Ref: 'AWS::NoValue' }] }], ['a']],
    ['the Condition of an IAM statement', { Condition: { Bool: { x: 'true' } } }, { Condition: { Bool: { x: 'true' } } }],
  ])('%s', (_, node, value) => {
    const { assembly, stack } = webStack();
    expect(assembly.value(stack, node)).toEqual(value);
    expect(assembly.approximated).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['an unknown function', { 'Fn::Transform': {} }, 'Fn::Transform in EcsWeb'],
    ['an export that nobody has', { 'Fn::ImportValue': 'Other' }, 'export Other, which no stack of the assembly has'],
    ['a resource that is not there', { Ref: 'Gone' }, 'Ref of Gone, which is not in the template of EcsWeb'],
    ['a stored parameter', { Ref: 'BootstrapVersion' }, 'value of the stored parameter /cdk-bootstrap/hnb659fds/version'],
    ['a selection beyond the end', { 'Fn::Select': [7, ['a']] }, 'Fn::Select in EcsWeb'],
  ])('%s gets a stand-in that is listed', (_, node, note) => {
    const { assembly, stack } = webStack();
    expect(assembly.text(stack, node)).toMatch(/-[0-9a-f]{8}$/);
    expect(assembly.approximated).toEqual([note]);
  });

  test('a resource that names itself does not hang', () => {
    const { assembly, stack } = stackOf({ Role: { type: 'AWS::IAM::Role', properties: { RoleName: { Ref: 'Role' } } } });
    expect(assembly.ref(stack, 'Role')).toMatch(/^Role-[0-9a-f]{8}$/);
    expect(assembly.approximated).toEqual(['S Ref Role, which refers to itself']);
  });

  test('parameters of the manifest win over defaults, and those of a nested stack come from outside', () => {
    const assembly = readAssembly(join(FIXTURES, 'staged'));
    const [outer, inner] = assembly.stacks;
    expect(assembly.ref(outer as Stack, 'Topic')).toBe('arn:aws:sns:us-east-1:111111111111:teal-topic');
    expect(assembly.value(inner as Stack, { Ref: 'TopicArn' })).toBe('arn:aws:sns:us-east-1:111111111111:teal-topic');
    expect(assembly.value(outer as Stack, { 'Fn::GetAtt': 'Inner.Outputs.Topic' })).toBe('arn:aws:sns:us-east-1:111111111111:teal-topic');
  });

  test('Fn::Cidr cuts blocks', () => {
    const assembly = readAssembly(join(FIXTURES, 'web'));
    const [base] = assembly.stacks;
    expect(assembly.attribute(base as Stack, 'Subnet', 'CidrBlock')).toBe('10.0.1.0/24');
    expect(assembly.attribute(base as Stack, 'Subnet', 'AvailabilityZone')).toBe('eu-west-1b');
  });
});

describe('physical ids', () => {
  test.each([
    ['LoadBalancer', 'LoadBalancerFullName', /^app\/Web-Lb\/[0-9a-f]{16}$/],
    ['LoadBalancer', 'DNSName', /^internal-web-lb-\d{10}\.eu-west-1\.elb\.amazonaws\.com$/],
    ['Blue', 'TargetGroupFullName', /^targetgroup\/web-blue\/[0-9a-f]{16}$/],
    ['Green', 'TargetGroupName', /^ecs-web-Green-[A-Z2-7]{12}$/],
    ['Checks', 'Arn', /^arn:aws:lambda:eu-west-1:222222222222:function:web-checks$/],
    ['ChecksRole', 'Arn', /^arn:aws:iam::222222222222:role\/checks-role$/],
    ['Verdict', 'Arn', /^arn:aws:cloudwatch:eu-west-1:222222222222:alarm:web-verdict$/],
    ['Service', 'Name', /^web$/],
  ])('%s.%s', (logicalId, name, pattern) => {
    const { assembly, stack } = webStack();
    expect(assembly.attribute(stack, logicalId, name)).toMatch(pattern);
  });

  test.each([
    ['LoadBalancer', /^arn:aws:elasticloadbalancing:eu-west-1:222222222222:loadbalancer\/app\/Web-Lb\/[0-9a-f]{16}$/],
    ['Production', /^arn:aws:elasticloadbalancing:eu-west-1:222222222222:listener\/app\/Web-Lb\/[0-9a-f]{16}\/[0-9a-f]{16}$/],
    ['TaskDefinition', /^arn:aws:ecs:eu-west-1:222222222222:task-definition\/web:1$/],
    ['Service', /^arn:aws:ecs:eu-west-1:222222222222:service\/shop\/web$/],
    ['Live', /^arn:aws:lambda:eu-west-1:222222222222:function:web-checks:live$/],
    ['Checks', /^web-checks$/],
    ['Application', /^Web-App$/],
    ['Extra', /^arn:aws:iam::222222222222:policy\/extra$/],
  ])('Ref of %s', (logicalId, pattern) => {
    const { assembly, stack } = webStack();
    expect(assembly.ref(stack, logicalId)).toMatch(pattern);
  });

  test('are the same for every reading', () => {
    const first = webStack();
    const second = webStack();
    expect(second.assembly.ref(second.stack, 'Green')).toBe(first.assembly.ref(first.stack, 'Green'));
  });

  test('load balancers have names of at most 32 characters', () => {
    const { assembly, stack } = stackOf({ AVeryLongLogicalIdOfALoadBalancer: { type: 'AWS::ElasticLoadBalancingV2::LoadBalancer' } });
    expect(assembly.attribute(stack, 'AVeryLongLogicalIdOfALoadBalancer', 'LoadBalancerName')).toBe('S-AVeryLong-YTJ7K7NZUAIY');
  });

  test('an unknown type gets stand-ins that are listed', () => {
    const { assembly, stack } = stackOf({ Thing: { type: 'Custom::Thing', properties: { Colour: 'teal' } } });
    expect(assembly.ref(stack, 'Thing')).toMatch(/^Thing-[0-9a-f]{8}$/);
    expect(assembly.attribute(stack, 'Thing', 'Arn')).toMatch(/^Thing-[0-9a-f]{8}$/);
    expect(assembly.attribute(stack, 'Thing', 'Colour')).toBe('teal');
    expect(assembly.approximated).toEqual(['Arn of S/Thing (Custom::Thing)', 'name of S/Thing (Custom::Thing)']);
  });
});

test('a value that is nested without end is left alone, and said to be', () => {
  const { assembly, stack } = stackOf({});
  let value: unknown = 'x';
  for (let level = 0; level < 5000; level += 1) {
    value = { 'Fn::Join': ['', [value]] };
  }
  expect(typeof assembly.value(stack, value)).toBe('string');
  expect(assembly.approximated).toEqual([expect.stringContaining('nested deeper than 200 levels')]);
});

test('what a service takes from its kept settings is what the code wants: nothing is deployed before a rehearsal', () => {
  const kept = (name: string) => ({ 'Fn::GetAtt': ['Settings', name] });
  const list = (name: string) => ({ 'Fn::Split': [',', kept(name)] });
  const { assembly, stack } = stackOf({
    Subnet: { type: 'AWS::EC2::Subnet' },
    Settings: { type: 'Custom::GreenlightServiceSettings', properties: { TaskDefinition: 'web', Subnets: [{ Ref: 'Subnet' }, 'subnet-2'], SecurityGroups: ['sg-1'], AssignPublicIp: 'DISABLED', PlatformVersion: '1.4.0', ContainerName: 'app', ContainerPort: 8080 } },
    Service: {
      type: 'AWS::ECS::Service',
      properties: {
        TaskDefinition: { 'Fn::Select': [0, list('TaskDefinition')] },
        NetworkConfiguration: { AwsvpcConfiguration: { Subnets: list('Subnets'), SecurityGroups: list('SecurityGroups'), AssignPublicIp: kept('AssignPublicIp') } },
        PlatformVersion: kept('PlatformVersion'),
        LoadBalancers: [{ ContainerName: kept('ContainerName'), ContainerPort: kept('ContainerPort') }],
      },
    },
  });
  expect(assembly.properties(assembly.resources('AWS::ECS::Service')[0])).toEqual({
    TaskDefinition: 'web',
    NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [assembly.ref(stack, 'Subnet'), 'subnet-2'], SecurityGroups: ['sg-1'], AssignPublicIp: 'DISABLED' } },
    PlatformVersion: '1.4.0',
    LoadBalancers: [{ ContainerName: 'app', ContainerPort: 8080 }],
  });
});

test('a live listener guard answers its first target group: that of a listener which is new', () => {
  const { assembly, stack } = stackOf({
    Blue: { type: 'AWS::ElasticLoadBalancingV2::TargetGroup', properties: { Name: 'blue' } },
    Green: { type: 'AWS::ElasticLoadBalancingV2::TargetGroup', properties: { Name: 'green' } },
    Guard: { type: 'Custom::GreenlightLiveListener', properties: { TargetGroupArns: [{ Ref: 'Green' }, { Ref: 'Blue' }] } },
  });
  expect(assembly.attribute(stack, 'Guard', 'TargetGroupArn')).toBe(assembly.ref(stack, 'Green'));
  expect(assembly.approximated).toEqual([]);
});
