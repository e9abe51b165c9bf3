/** What is printed is read as what it was, by readers of YAML 1.1 too. */
import { parse } from 'yaml';
import { lintAppSpec } from '../../../../lib/model/appspec/lint';
import { valueOf } from '../../../../lib/model/appspec/part';
import { printYaml } from '../../../../rehearsal/documents/appspec/print-appspec';
import { readAppSpecText } from '../../../../rehearsal/documents/appspec/read-appspec';
import { anyAppSpec } from '../../../support/appspecs';
import { fc, RUNS } from '../../../support/properties';

function readBack(text: string, format: 'yaml' | 'json'): unknown {
  const reading = readAppSpecText(text, format);
  return 'root' in reading ? valueOf(reading.root) : reading.findings;
}

test('parse(print(x)) is x, as YAML and as JSON', () => {
  fc.assert(
    fc.property(anyAppSpec, (document) => {
      expect(readBack(printYaml(document), 'yaml')).toEqual(document);
      expect(readBack(JSON.stringify(document, null, 2), 'json')).toEqual(document);
    }),
    { numRuns: RUNS / 10 },
  );
});

test('agents, which read YAML 1.1, read the same', () => {
  fc.assert(
    fc.property(anyAppSpec, (document) => {
      expect(parse(printYaml(document), { version: '1.1' })).toEqual(document);
    }),
    { numRuns: RUNS / 10 },
  );
});

test('and breaks no rule', () => {
  fc.assert(
    fc.property(anyAppSpec, (document) => {
      const reading = readAppSpecText(printYaml(document), 'yaml');
      expect('root' in reading ? lintAppSpec(reading.root).findings : reading.findings).toEqual([]);
    }),
    { numRuns: RUNS / 10 },
  );
});

test('printing what was read changes nothing more', () => {
  fc.assert(
    fc.property(anyAppSpec, (document) => {
      const printed = printYaml(document);
      expect(printYaml(readBack(printed, 'yaml'))).toBe(printed);
    }),
    { numRuns: RUNS / 10 },
  );
});

test('texts that look like something else stand in quotes, and the version has its point', () => {
  expect(printYaml({ version: 0, os: 'linux', permissions: [{ object: '/srv', pattern: '**', mode: '0644', owner: 'yes', acls: ['d::rx'] }] })).toBe(
    'version: 0.0\nos: linux\npermissions:\n  - object: /srv\n    pattern: "**"\n    mode: "0644"\n    owner: "yes"\n    acls:\n      - d::rx\n',
  );
  expect(printYaml({ version: '0.0' })).toBe('version: "0.0"\n');
});
