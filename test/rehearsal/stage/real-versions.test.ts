/** The example's rollout with real programs behind its target groups instead of the built-in service. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { writeFileSync } from 'node:fs';

import type { Report } from '../../../lib/model/report';
import { ROOT, greenlight, inTemporaryFolder, rehearse } from '../../support/greenlight';

const SERVER = join(ROOT, 'examples', 'services', 'web', 'server.mjs');
const BROKEN = `
  require('node:http').createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status: request.url === '/health' ? 'up' : 'degraded' }));
  }).listen(Number(process.env.PORT), '127.0.0.1', function () { console.log(JSON.stringify({ port: this.address().port })); });`;

const hookOf = ({ deployments }: Report) => deployments[0]!.lifecycleEvents.find(({ name }) => name === 'AfterAllowTestTraffic')!.hook!;

class Version {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(...args: readonly string[]): Promise<Version> {
    const child = spawn(process.execPath, args, { env: { PORT: '0' }, stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
    return new Version(child, `http://127.0.0.1:${(JSON.parse(line) as { port: number }).port}`);
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}

describe('--blue and --green', () => {
  let sound: Version;
  let broken: Version;

  beforeAll(async () => {
    [sound, broken] = await Promise.all([Version.start(SERVER), Version.start('-e', BROKEN)]);
  });
  afterAll(() => Promise.all([sound.stop(), broken.stop()]));

  test('a sound new version is released', () => {
    const { report, status } = rehearse('EcsWeb/Web', '--blue', sound.url, '--green', sound.url);
    expect(status).toBe(0);
    expect(hookOf(report)).toMatchObject({ report: 'Succeeded', verdict: 'pass' });
    expect(report.fidelity.approximated.join('\n')).toMatch(/scaled from \d+ real requests to 20 a second/);
  });

  test('a broken one is not, and its answer is shown', () => {
    const { report, status } = rehearse('EcsWeb/Web', '--blue', sound.url, '--green', broken.url);
    expect(status).toBe(1);
    expect(hookOf(report).reason).toContain('"degraded"');
  });

  test('one that cannot be reached is a bad gateway, and no crash of ours', () => {
    const { report, status } = rehearse('EcsWeb/Web', '--blue', sound.url, '--green', 'http://127.0.0.1:9');
    expect(status).toBe(1);
    expect(hookOf(report).reason).toContain('502');
    expect(report.fidelity.approximated.join('\n')).toContain('a real version did not answer');
  });
});

describe('a command of a scenario', () => {
  const scenario = (command: readonly string[]) =>
    ['rollout: EcsWeb/Web', `service: { command: ${JSON.stringify([process.execPath, SERVER])} }`, 'releases:', `  - { name: v2, command: ${JSON.stringify(command)} }`, ''].join('\n');

  function play(command: readonly string[]) {
    return inTemporaryFolder((folder) => {
      const file = join(folder, 'command.yaml');
      writeFileSync(file, scenario(command));
      return greenlight(['rehearse', '--scenario', file, '--json', '-']);
    });
  }

  test('is started for its version, and asked', () => {
    const { status, stdout } = play([process.execPath, SERVER]);
    expect(status).toBe(0);
    expect(hookOf(JSON.parse(stdout) as Report)).toMatchObject({ verdict: 'pass' });
  });

  test('a broken program is not released', () => {
    const { status, stdout } = play([process.execPath, '-e', BROKEN]);
    expect(status).toBe(1);
    expect(hookOf(JSON.parse(stdout) as Report).reason).toContain('"degraded"');
  });

  test('a program that ends at once is named with its last words', () => {
    const { status, stderr } = play([process.execPath, '-e', "console.error('no database'); process.exit(4)"]);
    expect(status).toBe(2);
    expect(stderr).toContain('no database');
  });
});
