import { Annotations, Template } from 'aws-cdk-lib/assertions';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import * as logs from 'aws-cdk-lib/aws-logs';

import type { CodeDeployAgentProps } from '../../../lib';
import { CodeDeployAgent, CodeDeployAgentHosts, CodeDeployAgentInstallation, CodeDeployAgentSystem, CodeDeployAgentVersion } from '../../../lib';
import { findCycle } from '../../support/template-graph';
import { graphOf } from '../support/sample';

process.env.CDK_VALIDATION = 'false';

const SYSTEMS_MANAGER = CodeDeployAgentInstallation.systemsManager();
const WINDOWS = CodeDeployAgentSystem.windowsServer('2022');
const { AMAZON_LINUX_2023 } = CodeDeployAgentSystem;

function fleet(machineImage: ec2.IMachineImage = ec2.MachineImage.latestAmazonLinux2023()) {
  const stack = new Stack(new App(), 'Shop', { env: { region: 'eu-central-1', account: '123456789012' } });
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 1, natGateways: 0 });
  const common = { vpc, machineImage, instanceType: ec2.InstanceType.of(ec2.InstanceClass.T3, ec2.InstanceSize.MICRO), vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } };
  const group = new autoscaling.AutoScalingGroup(stack, 'Group', common);
  const instance = new ec2.Instance(stack, 'Instance', common);
  const hosts = [CodeDeployAgentHosts.fromAutoScalingGroup(group), CodeDeployAgentHosts.fromInstance(instance)];
  return { stack, group, instance, hosts };
}

const windowsImage = ec2.MachineImage.genericWindows({ 'eu-central-1': 'ami-12345678901234567' });

/** Steps of the document. */
function steps(props: Omit<CodeDeployAgentProps, 'hosts' | 'installation'>, image?: ec2.IMachineImage) {
  const { stack, hosts } = fleet(image);
  new CodeDeployAgent(stack, 'Agent', { hosts, installation: SYSTEMS_MANAGER, ...props });
  const [document] = Object.values(Template.fromStack(stack).findResources('AWS::SSM::Document'));
  expect(document?.Properties).toMatchObject({ DocumentType: 'Command', DocumentFormat: 'JSON', UpdateMethod: 'NewVersion', Content: { schemaVersion: '2.2' } });
  return document?.Properties.Content.mainSteps;
}

const install = (name: string, packageName: string, more = {}) => ({
  action: 'aws:configurePackage',
  name,
  inputs: { name: packageName, action: 'Install', installationType: 'Uninstall and reinstall', ...more },
});

describe('the document', () => {
  test('installs the package of agent 1, and sees that it runs', () => {
    expect(steps({ system: AMAZON_LINUX_2023 })).toEqual([
      install('installAgent', 'AWSCodeDeployAgent'),
      {
        action: 'aws:runShellScript',
        name: 'configureAgent',
        inputs: {
          timeoutSeconds: '1800',
          runCommand: [
            '(',
            'set -eu',
            'work=$(mktemp -d)',
            `trap 'status=$?; rm -rf "$work"; [ "$status" -eq 0 ] || echo "the CodeDeploy agent could not be set up, status $status" >&2' EXIT`,
            'cd "$work"',
            "if ! grep -Eq '[ _]1[.]' /opt/codedeploy-agent/.version; then",
            'echo "another CodeDeploy agent is installed than 1: $(cat /opt/codedeploy-agent/.version)" >&2',
            'exit 1',
            'fi',
            'systemctl start codedeploy-agent',
            'systemctl is-active codedeploy-agent',
            ')',
            'codedeploy_agent_status=$?',
            '[ "$codedeploy_agent_status" -eq 0 ] || exit "$codedeploy_agent_status"',
          ],
        },
      },
    ]);
  });

  test('installs a release of agent 2, and the CloudWatch agent for logs', () => {
    const [first, second, third] = steps({ system: AMAZON_LINUX_2023, version: CodeDeployAgentVersion.exactly('2.0.1'), logs: {} });
    expect([first, second]).toEqual([install('installAgent', 'AWSCodeDeployAgentV2', { version: '2.0.1' }), install('installCloudWatchAgent', 'AmazonCloudWatchAgent')]);
    expect(JSON.stringify(third)).not.toContain('yum install');
  });

  test('configures Windows by PowerShell', () => {
    const [, second] = steps({ system: WINDOWS, enableAuthPolicy: true }, windowsImage);
    expect(second.action).toBe('aws:runPowerShellScript');
    expect(second.inputs.runCommand.slice(-9)).toEqual([
      `if ((Get-Content -Raw $versionFile) -notmatch '[ _]1[.]') { throw "another CodeDeploy agent is installed than 1: $(Get-Content -Raw $versionFile)" }`,
      "$settings = @(Get-Content 'C:\\ProgramData\\Amazon\\CodeDeploy\\conf.yml')",
      "if ($settings -notcontains ':enable_auth_policy: true') {",
      expect.stringContaining('Set-Content'),
      'Restart-Service -Name codedeployagent',
      '}',
      'Start-Service -Name codedeployagent',
      "(Get-Service -Name codedeployagent).WaitForStatus('Running', '00:05:00')",
      '}',
    ]);
  });

  test('holds nothing that Systems Manager takes for a parameter', () => {
    expect(JSON.stringify(steps({ system: AMAZON_LINUX_2023, enableAuthPolicy: true, logs: {} }))).not.toContain('{{');
    expect(JSON.stringify(steps({ system: WINDOWS, enableAuthPolicy: true, logs: {} }, windowsImage))).not.toContain('{{');
  });
});

test('associations: one for each group and instance', () => {
  const { stack, hosts } = fleet();
  new CodeDeployAgent(stack, 'Agent', { hosts, system: AMAZON_LINUX_2023, installation: CodeDeployAgentInstallation.systemsManager({ schedule: 'rate(14 days)', waitForSuccess: Duration.minutes(30) }) });
  const associations = Object.values(Template.fromStack(stack).findResources('AWS::SSM::Association')).map(({ Properties }) => Properties);
  const common = { Name: { Ref: expect.stringMatching(/^AgentDocument/) }, ScheduleExpression: 'rate(14 days)', WaitForSuccessTimeoutSeconds: 1800 };
  expect(associations).toEqual([
    { ...common, Targets: [{ Key: 'tag:aws:autoscaling:groupName', Values: [{ Ref: expect.stringMatching(/^GroupASG/) }] }] },
    { ...common, Targets: [{ Key: 'InstanceIds', Values: [{ Ref: expect.stringMatching(/^Instance/) }] }] },
  ]);
  expect(findCycle(graphOf(Template.fromStack(stack)))).toBeUndefined();
});

test('without more, an association installs once, and nothing waits for it', () => {
  const { stack, hosts } = fleet();
  new CodeDeployAgent(stack, 'Agent', { hosts: hosts.slice(0, 1), system: AMAZON_LINUX_2023, installation: SYSTEMS_MANAGER });
  const [association] = Object.values(Template.fromStack(stack).findResources('AWS::SSM::Association'));
  expect(Object.keys(association?.Properties)).toEqual(['Name', 'Targets']);
});

test('permissions: what the SSM Agent needs for it, and no more', () => {
  const { stack, hosts } = fleet();
  const agent = new CodeDeployAgent(stack, 'Agent', { hosts, system: AMAZON_LINUX_2023, installation: SYSTEMS_MANAGER, logs: { retention: logs.RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.RETAIN } });
  const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('AgentPolicy'));
  const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, rest]] });
  const allow = (Sid: string, Action: string | string[], Resource: unknown) => ({ Sid, Effect: 'Allow', Action, Resource });
  expect(policies[0]?.[1].Properties.PolicyDocument.Statement).toEqual([
    allow('ReadCodeDeployAgent', 's3:GetObject', arn(':s3:::aws-codedeploy-eu-central-1/*')),
    allow('WriteCodeDeployAgentLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], stack.resolve(agent.logGroup?.logGroupArn)),
    allow(
      'ReadDocuments',
      ['ssm:DescribeDocument', 'ssm:GetDocument'],
      [
        { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ssm:eu-central-1:123456789012:document/', { Ref: expect.stringMatching(/^AgentDocument/) }]] },
        arn(':ssm:eu-central-1::document/AWSCodeDeployAgent'),
        arn(':ssm:eu-central-1::document/AmazonCloudWatchAgent'),
      ],
    ),
    allow(
      'ReportInstance',
      ['ssm:ListInstanceAssociations', 'ssm:PutComplianceItems', 'ssm:UpdateInstanceAssociationStatus', 'ssm:UpdateInstanceInformation'],
      [arn(':ec2:eu-central-1:123456789012:instance/*'), arn(':ssm:eu-central-1:123456789012:association/*')],
    ),
    allow('InstallPackages', ['ssm:GetManifest', 'ssm:ListAssociations', 'ssm:PutConfigurePackageResult'], '*'),
    allow(
      'TakeSystemsManagerMessages',
      [
        'ec2messages:AcknowledgeMessage',
        'ec2messages:DeleteMessage',
        'ec2messages:FailMessage',
        'ec2messages:GetEndpoint',
        'ec2messages:GetMessages',
        'ec2messages:SendReply',
        'ssmmessages:CreateControlChannel',
        'ssmmessages:OpenControlChannel',
      ],
      '*',
    ),
    allow('ReadPackages', 's3:GetObject', arn(':s3:::eu-central-1-birdwatcher-prod/*')),
  ]);
  Template.fromStack(stack).hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain', Properties: { RetentionInDays: 365 } });
  expect(findCycle(graphOf(Template.fromStack(stack)))).toBeUndefined();
});

describe('errors at synth', () => {
  const refused = (props: Partial<CodeDeployAgentProps> & Pick<CodeDeployAgentProps, 'system'>, message: string, image?: ec2.IMachineImage) => {
    const { stack, hosts } = fleet(image);
    expect(() => new CodeDeployAgent(stack, 'Agent', { hosts, ...props })).toThrow(new Error(message));
  };
  const other = (system: string, what: string, hosts: string, found: string) => `the CodeDeploy agent is to be installed on ${system}, but ${what} of ${hosts} is for ${found}; give its operating system`;
  const userData = (data: ec2.UserData) => [CodeDeployAgentHosts.fromUserData(data, new iam.Role(new Stack(), 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }))];

  test.each<[string, Partial<CodeDeployAgentProps> & Pick<CodeDeployAgentProps, 'system'>, string, (ec2.IMachineImage | null)]>([
    ['no hosts', { system: AMAZON_LINUX_2023, hosts: [] }, "'hosts' of a CodeDeploy agent must not be empty; give the Auto Scaling groups or instances that get it", null],
    [
      'agent 1 on what only agent 2 is for',
      { system: CodeDeployAgentSystem.ubuntu('24.04'), version: CodeDeployAgentVersion.V1 },
      'CodeDeploy agent 1 is not for Ubuntu 24.04: AWS has tested it on the releases 16.04, 18.04, 20.04, 22.04; take agent 2',
      null,
    ],
    ['Windows commands for a Linux image', { system: WINDOWS }, other('Windows Server 2022', 'the machine image', "Auto Scaling group 'Shop/Group'", 'Linux'), null],
    ['Linux commands for a Windows image', { system: AMAZON_LINUX_2023 }, other('Amazon Linux 2023', 'the machine image', "Auto Scaling group 'Shop/Group'", 'Windows'), windowsImage],
    ['the same by Systems Manager', { system: AMAZON_LINUX_2023, installation: SYSTEMS_MANAGER }, other('Amazon Linux 2023', 'the machine image', "Auto Scaling group 'Shop/Group'", 'Windows'), windowsImage],
    ['Windows commands in user data for Linux', { system: WINDOWS, hosts: userData(ec2.UserData.forLinux()) }, other('Windows Server 2022', 'the user data', 'user data', 'Linux'), null],
    ['Linux commands in user data for Windows', { system: AMAZON_LINUX_2023, hosts: userData(ec2.UserData.forWindows()) }, other('Amazon Linux 2023', 'the user data', 'user data', 'Windows'), null],
    [
      'user data by Systems Manager',
      { system: AMAZON_LINUX_2023, hosts: userData(ec2.UserData.forLinux()), installation: SYSTEMS_MANAGER },
      'Systems Manager finds Auto Scaling groups and instances, and not user data; take one of those, or install by user data',
      null,
    ],
  ])('%s', (_what, props, message, image) => refused(props, message, image ?? undefined));

  test.each<[string, () => unknown, string]>([
    ['a checksum', () => CodeDeployAgentInstallation.userData({ sha256: 'abc' }), "'sha256' must be 64 hexadecimal digits, got 'abc'"],
    ['a short wait', () => CodeDeployAgentInstallation.systemsManager({ waitForSuccess: Duration.seconds(14) }), "'waitForSuccess' must be from 15 seconds to 2 days, got 14 seconds"],
    ['a long wait', () => CodeDeployAgentInstallation.systemsManager({ waitForSuccess: Duration.seconds(172_801) }), "'waitForSuccess' must be from 15 seconds to 2 days, got 2 days 1 second"],
    ['a version', () => CodeDeployAgentVersion.exactly('1.7.1'), "AWS supports the CodeDeploy agent from 1.8.0 on, got '1.7.1'"],
    ['a release', () => CodeDeployAgentSystem.ubuntu('noble'), "the release of Ubuntu must be written as AWS does, such as 24.04, got 'noble'"],
  ])('%s', (_what, make, message) => expect(make).toThrow(new Error(message)));

  test('the longest and the shortest wait are taken', () => {
    expect(() => [15, 172_800].map((seconds) => CodeDeployAgentInstallation.systemsManager({ waitForSuccess: Duration.seconds(seconds) }))).not.toThrow();
  });

  test('a release that AWS does not name is a warning', () => {
    const { stack, hosts } = fleet();
    new CodeDeployAgent(stack, 'Agent', { hosts, system: CodeDeployAgentSystem.ubuntu('28.04') });
    Annotations.fromStack(stack).hasWarning(
      '/Shop/Agent',
      'AWS does not say that it has tested CodeDeploy agent 2 on Ubuntu 28.04; it has on the releases 16.04, 18.04, 20.04, 22.04, 24.04, 25.04, 26.04 [ack: cdk-greenlight:agent-untested]',
    );
  });
});
