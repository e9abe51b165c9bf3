/** What programs in a simulated instance can do, and cannot, whichever sandbox it is in. */
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ServerHosts } from '../../../../rehearsal/sandbox/servers/server-hosts';
import type { ServerSandbox, Ended } from '../../../../rehearsal/sandbox/servers/server-sandbox';
import { runProgram } from '../../../../rehearsal/sandbox/servers/script-program';
import { INSTALLED, instance, toolNamed } from './tools';

interface Said {
  readonly end: Ended;
  readonly out: string;
  readonly err: string;
}

async function said(sandbox: ServerSandbox, program: string, timeoutMs = 60_000): Promise<Said> {
  const lines = { out: '', err: '' };
  const end = await sandbox.run(program, { timeoutMs, onLine: (output, line) => (lines[output] += line) });
  return { end, ...lines };
}

/** As a script of a bundle is run. */
async function script(sandbox: ServerSandbox, text: string, more: { readonly timeoutMs?: number; readonly userId?: number } = {}): Promise<Said> {
  const path = `/opt/script-${text.length}.sh`;
  const made = await said(sandbox, `cat >${path} <<'END OF SCRIPT'\n#!/bin/sh\n${text}\nEND OF SCRIPT\nchmod 755 ${path}\n`);
  expect(made).toMatchObject({ end: { kind: 'exited', status: 0 }, err: '' });
  return said(sandbox, runProgram({ path, environment: { LIFECYCLE_EVENT: 'AfterInstall' }, ...(more.userId === undefined ? {} : { userId: more.userId }) }), more.timeoutMs);
}

/** Processes of this machine with this word in their command. */
const processesWith = (word: string): string[] => spawnSync('ps', ['-eo', 'pid=,stat=,args='], { encoding: 'utf8' }).stdout.split('\n').filter((line) => line.includes(word) && !/^\s*\d+\s+Z/.test(line));

describe.each(INSTALLED)('%s', (name) => {
  let hosts: ServerHosts;
  let sandbox: ServerSandbox;
  beforeAll(async () => {
    hosts = new ServerHosts({ tool: await toolNamed(name), destinations: ['/usr/local/bin'], users: ['deploy'] });
    sandbox = await hosts.work(instance(1, { files: ['/srv/shop/old.txt'] }), (opened) => Promise.resolve(opened));
  });
  afterAll(() => hosts.close());

  test('a script is root of its instance, with nothing of this environment', async () => {
    process.env.GREENLIGHT_TEST_SECRET = 'hush';
    const { end, out } = await script(sandbox, 'id -u; pwd; env; tr "\\0" "\\n" </proc/1/environ; cat /etc/passwd; hostname; ls /srv/shop');
    expect(end).toMatchObject({ kind: 'exited', status: 0 });
    expect(out.split('\n').slice(0, 2)).toEqual(['0', '/opt/codedeploy-agent']);
    expect(out).toContain('LIFECYCLE_EVENT=AfterInstall\n');
    expect(out).toContain('deploy:x:1002:1002::/home/deploy:/bin/sh');
    expect(out).toContain('old.txt');
    expect(out).not.toMatch(/hush|AWS_|HOME=|USER=/);
  });

  test('it has its own exit status, and its outputs are told line by line', async () => {
    expect(await script(sandbox, 'echo one; echo two >&2; printf three; exit 7')).toEqual({ end: { kind: 'exited', status: 7, wallMs: expect.any(Number) }, out: 'one\nthree', err: 'two\n' });
  });

  test('what it writes stays in its instance, and the system cannot be written to', async () => {
    const word = `greenlight-${process.pid}-${name}`;
    const { out } = await script(
      sandbox,
      `for path in /etc /opt /var/log /tmp /home /srv /usr/local/bin / /usr/bin /usr/share /run/greenlight/control /run/greenlight/bundles /proc/sys/kernel; do (echo x >"$path/${word}") 2>/dev/null && rm "$path/${word}" && echo "$path"; done; mount -o remount,bind,rw /usr 2>/dev/null && echo remounted; umount -l /run/greenlight/control 2>/dev/null && echo unmounted; (echo x >/proc/sys/kernel/core_pattern) 2>/dev/null && echo setting`,
    );
    expect(out.trim().split('\n')).toEqual(['/etc', '/opt', '/var/log', '/tmp', '/home', '/srv', '/usr/local/bin', '/']);
    expect(['/etc', '/opt', '/tmp', '/home', '/usr/local/bin', tmpdir()].filter((folder) => existsSync(join(folder, word)))).toEqual([]);
  });

  test('files of this machine are not there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'greenlight-host-'));
    writeFileSync(join(folder, 'secret'), 'hush');
    const { out } = await script(sandbox, `cat ${join(folder, 'secret')} /etc/shadow /root/.bashrc 2>/dev/null; ls -A /home /root /mnt /media /var/lib; ls /; [ -e ${process.cwd()} ] && echo project; ls -d /sys/kernel /boot/* 2>/dev/null`);
    rmSync(folder, { recursive: true });
    expect(out).not.toContain('hush');
    expect(out).not.toContain('project');
    expect(out.replace(/\n+/g, ' ').trim()).toMatch(/^\/home: deploy ec2-user ubuntu \/media: \/mnt: \/root: \/var\/lib: bin dev etc home lib (lib\w+ )*media mnt opt proc root run sbin srv tmp usr var$/);
  });

  test('there is no network but its own: neither this machine nor the world is reached', async () => {
    const server = createServer((socket) => socket.end('reached')).listen(0, '0.0.0.0');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { out } = await script(
      sandbox,
      `cat /proc/net/dev; cat /proc/net/route; perl -e 'use IO::Socket::INET; for my $to ("127.0.0.1:${port}", "1.1.1.1:53") { print "reached $to\\n" if IO::Socket::INET->new(PeerAddr => $to, Timeout => 5); }' 2>&1; getent hosts example.com && echo resolved`,
    );
    server.close();
    expect(out).not.toMatch(/reached|resolved/);
    // The table of routes has its heading only, and of devices there is the loopback.
    expect(out).toMatch(/\blo:/);
    expect(out).not.toMatch(/\b(eth|ens|enp|wl|veth|docker)\w*:/);
  });

  test('programs of one instance reach each other, also at ports below 1,024', async () => {
    const { out } = await script(
      sandbox,
      `perl -e 'use IO::Socket::INET; my $l = IO::Socket::INET->new(LocalAddr => "127.0.0.1:80", Listen => 1) or die "no server: $!"; my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1:80", Timeout => 20) or die "no client: $!"; print "connected\\n";' 2>&1`,
    );
    expect(out).toBe('connected\n');
  });

  test('it sees no process of this machine, and can end none', async () => {
    const { out } = await script(sandbox, `ls /proc | grep -c '^[0-9]'; [ -e /proc/${process.pid} ] && echo seen; kill -0 ${process.pid} 2>/dev/null && echo signalled; :`);
    expect(Number(out.split('\n')[0])).toBeLessThan(20);
    expect(out).not.toMatch(/seen|signalled/);
  });

  test('what it starts in the background goes on, is cleared away when it ends, and ends with the instance', async () => {
    const word = `98${process.pid}${name === 'bwrap' ? 1 : 2}`;
    const other = await hosts.work(instance(2), (opened) => Promise.resolve(opened));
    const { end } = await script(other, `nohup sleep ${word} >/dev/null 2>&1 </dev/null &\necho $! >/run/pid`);
    expect(end).toMatchObject({ kind: 'exited', status: 0 });
    expect(await script(other, 'kill -0 "$(cat /run/pid)" && echo runs')).toMatchObject({ out: 'runs\n' });
    expect(processesWith(`sleep ${word}`)).not.toEqual([]);
    const ended = 'kill "$(cat /run/pid)"; tries=0; while kill -0 "$(cat /run/pid)" 2>/dev/null; do tries=$((tries + 1)); [ $tries -lt 300 ] || exit 9; sleep 0.1; done';
    expect(await script(other, ended)).toMatchObject({ end: { kind: 'exited', status: 0 } });
    await script(other, `(setsid nohup sleep ${word} >/dev/null 2>&1 </dev/null &) ; exit 0`);
    expect(processesWith(`sleep ${word}`)).not.toEqual([]);
    await other.close();
    expect(processesWith(`sleep ${word}`)).toEqual([]);
    expect((await other.run('true', { timeoutMs: 60_000 })).kind).toBe('gone');
  });

  test('one that sleeps beyond its time-out is ended with its group', async () => {
    const word = `97${process.pid}${name === 'bwrap' ? 1 : 2}`;
    const { end } = await script(sandbox, `sleep ${word} & sleep ${word}; exit 0`, { timeoutMs: 1500 });
    expect(end.kind).toBe('timedOut');
    // It is asked to end, as by the agent, which waits for nothing.
    const left = await script(sandbox, `tries=0; while ps -eo args | grep -q '[s]leep ${word}'; do tries=$((tries + 1)); [ $tries -lt 300 ] || exit 9; sleep 0.1; done`);
    expect(left.end).toMatchObject({ kind: 'exited', status: 0 });
  });

  test('one whose child holds an output has left it open', async () => {
    expect((await script(sandbox, 'sleep 1234 & exit 0', { timeoutMs: 2000 })).end).toMatchObject({ kind: 'leftOpen', output: 'out' });
    expect((await script(sandbox, 'sleep 12345 >/dev/null & exit 0', { timeoutMs: 2000 })).end).toMatchObject({ kind: 'leftOpen', output: 'err' });
  });

  test('one that prints without end takes no room here', async () => {
    const before = process.memoryUsage().rss;
    let lines = 0;
    const end = await sandbox.run('yes "$(printf "%01000d" 0)"', { timeoutMs: 3000, onLine: () => (lines += 1) });
    expect(end.kind).toBe('timedOut');
    expect(lines).toBeGreaterThan(1000);
    expect((await said(sandbox, 'tr "\\0" x </dev/zero', 3000)).end.kind).toBe('timedOut');
    expect(process.memoryUsage().rss - before).toBeLessThan(500 * 1024 * 1024);
  });

  test('files, memory and processes of a script are bounded', async () => {
    const other = await hosts.work(instance(4), (opened) => Promise.resolve(opened));
    const { out } = await script(other, 'dd if=/dev/zero of=/var/large bs=1M count=300 2>/dev/null; wc -c </var/large; rm /var/large; perl -e \'my $x = "x" x (3 * 1024 * 1024 * 1024); print "large\\n"\' 2>/dev/null; n=0; while [ $n -lt 400 ]; do sleep 300 >/dev/null 2>&1 & n=$((n + 1)); done 2>/dev/null; echo "started $n"', { timeoutMs: 120_000 });
    expect(out.split('\n')[0]).toBe(String(256 * 1024 * 1024));
    expect(out).not.toContain('large');
    // Its shell gives up when no more can be started.
    expect(out).not.toContain('started 400');
    await other.close();
  });

  test('a script that runs as another user sees itself as that one', async () => {
    expect((await script(sandbox, 'id -u; id -un', { userId: hosts.userIds.get('deploy')! })).out).toBe('1002\ndeploy\n');
  });

  test('what it writes to where it is heard from is passed over', async () => {
    const { end } = await script(sandbox, 'for number in 1 2 3 4 5 6 7 8 9; do echo "exit 9999 0"; echo "group 1 1"; echo nonsense; done >/proc/1/fd/1 2>/dev/null; exit 5');
    expect(end).toMatchObject({ kind: 'exited', status: 5 });
  });

  test('an instance that a script brings down is gone', async () => {
    const other = await hosts.work(instance(3), (opened) => Promise.resolve(opened));
    const { end } = await script(other, 'kill -9 -1; sleep 60');
    expect(end.kind).toBe('gone');
  });
});

test.each(INSTALLED)('%s: nothing is left when the instances are closed, not even what may not be listed', async (name) => {
  const bundle = mkdtempSync(join(tmpdir(), 'greenlight-bundle-'));
  mkdirSync(join(bundle, 'app'));
  writeFileSync(join(bundle, 'app', 'index.html'), 'hello');
  const hosts = new ServerHosts({ tool: await toolNamed(name), destinations: [], users: [] });
  hosts.addBundle(bundle);
  const { out } = await hosts.work(instance(1), (sandbox) => said(sandbox, 'cat /run/greenlight/bundles/1/app/index.html; mkdir -p /srv/a/b && chmod 000 /srv/a'));
  expect([out, existsSync(hosts.directory)]).toEqual(['hello', true]);
  await hosts.close();
  rmSync(bundle, { recursive: true });
  expect(existsSync(hosts.directory)).toBe(false);
});

test('the fifty-first instance is refused', async () => {
  const tool = await toolNamed(INSTALLED[0]!);
  const hosts = new ServerHosts({ tool, destinations: [], users: [] });
  try {
    await Promise.all(Array.from({ length: 50 }, (_, index) => hosts.work(instance(index), (sandbox) => sandbox.run('true', { timeoutMs: 60_000 }))));
    await expect(hosts.work(instance(50), (sandbox) => sandbox.run('true', { timeoutMs: 60_000 }))).rejects.toThrow('--run-scripts runs the scripts of at most 50 instances, and the fleet has 51');
  } finally {
    await hosts.close();
  }
});
