/** `greenlight suite lint` as people and scripts meet it: the built command in a process. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { greenlight, inTemporaryFolder } from '../../support/greenlight';
import { exampleSuites } from '../../schemas/example-suites';

const SUITE = exampleSuites().find(({ name }) => name === 'HttpChecks AfterAllowTestTraffic')!;
const TEXT = JSON.stringify(SUITE.suite, null, 2);

interface MutableSuite {
  readonly checks: { readonly policy: { readonly after: string[] }; readonly steps: { readonly request: { path: string }; readonly assertions: unknown[] }[] }[];
}

function lint(content: string | Uint8Array) {
  return inTemporaryFolder((folder) => {
    writeFileSync(join(folder, 'suite.json'), content);
    return greenlight(['suite', 'lint', 'suite.json'], { cwd: folder });
  });
}

test.each(exampleSuites())('the suite of example $name is sound', ({ file }) => {
  expect(greenlight(['suite', 'lint', file])).toMatchObject({ status: 0, stdout: '', stderr: `${file} is a sound suite\n` });
});

test('findings are lines of file, line and message, in the order of the file', () => {
  const changed = TEXT.replace('"schemaVersion": 1', '"schemaVersion": 2').replace('"mode": "', '"mod": "').replace('"concurrency": 1', '"concurrency": 0');
  const { status, stdout, stderr } = lint(changed);
  expect([status, stderr]).toEqual([1, '']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toBe("suite.json:2: 'schemaVersion' must be 1, got 2");
  expect(lines[1]).toMatch(/^suite\.json:\d+: 'policy\.concurrency' must be a whole number from 1 to 50, got 0$/);
  expect(lines[2]).toMatch(/^suite\.json:\d+: 'checks\[0\]\.policy\.mod' has no meaning here; did you mean "mode"\?$/);
  expect(lines).toHaveLength(3);
  const numbers = lines.map((line) => Number(line.split(':')[1]));
  expect(changed.split('\n')[numbers[2]! - 1]).toContain('"mod": ');
});

test.each<[string, (suite: MutableSuite) => void, RegExp, string]>([
  ['two checks of one name', ({ checks }) => checks.push(checks[0]!), /^suite\.json:(\d+): .*is used twice; give every check a name of its own$/, ''],
  ['a check after none', ({ checks }) => checks[0]!.policy.after.push('login'), /^suite\.json:(\d+): .*comes after "login", which does not stand before it/, ''],
  ['a pattern that is none', ({ checks }) => (checks[0]!.steps[0]!.assertions[0] = { kind: 'bodyMatches', pattern: '(' }), /^suite\.json:(\d+): .*pattern "\(" cannot be used: /, '    {'],
  ['a JSON path that is none', ({ checks }) => (checks[0]!.steps[0]!.assertions[0] = { kind: 'jsonPathExists', path: '$.' }), /^suite\.json:(\d+): .*JSON path "\$\." cannot be used: /, '    {'],
  ['a value that is not there', ({ checks }) => (checks[0]!.steps[0]!.request.path = '/{{id}}'), /^suite\.json:(\d+): .*refers to a value that is not there: /, '"path": "/{{id}}"'],
])('what no schema can say is found too: %s', (_, change, message, line) => {
  const suite = structuredClone(SUITE.suite) as unknown as MutableSuite;
  change(suite);
  const text = JSON.stringify(suite, null, 2);
  const { status, stdout, stderr } = lint(text);
  expect([status, stderr]).toEqual([1, '']);
  expect(stdout.trimEnd()).toMatch(message);
  expect(text.split('\n')[Number(message.exec(stdout.trimEnd())?.[1]) - 1]).toContain(line);
});

test.each<[string, string | Uint8Array, string]>([
  ['empty', '', 'suite.json:1: not JSON: the file is empty\n'],
  ['not UTF-8', Buffer.from('{\n"\xff": 1}', 'latin1'), 'suite.json:2: this is not UTF-8; save the file in that encoding\n'],
  ['not JSON', '{\n  "checks": [},\n}', 'suite.json:2: not JSON: a value must stand here; a comma after the last entry is none of JSON\n'],
  ['no object', '[]', 'suite.json:1: the document must be an object, got an empty list\n'],
])('a file that is %s is a finding', (_, content, stdout) => {
  expect(lint(content)).toMatchObject({ status: 1, stdout, stderr: '' });
});

test('a file that cannot be a suite is a mistake of the caller', () => {
  inTemporaryFolder((folder) => {
    mkdirSync(join(folder, 'directory'));
    writeFileSync(join(folder, 'long.json'), ' '.repeat(10 * 1024 * 1024));
    const refused = (...args: string[]) => {
      const { status, stdout, stderr } = greenlight(['suite', 'lint', ...args], { cwd: folder });
      expect([status, stdout]).toEqual([2, '']);
      return stderr.replaceAll(`${folder}/`, '');
    };
    expect(refused('nowhere.json')).toBe('greenlight: no such suite file: nowhere.json\n');
    expect(refused('directory')).toBe('greenlight: suite file directory cannot be read (EISDIR)\n');
    expect(refused('long.json')).toBe('greenlight: long.json is longer than the 8388608 bytes that a suite may have; name the suite.json of a hook\n');
    expect(refused()).toContain("missing required argument 'FILE'");
    expect(refused('')).toContain('FILE must not be empty');
    expect(refused('a.json', 'b.json')).toContain('too many arguments');
  });
});

test('help says how it ends', () => {
  const { status, stdout } = greenlight(['suite', 'lint', '--help']);
  expect(status).toBe(0);
  expect(stdout).toContain('0 nothing was found        1 one line for each finding');
});
