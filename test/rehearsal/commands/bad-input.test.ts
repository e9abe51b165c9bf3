/** What users get wrong: one clear line on standard error, exit status 2, and nothing left behind. */
import { createServer } from 'node:net';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT, greenlight, inTemporaryFolder } from '../../support/greenlight';

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

test('the report file is whole, and nothing stands beside it', () => {
  inTemporaryFolder((folder) => {
    mkdirSync(join(folder, 'reports'));
    const { status } = greenlight(['rehearse', '--scenario', GOOD, '--json', join(folder, 'reports', 'good.json')]);
    expect(status).toBe(0);
    expect(readdirSync(join(folder, 'reports'))).toEqual(['good.json']);
  });
});
