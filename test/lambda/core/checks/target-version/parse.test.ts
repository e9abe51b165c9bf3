import { Fields } from '../../../../../lambda/core/checks/fields';
import { targetVersionKind } from '../../../../../lambda/core/checks/target-version-check';

const POLICY = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, attemptMs: 30_000, intervalMs: 0, errorBudget: 2, deadlineMs: 60_000, inconclusive: 'FAIL' } as const;
const FILE = `payload-${'a'.repeat(64)}.json`;
const CASE = { name: 'one', payload: { value: 1 } };
const DOCUMENT = { kind: 'targetVersion', name: 'orders', policy: POLICY, cases: [CASE], concurrency: 1, timeoutMs: 1 };

function parse(overrides: object) {
  const fields = new Fields({ ...DOCUMENT, ...overrides }, 'checks[0]');
  const document = targetVersionKind(undefined as never).parse(fields, { name: 'orders', policy: POLICY });
  ['kind', 'name', 'policy'].forEach((name) => fields.raw(name));
  fields.requireNothingElse();
  return document;
}

test.each([
  {},
  { concurrency: 50, timeoutMs: 900_000, coldBelowMs: 1, warmBelowMs: 900_000 },
  { coldBelowMs: 900_000, warmBelowMs: 1 },
  { cases: [{ name: 'file', payload: { file: FILE } }, { name: 'json', payload: { json: '[]' }, expectedErrorType: 'E', assertions: [{ kind: 'bodyContains', text: 'a' }] }] },
  { cases: Array.from({ length: 100 }, (_, index) => ({ ...CASE, name: String(index) })) },
])('reads %j as it stands', (overrides) => {
  expect(parse(overrides)).toEqual({ ...DOCUMENT, ...overrides });
});

test.each<[object, string]>([
  [{ cases: [] }, "'checks[0].cases' must be a list with at least one entry, got an empty list"],
  [{ cases: Array.from({ length: 101 }, (_, index) => ({ ...CASE, name: String(index) })) }, "'checks[0].cases' must be a list of at most 100 cases, got 101"],
  [{ cases: [CASE, { ...CASE, name: 'two' }, CASE] }, "'checks[0].cases[2].name' must be a name that no other case has, got \"one\""],
  [{ cases: [{ ...CASE, name: ' ' }] }, "'checks[0].cases[0].name' must be a name"],
  [{ cases: [{ name: 'one' }] }, "'checks[0].cases[0].payload' must be an object, got nothing"],
  [{ cases: [{ ...CASE, payload: {} }] }, "'checks[0].cases[0].payload' must be an object with 'value' or 'json'"],
  [{ cases: [{ ...CASE, payload: { file: `../${FILE}` } }] }, "'checks[0].cases[0].payload.file' must be the name of a payload beside the suite"],
  [{ cases: [{ ...CASE, payload: { file: `${FILE}x` } }] }, "'checks[0].cases[0].payload.file' must be the name of a payload beside the suite"],
  [{ cases: [{ ...CASE, payload: { file: FILE, value: 1 } }] }, "'checks[0].cases[0].payload.value' has no meaning here"],
  [{ cases: [{ ...CASE, assertions: [{ kind: 'status', equals: 200 }] }] }, "'checks[0].cases[0].assertions[0].kind' must be one of bodyContains, "],
  [{ concurrency: 0 }, "'checks[0].concurrency' must be a whole number from 1 to 50, got 0"],
  [{ concurrency: 51 }, "'checks[0].concurrency' must be a whole number from 1 to 50, got 51"],
  [{ timeoutMs: 0 }, "'checks[0].timeoutMs' must be a whole number from 1 to 900000, got 0"],
  [{ timeoutMs: 900_001 }, "'checks[0].timeoutMs' must be a whole number from 1 to 900000, got 900001"],
  [{ coldBelowMs: 0 }, "'checks[0].coldBelowMs' must be a whole number from 1 to 900000, got 0"],
  [{ warmBelowMs: 900_001 }, "'checks[0].warmBelowMs' must be a whole number from 1 to 900000, got 900001"],
])('refuses %j', (overrides, message) => {
  expect(() => parse(overrides)).toThrow(message);
});

test('what its cases need compiled is all there', () => {
  const cases = [{ ...CASE, assertions: [{ kind: 'jsonPathExists', path: '$.a' } as const] }, { ...CASE, name: 'two', assertions: [{ kind: 'bodyMatches', pattern: 'b' } as const] }, { ...CASE, name: 'three' }];
  expect(targetVersionKind(undefined as never).texts?.(parse({ cases }))).toEqual({ jsonPaths: ['$.a'], patterns: ['b'], schemas: [] });
});
