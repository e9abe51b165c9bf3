import { readAppSpec } from '../../../rehearsal/endpoints/appspec-document';

const service = (properties: object = {}, type = 'AWS::ECS::Service') => ({
  TargetService: {
    Type: type,
    Properties: { TaskDefinition: 'web:2', LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 }, ...properties },
  },
});
const spec = (more: object = {}, resource: object = service()): string => JSON.stringify({ version: 0.0, Resources: [resource], ...more });

const SMALLEST = {
  version: '0.0',
  Resources: [
    {
      TargetService: {
        Type: 'AWS::ECS::Service',
        Properties: { TaskDefinition: 'web:2', LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 } },
      },
    },
  ],
};

test('AS-1: JSON and YAML, whatever the case of the keys, whatever the name of the resource', () => {
  const yaml = `
version: 0.0
resources:
  - webservice:
      type: AWS::ECS::Service
      properties:
        TASKDEFINITION: web:2
        loadBalancerInfo:
          containername: web
          containerPort: "8080"
`;
  expect(readAppSpec(spec())).toEqual(SMALLEST);
  expect(readAppSpec(yaml)).toEqual(SMALLEST);
});

test('AS-2: hooks as a list of maps, or several in one map; names and ARNs', () => {
  const hooks = [{ BeforeInstall: 'a', afterinstall: 'arn:aws:lambda:eu-central-1:111122223333:function:b' }, { AfterAllowTraffic: 'c' }];
  expect(readAppSpec(spec({ Hooks: hooks })).Hooks).toEqual([
    { BeforeInstall: 'a' },
    { AfterInstall: 'arn:aws:lambda:eu-central-1:111122223333:function:b' },
    { AfterAllowTraffic: 'c' },
  ]);
});

test('AS-3: platform version, network and capacity providers', () => {
  const properties = {
    PlatformVersion: 'LATEST',
    NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['s-1'], SecurityGroups: ['sg-1'], AssignPublicIp: 'DISABLED' } },
    CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Base: 1, Weight: 4 }],
  };
  expect(readAppSpec(spec({}, service(properties))).Resources[0].TargetService.Properties).toMatchObject(properties);
});

describe('AS-4: fails when', () => {
  test.each([
    ['it is a text', '"hello"', 'the AppSpec must be a map'],
    ['it is empty', '', 'the AppSpec is missing'],
    ['it is neither JSON nor YAML', '{"a": [', 'it is neither JSON nor YAML:'],
    ['a key comes twice', 'version: 0.0\nversion: 0.0', 'Map keys must be unique'],
    ['there is no resource', JSON.stringify({ Resources: [] }), 'Resources must hold exactly one resource, got 0'],
    ['there are two resources', JSON.stringify({ Resources: [service(), service()] }), 'Resources must hold exactly one resource, got 2'],
    ['there are no resources at all', JSON.stringify({ version: 0.0 }), 'Resources is missing'],
    [
      'the type is another',
      spec({}, service({}, 'AWS::Lambda::Function')),
      "Type must be 'AWS::ECS::Service', got 'AWS::Lambda::Function'",
    ],
    ['the task definition is missing', spec({}, service({ TaskDefinition: undefined })), 'TaskDefinition must not be empty'],
    ['the load balancer is missing', spec({}, service({ LoadBalancerInfo: undefined })), 'LoadBalancerInfo is missing'],
    ['the container has no name', spec({}, service({ LoadBalancerInfo: { ContainerPort: 80 } })), 'ContainerName must not be empty'],
    [
      'the port is no port',
      spec({}, service({ LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 70000 } })),
      'ContainerPort must be a whole number from 0 to 65535, got 70000',
    ],
    [
      'a hook is unknown',
      spec({ Hooks: [{ AfterTraffic: 'a' }] }),
      "'AfterTraffic' is not a hook of an ECS deployment; use one of BeforeInstall, AfterInstall",
    ],
    ['an event without hooks is named', spec({ Hooks: [{ Install: 'a' }] }), "'Install' is not a hook of an ECS deployment"],
    ['a hook is empty', spec({ Hooks: [{ BeforeInstall: '' }] }), 'the hook BeforeInstall must not be empty'],
    ['a hook comes twice', spec({ Hooks: [{ BeforeInstall: 'a' }, { beforeInstall: 'b' }] }), 'the hook BeforeInstall appears twice'],
    ['hooks are no list', spec({ Hooks: { BeforeInstall: 'a' } }), 'Hooks must be a list'],
  ])('%s', (_what, content, message) => {
    expect(() => readAppSpec(content)).toThrow(message);
    expect(() => readAppSpec(content)).toThrow(expect.objectContaining({ code: 'InvalidRevisionException' }));
  });
});
