import type { AssertionDocument, CheckSuite } from '../../../../lib/model/suite';
import { runBounded } from '../../../../lambda/adapters/bounded-run';
import { compileAssertion, judgeAnswer } from '../../../../lambda/core/checks/assertions';
import { loadEngines } from '../../../../lambda/core/checks/engines';
import type { HttpAnswer } from '../../../../lambda/core/ports';
import { answer } from '../../support/fake-ports';

function suiteOf(assertion: AssertionDocument): CheckSuite {
  const request = { method: 'GET', path: '/', headers: {}, timeoutMs: 1, maxRedirects: 0 };
  const policy = { mode: 'ENFORCE', after: [], passes: { consecutive: 1 }, intervalMs: 0, errorBudget: 0, deadlineMs: 1000, inconclusive: 'FAIL' } as const;
  const check = { kind: 'http', name: 'a', target: { listener: 'test' }, request, assertions: [assertion], policy } as const;
  return { schemaVersion: 1, event: 'AfterAllowTestTraffic', policy: { run: 'ALL', concurrency: 1, deadlineMs: 1000 }, checks: [check] };
}

async function judge(assertion: AssertionDocument, given: Partial<HttpAnswer> = {}) {
  return compileAssertion(assertion, await loadEngines(suiteOf(assertion)))(answer(given));
}

const JSON_BODY = JSON.stringify({ status: 'ok', count: 5, ready: true, none: null, items: [{ state: 'up' }, { state: 'down' }], deep: { a: [1, 2] } });

describe('compileAssertion', () => {
  test.each<[AssertionDocument, Partial<HttpAnswer>]>([
    [{ kind: 'status', equals: 200 }, {}],
    [{ kind: 'statusBetween', min: 200, max: 299 }, { status: 200 }],
    [{ kind: 'statusBetween', min: 200, max: 299 }, { status: 299 }],
    [{ kind: 'latencyBelow', ms: 500 }, { durationMs: 499.99 }],
    [{ kind: 'headerEquals', name: 'x-version', equals: '7' }, { headers: { 'x-version': '7' } }],
    [{ kind: 'headerMatches', name: 'x-version', pattern: '^v\\d+$' }, { headers: { 'x-version': 'v12' } }],
    [{ kind: 'bodyContains', text: '"ok"' }, {}],
    [{ kind: 'bodyMatches', pattern: 'st.tus' }, {}],
    [{ kind: 'jsonPathEquals', path: '$.status', equals: 'ok' }, { body: JSON_BODY }],
    [{ kind: 'jsonPathEquals', path: '$.count', equals: 5 }, { body: JSON_BODY }],
    [{ kind: 'jsonPathEquals', path: '$.ready', equals: true }, { body: JSON_BODY }],
    [{ kind: 'jsonPathEquals', path: '$.none', equals: null }, { body: JSON_BODY }],
    [{ kind: 'jsonPathMatches', path: '$.items[*].state', pattern: '^(up|down)$' }, { body: JSON_BODY }],
    [{ kind: 'jsonPathMatches', path: '$.count', pattern: '^5$' }, { body: JSON_BODY }],
    [{ kind: 'jsonPathExists', path: '$.none' }, { body: JSON_BODY }],
    [{ kind: 'jsonPathExists', path: "$.items[?match(@.state, 'd.*')]" }, { body: JSON_BODY }],
    [{ kind: 'jsonPathExists', path: "$.items[?search(@.state, 'ow')]" }, { body: JSON_BODY }],
    [{ kind: 'bodyContains', text: 'status' }, { bodyTruncated: true }],
    [{ kind: 'status', equals: 200 }, { bodyTruncated: true }],
  ])('%j holds', async (assertion, given) => {
    expect((await judge(assertion, given)).outcome).toBe('holds');
  });

  test.each<[AssertionDocument, Partial<HttpAnswer>, string | number | null, string]>([
    [{ kind: 'status', equals: 200 }, { status: 503 }, 503, 'status was 503, expected 200'],
    [{ kind: 'statusBetween', min: 200, max: 299 }, { status: 300 }, 300, 'status was 300, expected 200 to 299'],
    [{ kind: 'latencyBelow', ms: 500 }, { durationMs: 500 }, 500, 'latency was 500 ms, expected below 500 ms'],
    [{ kind: 'latencyBelow', ms: 500 }, { durationMs: 500.01 }, 500.1, 'latency was 500.1 ms, expected below 500 ms'],
    [{ kind: 'headerEquals', name: 'x-version', equals: '7' }, { headers: { 'x-version': '6' } }, '"6"', 'header x-version was "6", expected "7"'],
    [{ kind: 'headerEquals', name: 'x-version', equals: '7' }, {}, null, 'header x-version was absent, expected "7"'],
    [{ kind: 'headerMatches', name: 'x-version', pattern: '^v' }, { headers: { 'x-version': '6' } }, '"6"', 'header x-version was "6", expected a match of /^v/'],
    [{ kind: 'bodyContains', text: 'fine' }, {}, '"{"status":"ok"}"', 'body was "{"status":"ok"}", expected it to contain "fine"'],
    [{ kind: 'bodyMatches', pattern: '^x' }, { body: 'a\nb' }, '"a\\nb"', 'body was "a\\nb", expected a match of /^x/'],
    [{ kind: 'jsonPathEquals', path: '$.status', equals: 'up' }, { body: JSON_BODY }, '"ok"', 'JSON path $.status was "ok", expected "up"'],
    [{ kind: 'jsonPathEquals', path: '$.count', equals: '5' }, { body: JSON_BODY }, '5', 'JSON path $.count was 5, expected "5"'],
    [{ kind: 'jsonPathEquals', path: '$.missing', equals: null }, { body: JSON_BODY }, null, 'JSON path $.missing selected nothing, expected null'],
    [{ kind: 'jsonPathEquals', path: '$.items[*].state', equals: 'up' }, { body: JSON_BODY }, '"down"', 'JSON path $.items[*].state was "down", expected "up"'],
    [{ kind: 'jsonPathEquals', path: '$.deep', equals: 'x' }, { body: JSON_BODY }, '{"a":[1,2]}', 'JSON path $.deep was {"a":[1,2]}, expected "x"'],
    [{ kind: 'jsonPathMatches', path: '$.status', pattern: '^x' }, { body: JSON_BODY }, '"ok"', 'JSON path $.status was "ok", expected a match of /^x/'],
    [{ kind: 'jsonPathExists', path: '$.missing' }, { body: JSON_BODY }, null, 'JSON path $.missing selected nothing, expected a value'],
    [{ kind: 'jsonPathExists', path: '$' }, { body: '<html>' }, null, 'JSON path $ has no value, since the body is not JSON: "<html>"; expected a value'],
  ])('%j fails', async (assertion, given, measured, statement) => {
    expect(await judge(assertion, given)).toMatchObject({ outcome: 'fails', measured, statement });
  });

  test.each<AssertionDocument>([
    { kind: 'bodyContains', text: 'not in the beginning' },
    { kind: 'bodyMatches', pattern: 'status' },
    { kind: 'jsonPathExists', path: '$.status' },
  ])('%j is undecided in a body that was not read to its end', async (assertion) => {
    expect(await judge(assertion, { bodyTruncated: true })).toMatchObject({ outcome: 'undecided', statement: expect.stringContaining('the body is larger than 1048576 bytes, and no more is read') });
  });

  test('a large body is shown in part', async () => {
    const { statement } = await judge({ kind: 'bodyContains', text: 'x' }, { body: 'a'.repeat(100_000) });
    expect(statement.length).toBeLessThan(200);
  });

  test.each(['$..x', '$'])('%s in a document that is nested very deeply is undecided', async (path) => {
    const { outcome, statement } = await judge({ kind: 'jsonPathExists', path }, { body: `${'['.repeat(100_000)}${']'.repeat(100_000)}` });
    expect(outcome).toBe('undecided');
    expect(statement).toContain(`JSON path ${path} could not be decided: `);
  });
});

describe('values that every object has', () => {
  test.each(['constructor', 'valueof', '__proto__'])('a header %s that was not sent is absent', async (name) => {
    expect(await judge({ kind: 'headerMatches', name, pattern: '' })).toMatchObject({ outcome: 'fails', statement: expect.stringContaining('was absent') });
  });

  test.each(['$.constructor', '$.toString', '$.__proto__', '$.length', '$[?@.constructor]'])('%s selects nothing that is not in the document', async (path) => {
    expect((await judge({ kind: 'jsonPathExists', path }, { body: '[{}]' })).outcome).toBe('fails');
    expect((await judge({ kind: 'jsonPathExists', path }, { body: '{"a":{}}' })).outcome).toBe('fails');
  });

  test('a key named __proto__ is a key', async () => {
    expect((await judge({ kind: 'jsonPathEquals', path: "$['__proto__'].a", equals: 1 }, { body: '{"__proto__":{"a":1}}' })).outcome).toBe('holds');
  });
});

describe('a body that is encoded although it was asked for as it is', () => {
  test.each<AssertionDocument>([
    { kind: 'bodyContains', text: 'ok' },
    { kind: 'bodyMatches', pattern: '' },
    { kind: 'jsonPathExists', path: '$.status' },
  ])('leaves %j undecided', async (assertion) => {
    const found = await judge(assertion, { headers: { 'content-encoding': 'gzip' } });
    expect(found).toMatchObject({ outcome: 'undecided', statement: expect.stringContaining('the body is encoded as "gzip", although it was asked for as it is') });
  });

  test('may be called identity', async () => {
    expect((await judge({ kind: 'bodyContains', text: 'ok' }, { headers: { 'content-encoding': 'Identity' } })).outcome).toBe('holds');
  });
});

describe('judgeAnswer', () => {
  const assertions = [{ kind: 'status', equals: 200 }, { kind: 'jsonPathExists', path: '$[?count($..*)>1]' }, { kind: 'status', equals: 200 }] as const;
  // Selects some nine million nodes: the work of seconds on twelve kilobytes.
  const costly = answer({ body: `[${'[0],'.repeat(3_000)}[]]` });

  test('stops what computes for too long; it and what follows is undecided', async () => {
    const compiled = await Promise.all(assertions.map(async (assertion) => compileAssertion(assertion, await loadEngines(suiteOf(assertion)))));
    const asked: number[] = [];
    const findings = judgeAnswer(compiled, costly, (ms, work) => {
      asked.push(ms);
      return runBounded(50, work);
    });
    expect(asked).toEqual([3_000]);
    expect(findings.map(({ outcome }) => outcome)).toEqual(['holds', 'undecided']);
    expect(findings[1]?.statement).toBe('assertion 2 of 3 could not be decided: judging the answer took longer than 3000 ms; use a simpler JSON path or pattern');
  });
});

test('patterns that a path takes from the document may be many', async () => {
  const body = JSON.stringify(Array.from({ length: 250 }, (_, index) => ({ text: `t${index}`, pattern: `t${index}` })));
  expect((await judge({ kind: 'jsonPathEquals', path: '$[?match(@.text, @.pattern)].text', equals: 't249' }, { body })).measured).toBe('"t0"');
  expect((await judge({ kind: 'jsonPathEquals', path: "$[?match(@.text, @.pattern) && @.text == 't249'].text", equals: 't249' }, { body })).outcome).toBe('holds');
});

describe('bad configuration', () => {
  test.each<[AssertionDocument, string]>([
    [{ kind: 'bodyMatches', pattern: '(' }, 'suite.json: pattern "(" cannot be used'],
    [{ kind: 'bodyMatches', pattern: '(?=a)' }, 'suite.json: pattern "(?=a)" cannot be used'],
    [{ kind: 'bodyMatches', pattern: '(a)\\1' }, 'suite.json: pattern "(a)\\1" cannot be used'],
    [{ kind: 'jsonPathExists', path: '$.' }, 'suite.json: JSON path "$." cannot be used'],
    [{ kind: 'jsonPathExists', path: 'status' }, 'suite.json: JSON path "status" cannot be used'],
  ])('fails when %j cannot be compiled', async (assertion, message) => {
    await expect(judge(assertion)).rejects.toThrow(message);
  });
});

describe('patterns run in linear time', () => {
  // A backtracking engine needs longer than the universe for either.
  const evil = `${'a'.repeat(50_000)}!`;

  test('in a body', async () => {
    expect((await judge({ kind: 'bodyMatches', pattern: '^(a+)+$' }, { body: evil })).outcome).toBe('fails');
  });

  test('in the functions of a JSON path', async () => {
    expect((await judge({ kind: 'jsonPathExists', path: "$[?match(@, '(a+)+')]" }, { body: JSON.stringify([evil]) })).outcome).toBe('fails');
  });
});
