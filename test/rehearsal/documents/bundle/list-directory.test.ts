import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { listDirectory } from '../../../../rehearsal/documents/bundle/list-directory';
import { headOf } from '../../../../rehearsal/documents/bundle/bundle-content';
import { inTemporaryFolder } from '../../../support/greenlight';

test('files, folders and links, with kinds and sizes, sorted by bytes', () => {
  inTemporaryFolder((folder) => {
    mkdirSync(join(folder, 'a/empty'), { recursive: true });
    writeFileSync(join(folder, 'a/run.sh'), '#!/bin/sh\n', { mode: 0o700 });
    writeFileSync(join(folder, 'a-b'), 'x', { mode: 0o644 });
    writeFileSync(join(folder, '.hidden'), '');
    writeFileSync(join(folder, 'é'), 'é');
    symlinkSync('../a-b', join(folder, 'a/link'));
    expect(listDirectory(folder)).toEqual([
      { path: '.hidden', kind: 'file', size: 0, executable: false },
      { path: 'a', kind: 'folder', size: 0 },
      { path: 'a-b', kind: 'file', size: 1, executable: false },
      { path: 'a/empty', kind: 'folder', size: 0 },
      { path: 'a/link', kind: 'link', size: 0, target: '../a-b' },
      { path: 'a/run.sh', kind: 'file', size: 10, executable: true },
      { path: 'é', kind: 'file', size: 2, executable: false },
    ]);
  });
});

test('links are not followed, though they lead out or to themselves', () => {
  inTemporaryFolder((folder) => {
    symlinkSync('/', join(folder, 'root'));
    symlinkSync('.', join(folder, 'self'));
    symlinkSync('nothing', join(folder, 'broken'));
    expect(listDirectory(folder).map(({ path, target }) => [path, target])).toEqual([
      ['broken', 'nothing'],
      ['root', '/'],
      ['self', '.'],
    ]);
  });
});

test('what is neither file, folder nor link is special, and nobody waits for it', async () => {
  const folder = inTemporaryFolder((name) => name);
  mkdirSync(folder);
  expect(spawnSync('mkfifo', [join(folder, 'pipe')]).status).toBe(0);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
  try {
    expect(listDirectory(folder)).toEqual([
      { path: 'pipe', kind: 'special', size: 0 },
      { path: 'socket', kind: 'special', size: 0 },
    ]);
    expect(headOf(join(folder, 'pipe'))).toBe('');
  } finally {
    await new Promise((resolve) => server.close(resolve));
    spawnSync('rm', ['-r', folder]);
  }
});

test('names that are not UTF-8 are told with their bytes', () => {
  inTemporaryFolder((folder) => {
    const name = (bytes: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(bytes, 'latin1')]);
    mkdirSync(name('d\xe9'));
    writeFileSync(name('d\xe9/a\nb'), '');
    symlinkSync(Buffer.from('caf\xe9', 'latin1'), join(folder, 'link'));
    expect(listDirectory(folder)).toEqual([
      { path: 'd\\xE9', kind: 'folder', size: 0, notUtf8: true },
      { path: 'd\\xE9/a\\x0Ab', kind: 'file', size: 0, executable: false, notUtf8: true },
      { path: 'link', kind: 'link', size: 0, target: 'caf\\xE9', notUtf8: true },
    ]);
  });
});

test('a file is as long as it says, and not read', () => {
  inTemporaryFolder((folder) => {
    writeFileSync(join(folder, 'sparse'), '');
    truncateSync(join(folder, 'sparse'), 6 * 1024 ** 3);
    expect(listDirectory(folder)).toEqual([{ path: 'sparse', kind: 'file', size: 6_442_450_944, executable: false }]);
  });
});

test('what is left out is left out with everything in it', () => {
  inTemporaryFolder((folder) => {
    ['keep', 'drop'].forEach((name) => mkdirSync(join(folder, name)));
    writeFileSync(join(folder, 'keep/a.log'), '');
    writeFileSync(join(folder, 'keep/a.txt'), '');
    writeFileSync(join(folder, 'drop/a.txt'), '');
    const asked: string[] = [];
    const ignores = (path: string) => asked.push(path.slice(folder.length)) > 0 && (path.endsWith('/drop/') || path.endsWith('.log'));
    expect(listDirectory(folder, { ignores }).map(({ path }) => path)).toEqual(['keep', 'keep/a.txt']);
    expect(asked.sort()).toEqual(['/drop/', '/keep/', '/keep/a.log', '/keep/a.txt']);
  });
});

test('reading ends one entry after the most that there may be', () => {
  inTemporaryFolder((folder) => {
    ['a', 'b', 'c', 'd', 'e'].forEach((name) => writeFileSync(join(folder, name), ''));
    expect(listDirectory(folder, { most: 5 })).toHaveLength(5);
    expect(listDirectory(folder, { most: 4 })).toHaveLength(5);
    expect(listDirectory(folder, { most: 2 })).toHaveLength(3);
  });
});

test('reading ends with its time', () => {
  inTemporaryFolder((folder) => {
    ['a', 'b', 'c'].forEach((name) => writeFileSync(join(folder, name), ''));
    let time = 0;
    const now = () => (time += 1000);
    expect(listDirectory(folder, { now, timeoutMs: 3000 })).toHaveLength(3);
    time = 0;
    expect(() => listDirectory(folder, { now, timeoutMs: 2000 })).toThrow(`the files below ${folder} could not be listed in 2 seconds, and 2 were found; name a smaller folder, or leave folders out by 'exclude'`);
  });
});

test('a head is the first bytes of a file, as they are', () => {
  inTemporaryFolder((folder) => {
    const at = join(folder, 'file');
    writeFileSync(at, Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf, 0x0d, 0x0a]), Buffer.alloc(5000, 'x')]));
    expect(headOf(at)).toBe(`\xef\xbb\xbf\r\n${'x'.repeat(4091)}`);
    symlinkSync(at, join(folder, 'link'));
    expect(() => headOf(join(folder, 'link'))).toThrow('ELOOP');
  });
});
