/** DownloadBundle and Install on a simulated instance: what the agent does with files. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { BundlePermission } from '../../../../rehearsal/assembly/server-bundle';
import { archiveFolder, cleanupFile } from '../../../../rehearsal/sandbox/servers/agent-paths';
import { downloadProgram, installProgram, type InstallOptions } from '../../../../rehearsal/sandbox/servers/install-program';
import { ServerHosts } from '../../../../rehearsal/sandbox/servers/server-hosts';
import type { ServerSandbox } from '../../../../rehearsal/sandbox/servers/server-sandbox';
import { INSTALLED, instance, toolNamed } from './tools';

const GROUP = '0a1b2c3d-0000-4000-a000-000000000000';
const FILES = { 'appspec.yml': 'version: 0.0', 'app/index.html': 'hello', 'app/bin/run me.sh': '#!/bin/sh\necho run', 'app/.hidden': 'dot', "app/it's $HOME": 'odd', 'config/shop.conf': 'port 80' };

let hosts: ServerHosts;
let bundle: string;
let name: string;
let count = 0;
beforeAll(async () => {
  bundle = mkdtempSync(join(tmpdir(), 'greenlight-bundle-'));
  Object.entries(FILES).forEach(([path, text]) => {
    mkdirSync(dirname(join(bundle, path)), { recursive: true });
    writeFileSync(join(bundle, path), text);
  });
  chmodSync(join(bundle, 'app/bin/run me.sh'), 0o755);
  symlinkSync('index.html', join(bundle, 'app', 'default'));
  hosts = new ServerHosts({ tool: await toolNamed(INSTALLED[0]!), destinations: ['/usr/local/bin'], users: [] });
  name = hosts.addBundle(bundle);
});
afterAll(async () => {
  await hosts.close();
  rmSync(bundle, { recursive: true });
});

async function run(sandbox: ServerSandbox, program: string): Promise<{ readonly status: number | string; readonly out: string; readonly err: string }> {
  const said = { out: '', err: '' };
  const end = await sandbox.run(program, { timeoutMs: 120_000, onLine: (output, line) => (said[output] += line) });
  return { status: end.kind === 'exited' ? end.status : end.kind, ...said };
}

const fresh = (): Promise<ServerSandbox> => hosts.work(instance(count++), (sandbox) => Promise.resolve(sandbox));

async function install(sandbox: ServerSandbox, deploymentId: string, more: Partial<Omit<InstallOptions, 'bundle'> & InstallOptions['bundle']> = {}) {
  const { copies = [{ source: '/app', destination: '/srv/shop/' }], permissions = [], fileExistsBehavior = 'DISALLOW', groupId = GROUP } = more;
  expect(await run(sandbox, downloadProgram(groupId, deploymentId, name))).toEqual({ status: 0, out: '', err: '' });
  return run(sandbox, installProgram({ groupId, deploymentId, bundle: { copies, permissions }, fileExistsBehavior }));
}

const found = async (sandbox: ServerSandbox, folder: string): Promise<string[]> => (await run(sandbox, `cd ${folder} && find . -mindepth 1 -printf '%y %m %P\\n' | sort -k 3`)).out.trim().split('\n');

test('the archive is what the bundle has, and files are copied with their modes and links', async () => {
  const sandbox = await fresh();
  expect(await install(sandbox, 'd-1')).toEqual({ status: 0, out: '', err: '' });
  expect((await found(sandbox, archiveFolder(GROUP, 'd-1'))).map((line) => line.split(' ').slice(2).join(' '))).toEqual(expect.arrayContaining(Object.keys(FILES)));
  expect((await found(sandbox, '/srv/shop')).sort()).toEqual(['d 755 bin', 'f 644 .hidden', 'f 644 index.html', "f 644 it's $HOME", 'f 755 bin/run me.sh', 'l 777 default']);
  expect((await run(sandbox, `readlink /srv/shop/default; cat '/srv/shop/it'\\''s $HOME'`)).out).toBe('index.html\nodd');
  expect((await run(sandbox, `cat ${cleanupFile(GROUP)}`)).out.trim().split('\n').sort()).toEqual(['/srv/shop', '/srv/shop/.hidden', '/srv/shop/bin', '/srv/shop/bin/run me.sh', '/srv/shop/default', '/srv/shop/index.html', "/srv/shop/it's $HOME"]);
});

test('a file goes into its destination, with the folders that it takes; also into the system', async () => {
  const sandbox = await fresh();
  const copies = [{ source: 'config/shop.conf', destination: '/etc/shop/conf.d' }, { source: '/app/bin', destination: '/usr/local/bin' }];
  expect(await install(sandbox, 'd-1', { copies })).toEqual({ status: 0, out: '', err: '' });
  expect((await run(sandbox, "cat /etc/shop/conf.d/shop.conf; echo; '/usr/local/bin/run me.sh'; 'run me.sh'")).out).toBe('port 80\nrun\nrun\n');
});

test('the next installation removes what the one before has copied, and nothing else', async () => {
  const sandbox = await fresh();
  await install(sandbox, 'd-1');
  await run(sandbox, 'echo data >/srv/shop/data; rm /srv/shop/.hidden');
  expect(await install(sandbox, 'd-2', { copies: [{ source: '/config', destination: '/srv/other' }] })).toEqual({ status: 0, out: '', err: '' });
  expect([await found(sandbox, '/srv/shop'), await found(sandbox, '/srv/other')]).toEqual([['f 644 data'], ['f 644 shop.conf']]);
  await run(sandbox, 'rm /srv/shop/data');
});

test('DISALLOW: a file that exists fails it in the words of the agent, before anything is copied', async () => {
  const sandbox = await fresh();
  await run(sandbox, 'mkdir -p /srv/shop && echo mine >/srv/shop/index.html');
  expect(await install(sandbox, 'd-1')).toEqual({ status: 1, out: '', err: 'The deployment failed because a specified file already exists at this location: /srv/shop/index.html\n' });
  expect(await found(sandbox, '/srv/shop')).toEqual(['f 644 index.html']);
});

test.each([
  ['OVERWRITE', 'hello'],
  ['RETAIN', 'mine\n'],
] as const)('%s', async (fileExistsBehavior, content) => {
  const sandbox = await fresh();
  await run(sandbox, 'mkdir -p /srv/shop && echo mine >/srv/shop/index.html');
  expect(await install(sandbox, 'd-1', { fileExistsBehavior })).toEqual({ status: 0, out: '', err: '' });
  expect((await run(sandbox, 'cat /srv/shop/index.html')).out).toBe(content);
  // What was retained was not copied, and stays.
  await install(sandbox, 'd-2', { copies: [] });
  expect((await run(sandbox, '[ -e /srv/shop/index.html ] && echo there')).out).toBe(fileExistsBehavior === 'RETAIN' ? 'there\n' : '');
});

test('groups on one instance know nothing of each other, but find each other\'s files', async () => {
  const sandbox = await fresh();
  await install(sandbox, 'd-1');
  expect(await install(sandbox, 'd-2', { groupId: '11111111-0000-4000-a000-000000000000' })).toMatchObject({ status: 1, err: expect.stringContaining('already exists at this location: /srv/shop/') });
});

test('a link that a script has put in place of a folder leads nowhere but into the instance', async () => {
  const sandbox = await fresh();
  const outside = mkdtempSync(join(tmpdir(), 'greenlight-outside-'));
  await run(sandbox, `ln -s ${outside} /srv/shop`);
  expect((await install(sandbox, 'd-1')).status).toBe(1);
  rmSync(outside, { recursive: true });
});

const permission = (more: Partial<BundlePermission>): BundlePermission => ({ object: '/srv/shop', pattern: '**', except: [], types: ['file', 'directory'], mode: '700', others: [], ...more });

test.each<[string, Partial<BundlePermission>, readonly string[]]>([
  ['everything below a folder, and not itself', {}, ['d 700 bin', 'f 700 .hidden', 'f 700 bin/run me.sh', 'f 700 index.html', "f 700 it's $HOME", 'd 755 ../shop']],
  ['files only', { types: ['file'] }, ['d 755 bin', 'f 700 bin/run me.sh', 'f 700 index.html']],
  ['folders only', { types: ['directory'] }, ['d 700 bin', 'f 755 bin/run me.sh', 'f 644 index.html']],
  ['names right in it that fit a pattern', { pattern: '*.html' }, ['d 755 bin', 'f 755 bin/run me.sh', 'f 700 index.html', 'f 644 .hidden']],
  ['but for some', { except: ['.h*', 'bin'] }, ['d 755 bin', 'f 700 bin/run me.sh', 'f 700 index.html', 'f 644 .hidden']],
  ['only the star is no letter', { pattern: 'inde?.html' }, ['f 644 index.html']],
  ['a file', { object: '/srv/shop/index.html', mode: '4750' }, ['f 4750 index.html', 'f 644 .hidden']],
  ['what is not copied', { object: '/srv/sho' }, ['f 644 index.html']],
  ['no mode', { mode: undefined as unknown as string }, ['f 644 index.html']],
])('modes: %s', async (_, more, expected) => {
  const sandbox = await fresh();
  expect(await install(sandbox, 'd-1', { permissions: [permission(more)] })).toEqual({ status: 0, out: '', err: '' });
  const there = [...(await found(sandbox, '/srv/shop')), (await run(sandbox, "stat -c 'd %a ../shop' /srv/shop")).out.trim()];
  expect(there).toEqual(expect.arrayContaining([...expected]));
});
