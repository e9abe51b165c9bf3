/** The script of docs/on-premises.md, run by sh with an AWS CLI that writes down how it was called. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { inTemporaryFolder, ROOT } from '../support/greenlight';

const SCRIPT = join(ROOT, 'docs', 'scripts', 'register-on-premises.sh');
const SESSION = 'arn:aws:sts::123456789012:assumed-role/Servers/web-1';
const USER = 'arn:aws:iam::123456789012:user/CodeDeploy/web-1';
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const SHELLS = ['sh', 'bash'].filter((shell) => spawnSync(shell, ['-c', ':']).status === 0);

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Arguments of each call. */
  readonly calls: readonly (readonly string[])[];
  readonly folder: string;
  readonly config: string | undefined;
  readonly mode: number | undefined;
}

interface World {
  readonly input?: string;
  /** What the stub of the AWS CLI does for a command, in shell. */
  readonly aws?: string;
  readonly agentRuns?: boolean;
  readonly shell?: string;
}

/** Arguments may say FOLDER. Secrets are checked for in every call and all output. */
function run(args: readonly string[], world: World, use: (ran: Ran) => void): void {
  inTemporaryFolder((folder) => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    const record = `printf '%s\\0' "$0" "$@" >> '${folder}/calls'; printf '\\n' >> '${folder}/calls'`;
    writeFileSync(join(bin, 'aws'), `#!/bin/sh\n${record}\ncase "$2" in\n${world.aws ?? '*) ;;'}\nesac\n`, { mode: 0o755 });
    writeFileSync(join(bin, 'systemctl'), `#!/bin/sh\n${record}\n[ "$1" != is-active ] || exit ${world.agentRuns === true ? 0 : 3}\n`, { mode: 0o755 });
    writeFileSync(join(folder, 'secret'), `${SECRET}\n`);
    writeFileSync(join(folder, 'credentials'), '[default]\n');
    const { status, stdout, stderr } = spawnSync(world.shell ?? 'sh', [SCRIPT, ...args.map((arg) => arg.replaceAll('FOLDER', folder)), ...(args.length > 1 ? ['--config-dir', join(folder, 'conf')] : [])], {
      encoding: 'utf8',
      env: { PATH: `${bin}:${process.env.PATH}` },
      input: world.input ?? '',
    });
    const recorded = existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8') : '';
    const calls = recorded
      .split('\0\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\0').map((word, at) => (at === 0 ? word.slice(bin.length + 1) : word)));
    const file = join(folder, 'conf', 'codedeploy.onpremises.yml');
    const config = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    expect(`${recorded}${stdout}${stderr}`).not.toContain(SECRET);
    use({ status, stdout, stderr, calls, folder, config, mode: config === undefined ? undefined : statSync(file).mode & 0o777 });
  });
}

const BASE = ['--name', 'web-1', '--region', 'eu-central-1'];
const WITH_SESSION = ['register', ...BASE, '--session-arn', SESSION, '--credentials-file', 'FOLDER/credentials'];
const WITH_USER = ['register', ...BASE, '--user-arn', USER, '--access-key-id', 'AKIAIOSFODNN7EXAMPLE'];
const ASK_SYSTEMD = ['systemctl', 'is-active', '--quiet', 'codedeploy-agent'];

describe.each(SHELLS)('%s', (shell) => {
  test('registers a session with its tags, and writes what the agent reads', () => {
    run([...WITH_SESSION, '--tag', 'Name=web 1 * $HOME', '--tag', 'Empty='], { shell, agentRuns: true }, ({ status, stdout, stderr, calls, folder, config, mode }) => {
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(calls).toEqual([
        ['aws', 'deploy', 'register-on-premises-instance', '--instance-name', 'web-1', '--iam-session-arn', SESSION, '--region', 'eu-central-1'],
        ['aws', 'deploy', 'add-tags-to-on-premises-instances', '--instance-names', 'web-1', '--region', 'eu-central-1', '--tags', 'Key=Name,Value=web 1 * $HOME', 'Key=Empty,Value='],
        ASK_SYSTEMD,
        ['systemctl', 'restart', 'codedeploy-agent'],
      ]);
      expect(config).toBe(`---\niam_session_arn: '${SESSION}'\naws_credentials_file: '${folder}/credentials'\nregion: 'eu-central-1'\n`);
      expect(mode).toBe(0o600);
      expect(readdirSync(join(folder, 'conf'))).toEqual(['codedeploy.onpremises.yml']);
      expect(stdout).toBe(`web-1 is registered; the agent reads ${folder}/conf/codedeploy.onpremises.yml\n`);
    });
  });

  test.each([
    ['a file', 'FOLDER/secret', ''],
    ['standard input', '-', SECRET],
  ])('registers a user, whose secret comes from %s', (_where, secretFile, input) => {
    run([...WITH_USER, '--secret-file', secretFile], { shell, input }, ({ status, calls, config, mode }) => {
      expect(status).toBe(0);
      expect(calls).toEqual([['aws', 'deploy', 'register-on-premises-instance', '--instance-name', 'web-1', '--iam-user-arn', USER, '--region', 'eu-central-1'], ASK_SYSTEMD]);
      expect(config).toBe(`---\niam_user_arn: '${USER}'\naws_access_key_id: 'AKIAIOSFODNN7EXAMPLE'\naws_secret_access_key: '${SECRET}'\nregion: 'eu-central-1'\n`);
      expect(mode).toBe(0o600);
    });
  });

  const TAKEN = 'register-on-premises-instance) echo "An error occurred (InstanceNameAlreadyRegisteredException)" >&2; exit 254 ;;';

  test('a second run changes nothing of the registration', () => {
    run(WITH_SESSION, { shell, aws: `${TAKEN}\nget-on-premises-instance) echo ${SESSION} ;;` }, ({ status, stderr, calls, config }) => {
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(calls[1]).toEqual(['aws', 'deploy', 'get-on-premises-instance', '--instance-name', 'web-1', '--region', 'eu-central-1', '--output', 'text', '--query', 'instanceInfo.[iamSessionArn || iamUserArn]']);
      expect(config).toContain(SESSION);
    });
  });

  test('a name of another identity stays with it', () => {
    run(WITH_SESSION, { shell, aws: `${TAKEN}\nget-on-premises-instance) echo ${USER} ;;` }, ({ status, stderr, config }) => {
      expect({ status, stderr, config }).toEqual({
        status: 2,
        stderr: `register-on-premises.sh: 'web-1' is registered for ${USER}; take another name, or deregister it first\n`,
        config: undefined,
      });
    });
  });

  test.each([
    ['registering', 'register-on-premises-instance) echo AccessDenied >&2; exit 254 ;;', WITH_SESSION, 1],
    ['tagging', 'add-tags-to-on-premises-instances) echo AccessDenied >&2; exit 254 ;;', [...WITH_SESSION, '--tag', 'a=b'], 254],
    ['deregistering', 'get-on-premises-instance) echo "[]" ;;\nderegister-on-premises-instance) echo AccessDenied >&2; exit 254 ;;', ['deregister', ...BASE], 254],
  ])('a failure of %s ends it', (_what, aws, args, expected) => {
    run(args, { shell, aws }, ({ status, stderr, stdout, config }) => {
      expect({ status, stderr, stdout, config }).toEqual({ status: expected, stderr: 'AccessDenied\n', stdout: '', config: undefined });
    });
  });

  test('takes tags and registration off, and stops the agent', () => {
    const tags = '[{"Key": "Name", "Value": "web 1"}]';
    run(['deregister', ...BASE], { shell, agentRuns: true, aws: `get-on-premises-instance) echo '${tags}' ;;` }, ({ status, stdout, calls }) => {
      expect(status).toBe(0);
      expect(calls).toEqual([
        ['aws', 'deploy', 'get-on-premises-instance', '--instance-name', 'web-1', '--region', 'eu-central-1', '--output', 'json', '--query', 'instanceInfo.tags || `[]`'],
        ['aws', 'deploy', 'remove-tags-from-on-premises-instances', '--instance-names', 'web-1', '--region', 'eu-central-1', '--tags', tags],
        ['aws', 'deploy', 'deregister-on-premises-instance', '--instance-name', 'web-1', '--region', 'eu-central-1'],
        ASK_SYSTEMD,
        ['systemctl', 'stop', 'codedeploy-agent'],
      ]);
      expect(stdout).toBe('web-1 is deregistered; the IAM identity, the credentials file and the agent are still there\n');
    });
  });
});

const replaced = (args: readonly string[], option: string, value: string) => args.map((arg, at) => (args[at - 1] === option ? value : arg));

const REFUSED: readonly (readonly [string, readonly string[], string, string?])[] = [
  ['no name', ['register', '--region', 'eu-central-1'], "--name must have 1 to 100 letters, digits and . _ @ + = : / -, got ''"],
  ['a name of two lines', replaced(WITH_SESSION, '--name', 'a\nb'), "--name must have 1 to 100 letters, digits and . _ @ + = : / -, got 'a\nb'"],
  ['a name of 101 characters', replaced(WITH_SESSION, '--name', 'a'.repeat(101)), `--name must have 1 to 100 letters, digits and . _ @ + = : / -, got '${'a'.repeat(101)}'`],
  ['a zone for a region', replaced(WITH_SESSION, '--region', 'eu-central-1a'), "--region must be a region such as eu-central-1, got 'eu-central-1a'"],
  ['a role for a session', replaced(WITH_SESSION, '--session-arn', 'arn:aws:iam::123456789012:role/Servers'), "--session-arn must be arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION, got 'arn:aws:iam::123456789012:role/Servers'"],
  ['credentials that are not there', replaced(WITH_SESSION, '--credentials-file', '/nowhere'), "--credentials-file '/nowhere' cannot be read; whatever renews the credentials must run first"],
  ['a relative path', replaced(WITH_SESSION, '--credentials-file', 'credentials'), "--credentials-file must be an absolute path, got 'credentials'"],
  ['both identities', [...WITH_SESSION, '--user-arn', USER], 'give --session-arn with --credentials-file, or --user-arn with its key, and not both'],
  ['no identity', ['register', ...BASE], 'give --session-arn or --user-arn'],
  ['a session for a user', [...replaced(WITH_USER, '--user-arn', SESSION), '--secret-file', '-'], `--user-arn must be arn:aws:iam::ACCOUNT:user/NAME, got '${SESSION}'`],
  ['a bad key', [...replaced(WITH_USER, '--access-key-id', 'short'), '--secret-file', '-'], "--access-key-id must have 16 to 128 capital letters and digits, got 'short'"],
  ['no secret file', WITH_USER, '--user-arn needs --secret-file'],
  ['an empty secret', [...WITH_USER, '--secret-file', '-'], 'standard input holds no secret access key'],
  ['a secret that YAML would read otherwise', [...WITH_USER, '--secret-file', '-'], 'the secret access key must have 16 to 128 letters, digits, / + =, and stand on the first line', "abc'def: 12345678901"],
  ['a tag without a value', [...WITH_SESSION, '--tag', 'Name'], "a tag must be KEY=VALUE, got 'Name'"],
  ['a tag that would be two', [...WITH_SESSION, '--tag', 'Name=a,Key=b'], "the value of a tag must have up to 256 characters and none of , = { } and quotation marks, got 'a,Key=b'"],
  ['eleven tags', [...WITH_SESSION, ...Array.from({ length: 11 }, (_, at) => ['--tag', `k${at}=v`]).flat()], 'an on-premises instance has up to 10 tags'],
  ['an unknown option', [...WITH_SESSION, '--secret', SESSION], 'there is no option --secret'],
  ['identities to deregister', ['deregister', ...BASE, '--user-arn', USER], 'deregister takes --name, --region and --config-dir only'],
];

test.each(REFUSED.map(([what, args, message, input]) => ({ what, args, message, input: input ?? '' })))('$what is refused before AWS is called', ({ args, message, input }) => {
  run(args, { input }, ({ status, stderr, calls, config }) => {
    expect({ status, stderr, calls, config }).toEqual({ status: 2, stderr: `register-on-premises.sh: ${message}\n`, calls: [], config: undefined });
  });
});

test('says how it is used', () => {
  run(['--help'], {}, ({ status, stdout }) => {
    expect(status).toBe(0);
    expect(stdout).toMatch(/^usage: register-on-premises\.sh register/);
  });
  run(['remove'], {}, ({ status, stderr, calls }) => {
    expect({ status, calls }).toEqual({ status: 2, calls: [] });
    expect(stderr).toMatch(/^usage: /);
  });
});
