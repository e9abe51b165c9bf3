/** What user data does, run: package managers, downloads and services are programs that write down how they were called. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { App, Stack } from 'aws-cdk-lib/core';

import type { CodeDeployAgentProps } from '../../../lib';
import { CodeDeployAgent, CodeDeployAgentHosts, CodeDeployAgentInstallation, CodeDeployAgentSystem, CodeDeployAgentVersion } from '../../../lib';
import { inTemporaryFolder } from '../../support/greenlight';
import { userDataText } from '../support/user-data';

process.env.CDK_VALIDATION = 'false';

type Options = Omit<CodeDeployAgentProps, 'hosts'>;

/** The whole user data; the log group's name, which only the stack knows, is `LOGS`. */
function script(options: Options): string {
  const stack = new Stack(new App(), 'Shop', { env: { region: 'eu-central-1', account: '123456789012' } });
  const userData = options.system._system.family === 'windows' ? ec2.UserData.forWindows() : ec2.UserData.forLinux();
  const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') });
  new CodeDeployAgent(stack, 'Agent', { hosts: [CodeDeployAgentHosts.fromUserData(userData, role)], ...options });
  userData.addCommands('echo the rest of the user data');
  return userDataText(stack, userData);
}

interface World {
  readonly shell?: string;
  /** Programs that do something else than to succeed, as shell. */
  readonly programs?: Readonly<Record<string, string>>;
  /** What the installer leaves in `.version`. */
  readonly installs?: string;
  readonly configuration?: string;
}

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Programs with their arguments, without those of wget that say how. */
  readonly calls: readonly string[];
  readonly read: (path: string) => string;
  readonly again: () => Ran;
}

const PROGRAMS = ['yum', 'apt-get', 'dpkg', 'rpm', 'systemctl', 'cwctl'];

/** The folders of the host lie in a temporary one. */
function run(text: string, world: World, use: (ran: Ran) => void): void {
  inTemporaryFolder((folder) => {
    const bin = join(folder, 'bin');
    ['bin', 'tmp', 'opt/codedeploy-agent', 'etc/codedeploy-agent/conf', 'opt/aws/amazon-cloudwatch-agent/bin', 'opt/aws/amazon-cloudwatch-agent/etc'].forEach((path) => mkdirSync(join(folder, path), { recursive: true }));
    const record = `echo "$(basename "$0") $*" >> '${folder}/calls'`;
    const installer = `#!/bin/sh\necho "install $* in $AWS_REGION" >> '${folder}/calls'\necho 'agent_version: ${world.installs ?? '2.0.1'}' > '${folder}/opt/codedeploy-agent/.version'\n`;
    writeFileSync(join(folder, 'installer'), installer);
    const program = (name: string, body: string) => writeFileSync(join(bin, name), `#!/bin/sh\n${record}\n${body}\n`, { mode: 0o755 });
    PROGRAMS.forEach((name) => program(name, ''));
    // The last argument but one is the file.
    program('wget', `while [ "$1" != -O ]; do shift; done\ncp '${folder}/installer' "$2"`);
    program('uname', 'echo x86_64');
    Object.entries(world.programs ?? {}).forEach(([name, body]) => program(name, body));
    writeFileSync(join(folder, 'etc/codedeploy-agent/conf/codedeployagent.yml'), world.configuration ?? '---\n:max_revisions: 5');
    const here = text.replaceAll('/opt/', `${folder}/opt/`).replaceAll('/etc/codedeploy-agent/', `${folder}/etc/codedeploy-agent/`);
    writeFileSync(join(folder, 'user-data'), here);
    const ran = (): Ran => {
      writeFileSync(join(folder, 'calls'), '');
      const { status, stdout, stderr } = spawnSync(world.shell ?? 'bash', [join(folder, 'user-data')], { encoding: 'utf8', env: { PATH: `${bin}:${process.env.PATH}`, TMPDIR: join(folder, 'tmp') } });
      const calls = readFileSync(join(folder, 'calls'), 'utf8').replaceAll(folder, '').split('\n').slice(0, -1);
      expect(readTemporary(folder)).toBe('');
      return { status, stdout, stderr: stderr.replaceAll(folder, ''), calls, read: (path) => readFileSync(join(folder, path), 'utf8').replaceAll(folder, ''), again: ran };
    };
    use(ran());
  });
}

/** Nothing is left behind. */
const readTemporary = (folder: string): string => (existsSync(join(folder, 'tmp')) ? spawnSync('ls', ['-A', join(folder, 'tmp')], { encoding: 'utf8' }).stdout : '');

const { AMAZON_LINUX_2023 } = CodeDeployAgentSystem;
const { V1, V2 } = CodeDeployAgentVersion;
const SHELLS = ['sh', 'bash'].filter((shell) => spawnSync(shell, ['-c', ':']).status === 0);
const FAILED = (status: number) => `the CodeDeploy agent could not be set up, status ${status}\n`;
const CONFIGURATION = 'etc/codedeploy-agent/conf/codedeployagent.yml';

const LINUX: readonly [string, CodeDeployAgentSystem][] = [
  ['Amazon Linux 2', CodeDeployAgentSystem.AMAZON_LINUX_2],
  ['Amazon Linux 2023', AMAZON_LINUX_2023],
  ['Ubuntu', CodeDeployAgentSystem.ubuntu('22.04')],
  ['RHEL', CodeDeployAgentSystem.redHat('9')],
];

describe.each(SHELLS)('%s', (shell) => {
  test.each(LINUX.flatMap(([name, system]) => [V1, V2, CodeDeployAgentVersion.exactly('1.8.1-12'), CodeDeployAgentVersion.exactly('2.0.1')].map((version) => ({ name, system, version }))))(
    'reads all of it: $name, $version._version',
    ({ system, version }) => {
      const text = script({ system, version, enableAuthPolicy: true, logs: {}, installation: CodeDeployAgentInstallation.userData({ sha256: '0'.repeat(64) }) });
      expect(spawnSync(shell, ['-n'], { input: text, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    },
  );

  test('installs, and goes on with the user data', () => {
    run(script({ system: AMAZON_LINUX_2023, version: V2 }), { shell }, ({ status, stdout, stderr, calls }) => {
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'the rest of the user data\n', stderr: '' });
      expect(calls).toEqual([
        'yum install -y wget',
        'wget --no-verbose --tries=5 --timeout=60 -O install https://aws-codedeploy-eu-central-1.s3.eu-central-1.amazonaws.com/latestv2/install',
        'install auto in eu-central-1',
        'systemctl start codedeploy-agent',
        'systemctl is-active codedeploy-agent',
      ]);
    });
  });

  test.each<[string, World, number, string]>([
    ['packages', { programs: { yum: 'exit 1' } }, 1, FAILED(1)],
    ['the download', { programs: { wget: 'exit 8' } }, 8, FAILED(8)],
    ['the service', { programs: { systemctl: '[ "$1" != is-active ] || exit 3' } }, 3, FAILED(3)],
    ['another version', { installs: 'OFFICIAL_1.8.1-12_rpm' }, 1, `another CodeDeploy agent is installed than 2: agent_version: OFFICIAL_1.8.1-12_rpm\n${FAILED(1)}`],
  ])('a failure of %s ends the user data with its status', (_what, world, expected, message) => {
    run(script({ system: AMAZON_LINUX_2023, version: V2 }), { shell, ...world }, ({ status, stdout, stderr }) => {
      expect({ status, stdout, stderr }).toEqual({ status: expected, stdout: '', stderr: message });
    });
  });

  test('a checksum that is another one, too, before anything of it is run', () => {
    const text = script({ system: AMAZON_LINUX_2023, version: V2, installation: CodeDeployAgentInstallation.userData({ sha256: '0'.repeat(64) }) });
    run(text, { shell }, ({ status, calls, stdout }) => {
      expect({ status, stdout }).toEqual({ status: 1, stdout: 'install: FAILED\n' });
      expect(calls.filter((call) => call.startsWith('install'))).toEqual([]);
    });
  });

  test('the log of an installer that fails on Ubuntu is shown', () => {
    const world = { shell, programs: { wget: 'while [ "$1" != -O ]; do shift; done\nprintf \'#!/bin/sh\\necho no ruby; exit 7\\n\' > "$2"' } };
    run(script({ system: CodeDeployAgentSystem.ubuntu('22.04'), version: V1 }), world, ({ status, stdout, stderr }) => {
      expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: `no ruby\n${FAILED(1)}` });
    });
  });

  test('a second run changes nothing and restarts nothing', () => {
    run(script({ system: AMAZON_LINUX_2023, version: V2, enableAuthPolicy: true }), { shell, configuration: '---\n:enable_auth_policy: false\n:max_revisions: 5' }, ({ status, calls, read, again }) => {
      expect(status).toBe(0);
      expect(calls).toContain('systemctl restart codedeploy-agent');
      const first = read(CONFIGURATION);
      expect(first).toBe('---\n:max_revisions: 5\n:enable_auth_policy: true\n');
      const second = again();
      expect(second.status).toBe(0);
      expect(second.calls).not.toContain('systemctl restart codedeploy-agent');
      expect(second.read(CONFIGURATION)).toBe(first);
    });
  });

  test('the status is what a signal of the stack would send', () => {
    const text = script({ system: AMAZON_LINUX_2023, version: V2 }).replace('(\n', `trap 'echo "signal $?"' EXIT\n(\n`);
    run(text, { shell, programs: { wget: 'exit 8' } }, ({ stdout }) => expect(stdout).toBe('signal 8\n'));
  });
});

const collected = (text: string) => JSON.parse(text).logs.logs_collected.files.collect_list;

describe('logs', () => {
  const entry = (file: string, stream: string, more = {}) => ({ file_path: file, log_group_name: 'LOGS', log_stream_name: `{instance_id}/${stream}`, ...more });

  test('Linux: three files, appended to what the CloudWatch agent collects', () => {
    run(script({ system: AMAZON_LINUX_2023, version: V2, logs: {} }), {}, ({ status, calls, read }) => {
      // There is no program of the CloudWatch agent, which the stub of yum does not bring.
      expect(status).toBe(127);
      expect(calls.at(-1)).toBe('yum install -y amazon-cloudwatch-agent');
      expect(collected(read('opt/aws/amazon-cloudwatch-agent/etc/codedeploy-agent-logs.json'))).toEqual([
        entry('/var/log/aws/codedeploy-agent/codedeploy-agent.log', 'agent'),
        entry('/opt/codedeploy-agent/deployment-root/deployment-logs/codedeploy-agent-deployments.log', 'deployments'),
        entry('/opt/codedeploy-agent/deployment-root/*/*/logs/scripts.log', 'scripts', { publish_multi_logs: true }),
      ]);
    });
  });

  test.each<[string, CodeDeployAgentSystem, string[]]>([
    ['Ubuntu', CodeDeployAgentSystem.ubuntu('22.04'), ['ubuntu/arm64/latest/amazon-cloudwatch-agent.deb', 'dpkg -i -E ./amazon-cloudwatch-agent.deb']],
    ['RHEL', CodeDeployAgentSystem.redHat('9'), ['redhat/arm64/latest/amazon-cloudwatch-agent.rpm', 'rpm -U ./amazon-cloudwatch-agent.rpm']],
  ])('%s takes it from the bucket of its processor', (_name, system, [key = '', command = '']) => {
    const brings = "cp \"$(command -v cwctl)\" \"$(dirname \"$0\")/../opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl\"";
    run(script({ system, version: V2, logs: {} }), { programs: { uname: 'echo aarch64', dpkg: brings, rpm: brings } }, ({ status, calls, again }) => {
      expect(status).toBe(0);
      const tail = ['amazon-cloudwatch-agent-ctl -a append-config -m ec2 -s -c file:/opt/aws/amazon-cloudwatch-agent/etc/codedeploy-agent-logs.json'];
      expect(calls.slice(-4)).toEqual([
        'uname -m',
        `wget --no-verbose --tries=5 --timeout=60 -O ${key.split('/').at(-1)} https://amazoncloudwatch-agent-eu-central-1.s3.eu-central-1.amazonaws.com/${key}`,
        command,
        ...tail,
      ]);
      const second = again();
      expect(second.calls.slice(-2)).toEqual(['systemctl is-active codedeploy-agent', ...tail]);
    });
  });

  test('a processor that there is no CloudWatch agent for', () => {
    run(script({ system: CodeDeployAgentSystem.redHat('9'), version: V2, logs: {} }), { programs: { uname: 'echo riscv64' } }, ({ status, stderr }) => {
      expect({ status, stderr }).toEqual({ status: 1, stderr: `no CloudWatch agent for riscv64\n${FAILED(1)}` });
    });
  });

  test.each([
    [V1, 'codedeploy-agent-log.txt'],
    [V2, 'codedeploy-agent.log'],
  ])('Windows, agent %#: the paths of its version', (version, file) => {
    const text = script({ system: CodeDeployAgentSystem.windowsServer('2022'), version, logs: {} });
    const folder = 'C:\\ProgramData\\Amazon\\CodeDeploy';
    const [, json = ''] = /codedeploy-agent-logs\.json' -Value '(.*)'\n/.exec(text) ?? [];
    expect(collected(json)).toEqual([
      entry(`${folder}\\log\\${file}`, 'agent'),
      entry(`${folder}\\deployment-logs\\codedeploy-agent-deployments.log`, 'deployments'),
      entry(`${folder}\\*\\*\\logs\\scripts.log`, 'scripts', { publish_multi_logs: true }),
    ]);
    expect(text.split('\n').slice(-9)).toEqual([
      '[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12',
      'Invoke-WebRequest -UseBasicParsing -OutFile $msi -Uri https://amazoncloudwatch-agent-eu-central-1.s3.eu-central-1.amazonaws.com/windows/amd64/latest/amazon-cloudwatch-agent.msi',
      'Install-Msi $msi',
      '}',
      expect.stringMatching(/^Set-Content -Encoding ascii -Path 'C:\\ProgramData\\Amazon\\AmazonCloudWatchAgent\\codedeploy-agent-logs\.json' -Value /),
      "& 'C:\\Program Files\\Amazon\\AmazonCloudWatchAgent\\amazon-cloudwatch-agent-ctl.ps1' -a append-config -m ec2 -s -c 'file:C:\\ProgramData\\Amazon\\AmazonCloudWatchAgent\\codedeploy-agent-logs.json'",
      'if (-not $?) { throw "the CloudWatch agent did not take its configuration" }',
      '}',
      'echo the rest of the user data</powershell>',
    ]);
  });
});
