import type { Part } from '../../../../lib/model/appspec/part';
import { valueOf } from '../../../../lib/model/appspec/part';
import { MAX_APPSPEC_BYTES } from '../../../../lib/model/limits';
import type { Format } from '../../../../rehearsal/documents/appspec/read-appspec';
import { formatOf, readAppSpecFile, readAppSpecText } from '../../../../rehearsal/documents/appspec/read-appspec';
import { cpuMsOf } from '../../../support/cpu-time';

/** `[rule, line]` of what stands in the way, or the value. */
function read(text: string, format: Format = 'yaml'): unknown {
  const reading = readAppSpecText(text, format);
  return 'root' in reading ? valueOf(reading.root) : reading.findings.map(({ rule, line }) => [rule, line]);
}

test.each<[string, string, unknown]>([
  ['a byte order mark', '\ufeffa: 1\n', { a: 1 }],
  ['line ends of Windows', 'a: 1\r\nb: two\r\n', { a: 1, b: 'two' }],
  ['no line end', 'a: 1', { a: 1 }],
  ['JSON with tabs', '{\n\t"a": [\n\t\t1\n\t]\n}', { a: [1] }],
  ['a first and a last mark', '---\na: 1\n...\n', { a: 1 }],
  ['texts that other YAML takes for more', 'a: yes\nb: 2001-01-01\nc: 1_000\n', { a: 'yes', b: '2001-01-01', c: '1_000' }],
  ['keys that look like numbers and words', '1: a\ntrue: b\n0x10: c\n', { 1: 'a', true: 'b', '0x10': 'c' }],
  ['a key with a name of the language', '__proto__: 1\n', JSON.parse('{"__proto__": 1}')],
  ['an alias', 'a: &x [1]\nb: *x\n', { a: [1], b: [1] }],
  ['an anchor that is set again', 'a: &x 1\nb: &x 2\nc: *x\n', { a: 1, b: 2, c: 2 }],
  ['an anchored key', '&k a: 1\nb: *k\n', { a: 1, b: 'a' }],
  ['a merge', 'a: &x { b: 1, c: 2 }\nd: { <<: *x, c: 3 }\n', { a: { b: 1, c: 2 }, d: { c: 3, b: 1 } }],
  ['a merge of several', 'a: &x { b: 1 }\nc: &y { b: 2, d: 3 }\ne: { <<: [*x, *y] }\n', { a: { b: 1 }, c: { b: 2, d: 3 }, e: { b: 1, d: 3 } }],
  ['a key that only looks like a merge', '"<<": 1\n', { '<<': 1 }],
  ['explicit types', 'a: !!str 1\nb: !!map {}\n', { a: '1', b: {} }],
  ['an empty document', '', null],
])('YAML with %s is read', (_, text, value) => {
  expect(read(text)).toEqual(value);
});

test.each<[string, string, unknown]>([
  ['a tab', 'a:\n\tb: 1\n', [['not-yaml', 2]]],
  ['an old line end', 'a: 1\rb: 2\r', [['not-yaml', 1]]],
  ['a control character', 'a: 1\nb: \u0000\n', [['not-yaml', 2]]],
  ['a delete character', 'a: \u007f\n', [['not-yaml', 1]]],
  ['an open quote, at the last line and not after it', 'a: "x\n\n\n', [['not-yaml', 1]]],
  ['several mistakes, the first of them', 'a: b: c\nd: e: f\n', [['not-yaml', 1]]],
  ['two documents', 'a: 1\n---\nb: 1\n', [['several-documents', 2]]],
  ['equal keys, each of them', 'a: 1\na: 2\nb: { c: 1, c: 2 }\na: 3\n', [['duplicate-key', 3], ['duplicate-key', 2], ['duplicate-key', 4]]],
  ['tags, each of them', 'a: !Ref b\nc: !ruby/object:File {}\n', [['unknown-tag', 1], ['unknown-tag', 2]]],
  ['an alias of nothing', 'a: *b\n', [['unknown-alias', 1]]],
  ['an alias before its anchor', 'a: *b\nc: &b 1\n', [['unknown-alias', 1]]],
  ['a key of several values', '? [a]\n: b\n', [['key-not-text', 1]]],
  ['a key of none', ': b\n', [['key-not-text', 1]]],
  ['a merge of no map', 'a: { <<: 1 }\n', [['not-yaml', 1]]],
  ['an alias of itself', 'a: &a [*a]\n', [['too-large', 1]]],
])('YAML with %s is none', (_, text, findings) => {
  expect(read(text)).toEqual(findings);
});

test.each<[string, string, unknown]>([
  ['nothing', '', [['not-json', 1]]],
  ['a comment', '{\n// a\n}', [['not-json', 2]]],
  ['a comma too many', '{"a": 1,\n}', [['not-json', 2]]],
  ['a byte order mark', '\ufeff{}', [['not-json', 1]]],
  ['equal keys', '{"a": 1,\n"a": 2}', [['duplicate-key', 2]]],
  ['keys that differ in case', '{"a": 1, "A": 2}', { a: 1, A: 2 }],
  ['YAML', 'a: 1\n', [['not-json', 1]]],
])('JSON with %s', (_, text, value) => {
  expect(read(text, 'json')).toEqual(value);
});

test('parts know their lines, and scalars how they are written', () => {
  const root = (text: string, format: Format): Part => (readAppSpecText(text, format) as { readonly root: Part }).root;
  const scalar = (line: number, value: string | number | null, plain?: string) => ({ kind: 'scalar', line, value, ...(plain === undefined ? {} : { plain }) });
  expect(root('a: 0.0\nb:\n  - "0.0"\n  - x\nc:\nd: |\n  x\n', 'yaml')).toEqual({
    kind: 'map',
    line: 1,
    entries: [
      { key: 'a', line: 1, part: scalar(1, 0, '0.0') },
      { key: 'b', line: 2, part: { kind: 'list', line: 3, items: [scalar(3, '0.0'), scalar(4, 'x', 'x')] } },
      { key: 'c', line: 5, part: scalar(5, null, '') },
      { key: 'd', line: 6, part: scalar(6, 'x\n') },
    ],
  });
  expect(root('{\n"a": 0.0,\n"b": ["0.0",\nnull]}', 'json')).toEqual({
    kind: 'map',
    line: 1,
    entries: [
      { key: 'a', line: 2, part: scalar(2, 0, '0.0') },
      { key: 'b', line: 3, part: { kind: 'list', line: 3, items: [scalar(3, '0.0'), scalar(4, null, 'null')] } },
    ],
  });
});

test.each<Format>(['yaml', 'json'])('%s of 20,000 values, 32 levels deep, is read, and no more', (format) => {
  const wide = (count: number) => `[${Array.from({ length: count - 1 }, () => '1').join(',\n')}]`;
  expect(read(wide(20_000), format)).toHaveLength(19_999);
  expect(read(wide(20_001), format)).toEqual([['too-large', 20_000]]);
  const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  expect(JSON.stringify(read(deep(32), format))).toBe(deep(32));
  expect(read(deep(33), format)).toEqual([['too-large', 1]]);
  expect(read('['.repeat(20_000), format)).toEqual([['too-large', 1]]);
});

test('aliases of aliases end at the limit, not at that of memory', () => {
  const levels = Array.from({ length: 20 }, (_, index) => `l${index + 1}: &l${index + 1} [${Array.from({ length: 10 }, () => `*l${index}`).join(', ')}]\n`);
  expect(read(`l0: &l0 x\n${levels.join('')}`)).toEqual([['too-large', 5]]);
});

test('the longest file with as many keys as it can have is read in seconds', () => {
  const keys = Array.from({ length: 33_000 }, (_, index) => `k${index}:\n`).join('');
  expect(keys.length).toBeLessThan(MAX_APPSPEC_BYTES);
  expect(cpuMsOf(() => expect(read(keys)).toEqual([['too-large', 20_000]]))).toBeLessThan(20_000);
});

test('bytes that are no UTF-8 are told at their line', () => {
  expect(readAppSpecFile(Buffer.from('a: 1\nb: \xe9\n', 'latin1'), 'yaml')).toEqual({
    findings: [{ rule: 'not-utf8', level: 'error', line: 2, message: 'this is not UTF-8; save the file in that encoding' }],
  });
  expect(readAppSpecFile(Buffer.from('\ufeffa: é\n'), 'yaml')).toMatchObject({ root: { entries: [{ key: 'a', part: { value: 'é' } }] } });
});

test.each([
  ['appspec.json', 'json'],
  ['APPSPEC.JSON', 'json'],
  ['appspec.yml', 'yaml'],
  ['json', 'yaml'],
])('%s is read as %s', (name, format) => {
  expect(formatOf(name)).toBe(format);
});
