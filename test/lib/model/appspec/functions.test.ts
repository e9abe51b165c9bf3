/** Both sides of every limit in the AppSpecs of ECS and Lambda; one file for each rule is in test/appspec/corpus. */
import { lintAppSpec, platformOf } from '../../../../lib/model/appspec/lint';
import type { Part } from '../../../../lib/model/appspec/part';
import { shown, valueOf } from '../../../../lib/model/appspec/part';
import { readAppSpecText } from '../../../../rehearsal/documents/appspec/read-appspec';
import { messagesOf, rulesBroken } from './findings-of';

const ARN = 'arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7';

interface Ecs {
  readonly task?: string;
  readonly port?: string;
  readonly more?: string;
  readonly hooks?: string;
}

const ecsText = ({ task = ARN, port = '80', more = '', hooks = '' }: Ecs) =>
  `version: 0.0\nResources:\n  - TargetService:\n      Type: AWS::ECS::Service\n      Properties:\n        TaskDefinition: ${task}\n        LoadBalancerInfo: { ContainerName: web, ContainerPort: ${port} }\n${more}${hooks}`;
const ecs = (parts: Ecs) => rulesBroken(ecsText(parts), 'ecs');

test.each([
  [ARN, []],
  ['arn:aws-us-gov:ecs:us-gov-west-1:111122223333:task-definition/web', []],
  ['<TASK_DEFINITION>', []],
  ['web', ['task-definition-arn:6']],
  ['arn:aws:ecs:eu-west-1:111122223333:service/web', ['task-definition-arn:6']],
  ['<task>', ['task-definition-arn:6']],
  ['', ['task-definition-missing:6']],
  ['" "', ['task-definition-missing:6']],
  ['[web]', ['wrong-type:6']],
])('the task definition %s breaks %j', (task, found) => {
  expect(ecs({ task })).toEqual(found);
});

test.each([
  ['1', []],
  ['65535', []],
  ['65536', ['container-port-range:7']],
  ['-1', ['container-port-range:7']],
  ['80.5', ['container-port-range:7']],
  ['true', ['container-port-range:7']],
  ['[80]', ['container-port-range:7']],
  ['0', ['container-port-zero:7']],
  ['"80"', ['container-port-text:7']],
  ['"0"', ['container-port-text:7', 'container-port-zero:7']],
  ['', ['container-port-missing:7']],
])('the port %s breaks %j', (port, found) => {
  expect(ecs({ port })).toEqual(found);
});

test.each([
  ['LATEST', []],
  ['1.4.0', []],
  ['latest', ['platform-version:8']],
  ['1.4', ['platform-version:8']],
  ['1.4.0.0', ['platform-version:8']],
  ['', []],
])('the platform version %s breaks %j', (version, found) => {
  expect(ecs({ more: `        PlatformVersion: ${version}\n` })).toEqual(found);
});

const ids = (prefix: string, count: number) => `[${Array.from({ length: count }, (_, index) => `${prefix}-${index}`).join(', ')}]`;
const network = (subnets: string, groups: string, publicIp = 'DISABLED') =>
  ecs({ more: `        NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ${subnets}, SecurityGroups: ${groups}, AssignPublicIp: ${publicIp} } }\n` });

test.each([
  [ids('subnet', 1), ids('sg', 1), 'ENABLED', []],
  [ids('subnet', 16), ids('sg', 5), 'DISABLED', []],
  [ids('subnet', 17), ids('sg', 6), 'DISABLED', ['network-list-size:8', 'network-list-size:8']],
  ['[]', ids('sg', 1), 'DISABLED', ['network-list-size:8']],
  [ids('sg', 1), ids('sg', 1), 'DISABLED', ['network-entry:8']],
  [ids('subnet', 1), '[{}]', 'DISABLED', ['network-entry:8']],
  [ids('subnet', 1), ids('sg', 1), 'enabled', ['assign-public-ip:8']],
  ['', ids('sg', 1), 'DISABLED', ['network-incomplete:8']],
  ['subnet-1', ids('sg', 1), 'DISABLED', ['wrong-type:8']],
])('the network %s, %s, %s breaks %j', (subnets, groups, publicIp, found) => {
  expect(network(subnets, groups, publicIp)).toEqual(found);
});

const capacity = (...entries: string[]) => ecs({ more: `        CapacityProviderStrategy: [${entries.map((entry) => `{ ${entry} }`).join(', ')}]\n` });
const FARGATE = 'CapacityProvider: FARGATE';
const SPOT = 'CapacityProvider: FARGATE_SPOT';

test.each([
  [[`${FARGATE}, Base: 0, Weight: 1000`], []],
  [[`${FARGATE}, Base: 100000, Weight: 1`], []],
  [[`${FARGATE}, Base: -1, Weight: 1`], ['capacity-base-range:8']],
  [[`${FARGATE}, Base: 100001, Weight: 1`], ['capacity-base-range:8']],
  [[`${FARGATE}, Weight: 1001`], ['capacity-weight-range:8']],
  [[`${FARGATE}, Weight: 0`], ['capacity-weight-zero:8']],
  // What the weight of a single one is where it is left out is not documented.
  [[FARGATE], []],
  [[FARGATE, SPOT], ['capacity-weight-zero:8']],
  [[FARGATE, `${SPOT}, Weight: 1`], []],
  [[`${FARGATE}, Base: 1, Weight: 1`, `${SPOT}, Base: 0, Weight: 1`], []],
  [[`${FARGATE}, Base: 1, Weight: 1`, `${SPOT}, Base: 1, Weight: 1`], ['capacity-base-twice:8']],
  [['CapacityProvider: a, Weight: 1', 'CapacityProvider: b, Weight: 1'], []],
  [['CapacityProvider: a, Weight: 1', `${SPOT}, Weight: 1`], ['capacity-mixed:8']],
  [['Weight: 1'], ['capacity-provider-missing:8']],
  [Array.from({ length: 20 }, (_, index) => `CapacityProvider: p${index}, Weight: 1`), []],
  [Array.from({ length: 21 }, (_, index) => `CapacityProvider: p${index}, Weight: 1`), ['capacity-count:8']],
])('the capacity providers %j break %j', (entries, found) => {
  expect(capacity(...entries)).toEqual(found);
});

const NAME_OF_64 = 'f'.repeat(64);

test.each([
  ['check', []],
  ['check:live', []],
  ['check:$LATEST', []],
  ['111122223333:function:check', []],
  ['arn:aws:lambda:eu-west-1:111122223333:function:check', []],
  ['arn:aws-cn:lambda:cn-north-1:111122223333:function:check:7', []],
  [NAME_OF_64, []],
  [`${NAME_OF_64}f`, ['function-hook-invalid:9']],
  ['arn:aws:sns:eu-west-1:111122223333:check', ['function-hook-invalid:9']],
  ['check.sh', ['function-hook-invalid:9']],
  ['"check "', ['function-hook-invalid:9']],
  ['7', ['function-hook-invalid:9']],
  ['{}', ['function-hook-invalid:9']],
  ['""', ['function-hook-empty:9']],
  ['" "', ['function-hook-empty:9']],
  ['~', ['function-hook-empty:9']],
])('the hook %s breaks %j', (fn, found) => {
  expect(ecs({ hooks: `Hooks:\n  - AfterInstall: ${fn}\n` })).toEqual(found);
});

test.each([
  ['Hooks:\n', []],
  ['Hooks: []\n', []],
  ['hooks: [{ beforeinstall: a }, { BEFOREINSTALL: b }]\n', ['function-hook-twice:8']],
  ['Hooks: [{}]\n', ['function-hook-keys:8']],
  ['Hooks: [{ Install: a }]\n', ['function-hook-reserved:8']],
  ['Hooks: [{ BeforeInstall: a, Install: b }]\n', ['function-hook-keys:8', 'function-hook-reserved:8']],
  ['Hooks: check\n', ['function-hooks-not-list:8']],
])('%j breaks %j', (hooks, found) => {
  expect(ecs({ hooks })).toEqual(found);
});

const lambda = (properties: string) => rulesBroken(`version: 0.0\nResources: [{ f: { Type: AWS::Lambda::Function, Properties: { ${properties} } } }]\n`, 'lambda');

test.each([
  ['Name: f, Alias: live, CurrentVersion: 1, TargetVersion: 2', []],
  ['name: f, alias: LIVE, currentversion: "1", targetVersion: "2"', []],
  [`Name: ${NAME_OF_64}, Alias: ${'a'.repeat(128)}, CurrentVersion: 10, TargetVersion: 2`, []],
  [`Name: f, Alias: ${'a'.repeat(129)}, CurrentVersion: 1, TargetVersion: 2`, ['alias-invalid:2']],
  ['Name: "111122223333:function:f", Alias: live, CurrentVersion: 1, TargetVersion: 2', ['function-name-invalid:2']],
  ['Name: f, Alias: 1a, CurrentVersion: 1, TargetVersion: 2', []],
  ['Name: f, Alias: 12, CurrentVersion: 1, TargetVersion: 2', ['alias-invalid:2']],
  ['Name: f, Alias: live, CurrentVersion: 01, TargetVersion: 2', ['function-version-invalid:2']],
  ['Name: f, Alias: live, CurrentVersion: 1.0, TargetVersion: 2', ['function-version-invalid:2']],
  ['Name: f, Alias: live, CurrentVersion: -1, TargetVersion: 2', ['function-version-invalid:2']],
  ['Name: f, Alias: live, CurrentVersion: 2, TargetVersion: "2"', ['function-version-same:2']],
  ['', ['function-name-missing:2', 'alias-missing:2', 'current-version-missing:2', 'target-version-missing:2']],
])('the function { %s } breaks %j', (properties, found) => {
  expect(lambda(properties)).toEqual(found);
});

test.each([
  ['0.0', [], []],
  ['"0.0"', [], ['version-text:1']],
  ['0', ['version-unsupported:1'], ['version-unsupported:1']],
  ['0.00', ['version-unsupported:1'], ['version-unsupported:1']],
  ['0.1', ['version-unsupported:1'], ['version-unsupported:1']],
  ['"0"', ['version-unsupported:1'], ['version-unsupported:1']],
  ['[0.0]', ['version-unsupported:1'], ['version-unsupported:1']],
  ['', ['version-missing:1'], ['version-missing:1']],
])('version %s breaks %j on Lambda, %j on servers', (version, ofLambda, ofServer) => {
  const resources = 'Resources: [{ f: { Type: AWS::Lambda::Function, Properties: { Name: f, Alias: a, CurrentVersion: 1, TargetVersion: 2 } } }]\n';
  expect(rulesBroken(`version: ${version}\n${resources}`, 'lambda')).toEqual(ofLambda);
  expect(rulesBroken(`version: ${version}\nos: linux\n`, 'server')).toEqual(ofServer);
});

test.each([
  ['os: linux', 'server'],
  ['Files: []', 'server'],
  ['permissions: []', 'server'],
  ['file_exists_behavior: RETAIN', 'server'],
  ['hooks: {}', 'server'],
  ['resources: [{ x: { type: "AWS::Lambda::Function" } }]', 'lambda'],
  ['Resources: { x: { Type: "AWS::ECS::Service" } }', 'ecs'],
  ['Resources: [{ targetservice: { } }]', 'ecs'],
  ['Resources: [{ TargetService: { Type: AWS::Lambda::Function } }]', 'lambda'],
  ['{ os: linux, Resources: [{ x: { Type: AWS::ECS::Service } }] }', 'ecs'],
  ['Resources: []', undefined],
  ['Resources: web', undefined],
  ['Resources: [{}]', undefined],
  ['Resources: [{ x: { Type: [AWS::ECS::Service] } }]', undefined],
  ['hooks: []', undefined],
  ['version: 0.0', undefined],
])('%s is for %s', (text, platform) => {
  const reading = readAppSpecText(text, 'yaml');
  expect('root' in reading ? platformOf(reading.root) : 'unread').toBe(platform);
});

test('values are shown on one line, and long ones not whole', () => {
  expect(messagesOf(ecsText({ task: `"a\\n${'b'.repeat(100)}"` }), 'ecs')[0]?.[2]).toContain(`got "a\\n${'b'.repeat(58)}…"; nothing`);
  expect(messagesOf('version: 0.0\nResources: ~\n"a\\nb": 1\n', 'ecs').map(([, , message]) => message)).toEqual([
    "'Resources' must not be empty; add the resource, of type AWS::ECS::Service",
    '"a\\nb" has no meaning in the document; remove it; what may stand here is version, Resources, Hooks',
  ]);
});

const late: Part = { kind: 'late', line: 0 };
const text = (value: string): Part => ({ kind: 'scalar', line: 0, value });
const map = (members: Record<string, Part>): Part => ({ kind: 'map', line: 0, entries: Object.entries(members).map(([key, part]) => ({ key, line: 0, part })) });

test('what is known at deploy time only breaks no rule about values, wherever it stands', () => {
  const lambdaOf = (properties: Part, hooks: Part = late) =>
    map({ version: late, Resources: { kind: 'list', line: 0, items: [map({ f: map({ Type: text('AWS::Lambda::Function'), Properties: properties }) })] }, Hooks: hooks });
  expect(lintAppSpec(lambdaOf(map({ Name: late, Alias: late, CurrentVersion: late, TargetVersion: late }))).findings).toEqual([]);
  expect(lintAppSpec(lambdaOf(late, { kind: 'list', line: 0, items: [late, map({ BeforeAllowTraffic: late })] })).findings).toEqual([]);
  expect(lintAppSpec(map({ version: late, Resources: late }), 'ecs').findings).toEqual([]);
  expect(lintAppSpec(map({ version: late, os: late, files: late, permissions: late, hooks: late, file_exists_behavior: late }), 'server').findings).toEqual([]);
  // That something is missing is known.
  expect(lintAppSpec(lambdaOf(map({ Name: late, Alias: late, CurrentVersion: late }))).findings.map(({ rule, line }) => [rule, line])).toEqual([['target-version-missing', 0]]);
});

test('parts in words', () => {
  expect([late, map({}), { kind: 'list', line: 1, items: [] } as Part, text('a'), { kind: 'scalar', line: 1, value: 0, plain: '0.0' } as Part, undefined].map(shown)).toEqual([
    'a deploy-time value',
    'a map',
    'an empty list',
    '"a"',
    '0.0',
    'nothing',
  ]);
  expect(() => valueOf(late)).toThrow('a deploy-time value has no value yet');
});
