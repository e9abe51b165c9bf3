import { Annotations, Template } from 'aws-cdk-lib/assertions';
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { App, Stack } from 'aws-cdk-lib/core';

import type { CodeDeployAgentProps } from '../../../lib';
import { CodeDeployAgent, CodeDeployAgentHosts, CodeDeployAgentInstallation, CodeDeployAgentSystem, CodeDeployAgentVersion } from '../../../lib';
import { userDataText } from '../support/user-data';
import { findCycle } from '../../support/template-graph';
import { graphOf } from '../support/sample';

process.env.CDK_VALIDATION = 'false';

const { AMAZON_LINUX_2, AMAZON_LINUX_2023 } = CodeDeployAgentSystem;
const { V1, V2 } = CodeDeployAgentVersion;
const SHA = 'ab'.repeat(32);
type Options = Omit<CodeDeployAgentProps, 'hosts'>;

const inRegion = () => new Stack(new App(), 'Shop', { env: { region: 'eu-central-1', account: '123456789012' } });
const role = (stack: Stack, id = 'Role') => new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });

/** What the agent adds to user data, without the lines around it. */
function commands(options: Options): string[] {
  const stack = inRegion();
  const userData = options.system._system.family === 'windows' ? ec2.UserData.forWindows() : ec2.UserData.forLinux();
  new CodeDeployAgent(stack, 'Agent', { hosts: [CodeDeployAgentHosts.fromUserData(userData, role(stack))], ...options });
  return userDataText(stack, userData).replace(/^#!.*\n|^<powershell>|<\/powershell>$/g, '').split('\n');
}

const URL_1 = 'https://aws-codedeploy-eu-central-1.s3.eu-central-1.amazonaws.com/latest/install';
const URL_2 = 'https://aws-codedeploy-eu-central-1.s3.eu-central-1.amazonaws.com/latestv2/install';
const WGET = 'wget --no-verbose --tries=5 --timeout=60 -O install';
const APT = 'apt-get -o DPkg::Lock::Timeout=600';

const before = [
  '(',
  'set -eu',
  'work=$(mktemp -d)',
  `trap 'status=$?; rm -rf "$work"; [ "$status" -eq 0 ] || echo "the CodeDeploy agent could not be set up, status $status" >&2' EXIT`,
  'cd "$work"',
];
const after = (pattern: string, version: string) => [
  `if ! grep -Eq '${pattern}' /opt/codedeploy-agent/.version; then`,
  `echo "another CodeDeploy agent is installed than ${version}: $(cat /opt/codedeploy-agent/.version)" >&2`,
  'exit 1',
  'fi',
  'systemctl start codedeploy-agent',
  'systemctl is-active codedeploy-agent',
  ')',
  'codedeploy_agent_status=$?',
  '[ "$codedeploy_agent_status" -eq 0 ] || exit "$codedeploy_agent_status"',
];
const ONE = after('[ _]1[.]', '1');
const TWO = after('[ _]2[.]', '2');
const INSTALL = 'AWS_REGION=eu-central-1 ./install auto';
const redirected = (command: string) => [`if ! ${command} > install.log 2>&1; then`, 'cat install.log >&2', 'exit 1', 'fi'];

describe('Linux', () => {
  test.each<[string, Options, string[]]>([
    ['Amazon Linux 2, agent 1', { system: AMAZON_LINUX_2, version: V1 }, ['yum install -y ruby wget', `${WGET} ${URL_1}`, 'chmod +x ./install', INSTALL, ...ONE]],
    ['Amazon Linux 2, agent 2', { system: AMAZON_LINUX_2, version: V2 }, ['yum install -y wget', `${WGET} ${URL_2}`, 'chmod +x ./install', INSTALL, ...TWO]],
    ['Amazon Linux 2023, which agent 1 is the default of', { system: AMAZON_LINUX_2023 }, ['yum install -y ruby wget', `${WGET} ${URL_1}`, 'chmod +x ./install', INSTALL, ...ONE]],
    ['Amazon Linux 2023, agent 2', { system: AMAZON_LINUX_2023, version: V2 }, ['yum install -y wget', `${WGET} ${URL_2}`, 'chmod +x ./install', INSTALL, ...TWO]],
    ['RHEL 9, agent 1', { system: CodeDeployAgentSystem.redHat('9'), version: V1 }, ['yum install -y ruby wget', `${WGET} ${URL_1}`, 'chmod +x ./install', INSTALL, ...ONE]],
    ['RHEL 10, which takes agent 2', { system: CodeDeployAgentSystem.redHat('10') }, ['yum install -y wget', `${WGET} ${URL_2}`, 'chmod +x ./install', INSTALL, ...TWO]],
    [
      'Ubuntu 22.04, agent 1',
      { system: CodeDeployAgentSystem.ubuntu('22.04'), version: V1 },
      ['export DEBIAN_FRONTEND=noninteractive', `${APT} update`, `${APT} install -y ruby-full wget`, `${WGET} ${URL_1}`, 'chmod +x ./install', ...redirected(INSTALL), ...ONE],
    ],
    [
      'Ubuntu 24.04, agent 2',
      { system: CodeDeployAgentSystem.ubuntu('24.04') },
      ['export DEBIAN_FRONTEND=noninteractive', `${APT} update`, `${APT} install -y wget`, `${WGET} ${URL_2}`, 'chmod +x ./install', INSTALL, ...TWO],
    ],
    [
      'a release of agent 1, as rpm',
      { system: AMAZON_LINUX_2023, version: CodeDeployAgentVersion.exactly('1.8.1-12') },
      ['yum install -y ruby wget', `${WGET} ${URL_1}`, 'chmod +x ./install', `${INSTALL} -v releases/codedeploy-agent-1.8.1-12.noarch.rpm`, ...after('[ _]1[.]8[.]1([^0-9.]|$)', '1.8.1-12')],
    ],
    [
      'a release of agent 2, as rpm for the processor, with a checksum',
      { system: AMAZON_LINUX_2023, version: CodeDeployAgentVersion.exactly('2.0.1'), installation: CodeDeployAgentInstallation.userData({ sha256: SHA }) },
      [
        'yum install -y wget',
        `${WGET} ${URL_2}`,
        `echo '${SHA}  install' | sha256sum -c -`,
        'chmod +x ./install',
        'arch=$(uname -m)',
        `${INSTALL} -v releases/codedeploy-agent-2.0.1."$arch".rpm`,
        ...after('[ _]2[.]0[.]1([^0-9.]|$)', '2.0.1'),
      ],
    ],
    [
      'a release of agent 1, as deb',
      { system: CodeDeployAgentSystem.ubuntu('22.04'), version: CodeDeployAgentVersion.exactly('1.8.1-12') },
      [
        'export DEBIAN_FRONTEND=noninteractive',
        `${APT} update`,
        `${APT} install -y ruby-full wget`,
        `${WGET} ${URL_1}`,
        'chmod +x ./install',
        ...redirected(`${INSTALL} -v releases/codedeploy-agent_1.8.1-12_all.deb`),
        ...after('[ _]1[.]8[.]1([^0-9.]|$)', '1.8.1-12'),
      ],
    ],
    [
      'a release of agent 2, as deb for the processor',
      { system: CodeDeployAgentSystem.ubuntu('24.04'), version: CodeDeployAgentVersion.exactly('2.0.1') },
      [
        'export DEBIAN_FRONTEND=noninteractive',
        `${APT} update`,
        `${APT} install -y wget`,
        `${WGET} ${URL_2}`,
        'chmod +x ./install',
        'arch=$(dpkg --print-architecture)',
        `${INSTALL} -v releases/codedeploy-agent_2.0.1_"$arch".deb`,
        ...after('[ _]2[.]0[.]1([^0-9.]|$)', '2.0.1'),
      ],
    ],
  ])('%s', (_what, options, expected) => {
    expect(commands(options)).toEqual([...before, ...expected]);
  });

  test('for VPC endpoints, one setting of the package changes', () => {
    const lines = commands({ system: AMAZON_LINUX_2023, enableAuthPolicy: true });
    const file = '/etc/codedeploy-agent/conf/codedeployagent.yml';
    expect(lines.slice(lines.indexOf('exit 1') + 2, lines.indexOf('systemctl start codedeploy-agent'))).toEqual([
      `if ! grep -qx ':enable_auth_policy: true' ${file}; then`,
      `sed -i '/^:enable_auth_policy:/d' ${file}`,
      `printf '\\n:enable_auth_policy: true\\n' >> ${file}`,
      'systemctl restart codedeploy-agent',
      'fi',
    ]);
  });

  test('the region and the suffix are those of the stack, whichever it will be', () => {
    const stack = new Stack(new App(), 'Shop');
    const userData = ec2.UserData.forLinux();
    new CodeDeployAgent(stack, 'Agent', { hosts: [CodeDeployAgentHosts.fromUserData(userData, role(stack))], system: AMAZON_LINUX_2 });
    expect(stack.resolve(userData.render())['Fn::Join'][1].slice(1, 8)).toEqual([
      { Ref: 'AWS::Region' },
      '.s3.',
      { Ref: 'AWS::Region' },
      '.',
      { Ref: 'AWS::URLSuffix' },
      '/latest/install\nchmod +x ./install\nAWS_REGION=',
      { Ref: 'AWS::Region' },
    ]);
  });
});

const MSI = [
  '& {',
  "$ErrorActionPreference = 'Stop'",
  "$ProgressPreference = 'SilentlyContinue'",
  "$versionFile = 'C:\\ProgramData\\Amazon\\CodeDeploy\\.version'",
  "$work = (New-Item -ItemType Directory -Force -Path (Join-Path $env:TEMP 'codedeploy-agent')).FullName",
  'function Install-Msi($msi) {',
  '$log = "$msi.log"',
  "$run = Start-Process -FilePath msiexec.exe -ArgumentList '/i', \"`\"$msi`\"\", '/quiet', '/norestart', '/l', \"`\"$log`\"\" -Wait -PassThru",
  'if ($run.ExitCode -notin 0, 3010) { throw "msiexec ended with $($run.ExitCode) for $msi, see $log" }',
  '}',
];
const START = ['Start-Service -Name codedeployagent', "(Get-Service -Name codedeployagent).WaitForStatus('Running', '00:05:00')"];

describe('Windows', () => {
  test.each<[string, Options, string, string, string, string[]]>([
    ['2022, agent 1', { system: CodeDeployAgentSystem.windowsServer('2022') }, '[ _]1[.]', '1', 'latest/codedeploy-agent.msi', []],
    ['2022, agent 2', { system: CodeDeployAgentSystem.windowsServer('2022'), version: V2 }, '[ _]2[.]', '2', 'latestv2/codedeploy-agent.msi', []],
    [
      '2025, a release with a checksum',
      { system: CodeDeployAgentSystem.windowsServer('2025'), version: CodeDeployAgentVersion.exactly('2.0.1'), installation: CodeDeployAgentInstallation.userData({ sha256: SHA }) },
      '[ _]2[.]0[.]1([^0-9.]|$)',
      '2.0.1',
      'releases/codedeploy-agent-2.0.1.msi',
      [`if ((Get-FileHash -Algorithm SHA256 -Path $msi).Hash -ne '${SHA}') { throw 'the CodeDeploy agent that was downloaded has another SHA-256 than ${SHA}' }`],
    ],
  ])('%s', (_what, options, pattern, version, key, check) => {
    expect(commands(options)).toEqual([
      ...MSI,
      `if (-not ((Test-Path $versionFile) -and ((Get-Content -Raw $versionFile) -match '${pattern}'))) {`,
      "$msi = Join-Path $work 'codedeploy-agent.msi'",
      `Read-S3Object -BucketName aws-codedeploy-eu-central-1 -Key ${key} -File $msi -Region eu-central-1 | Out-Null`,
      ...check,
      'Install-Msi $msi',
      '}',
      `if ((Get-Content -Raw $versionFile) -notmatch '${pattern}') { throw "another CodeDeploy agent is installed than ${version}: $(Get-Content -Raw $versionFile)" }`,
      ...START,
      '}',
    ]);
  });

  test('for VPC endpoints, one setting of the package changes', () => {
    const lines = commands({ system: CodeDeployAgentSystem.windowsServer('2022'), enableAuthPolicy: true });
    expect(lines.slice(-8, -3)).toEqual([
      "$settings = @(Get-Content 'C:\\ProgramData\\Amazon\\CodeDeploy\\conf.yml')",
      "if ($settings -notcontains ':enable_auth_policy: true') {",
      "Set-Content -Encoding ascii -Path 'C:\\ProgramData\\Amazon\\CodeDeploy\\conf.yml' -Value (@($settings | Where-Object { $_ -notmatch '^:enable_auth_policy:' }) + ':enable_auth_policy: true')",
      'Restart-Service -Name codedeployagent',
      '}',
    ]);
  });
});

/** A group and an instance with roles of their own. */
function fleet(machineImage: ec2.IMachineImage = ec2.MachineImage.latestAmazonLinux2023()) {
  const stack = inRegion();
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 1, natGateways: 0 });
  const instanceType = ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MICRO);
  const group = new autoscaling.AutoScalingGroup(stack, 'Group', { vpc, machineImage, instanceType, vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } });
  const instance = new ec2.Instance(stack, 'Instance', { vpc, machineImage, instanceType, vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } });
  return { stack, group, instance };
}

const agentPolicy = (stack: Stack) => {
  const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('AgentPolicy'));
  expect(policies).toHaveLength(1);
  return policies[0]?.[1];
};

const PARTITION = { Ref: 'AWS::Partition' };
const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', PARTITION, rest]] });
const READ = { Sid: 'ReadCodeDeployAgent', Effect: 'Allow', Action: 's3:GetObject', Resource: arn(':s3:::aws-codedeploy-eu-central-1/*') };

describe('permissions', () => {
  test('by user data: the bucket of the agent, and instances wait for it', () => {
    const { stack, group, instance } = fleet();
    new CodeDeployAgent(stack, 'Agent', { hosts: [CodeDeployAgentHosts.fromAutoScalingGroup(group), CodeDeployAgentHosts.fromInstance(instance)], system: AMAZON_LINUX_2023 });
    const policy = agentPolicy(stack);
    expect(policy?.Properties.PolicyDocument.Statement).toEqual([READ]);
    expect(policy?.Properties.Roles).toEqual([{ Ref: expect.stringMatching(/^GroupInstanceRole/) }, { Ref: expect.stringMatching(/^InstanceInstanceRole/) }]);
    const template = Template.fromStack(stack);
    const waits = (type: string) => Object.values(template.findResources(type))[0]?.DependsOn;
    // Their user data fails where it runs before there is a way out.
    const route = expect.stringMatching(/^VpcPublicSubnet1DefaultRoute/);
    expect(waits('AWS::AutoScaling::AutoScalingGroup')).toEqual(expect.arrayContaining([expect.stringMatching(/^AgentPolicy/), route]));
    expect(waits('AWS::EC2::Instance')).toEqual(expect.arrayContaining([expect.stringMatching(/^AgentPolicy/), route]));
    expect(findCycle(graphOf(template))).toBeUndefined();
    Annotations.fromStack(stack).hasNoWarning('*', '*');
  });

  test('with enable_auth_policy and logs: four actions, and one log group', () => {
    const { stack, group } = fleet();
    const agent = new CodeDeployAgent(stack, 'Agent', { hosts: [CodeDeployAgentHosts.fromAutoScalingGroup(group)], system: AMAZON_LINUX_2023, enableAuthPolicy: true, logs: {} });
    expect(agentPolicy(stack)?.Properties.PolicyDocument.Statement).toEqual([
      READ,
      {
        Sid: 'TakeCodeDeployCommands',
        Effect: 'Allow',
        Action: [
          'codedeploy-commands-secure:GetDeploymentSpecification',
          'codedeploy-commands-secure:PollHostCommand',
          'codedeploy-commands-secure:PutHostCommandAcknowledgement',
          'codedeploy-commands-secure:PutHostCommandComplete',
        ],
        Resource: '*',
      },
      { Sid: 'WriteCodeDeployAgentLogs', Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: stack.resolve(agent.logGroup?.logGroupArn) },
    ]);
    Template.fromStack(stack).hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', Properties: { RetentionInDays: 30 } });
    expect(findCycle(graphOf(Template.fromStack(stack)))).toBeUndefined();
  });

  test('an imported role is left as it is, and said to be', () => {
    const stack = inRegion();
    const imported = iam.Role.fromRoleArn(stack, 'Imported', 'arn:aws:iam::123456789012:role/Servers');
    new CodeDeployAgent(stack, 'Agent', { hosts: [CodeDeployAgentHosts.fromUserData(ec2.UserData.forLinux(), imported)], system: AMAZON_LINUX_2023 });
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
    Annotations.fromStack(stack).hasWarning(
      '/Shop/Agent',
      "role 'Shop/Imported' is imported, so that nothing was added to what it may do; give it the statements ReadCodeDeployAgent of docs/server-agent.md [ack: cdk-greenlight:agent-role-not-managed]",
    );
  });

  test('a role of two hosts gets them once', () => {
    const stack = inRegion();
    const shared = role(stack);
    const hosts = [ec2.UserData.forLinux(), ec2.UserData.forLinux()].map((userData) => CodeDeployAgentHosts.fromUserData(userData, shared));
    new CodeDeployAgent(stack, 'Agent', { hosts, system: AMAZON_LINUX_2023 });
    expect(agentPolicy(stack)?.Properties.Roles).toEqual([{ Ref: expect.stringMatching(/^Role/) }]);
  });

  test('user data that two hosts share installs it once', () => {
    const stack = inRegion();
    const userData = ec2.UserData.forLinux();
    const hosts = [userData, userData].map((shared, index) => CodeDeployAgentHosts.fromUserData(shared, role(stack, `Role${index}`)));
    new CodeDeployAgent(stack, 'Agent', { hosts, system: AMAZON_LINUX_2023 });
    expect(userData.render().split(INSTALL)).toHaveLength(2);
  });
});
