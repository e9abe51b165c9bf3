/** `greenlight appspec lint` as people and scripts meet it: the built command in a process. What it finds is in test/appspec/corpus. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { greenlight, inTemporaryFolder } from '../../support/greenlight';

const SOUND = 'version: 0.0\nos: linux\n';

/** Runs the command in a folder that has these files. */
function lint(files: Readonly<Record<string, string | Uint8Array>>, ...args: string[]) {
  return inTemporaryFolder((folder) => {
    Object.entries(files).forEach(([name, content]) => writeFileSync(join(folder, name), content));
    const { status, stdout, stderr } = greenlight(['appspec', 'lint', ...args], { cwd: folder });
    return { status, stdout, stderr: stderr.replaceAll(`${folder}/`, '') };
  });
}

test('several files: findings on standard output, in the order of the files; what is sound is said elsewhere', () => {
  const { status, stdout, stderr } = lint({ 'appspec.yml': SOUND, 'b.yaml': 'os: Linux\n', 'c.json': '{' }, 'c.json', './b.yaml', 'appspec.yml');
  expect(status).toBe(1);
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(/^c\.json:1: not JSON: /),
    './b.yaml:1: the file must be called appspec.yml, got "b.yaml"; agents look for no other name',
    "./b.yaml:1: 'version' is missing; write version: 0.0",
    './b.yaml:1: \'os\' must be linux or windows, got "Linux"; did you mean "linux"?',
    '',
  ]);
  expect(stderr).toBe('appspec.yml is a sound AppSpec for EC2 and on-premises servers\n');
});

test('the platform that is given goes before what the content tells', () => {
  const { status, stdout } = lint({ 'appspec.yml': SOUND }, '--platform', 'lambda', 'appspec.yml');
  expect(status).toBe(1);
  expect(stdout.split('\n').map((line) => line.slice(0, 42))).toEqual(["appspec.yml:1: 'Resources' is missing; add", "appspec.yml:2: 'os' is a section of AppSpe", '']);
});

test('a server AppSpec that cannot be read is judged by its name too, where the platform is given', () => {
  expect(lint({ 'deploy.yml': 'a: b: c' }, '--platform=server', 'deploy.yml').stdout.split('\n').map((line) => line.slice(0, 30))).toEqual([
    'deploy.yml:1: the file must be',
    'deploy.yml:1: not YAML: nested',
    '',
  ]);
});

test('what is no AppSpec, or no platform, is a mistake of the caller, and said before anything else', () => {
  inTemporaryFolder((folder) => {
    mkdirSync(join(folder, 'directory'));
    writeFileSync(join(folder, 'broken.yml'), 'a: 1\n');
    writeFileSync(join(folder, 'longest.yml'), `${SOUND}#`.padEnd(256 * 1024, ' '));
    writeFileSync(join(folder, 'long.yml'), `${SOUND}#`.padEnd(256 * 1024 + 1, ' '));
    const run = (...args: string[]) => greenlight(['appspec', ...args], { cwd: folder });
    const refused = (...args: string[]) => {
      const { status, stdout, stderr } = run(...args);
      expect([status, stdout]).toEqual([2, '']);
      return stderr.replaceAll(`${folder}/`, '');
    };
    expect(refused('lint', 'broken.yml', 'nowhere.yml')).toBe('greenlight: no such AppSpec file: nowhere.yml\n');
    expect(refused('lint', 'directory')).toBe('greenlight: AppSpec file directory cannot be read (EISDIR)\n');
    expect(refused('lint', 'long.yml')).toBe('greenlight: long.yml is longer than the 262144 bytes that an AppSpec may have; name the AppSpec alone, and not the bundle that it is in\n');
    expect(run('lint', 'longest.yml').stdout).toBe('longest.yml:1: the file must be called appspec.yml, got "longest.yml"; agents look for no other name\n');
    expect(refused('lint', '--platform', 'ec2', 'broken.yml')).toBe("greenlight: '--platform' must be one of ecs, lambda, server, got \"ec2\"\n");
    expect(refused('lint')).toContain("missing required argument 'FILE'");
    expect(refused('lint', 'broken.yml', ' ')).toContain('FILE must not be empty');
    expect(refused('lint', '--plattform', 'ecs', 'broken.yml')).toContain('did you mean --platform?');
    expect(refused()).toContain('lint');
  });
});

test('help says how it ends', () => {
  const { status, stdout } = greenlight(['appspec', 'lint', '--help']);
  expect(status).toBe(0);
  expect(stdout).toContain('0 nothing was found        1 one line for each finding');
  expect(stdout).toContain('ecs, lambda, server (default: the content tells it)');
});

describe('with its bundle', () => {
  const APPSPEC = 'version: 0.0\nos: linux\nfiles:\n  - source: web\n    destination: /srv\nhooks:\n  AfterInstall:\n    - location: run.sh\n';

  function inBundle(use: (lint: (...args: string[]) => readonly [number | null, string, string], folder: string) => void): void {
    inTemporaryFolder((folder) => {
      mkdirSync(join(folder, 'app/web'), { recursive: true });
      writeFileSync(join(folder, 'app/appspec.yml'), APPSPEC);
      writeFileSync(join(folder, 'app/run.sh'), '#!/bin/sh\n', { mode: 0o755 });
      use((...args) => {
        const { status, stdout, stderr } = greenlight(['appspec', 'lint', ...args], { cwd: folder });
        return [status, stdout, stderr];
      }, folder);
    });
  }

  test('nothing is found in one that is sound', () => {
    inBundle((lint) => expect(lint('--bundle', 'app', 'app/appspec.yml')).toEqual([0, '', 'app/appspec.yml is a sound AppSpec for EC2 and on-premises servers\n']));
  });

  test('findings stand in the order of the file, those of the document among them', () => {
    inBundle((lint, folder) => {
      writeFileSync(join(folder, 'app/run.sh'), '#!/bin/sh\r\n');
      chmodSync(join(folder, 'app/run.sh'), 0o644);
      writeFileSync(join(folder, 'app/appspec.yml'), APPSPEC.replace('web', 'site').replace('/srv', 'srv'));
      expect(lint('--bundle', 'app', 'app/appspec.yml')).toEqual([
        1,
        `app/appspec.yml:4: 'files[0].source' "site" is not in the bundle; add it, or correct the path, which begins at the root of the bundle
app/appspec.yml:5: 'files[0].destination' must be an absolute path such as /var/www/html, got "srv"; it would be relative to where the agent happens to run
app/appspec.yml:8: 'hooks.AfterInstall[0].location' "run.sh" has lines that end with CR LF, and Linux looks for the interpreter "/bin/sh" with a CR at the end of its name; save it with LF, and keep it so by "*.sh text eol=lf" in .gitattributes
app/appspec.yml:8: 'hooks.AfterInstall[0].location' "run.sh" is not executable; the agent makes it so, but chmod +x makes it run by hand too
`,
        '',
      ]);
    });
  });

  test('a mistake of the caller is said before anything else', () => {
    inBundle((lint, folder) => {
      writeFileSync(join(folder, 'other.yml'), 'version: 0.0\nResources: [{ f: { Type: AWS::Lambda::Function } }]\n');
      const refused = (...args: string[]) => {
        const [status, stdout, stderr] = lint(...args);
        expect([status, stdout]).toEqual([2, '']);
        return stderr;
      };
      expect(refused('--bundle', 'nowhere', 'app/appspec.yml')).toBe("greenlight: no such folder: nowhere; '--bundle' names the folder that becomes the bundle\n");
      expect(refused('--bundle', 'app/run.sh', 'app/appspec.yml')).toBe("greenlight: no such folder: app/run.sh; '--bundle' names the folder that becomes the bundle\n");
      expect(refused('--bundle', 'app', 'app/appspec.yml', 'other.yml')).toBe("greenlight: '--bundle' is the bundle of one AppSpec, got 2 files; check them one by one\n");
      expect(refused('--bundle', 'app', 'other.yml')).toBe("greenlight: '--bundle' is for EC2 and on-premises servers, and this AppSpec is for a Lambda function; leave it out\n");
      expect(refused('--bundle', ' ', 'app/appspec.yml')).toContain("'--bundle' must not be empty");
    });
  });
});
