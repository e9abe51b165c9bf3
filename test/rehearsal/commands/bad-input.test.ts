/** What users get wrong: one clear line on standard error, exit status 2, and nothing left behind. */
import { createServer } from 'node:net';
import { once } from 'node:events';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';

import { ROOT, greenlight, inTemporaryFolder } from '../../support/greenlight';

/** The same for a test that waits. */
async function inTemporaryFolderAsync(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'greenlight-test-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const GOOD = join(ROOT, 'examples', 'ecs-web', 'good.yaml');

function refused(args: readonly string[], cwd = ROOT): string {
  const { status, stdout, stderr } = greenlight(args, { cwd });
  expect(stdout).toBe('');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^greenlight: /);
  expect(stderr).not.toContain('    at ');
  return stderr;
}

test.each([
  [['rehearse', 'EcsWeb/Wob'], 'no rollout "EcsWeb/Wob" in the assembly; did you mean "EcsWeb/Web"?'],
  [['rehearse', '--app', 'nowhere'], 'nowhere'],
  [['rehearse', '--app', 'docs'], 'manifest.json'],
  [['rehearse', '--scenario', 'nowhere.yaml'], 'no such scenario file: nowhere.yaml'],
  [['rehearse', 'EcsWebGated/Web', '--scenario', GOOD], 'is for rollout EcsWeb/Web, and EcsWebGated/Web was asked for'],
  [['rehearse', '--blue', 'http://localhost:3000'], '--blue needs --green'],
  [['rehearse', '--seed', '-1'], 'must be a whole number'],
  [['rehearse', '--port', '70000'], 'must be a port from 1 to 65535'],
  [['rehearse', '--scenaro', 'x'], 'did you mean --scenario?'],
  [['serve', '--realtime', '0'], 'must be a number from 0.01'],
])('greenlight %j is refused', (args, message) => {
  expect(refused(args)).toContain(message);
});

test('an unknown key of a scenario is shown with its line', () => {
  inTemporaryFolder((folder) => {
    const file = join(folder, 'typo.yaml');
    writeFileSync(file, 'rollout: EcsWeb/Web\nreleases:\n  - name: v2\n    fautls: []\n');
    const message = refused(['rehearse', '--scenario', file]);
    expect(message).toContain('typo.yaml:4');
    expect(message).toContain('    fautls: []');
    expect(message).toContain('did you mean "faults"?');
  });
});

test('an assembly that is no JSON names the file', () => {
  inTemporaryFolder((folder) => {
    writeFileSync(join(folder, 'manifest.json'), '{ "version": ');
    expect(refused(['rehearse', '--app', folder])).toContain('manifest.json');
  });
});

test('a port in use is named, and no report is written', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  try {
    inTemporaryFolder((folder) => {
      const report = join(folder, 'report.json');
      expect(refused(['rehearse', '--scenario', GOOD, '--port', String(port), '--json', report])).toContain(`port ${port} on 127.0.0.1 is in use`);
      expect(existsSync(report)).toBe(false);
    });
  } finally {
    server.close();
  }
});

test('a report that cannot be written is found before anything is played', () => {
  inTemporaryFolder((folder) => {
    writeFileSync(join(folder, 'file'), '');
    expect(refused(['rehearse', '--scenario', GOOD, '--json', join(folder, 'file', 'report.json')])).toContain('name another file with --json');
  });
});

test('a directory in place of the report is found before anything is played', () => {
  inTemporaryFolder((folder) => {
    expect(refused(['rehearse', '--scenario', GOOD, '--json', folder])).toContain(`${folder} is a directory; name another file with --json`);
    expect(readdirSync(folder)).toEqual([]);
  });
});

const COMMAND = join(ROOT, 'build', 'rehearsal', 'greenlight.js');
const shell = (line: string) => spawnSync('/bin/sh', ['-c', line], { cwd: ROOT, encoding: 'utf8' });

test('a reader that has seen enough ends the printing, and nothing else', () => {
  const { stderr, stdout } = shell(`{ '${process.execPath}' '${COMMAND}' rehearse --scenario '${GOOD}'; echo "status $?" >&2; } | true`);
  expect({ stderr, stdout }).toEqual({ stderr: 'status 0\n', stdout: '' });
});

test('a result that cannot be printed is an error', () => {
  const { status, stderr } = shell(`'${process.execPath}' '${COMMAND}' rehearse --scenario '${GOOD}' --json - >/dev/full`);
  expect(status).toBe(2);
  expect(stderr).toContain('greenlight: standard output cannot be written (ENOSPC); name a file with --json, or make room\n');
  expect(stderr).not.toContain('    at ');
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends a rehearsal at once, with its own exit status and no report', async (signal) => {
  await inTemporaryFolderAsync(async (folder) => {
    const report = join(folder, 'report.json');
    const child = spawn(process.execPath, [COMMAND, 'rehearse', '--scenario', GOOD, '--realtime', '1', '--json', report], {
      cwd: ROOT,
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await once(child.stdout, 'data');
    child.kill(signal);
    const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect({ status, said }).toEqual({ status: 130, said: 'greenlight: interrupted; nothing is left running\n' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('serve says each transition of an alarm once, however many rollouts there are', async () => {
  const child = spawn(process.execPath, [COMMAND, 'serve', '--realtime', '1000'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  for await (const chunk of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
    said += chunk;
    if (said.includes('ErrorRate')) {
      break;
    }
  }
  child.kill('SIGINT');
  const alarms = said.split('\n').filter((line) => line.includes('alarm '));
  expect(alarms.length).toBeGreaterThan(0);
  expect(new Set(alarms).size).toBe(alarms.length);
});

test('the report file is whole, and nothing stands beside it', () => {
  inTemporaryFolder((folder) => {
    mkdirSync(join(folder, 'reports'));
    const { status } = greenlight(['rehearse', '--scenario', GOOD, '--json', join(folder, 'reports', 'good.json')]);
    expect(status).toBe(0);
    expect(readdirSync(join(folder, 'reports'))).toEqual(['good.json']);
  });
});
