import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, openSync, readFileSync, readdirSync, readlinkSync, closeSync, statSync, truncateSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { unzipSync } from 'fflate';

import type { ArchiveEntry } from '../../../../rehearsal/documents/bundle/bundle-content';
import { fingerprint } from '../../../../rehearsal/documents/bundle/bundle-content';
import { readZip } from '../../../../rehearsal/documents/bundle/read-zip';
import { writeZip } from '../../../../rehearsal/documents/bundle/write-zip';
import type { ZipRecord } from '../../../../rehearsal/documents/bundle/zip-format';
import { centralHeader, endOfArchive, isLarge, localHeader } from '../../../../rehearsal/documents/bundle/zip-format';
import { inTemporaryFolder } from '../../../support/greenlight';

const bytesEntry = (path: string, content: string | Buffer, executable = false): ArchiveEntry => ({ path, kind: 'file', executable, content: { bytes: Buffer.from(content) } });
const folderEntry = (path: string): ArchiveEntry => ({ path, kind: 'folder', executable: true, content: { bytes: Buffer.alloc(0) } });
const linkEntry = (path: string, target: string): ArchiveEntry => ({ path, kind: 'link', executable: true, content: { bytes: Buffer.from(target) } });

/** Bytes that nothing makes shorter, the same in each run. */
function noise(length: number): Buffer {
  let seed = 1;
  return Buffer.from(Array.from({ length }, () => (seed = (seed * 48_271) % 2_147_483_647) & 0xff));
}

const WORDS = Buffer.from(Array.from({ length: 40_000 }, (_, index) => `line ${index % 977}\n`).join(''));

const ENTRIES: readonly ArchiveEntry[] = [
  bytesEntry('appspec.yml', 'version: 0.0\nos: linux\n'),
  linkEntry('current', 'web'),
  folderEntry('empty'),
  bytesEntry('nothing', ''),
  bytesEntry('run.sh', '#!/bin/sh\nexit 0\n', true),
  folderEntry('web'),
  bytesEntry('web/noise.bin', noise(200_000)),
  bytesEntry('web/words.txt', WORDS),
  bytesEntry('web/é.txt', 'é'),
];

function zipped<T>(entries: readonly ArchiveEntry[], use: (file: string, folder: string) => T): T {
  return inTemporaryFolder((folder) => {
    const file = join(folder, 'bundle.zip');
    writeZip(file, entries);
    return use(file, folder);
  });
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

test('the bytes are these, on any machine', () => {
  const bytes = zipped([bytesEntry('run.sh', '#!/bin/sh\n', true), linkEntry('x', 'run.sh')], (file) => readFileSync(file));
  expect(bytes.toString('hex')).toBe(
    [
      // Local header: version 2.0, no flags, stored, 1980-01-01, CRC, sizes; name; content.
      '504b0304140000000000000021001d9dfb040a0000000a00000006000000', '72756e2e7368', '23212f62696e2f73680a',
      '504b030414000000000000002100534a4b68060000000600000001000000', '78', '72756e2e7368',
      // Central headers: made on Unix, mode 0100755; 0120777.
      '504b01021403140000000000000021001d9dfb040a0000000a000000060000000000000000000000ed8100000000', '72756e2e7368',
      '504b0102140314000000000000002100534a4b680600000006000000010000000000000000000000ffa12e000000', '78',
      '504b0506000000000200020063000000530000000000',
    ].join(''),
  );
});

test('what deflates is deflated alike on any machine', () => {
  zipped(ENTRIES, (file) => {
    const bytes = readFileSync(file);
    expect([bytes.length, sha256(bytes)]).toEqual([206_012, '38a5b838481f8bfe5b435df8252c1b2991426cd8a16b855d0b3f990df68dc353']);
  });
});

test('what is written is read', () => {
  zipped(ENTRIES, (file) => {
    const { entries, read } = readZip(file);
    expect(entries).toEqual([
      { path: 'appspec.yml', kind: 'file', size: 23, executable: false },
      { path: 'current', kind: 'link', size: 0, target: 'web' },
      { path: 'empty', kind: 'folder', size: 0 },
      { path: 'nothing', kind: 'file', size: 0, executable: false },
      { path: 'run.sh', kind: 'file', size: 17, executable: true },
      { path: 'web', kind: 'folder', size: 0 },
      { path: 'web/noise.bin', kind: 'file', size: 200_000, executable: false },
      { path: 'web/words.txt', kind: 'file', size: WORDS.length, executable: false },
      { path: 'web/é.txt', kind: 'file', size: 2, executable: false },
    ]);
    expect(read('run.sh', 17).toString()).toBe('#!/bin/sh\nexit 0\n');
    expect(read('web/noise.bin', 200_000).equals(noise(200_000))).toBe(true);
    expect(read('web/words.txt', 10_000_000).equals(WORDS)).toBe(true);
    expect(read('nothing', 0)).toHaveLength(0);
    expect(() => read('run.sh', 16)).toThrow(`"run.sh" of ${file} has 17 bytes, and 16 are read`);
    expect(() => read('absent', 1)).toThrow(`${file} has no file "absent"`);
    expect(() => read('web', 1)).toThrow(`${file} has no file "web"`);
  });
});

test('another library reads it', () => {
  zipped(ENTRIES, (file) => {
    const files = unzipSync(readFileSync(file));
    expect(Buffer.from(files['web/words.txt'] ?? []).equals(WORDS)).toBe(true);
    expect(Buffer.from(files['web/noise.bin'] ?? []).equals(noise(200_000))).toBe(true);
    expect(Object.keys(files)).toContain('empty/');
    expect(Object.keys(files)).toContain('web/é.txt');
  });
});

const UNZIP = spawnSync('unzip', ['-v']).status === 0;

(UNZIP ? describe : describe.skip)('what unpacks bundles on hosts', () => {
  test('makes files, folders and links as they were', () => {
    zipped(ENTRIES, (file, folder) => {
      const out = join(folder, 'out');
      // A service has no locale.
      execFileSync('unzip', ['-qo', file, '-d', out], { env: { PATH: process.env.PATH, LC_ALL: 'C' } });
      expect(readdirSync(out).sort()).toEqual(['appspec.yml', 'current', 'empty', 'nothing', 'run.sh', 'web']);
      expect(readdirSync(join(out, 'web')).sort()).toEqual(['noise.bin', 'words.txt', 'é.txt']);
      expect(readFileSync(join(out, 'current/words.txt')).equals(WORDS)).toBe(true);
      expect(readlinkSync(join(out, 'current'))).toBe('web');
      expect([statSync(join(out, 'run.sh')).mode & 0o777, statSync(join(out, 'appspec.yml')).mode & 0o777, lstatSync(join(out, 'empty')).mode & 0o777]).toEqual([0o755, 0o644, 0o755]);
    });
  });

  test('reads an archive of more files than a 16-bit number tells', () => {
    const entries = Array.from({ length: 65_536 }, (_, index) => bytesEntry(`f${index}`, 'x'));
    zipped(entries, (file) => {
      expect(readZip(file).entries).toHaveLength(65_536);
      expect(execFileSync('unzip', ['-qql', file], { encoding: 'utf8', maxBuffer: 1e8 }).trimEnd().split('\n')).toHaveLength(65_536);
    });
  });
});

describe('files of the disk', () => {
  const fileEntry = (file: string, size: number): ArchiveEntry => ({ path: 'a', kind: 'file', executable: false, content: { file, size } });

  test('are the same whatever their times and permissions are', () => {
    inTemporaryFolder((folder) => {
      const archives = [0o600, 0o666].map((mode, index) => {
        mkdirSync(join(folder, String(index)));
        const at = join(folder, String(index), 'words.txt');
        writeFileSync(at, WORDS, { mode });
        utimesSync(at, index * 1000, index * 1000);
        const zip = join(folder, `${index}.zip`);
        writeZip(zip, [fileEntry(at, WORDS.length)]);
        return readFileSync(zip);
      });
      expect(archives[0]?.equals(archives[1] ?? Buffer.alloc(0))).toBe(true);
      expect(archives[0]?.length).toBeLessThan(WORDS.length / 4);
    });
  });

  test.each([
    ['longer', 2],
    ['shorter', 4],
  ])('that have become %s are told', (_, size) => {
    inTemporaryFolder((folder) => {
      const at = join(folder, 'a.txt');
      writeFileSync(at, 'abc');
      const message = `${at} has changed while it was read; synthesize again when nothing writes to it`;
      expect(() => writeZip(join(folder, 'a.zip'), [fileEntry(at, size)])).toThrow(message);
      expect(() => fingerprint([fileEntry(at, size)])).toThrow(message);
    });
  });
});

test('a fingerprint tells path, kind, content and whether it is executable, and nothing else', () => {
  const prints = [
    [bytesEntry('a', 'x')],
    [bytesEntry('a', 'x', true)],
    [bytesEntry('a', 'y')],
    [bytesEntry('b', 'x')],
    [linkEntry('a', 'x')],
    [bytesEntry('a', 'x'), bytesEntry('b', 'x')],
    [],
  ].map(fingerprint);
  expect(new Set(prints).size).toBe(prints.length);
  inTemporaryFolder((folder) => {
    writeFileSync(join(folder, 'x'), 'x');
    expect(fingerprint([{ path: 'a', kind: 'file', executable: false, content: { file: join(folder, 'x'), size: 1 } }])).toBe(prints[0]);
  });
});

test('an archive does not take the place of another file', () => {
  zipped([], (file) => expect(() => writeZip(file, [])).toThrow('EEXIST'));
});

describe('beyond 4 GB', () => {
  const GB5 = 5 * 1024 ** 3;
  const record: ZipRecord = { name: Buffer.from('a'), marked: false, method: 0, crc: 0x8cdc1683, compressed: 1, size: 1, offset: GB5, mode: 0o100644 };

  test('a file from 4,293,918,720 bytes has its sizes in the 64-bit field of its own header', () => {
    expect([isLarge({ size: 4_293_918_719 }), isLarge({ size: 4_293_918_720 })]).toEqual([false, true]);
    expect(localHeader({ ...record, size: GB5, compressed: GB5 + 1 }).toString('hex')).toBe('504b03042d000000000000002100' + '8316dc8c' + 'ffffffffffffffff' + '01001400' + '61' + '01001000' + '0000004001000000' + '0100004001000000');
    expect(localHeader({ ...record, size: 4_293_918_719 }).toString('hex')).toBe('504b030414000000000000002100' + '8316dc8c' + '01000000' + 'ffffefff' + '01000000' + '61');
  });

  test('only what does not fit stands in the 64-bit field of a central header', () => {
    const header = (changed: Partial<ZipRecord>) => centralHeader({ ...record, ...changed }).toString('hex');
    const start = '504b01022d032d00000000000000' + '2100' + '8316dc8c';
    expect(header({})).toBe(`${start}${'01000000'}${'01000000'}01000c00000000000000${'0000a481'}ffffffff61${'01000800'}0000004001000000`);
    expect(header({ size: GB5, compressed: GB5, offset: 7 })).toBe(`${start}ffffffffffffffff01001400000000000000${'0000a481'}0700000061${'01001000'}00000040010000000000004001000000`);
    expect(header({ size: 0xfffffffe, compressed: 0xfffffffe, offset: 0xfffffffe })).toBe(`${start}fefffffffeffffff01000000000000000000${'0000a481'}feffffff61`);
  });

  test.each([
    [65_534, 100, 0xfffffffe, false],
    [65_535, 100, 100, true],
    [1, 0xffffffff, 100, true],
    [1, 100, 0xffffffff, true],
  ])('the end of %s entries, %s bytes at %s is long: %s', (count, length, at, long) => {
    const end = endOfArchive(count, at, length);
    expect(end).toHaveLength(long ? 98 : 22);
    if (long) {
      expect([24, 32, 40, 48].map((field) => Number(end.readBigUInt64LE(field)))).toEqual([count, count, length, at]);
      expect([end.readUInt32LE(0), end.readUInt32LE(56), Number(end.readBigUInt64LE(64))]).toEqual([0x06064b50, 0x07064b50, at + length]);
    }
  });

  test('what lies there is read', () => {
    inTemporaryFolder((folder) => {
      const file = join(folder, 'large.zip');
      writeFileSync(file, '');
      truncateSync(file, GB5);
      const central = centralHeader(record);
      const local = Buffer.concat([localHeader(record), Buffer.from('x')]);
      const descriptor = openSync(file, 'r+');
      [local, central, endOfArchive(1, GB5 + local.length, central.length)].reduce((at, bytes) => at + writeSync(descriptor, bytes, 0, bytes.length, at), GB5);
      closeSync(descriptor);
      expect(readZip(file).read('a', 1).toString()).toBe('x');
    });
  });
});

describe('an archive that is none', () => {
  const refused = (change: (bytes: Buffer) => Buffer, then: (file: string) => void = (file) => readZip(file)) =>
    zipped([bytesEntry('a.txt', 'x'.repeat(1000)), linkEntry('l', 'a.txt')], (file, folder) => {
      const broken = join(folder, 'broken.zip');
      writeFileSync(broken, change(readFileSync(file)));
      expect(() => then(broken)).toThrow(`${broken} is no archive of a bundle, or a damaged one; synthesize again`);
    });
  const central = (bytes: Buffer) => bytes.readUInt32LE(bytes.length - 6);

  const patched = (at: (bytes: Buffer) => number, value: number) => (bytes: Buffer) => {
    bytes.writeUInt32LE(value, at(bytes));
    return bytes;
  };

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['nothing', () => Buffer.alloc(0)],
    ['something else', () => Buffer.alloc(1000, 'x')],
    ['cut short', (bytes) => bytes.subarray(0, bytes.length - 1)],
    ['without its beginning', (bytes) => bytes.subarray(10)],
    ['with headers that begin too late', patched((bytes) => bytes.length - 6, 0x7fffffff)],
    ['with headers that are too long', patched((bytes) => bytes.length - 10, 0x7fffffff)],
    ['with more entries than headers', (bytes) => (bytes.writeUInt16LE(3, bytes.length - 12), bytes)],
    ['with a long end that is none', (bytes) => (bytes.writeUInt16LE(0xffff, bytes.length - 12), bytes)],
    ['with another signature of a header', patched(central, 0)],
    ['with a name that goes on and on', (bytes) => (bytes.writeUInt16LE(0xffff, central(bytes) + 28), bytes)],
  ])('%s', (_, change) => refused(change));

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['another signature', patched(() => 0, 0)],
    ['another content', (bytes) => (bytes.writeUInt8(bytes.readUInt8(40) ^ 0xff, 40), bytes)],
    ['another sum', patched((bytes) => central(bytes) + 16, 0)],
    ['a size that is too small', patched((bytes) => central(bytes) + 24, 10)],
    ['a size that no archive has', patched((bytes) => central(bytes) + 20, 0x7fffffff)],
    ['a place that is not there', patched((bytes) => central(bytes) + 42, 0x7fffffff)],
  ])('a file with %s', (_, change) => refused(change, (file) => readZip(file).read('a.txt', 1_000_000)));
});
