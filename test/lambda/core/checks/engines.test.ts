import type { CheckDocument, CheckSuite } from '../../../../lib/model/suite';
import { compilers, enginesOf, loadEngines, settleTexts, textsOfSuite } from '../../../../lambda/core/checks/engines';
import type { CheckKind, EngineTexts } from '../../../../lambda/core/checks/kind';
import { ConfigurationError } from '../../../../lambda/core/failures';

const SETTLE = { target: { listener: 'test' }, request: { method: 'GET', path: '/', headers: {}, timeoutMs: 1000, maxRedirects: 0 }, consecutive: 1, intervalMs: 0, timeoutMs: 1000 } as const;
const suite = (kinds: readonly string[], settle?: CheckSuite['settle']) =>
  ({ schemaVersion: 1, event: 'AfterAllowTestTraffic', policy: { run: 'ALL', concurrency: 1, deadlineMs: 1000 }, checks: kinds.map((kind) => ({ kind }) as CheckDocument), ...(settle === undefined ? {} : { settle }) }) as CheckSuite;

/** Kinds whose checks all have these texts. */
const kinds = (texts: Readonly<Record<string, EngineTexts | undefined>>) =>
  new Map(Object.entries(texts).map(([name, own]) => [name, (own === undefined ? {} : { texts: () => own }) as CheckKind]));

const ALL: EngineTexts = { patterns: ['a'], groups: ['(b)'], jsonPaths: ['$.c'], schemas: [{ type: 'string' }] };
const NONE = { patterns: [], groups: [], jsonPaths: [], schemas: [] };

describe('the texts of a suite', () => {
  test.each<[string, Parameters<typeof textsOfSuite>, Required<EngineTexts>]>([
    ['of none', [suite(['alarm', 'unknown']), kinds({ alarm: undefined })], NONE],
    ['of a kind without some', [suite(['http']), kinds({ http: {} })], NONE],
    ['of all checks', [suite(['http', 'invoke']), kinds({ http: ALL, invoke: { patterns: ['z'], jsonPaths: ['$'] } })], { patterns: ['a', 'z'], groups: ['(b)'], jsonPaths: ['$.c', '$'], schemas: [{ type: 'string' }] }],
    ['of the settle phase', [suite(['http'], { ...SETTLE, version: { jsonPath: '$.v', equals: '2' } }), kinds({ http: { jsonPaths: ['$'] } })], { ...NONE, jsonPaths: ['$.v', '$'] }],
  ])('are those %s', (_, given, expected) => {
    expect(textsOfSuite(...given)).toEqual(expected);
  });

  test.each<[string, CheckSuite['settle'], EngineTexts]>([
    ['no settle phase', undefined, {}],
    ['one without a version', SETTLE, {}],
    ['a header', { ...SETTLE, version: { header: 'x-version', equals: '2' } }, {}],
    ['a JSON path', { ...SETTLE, version: { jsonPath: '$.v', equals: '2' } }, { jsonPaths: ['$.v'] }],
  ])('to settle by %s', (_, settle, expected) => {
    expect(settleTexts(suite([], settle))).toEqual(expected);
  });
});

/** Which engines are there. */
async function loaded(texts: EngineTexts): Promise<readonly string[]> {
  const engines = await compilers(texts);
  const uses: Readonly<Record<string, () => unknown>> = {
    pattern: () => engines.pattern('a'),
    groups: () => engines.groups('(a)'),
    jsonPath: () => engines.jsonPath('$.a'),
    matching: () => engines.jsonPath("$[?match(@.a, 'b')]"),
    schema: () => engines.schema({ pattern: 'a' }),
  };
  return Object.entries(uses).flatMap(([name, use]) => {
    try {
      use();
      return [name];
    } catch {
      return [];
    }
  });
}

test.each<[EngineTexts, readonly string[]]>([
  [{}, []],
  [NONE, []],
  [{ patterns: ['a'] }, ['pattern', 'groups']],
  [{ groups: ['(a)'] }, ['pattern', 'groups']],
  [{ jsonPaths: ['$.matches'] }, ['jsonPath']],
  [{ jsonPaths: ['$.rematch(1)'] }, ['jsonPath']],
  [{ jsonPaths: ["$[?match(@.a, 'b')]"] }, ['pattern', 'groups', 'jsonPath', 'matching']],
  [{ jsonPaths: ['$.a', "$[?search (@.a, 'b')]"] }, ['pattern', 'groups', 'jsonPath', 'matching']],
  [{ jsonPaths: ['$.a'], patterns: ['a'] }, ['pattern', 'groups', 'jsonPath', 'matching']],
  [{ schemas: [{ type: 'string' }] }, ['pattern', 'groups', 'schema']],
])('%j loads %j', async (texts, expected) => {
  expect(await loaded(texts)).toEqual(expected);
});

test('a suite loads what its checks need', async () => {
  const engines = await loadEngines(suite(['http']), kinds({ http: { patterns: ['b+'] } }));
  expect(engines.pattern('b+').found('abb')).toBe(true);
  expect(() => engines.jsonPath('$')).toThrow(new Error('no JSON path was announced by the suite'));
});

test('what was not announced is a mistake of ours', () => {
  const none = enginesOf({ pattern: undefined, groups: undefined, jsonPath: undefined, schema: undefined });
  expect(() => none.pattern('a')).toThrow(new Error('no pattern was announced by the suite'));
  expect(() => none.groups('(a)')).toThrow(new Error('no pattern was announced by the suite'));
  expect(() => none.jsonPath('$')).toThrow(new Error('no JSON path was announced by the suite'));
  expect(() => none.schema({ type: 'string' })).toThrow(new Error('no JSON schema was announced by the suite'));
});

test.each([
  ['pattern', 'pattern "(" cannot be used: Error: no'],
  ['groups', 'pattern "(" cannot be used: Error: no'],
  ['jsonPath', 'JSON path "(" cannot be used: Error: no'],
  ['schema', 'JSON schema "{"type":"("}" cannot be used: Error: no'],
] as const)('a text that a compiler refuses is a bad configuration that names it: %s', (name, message) => {
  const refuse = () => {
    throw new Error('no');
  };
  const engines = enginesOf({ pattern: refuse, groups: refuse, jsonPath: refuse, schema: refuse });
  const use = () => (name === 'schema' ? engines.schema({ type: '(' }) : engines[name]('('));
  expect(use).toThrow(ConfigurationError);
  expect(use).toThrow(new Error(`suite.json: ${message}`));
});
