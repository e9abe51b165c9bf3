/** What is unpacked of a bundle, and what is refused. */
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { writeZip } from '../../../../rehearsal/documents/bundle/write-zip';
import { unpackBundle } from '../../../../rehearsal/sandbox/servers/unpack-bundle';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'greenlight-unpack-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Entry = Parameters<typeof writeZip>[1][number];
const file = (path: string, text: string, executable = false): Entry => ({ path, kind: 'file', executable, content: { bytes: Buffer.from(text) } });
const link = (path: string, target: string): Entry => ({ path, kind: 'link', executable: false, content: { bytes: Buffer.from(target) } });

function unpacked(...entries: readonly Entry[]): string {
  const archive = join(folder, 'bundle.zip');
  writeZip(archive, entries);
  const into = join(folder, 'into');
  unpackBundle(archive, into);
  return into;
}

test('an archive: files with their modes, folders, and links within it', () => {
  const mask = process.umask(0o077);
  const into = unpacked(file('appspec.yml', 'version: 0.0'), { path: 'empty', kind: 'folder', executable: false, content: { bytes: Buffer.alloc(0) } }, file('scripts/deep/start.sh', '#!/bin/sh', true), link('scripts/deep/up', '../../appspec.yml'));
  process.umask(mask);
  expect(readFileSync(join(into, 'scripts/deep/start.sh'), 'utf8')).toBe('#!/bin/sh');
  expect(['.', 'empty', 'scripts', 'scripts/deep', 'scripts/deep/start.sh', 'appspec.yml'].map((path) => (statSync(join(into, path)).mode & 0o777).toString(8))).toEqual(['755', '755', '755', '755', '755', '644']);
  expect(lstatSync(join(into, 'scripts/deep/up')).isSymbolicLink()).toBe(true);
  expect(readlinkSync(join(into, 'scripts/deep/up'))).toBe('../../appspec.yml');
});

test.each<[string, readonly Entry[], string]>([
  ['a path out of it', [file('../x', '')], '"../x" is no name of a file in it'],
  ['a path from the root', [file('/etc/passwd', '')], '"/etc/passwd" is no name of a file in it'],
  ['a path through its own root', [file('a/../../x', '')], '"a/../../x" is no name of a file in it'],
  ['a control character', [file('a\nb', '')], '"a\\nb" is no name of a file in it'],
  ['a link to somewhere', [link('a', '/etc/passwd')], '"a" is a link that leads out of it, to "/etc/passwd"'],
  ['a link above it', [link('b/a', '../../x')], '"b/a" is a link that leads out of it, to "../../x"'],
  ['a link to what is above it', [link('a', '..')], '"a" is a link that leads out of it, to ".."'],
  ['a file below a link', [link('a', 'b'), file('a/x', '')], '"a/x" lies below what is no folder'],
  ['a file below a file', [file('a', ''), file('a/x', '')], '"a/x" lies below what is no folder'],
  ['too many files', Array.from({ length: 2001 }, (_, index) => file(String(index), '')), 'it has more than 2000 files and folders'],
])('refused: %s', (_, entries, why) => {
  expect(() => unpacked(...entries)).toThrow(`the scripts of the bundle ${join(folder, 'bundle.zip')} cannot be run: ${why}; rehearse it without --run-scripts`);
  expect(existsSync(join(folder, 'into'))).toBe(false);
});

test('too large a bundle is refused by what it says of itself', () => {
  const large = join(folder, 'large');
  mkdirSync(large);
  writeFileSync(join(large, 'zeros'), Buffer.alloc(100 * 1024 * 1024 + 1));
  expect(() => unpackBundle(large, join(folder, 'into'))).toThrow('its files come to 104857601 bytes, and 104857600 are unpacked');
});

test('a folder that is no archive yet', () => {
  const source = join(folder, 'source');
  mkdirSync(join(source, 'scripts'), { recursive: true });
  writeFileSync(join(source, 'scripts', 'start.sh'), '#!/bin/sh', { mode: 0o700 });
  symlinkSync('start.sh', join(source, 'scripts', 'again'));
  const into = join(folder, 'into');
  unpackBundle(source, into);
  expect([(statSync(join(into, 'scripts', 'start.sh')).mode & 0o777).toString(8), readlinkSync(join(into, 'scripts', 'again'))]).toEqual(['755', 'start.sh']);
});
