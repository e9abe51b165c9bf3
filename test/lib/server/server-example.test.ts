/** The scripts of the example's bundle, run by `sh` as an agent would, against a folder of their own. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const APP = resolve('examples', 'server-in-place', 'app');

async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return String(port);
}

let home: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'shop-'));
  environment = { ...process.env, SHOP_HOME: home, SHOP_PORT: await freePort() };
});

const run = (script: string, more: NodeJS.ProcessEnv = {}) => spawnSync('sh', [join(APP, 'scripts', `${script}.sh`)], { env: { ...environment, ...more }, encoding: 'utf8' });

afterAll(() => {
  run('stop');
  rmSync(home, { recursive: true });
});

test('stop what does not run, install, start, find it well, and stop it', () => {
  expect(run('stop')).toMatchObject({ status: 0, stderr: '' });
  expect(run('prepare')).toMatchObject({ status: 0, stderr: '' });
  cpSync(join(APP, 'shop'), home, { recursive: true });
  expect(run('start')).toMatchObject({ status: 0, stderr: '' });
  expect(run('check')).toMatchObject({ status: 0, stdout: `http://127.0.0.1:${environment.SHOP_PORT}/health is well\n` });
  expect(existsSync(join(home, 'shop.pid'))).toBe(true);
  expect(run('stop')).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(join(home, 'shop.pid'))).toBe(false);
});

test('fail where the shop is not well', () => {
  const failed = run('check', { SHOP_TRIES: '1' });
  expect(failed.status).toBe(1);
  expect(failed.stderr).toBe(`http://127.0.0.1:${environment.SHOP_PORT}/health does not answer, or not well\n`);
});
