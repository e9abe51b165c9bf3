import { get } from 'node:http';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { startCommandUpstream } from '../../../rehearsal/endpoints/command-upstream';

const path = `${dirname(process.execPath)}:/usr/bin:/bin`;
const script = (code: string): readonly string[] => [process.execPath, '-e', code];

const read = (origin: URL): Promise<Record<string, string>> =>
  new Promise((resolve, reject) => {
    get(
      origin,
      { agent: false },
      (response) => void text(response).then((body) => resolve(JSON.parse(body) as Record<string, string>), reject),
    ).on('error', reject);
  });

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const SERVER = `
  require('node:http').createServer((request, response) => response.end(JSON.stringify({ ...process.env, pid: String(process.pid), child: String(globalThis.child ?? '') })))
    .listen(Number(process.env.PORT), '127.0.0.1');`;

test('UP-1: is started without a shell, in an environment of its own, and reached on its port', async () => {
  process.env.GREENLIGHT_SECRET = 'not for the service';
  const upstream = await startCommandUpstream({
    command: script(SERVER),
    environment: { COLOUR: '$HOME green', PORT: '1' },
    path,
    release: 'r1',
  });
  const environment = await read(upstream.origin);
  expect(environment).toMatchObject({ COLOUR: '$HOME green', PORT: upstream.origin.port, VERSION: 'r1', HOST: '127.0.0.1', PATH: path });
  expect(Object.keys(environment).sort()).toEqual(['COLOUR', 'HOME', 'HOST', 'PATH', 'PORT', 'VERSION', 'child', 'pid']);
  expect(environment.HOME).toContain('greenlight-service-');
  delete process.env.GREENLIGHT_SECRET;
  await upstream.stop();
  expect(isRunning(Number(environment.pid))).toBe(false);
});

test('UP-2: ends with everything that it started, even where it does not want to', async () => {
  const stubborn = `
    process.on('SIGTERM', () => undefined);
    globalThis.child = require('node:child_process').spawn(process.execPath, ['-e', "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000)"]).pid;
    ${SERVER}`;
  const upstream = await startCommandUpstream({ command: script(stubborn), path, release: 'r1', stopTimeoutMs: 50 });
  const { pid, child } = await read(upstream.origin);
  expect(isRunning(Number(child))).toBe(true);
  await upstream.stop();
  expect(isRunning(Number(pid))).toBe(false);
  // The child of a killed process is collected by init, which takes a moment.
  while (isRunning(Number(child))) {
    await new Promise((resolve) => setImmediate(resolve));
  }
});

describe('fails when the program', () => {
  test.each([
    [
      'ends before it listens',
      script("console.error('no database'); process.exit(3)"),
      'ended with status 3 before it listened; its last lines were:\nno database',
    ],
    ['does not exist', ['no-such-program-here'], 'could not be started: spawn no-such-program-here ENOENT'],
    ['is not named', [], "'command' must name a program, got an empty list"],
  ])('%s', async (_what, command, message) => {
    await expect(startCommandUpstream({ command, path, release: 'r1' })).rejects.toThrow(message);
  });

  test('is not waited for any longer', async () => {
    const interrupted = new Promise<void>((resolve) => setImmediate(resolve));
    const silent = startCommandUpstream({ command: script('setInterval(() => undefined, 1000)'), path, release: 'r1', interrupted });
    await expect(silent).rejects.toThrow('interrupted');
  });

  test('does not listen in time', async () => {
    const silent = startCommandUpstream({
      command: script('setInterval(() => undefined, 1000)'),
      path,
      release: 'r1',
      startTimeoutMs: 300,
    });
    await expect(silent).rejects.toThrow(/the service of r1 \('.*'\) did not listen on PORT \d+ within 0.3 s; it wrote nothing/);
  });
});
