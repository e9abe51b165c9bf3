import type { AssertionDocument } from '../../../../lib/model/suite';
import { runBounded } from '../../../../lambda/adapters/bounded-run';
import { compileAssertion, judgeAnswer, textsOf } from '../../../../lambda/core/checks/assertions';
import { compilers } from '../../../../lambda/core/checks/engines';
import type { HttpAnswer } from '../../../../lambda/core/ports';
import { answer } from '../../support/fake-ports';

async function compiled(assertion: AssertionDocument) {
  return compileAssertion(assertion, await compilers(textsOf([assertion])));
}

async function judge(assertion: AssertionDocument, given: Partial<HttpAnswer> = {}) {
  return (await compiled(assertion))(answer(given));
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
    const judges = await Promise.all(assertions.map(compiled));
    const asked: number[] = [];
    const findings = judgeAnswer(judges, costly, (ms, work) => {
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

const HELLO_SHA256 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
const SESSION = 'session=s3cr3t; Path=/; Domain=.Example.com; Secure; HttpOnly; SameSite=lax';

describe('each further kind at its boundaries', () => {
  test.each<[AssertionDocument, Partial<HttpAnswer>]>([
    [{ kind: 'statusIn', values: [200, 204] }, { status: 204 }],
    [{ kind: 'headerExists', name: 'etag' }, { headers: { etag: '' } }],
    [{ kind: 'headerAbsent', name: 'x-powered-by' }, {}],
    [{ kind: 'bodySize', min: 5, max: 5 }, { body: 'hello' }],
    [{ kind: 'bodySize', min: 3, max: 3 }, { body: '\u20ac' }],
    [{ kind: 'bodySize', min: 7, max: 7 }, { body: '', headers: { 'content-length': '7' } }],
    [{ kind: 'bodySize', min: 2_000_000, max: 2_000_000 }, { bodyTruncated: true, headers: { 'content-length': '2000000' } }],
    [{ kind: 'bodySha256', equals: HELLO_SHA256 }, { body: 'hello' }],
    [{ kind: 'jsonPathBetween', path: '$.count', min: 5, max: 6 }, { body: JSON_BODY }],
    [{ kind: 'jsonPathBetween', path: '$.count', min: 4.5, max: 5 }, { body: JSON_BODY }],
    [{ kind: 'jsonPathAbsent', path: '$.error' }, { body: JSON_BODY }],
    [{ kind: 'jsonPathCount', path: '$.items[*]', min: 2, max: 2 }, { body: JSON_BODY }],
    [{ kind: 'jsonPathCount', path: '$.error', min: 0, max: 0 }, { body: JSON_BODY }],
    [{ kind: 'tlsDaysLeft', atLeast: 14 }, { certificate: { validTo: '2030-01-01T00:00:00.000Z', daysLeft: 14 } }],
    [{ kind: 'finalUrlEquals', equals: 'HTTPS://web.test:443/a?b=1' }, { url: 'https://web.test/a?b=1' }],
    [{ kind: 'finalUrlMatches', pattern: '/login$' }, { url: 'https://web.test/login' }],
    [{ kind: 'cookie', name: 'session', attributes: {} }, { setCookies: [SESSION] }],
    [{ kind: 'cookie', name: 'session', equals: 's3cr3t', attributes: { secure: true, httpOnly: true, sameSite: 'Lax', domain: 'example.com', path: '/' } }, { setCookies: [SESSION] }],
    [{ kind: 'cookie', name: 'session', equals: 'b', attributes: { secure: false } }, { setCookies: ['session=a; Secure', 'session=b', 'Session=c; Secure'] }],
  ])('%j holds', async (assertion, given) => {
    expect((await judge(assertion, given)).outcome).toBe('holds');
  });

  test.each<[AssertionDocument, Partial<HttpAnswer>, string | number | null, string]>([
    [{ kind: 'statusIn', values: [200, 204] }, { status: 201 }, 201, 'status was 201, expected one of 200, 204'],
    [{ kind: 'headerExists', name: 'etag' }, {}, null, 'header etag was absent, expected a value'],
    [{ kind: 'headerAbsent', name: 'etag' }, { headers: { etag: '1' } }, '"1"', 'header etag was "1", expected no value'],
    [{ kind: 'bodySize', min: 6, max: 10 }, { body: 'hello' }, 5, 'body size was 5 bytes, expected 6 to 10 bytes'],
    [{ kind: 'bodySize', min: 0, max: 4 }, { body: 'hello' }, 5, 'body size was 5 bytes, expected 0 to 4 bytes'],
    [{ kind: 'bodySha256', equals: 'a'.repeat(64) }, { body: 'hello' }, HELLO_SHA256, `SHA-256 of the body was ${HELLO_SHA256}, expected ${'a'.repeat(64)}`],
    [{ kind: 'jsonPathBetween', path: '$.count', min: 5.1, max: 9 }, { body: JSON_BODY }, '5', 'JSON path $.count was 5, expected a number from 5.1 to 9'],
    [{ kind: 'jsonPathBetween', path: '$.status', min: 0, max: 9 }, { body: JSON_BODY }, '"ok"', 'JSON path $.status was "ok", expected a number from 0 to 9'],
    [{ kind: 'jsonPathAbsent', path: '$.none' }, { body: JSON_BODY }, 'null', 'JSON path $.none was null, expected no value'],
    [{ kind: 'jsonPathAbsent', path: '$.error' }, { body: '<html>' }, null, 'JSON path $.error has no value, since the body is not JSON: "<html>"; expected no value'],
    [{ kind: 'jsonPathCount', path: '$.items[*]', min: 3, max: 3 }, { body: JSON_BODY }, 2, 'count of JSON path $.items[*] was 2, expected 3'],
    [{ kind: 'jsonPathCount', path: '$.items[*]', min: 3, max: 4 }, { body: JSON_BODY }, 2, 'count of JSON path $.items[*] was 2, expected 3 to 4'],
    [{ kind: 'tlsDaysLeft', atLeast: 14 }, { certificate: { validTo: '2030-01-01T00:00:00.000Z', daysLeft: 13.999 } }, 13.9, 'TLS certificate was valid for 13.9 more days (until 2030-01-01T00:00:00.000Z), expected at least 14 days'],
    [{ kind: 'finalUrlEquals', equals: 'https://web.test/' }, { url: 'https://u:p@web.test/login?token=hunter2' }, '"https://web.test/login?…"', 'final URL was "https://web.test/login?…", expected "https://web.test/"'],
    [{ kind: 'finalUrlMatches', pattern: '/a$' }, { url: 'https://web.test/b' }, '"https://web.test/b"', 'final URL was "https://web.test/b", expected a match of //a$/'],
    [{ kind: 'cookie', name: 'session', attributes: {} }, { setCookies: ['other=1'] }, null, 'cookie session was not set, expected it to be set'],
    [{ kind: 'cookie', name: 'session', attributes: { secure: true } }, {}, null, 'cookie session was not set, expected it to have secure true'],
    [{ kind: 'cookie', name: 'session', attributes: { secure: true } }, { setCookies: ['session=s3cr3t; Path=/'] }, 'set with path /', 'cookie session was set with path /, expected it to have secure true'],
    [{ kind: 'cookie', name: 'session', equals: 'x', attributes: {} }, { setCookies: ['session=s3cr3t'] }, 'set with another value of 6 characters, no attributes', 'cookie session was set with another value of 6 characters, no attributes, expected it to have the value "x"'],
  ])('%j fails', async (assertion, given, measured, statement) => {
    expect(await judge(assertion, given)).toMatchObject({ outcome: 'fails', measured, statement });
  });

  test.each<[AssertionDocument, Partial<HttpAnswer>, string]>([
    [{ kind: 'bodySha256', equals: HELLO_SHA256 }, { body: 'hello', bodyTruncated: true }, 'the body is larger than 1048576 bytes'],
    [{ kind: 'bodySize', min: 0, max: 9e9 }, { bodyTruncated: true }, 'nor does the answer name its length'],
    [{ kind: 'bodySize', min: 0, max: 9e9 }, { headers: { 'content-encoding': 'gzip' } }, 'the body is encoded'],
    [{ kind: 'jsonPathAbsent', path: '$.error' }, { bodyTruncated: true }, 'the body is larger than 1048576 bytes'],
    [{ kind: 'tlsDaysLeft', atLeast: 0 }, { url: 'http://web.test/?t=1' }, 'http://web.test/?… answered without a certificate'],
    [{ kind: 'jsonPathEquals', path: '$', equals: 9007199254740992 }, { body: '9007199254740993' }, 'the number is larger than can be compared exactly'],
    [{ kind: 'jsonPathBetween', path: '$', min: 0, max: 1 }, { body: '1e999' }, 'the number is larger than can be compared exactly'],
  ])('%j is undecided, negated or not', async (assertion, given, why) => {
    for (const modifiers of [{}, { negate: true } as const]) {
      expect(await judge({ ...assertion, ...modifiers }, given)).toMatchObject({ outcome: 'undecided', measured: null, statement: expect.stringContaining(why) });
    }
  });
});

describe('a negated assertion', () => {
  const not = (assertion: AssertionDocument): AssertionDocument => ({ ...assertion, negate: true });

  test.each<[AssertionDocument, Partial<HttpAnswer>, string]>([
    [{ kind: 'status', equals: 500 }, { status: 500 }, 'status was 500, expected anything but 500'],
    [{ kind: 'statusIn', values: [500, 502] }, { status: 502 }, 'status was 502, expected anything but one of 500, 502'],
    [{ kind: 'statusBetween', min: 500, max: 599 }, { status: 599 }, 'status was 599, expected anything but 500 to 599'],
    [{ kind: 'latencyBelow', ms: 500 }, { durationMs: 499.99 }, 'latency was 499.9 ms, expected 500 ms or more'],
    [{ kind: 'headerEquals', name: 'a', equals: '1' }, { headers: { a: '1' } }, 'header a was "1", expected anything but "1"'],
    [{ kind: 'headerEquals', name: 'a', equals: '1' }, {}, 'header a was absent, expected anything but "1"'],
    [{ kind: 'headerMatches', name: 'a', pattern: '1' }, { headers: { a: '1' } }, 'header a was "1", expected no match of /1/'],
    [{ kind: 'headerExists', name: 'a' }, { headers: { a: '1' } }, 'header a was "1", expected no value'],
    [{ kind: 'headerAbsent', name: 'a' }, {}, 'header a was absent, expected a value'],
    [{ kind: 'bodyContains', text: 'hell' }, { body: 'hello', bodyTruncated: true }, 'body was "hello", expected it not to contain "hell"'],
    [{ kind: 'bodyMatches', pattern: 'l+' }, { body: 'hello' }, 'body was "hello", expected no match of /l+/'],
    [{ kind: 'bodySize', min: 5, max: 5 }, { body: 'hello' }, 'body size was 5 bytes, expected anything but 5 to 5 bytes'],
    [{ kind: 'bodySha256', equals: HELLO_SHA256 }, { body: 'hello' }, `SHA-256 of the body was ${HELLO_SHA256}, expected anything but ${HELLO_SHA256}`],
    [{ kind: 'jsonPathEquals', path: '$.items[*].state', equals: 'down' }, { body: JSON_BODY }, 'JSON path $.items[*].state was "down", expected anything but "down"'],
    [{ kind: 'jsonPathEquals', path: '$.error', equals: 'x' }, { body: JSON_BODY }, 'JSON path $.error selected nothing, expected anything but "x"'],
    [{ kind: 'jsonPathEquals', path: '$.error', equals: 'x' }, { body: '<html>' }, 'JSON path $.error has no value, since the body is not JSON: "<html>"; expected anything but "x"'],
    [{ kind: 'jsonPathMatches', path: '$.status', pattern: 'o' }, { body: JSON_BODY }, 'JSON path $.status was "ok", expected no match of /o/'],
    [{ kind: 'jsonPathBetween', path: '$.count', min: 5, max: 5 }, { body: JSON_BODY }, 'JSON path $.count was 5, expected a number outside 5 to 5'],
    [{ kind: 'jsonPathBetween', path: '$.status', min: 5, max: 5 }, { body: JSON_BODY }, 'JSON path $.status was "ok", expected a number outside 5 to 5'],
    [{ kind: 'jsonPathExists', path: '$.status' }, { body: JSON_BODY }, 'JSON path $.status was "ok", expected no value'],
    [{ kind: 'jsonPathAbsent', path: '$.error' }, { body: JSON_BODY }, 'JSON path $.error selected nothing, expected a value'],
    [{ kind: 'jsonPathCount', path: '$.items', min: 1, max: 1 }, { body: JSON_BODY }, 'count of JSON path $.items was 1, expected anything but 1'],
    [{ kind: 'tlsDaysLeft', atLeast: 1 }, { certificate: { validTo: 'then', daysLeft: 1 } }, 'TLS certificate was valid for 1 more days (until then), expected fewer than 1 days'],
    [{ kind: 'finalUrlEquals', equals: 'https://a.test/' }, { url: 'https://a.test/' }, 'final URL was "https://a.test/", expected anything but "https://a.test/"'],
    [{ kind: 'finalUrlMatches', pattern: 'a' }, { url: 'https://a.test/' }, 'final URL was "https://a.test/", expected no match of /a/'],
    [{ kind: 'cookie', name: 'a', attributes: {} }, { setCookies: ['a=1'] }, 'cookie a was set with no attributes, expected it not to be set'],
    [{ kind: 'cookie', name: 'a', equals: '1', attributes: {} }, { setCookies: ['a=1'] }, 'cookie a was set with this value, no attributes, expected it not to have the value "1"'],
    [{ kind: 'cookie', name: 'a', equals: '1', attributes: {} }, {}, 'cookie a was not set, expected it not to have the value "1"'],
  ])('of %j fails', async (assertion, given, statement) => {
    expect(await judge(not(assertion), given)).toMatchObject({ outcome: 'fails', statement });
  });

  test.each<[AssertionDocument, Partial<HttpAnswer>]>([
    [{ kind: 'status', equals: 500 }, { status: 200 }],
    [{ kind: 'headerEquals', name: 'a', equals: '1' }, { headers: { a: '2' } }],
    [{ kind: 'bodyContains', text: 'x' }, { body: 'hello' }],
    [{ kind: 'jsonPathEquals', path: '$.items[*].state', equals: 'gone' }, { body: JSON_BODY }],
    [{ kind: 'jsonPathBetween', path: '$.count', min: 6, max: 9 }, { body: JSON_BODY }],
    [{ kind: 'jsonPathExists', path: '$.error' }, { body: JSON_BODY }],
    [{ kind: 'cookie', name: 'a', attributes: {} }, {}],
  ])('of %j holds', async (assertion, given) => {
    expect((await judge(not(assertion), given)).outcome).toBe('holds');
  });
});

test('a description stands before what was measured', async () => {
  expect(await judge({ kind: 'status', equals: 200, description: 'it is up', warning: true }, { status: 500 })).toEqual({
    outcome: 'fails',
    what: 'it is up: status',
    measured: 500,
    threshold: 200,
    statement: 'it is up: status was 500, expected 200',
    warning: true,
  });
});
