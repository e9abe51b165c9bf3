import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { inScript } from '../support/module';

const ROLE = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Statement: [] } } };
const GROUP = { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 30 } };
const ALARM = { Type: 'AWS::CloudWatch::Alarm', Properties: {} };
const PLACE = { account: '123456789012', region: 'us-east-1' };

describe('what the emulator can make of a template', () => {
  test('resources by whether their type is supported', () => {
    expect(inScript('emulator/template.mjs', 'script.divide(...argv)', { Resources: { Role: ROLE, Alarm: ALARM, Bare: { Type: 'AWS::ECS::Cluster' } } }, ['AWS::IAM::Role', 'AWS::ECS::Cluster'])).toEqual({
      created: [
        { logicalId: 'Role', type: 'AWS::IAM::Role', properties: ROLE.Properties },
        { logicalId: 'Bare', type: 'AWS::ECS::Cluster', properties: {} },
      ],
      leftOut: [{ logicalId: 'Alarm', type: 'AWS::CloudWatch::Alarm', properties: {} }],
    });
  });

  test('attributes of what it leaves out are replaced, and nothing else', () => {
    const template = {
      Resources: { Alarm: ALARM, Role: ROLE },
      a: { 'Fn::GetAtt': ['Alarm', 'Arn'] },
      b: [{ 'Fn::GetAtt': 'Alarm.State' }, { 'Fn::GetAtt': ['Role', 'Arn'] }, { Ref: 'Alarm' }, null, 1],
    };
    const leftOut = [{ logicalId: 'Alarm', type: 'AWS::CloudWatch::Alarm' }];
    expect(inScript('emulator/template.mjs', 'script.withoutAttributesOf(...argv)', template, leftOut, PLACE)).toEqual({
      template: {
        Resources: { Alarm: ALARM, Role: ROLE },
        a: 'arn:aws:cloudwatch:us-east-1:123456789012:not-emulated:Alarm.Arn',
        b: ['not-emulated:Alarm.State', { 'Fn::GetAtt': ['Role', 'Arn'] }, { Ref: 'Alarm' }, null, 1],
      },
      replaced: ['Alarm.Arn', 'Alarm.State'],
    });
  });

  test('files of the asset manifest, with account and region', () => {
    const manifest = {
      files: { f: { destinations: { here: { bucketName: 'assets-${AWS::AccountId}-${AWS::Region}', objectKey: 'f.zip' } } } },
    };
    expect(inScript('emulator/template.mjs', '[script.filesOf(...argv), script.filesOf({}, argv[1])]', manifest, PLACE)).toEqual([
      [{ bucket: 'assets-123456789012-us-east-1', key: 'f.zip' }],
      [],
    ]);
  });
});

describe('what CloudFormation has to list', () => {
  const parts = { created: [{ logicalId: 'Role', type: 'AWS::IAM::Role' }], leftOut: [{ logicalId: 'Alarm', type: 'AWS::CloudWatch::Alarm' }] };
  const role = { LogicalResourceId: 'Role', PhysicalResourceId: 'role-1', ResourceType: 'AWS::IAM::Role', ResourceStatus: 'CREATE_COMPLETE' };
  const nameless = { LogicalResourceId: '', PhysicalResourceId: '', ResourceType: '', ResourceStatus: 'CREATE_COMPLETE' };

  test.each([
    ['what is supported, and the others without a name', [role, nameless], []],
    ['nothing', [nameless], ['Role is to be a AWS::IAM::Role with CREATE_COMPLETE, listed is nothing with no status']],
    ['another type', [{ ...role, ResourceType: 'AWS::IAM::User' }], ['Role is to be a AWS::IAM::Role with CREATE_COMPLETE, listed is AWS::IAM::User with CREATE_COMPLETE']],
    ['a failure', [{ ...role, ResourceStatus: 'CREATE_FAILED' }], ['Role is to be a AWS::IAM::Role with CREATE_COMPLETE, listed is AWS::IAM::Role with CREATE_FAILED']],
    ['what is not supported', [role, { ...role, LogicalResourceId: 'Alarm' }], ['Alarm was created, though the emulator is said not to support AWS::CloudWatch::Alarm']],
    ['a stranger', [role, { ...role, LogicalResourceId: 'Stranger' }], ['Stranger is listed, and not in the template']],
  ])('%s', (_name, summaries, problems) => {
    expect(inScript('emulator/compare.mjs', 'script.listed(...argv)', parts, summaries)).toEqual(problems);
  });
});

describe('a resource as its service describes it', () => {
  const RESOURCES = [
    { logicalId: 'Logs', type: 'AWS::Logs::LogGroup', properties: GROUP.Properties },
    { logicalId: 'Table', type: 'AWS::EC2::RouteTable', properties: {} },
    { logicalId: 'Association', type: 'AWS::EC2::SubnetRouteTableAssociation', properties: { RouteTableId: { Ref: 'Table' }, SubnetId: { Ref: 'Subnet' } } },
    { logicalId: 'Subnet', type: 'AWS::EC2::Subnet', properties: { CidrBlock: '10.0.0.0/24', VpcId: 'vpc-1' } },
    { logicalId: 'Cluster', type: 'AWS::ECS::Cluster', properties: {} },
    { logicalId: 'Rule', type: 'AWS::Events::Rule', properties: { State: 'ENABLED', Targets: [{ Arn: 'arn:fn', Id: 'Target0' }] } },
    { logicalId: 'Service', type: 'AWS::ECS::Service', properties: { Cluster: { Ref: 'Cluster' }, DesiredCount: 2, LaunchType: 'FARGATE', TaskDefinition: 'web' } },
  ];
  const SUMMARIES = RESOURCES.map(({ logicalId }) => ({ LogicalResourceId: logicalId, PhysicalResourceId: `${logicalId.toLowerCase()}-1` }));
  const KNOWN = 'script.knownOf({ created: argv[0], leftOut: [{ logicalId: "Alarm" }] }, argv[1], { "AWS::Region": "us-east-1" })';

  /** Problem, or what a comparison says, of one resource for an outcome of its call. */
  const look = (logicalId: string, outcome: object) =>
    inScript(
      'emulator/compare.mjs',
      `(() => { const known = ${KNOWN}; const resource = argv[0].find(({ logicalId }) => logicalId === argv[2]); const { description, ...rest } = script.describe(resource, known, [argv[3]].flat());
        known.descriptions.set(resource.logicalId, description); return { calls: script.callsFor(resource, known), ...rest, ...(description && script.compare(resource, known)) }; })()`,
      RESOURCES,
      SUMMARIES,
      logicalId,
      outcome,
    );
  const logs = (retentionInDays: number, logGroupName = 'logs-1') => ({ answer: { logGroups: [{ logGroupName, retentionInDays }] } });
  const service = (launchType: string, taskDefinition = 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:3') => ({ answer: { services: [{ desiredCount: 2, taskDefinition, launchType }] } });
  const table = (SubnetId: string) => ({ answer: { RouteTables: [{ Associations: [{ SubnetId, RouteTableId: 'table-1' }] }] } });

  const rule = (Id: string) => [{ answer: { EventPattern: '{}', State: 'ENABLED' } }, { answer: { Targets: [{ Arn: 'arn:fn', Id }] } }];
  const RULE_CALLS = [
    ['events', 'describe_rule', { Name: 'rule-1' }],
    ['events', 'list_targets_by_rule', { Rule: 'rule-1' }],
  ];

  const LOGS_CALL = [['logs', 'describe_log_groups', { logGroupNamePrefix: 'logs-1' }]];
  const SERVICE_CALL = [['ecs', 'describe_services', { cluster: 'cluster-1', services: ['service-1'] }]];
  const TABLE_CALL = [['ec2', 'describe_route_tables', { RouteTableIds: ['table-1'] }]];
  test.each([
    ['as the template says', 'Logs', logs(30), { calls: LOGS_CALL, problems: [], compared: ['RetentionInDays'], notHandedOn: [] }],
    ['another value', 'Logs', logs(7), { calls: LOGS_CALL, problems: ['Logs: RetentionInDays is to be "30", its service says "7"'], compared: ['RetentionInDays'], notHandedOn: [] }],
    ['an error', 'Logs', { error: 'no such group' }, { calls: LOGS_CALL, problem: 'Logs: no such group' }],
    ['nothing of that name', 'Logs', logs(30, 'logs-12'), { calls: LOGS_CALL, problem: 'Logs: its service knows nothing of it' }],
    ['a property that is known not to be handed on', 'Service', service('EC2'), { calls: SERVICE_CALL, problems: [], compared: ['DesiredCount', 'TaskDefinition'], notHandedOn: ['LaunchType'] }],
    [
      'a property that is handed on by now',
      'Service',
      service('FARGATE', 'arn:aws:ecs:us-east-1:123456789012:task-definition/other:1'),
      {
        calls: SERVICE_CALL,
        problems: ['Service: TaskDefinition is to be "web", its service says "other"', 'Service: the emulator hands LaunchType on by now; compare it (scripts/emulator/look-ups.mjs)'],
        compared: ['DesiredCount', 'TaskDefinition'],
        notHandedOn: ['LaunchType'],
      },
    ],
    ['a service that is not there', 'Service', { answer: { services: [] } }, { calls: SERVICE_CALL, problem: 'Service: its service knows nothing of it' }],
    ['several answers', 'Rule', rule('Target0'), { calls: RULE_CALLS, problems: [], compared: ['State', 'Targets'], notHandedOn: [] }],
    [
      'another value in the second answer',
      'Rule',
      rule('Target1'),
      { calls: RULE_CALLS, problems: ['Rule: Targets is to be [{"Arn":"arn:fn","Id":"Target0"}], its service says [{"Arn":"arn:fn","Id":"Target1"}]'], compared: ['State', 'Targets'], notHandedOn: [] },
    ],
    ['an error in the second answer', 'Rule', [rule('Target0')[0], { error: 'no targets' }], { calls: RULE_CALLS, problem: 'Rule: no targets' }],
    ['what is known not to be shown', 'Association', table('subnet-2'), { calls: TABLE_CALL, notShown: true }],
    ['what is shown by now', 'Association', table('subnet-1'), { calls: TABLE_CALL, problem: 'Association: the emulator shows it by now; compare it (scripts/emulator/look-ups.mjs)' }],
    ['an error of what is not shown', 'Association', { error: 'no such table' }, { calls: TABLE_CALL, problem: 'Association: no such table' }],
  ])('%s', (_name, logicalId, outcome, seen) => {
    expect(look(logicalId, outcome)).toEqual(seen);
  });

  test('a type has a look-up or none, and its turn', () => {
    const types = ['AWS::SQS::Queue', 'AWS::Lambda::Permission', 'AWS::Lambda::Function'];
    expect(inScript('emulator/compare.mjs', 'argv.map((type) => script.canLookUp(type) && (script.isLater(type) ? "later" : "first"))', ...types)).toEqual([false, 'later', 'first']);
  });

  test.each([
    [{ Ref: 'Logs' }, 'logs-1'],
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ 'Fn::Sub': 'x-${AWS::Region}-${Logs}' }, 'x-us-east-1-logs-1'],
    [{ 'Fn::Join': ['/', ['a', { Ref: 'Table' }]] }, 'a/table-1'],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['-', { Ref: 'Logs' }] }] }, '1'],
    [{ kept: 1, gone: { Ref: 'Alarm' } }, { kept: 1 }],
    [{ Ref: 'Nobody' }, 'cannot resolve a reference to Nobody'],
    [{ 'Fn::GetAtt': ['Logs', 'Arn'] }, 'cannot resolve attribute Arn of Logs'],
    [{ 'Fn::ImportValue': 'x' }, 'cannot resolve {"Fn::ImportValue":"x"}'],
  ])('%j comes to %j', (value, resolved) => {
    expect(inScript('emulator/compare.mjs', `(() => { try { return script.resolve(argv[2], ${KNOWN}); } catch (error) { return error.message; } })()`, RESOURCES, SUMMARIES, value)).toEqual(resolved);
  });

  test('attributes come from what services say', () => {
    const expression = `(() => { const known = ${KNOWN}; known.descriptions.set('Logs', { logGroupArn: 'arn:logs' }); return script.resolve({ 'Fn::GetAtt': ['Logs', 'Arn'] }, known); })()`;
    expect(inScript('emulator/compare.mjs', expression, RESOURCES, SUMMARIES)).toBe('arn:logs');
  });
});

describe('the emulator', () => {
  let empty: string;
  beforeAll(() => {
    empty = mkdtempSync(join(tmpdir(), 'greenlight-no-python-'));
  });
  afterAll(() => rmSync(empty, { recursive: true, force: true }));

  test('says that Python is missing, where it is', () => {
    const install = 'await script.installMoto(argv[0], { signal: new AbortController().signal, say: () => {} }).catch((error) => error.message)';
    expect(inScript('emulator/moto.mjs', `(process.env.PATH = argv[1], ${install})`, join(empty, 'venv'), empty)).toBe(
      "Python 3 is missing: moto, the AWS emulator, needs 3.10 or newer with its venv module.\n'python3' cannot be started: spawn python3 ENOENT",
    );
  });

  test('a program that fails says what it wrote', () => {
    const run = 'await script.run(process.execPath, ["--eval", argv[0]], {}).catch((error) => error.message)';
    expect(inScript<string>('emulator/processes.mjs', run, 'console.error("why"); process.exit(3)')).toMatch(/ended with 3:\nwhy\n$/);
    expect(inScript<string>('emulator/processes.mjs', run, 'process.stdin.pipe(process.stdout); console.error("aside")')).toBe('');
  });

  test('a program that will not end is killed', () => {
    const stubborn = 'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)';
    const expression = `await (async () => { const { spawn } = await import('node:child_process'); const child = spawn(process.execPath, ['--eval', argv[0]]); await new Promise((up) => child.stdout.once('data', up));
      await script.end(child); await script.end(child); return child.signalCode; })()`;
    expect(inScript('emulator/processes.mjs', expression, stubborn)).toBe('SIGKILL');
  });
});
