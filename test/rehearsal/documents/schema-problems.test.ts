import { SchemaJudge } from '../../../rehearsal/documents/schema-problems';

/** Everything that the schemas of this package use. */
const SCHEMA = {
  type: 'object',
  properties: {
    version: { type: 'number', const: 1 },
    mode: { type: 'string', enum: ['ENFORCE', 'SHADOW'] },
    count: { type: 'integer', minimum: 1, maximum: 10 },
    ratio: { type: 'number', exclusiveMinimum: 0 },
    top: { type: 'number', maximum: 5 },
    name: { type: 'string', pattern: '\\S' },
    text: { type: 'string', minLength: 1 },
    flag: { type: 'boolean' },
    scalar: { type: ['string', 'number', 'null'] },
    names: { type: 'array', items: { type: 'string' }, minItems: 2 },
    pair: { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 3, uniqueItems: true },
    headers: { type: 'object', additionalProperties: { type: 'string' }, propertyNames: { pattern: '^[a-z]+$' } },
    target: {
      anyOf: [
        { type: 'object', properties: { listener: { type: 'string', enum: ['test'] } }, required: ['listener'], additionalProperties: false },
        { type: 'object', properties: { url: { $ref: '#/definitions/Url' } }, required: ['url'], additionalProperties: false },
      ],
    },
    check: {
      type: 'object',
      properties: { kind: { enum: ['a', 'b'] } },
      required: ['kind'],
      allOf: [
        { if: { properties: { kind: { const: 'a' } } }, then: { $ref: '#/definitions/A' } },
        { if: { properties: { kind: { const: 'b' } } }, then: { $ref: '#/definitions/B' } },
      ],
    },
  },
  additionalProperties: false,
  definitions: {
    Url: { type: 'string', pattern: '^https://' },
    A: { type: 'object', properties: { kind: { const: 'a' }, size: { type: 'integer', minimum: 0 } }, required: ['kind', 'size'], additionalProperties: false },
    B: { type: 'object', properties: { kind: { const: 'b' } }, required: ['kind'], additionalProperties: false },
  },
};

const judge = new SchemaJudge(SCHEMA);
const told = (document: unknown) => judge.misfits(document).map(({ path, message }) => [path.join('/'), message]);

test.each<[unknown, [string, string][]]>([
  [{}, []],
  [{ version: 1, mode: 'SHADOW', count: 10, target: { listener: 'test' }, check: { kind: 'a', size: 0 } }, []],
  [null, [['', 'the document must be an object, got null']]],
  [[], [['', 'the document must be an object, got an empty list']]],
  [{ version: 2 }, [['version', "'version' must be 1, got 2"]]],
  [{ mode: 'SHADO' }, [['mode', '\'mode\' must be one of ENFORCE, SHADOW, got "SHADO"; did you mean "SHADOW"?']]],
  [{ mode: 7 }, [['mode', "'mode' must be one of ENFORCE, SHADOW, got 7"]]],
  [{ count: 11 }, [['count', "'count' must be a whole number from 1 to 10, got 11"]]],
  [{ count: 0.5 }, [['count', "'count' must be a whole number from 1 to 10, got 0.5"]]],
  [{ ratio: 0 }, [['ratio', "'ratio' must be a number above 0, got 0"]]],
  [{ top: 6 }, [['top', "'top' must be a number up to 5, got 6"]]],
  [{ name: ' ' }, [['name', '\'name\' must be a text that is not blank, got " "']]],
  [{ text: '' }, [['text', '\'text\' must be a text that is not empty, got ""']]],
  [{ text: { a: 1 } }, [['text', "'text' must be a text that is not empty, got an object"]]],
  [{ flag: 'x'.repeat(61) }, [['flag', `'flag' must be true or false, got "${'x'.repeat(60)}…"`]]],
  [{ scalar: [1, 2] }, [['scalar', "'scalar' must be a text or a number or null, got a list of 2"]]],
  [{ names: ['a'] }, [['names', "'names' must be a list with at least 2 entries, got a list of 1"]]],
  [{ names: ['a', 1] }, [['names/1', "'names[1]' must be a text, got 1"]]],
  [{ pair: [1, 1] }, [['pair', "'pair' must be a list with 2 to 3 entries, none of them twice, got a list of 2"]]],
  [{ flagg: true }, [['flagg', '\'flagg\' has no meaning here; did you mean "flag"?']]],
  [{ zebra: true }, [['zebra', expect.stringContaining("'zebra' has no meaning here; remove it; what may stand here is version, mode, count, ")]]],
  // A secret may stand there.
  [{ headers: { a: 5, b: 'c' } }, [['headers/a', "'headers.a' must be a text, got 5"]]],
  [{ headers: 'hunter2' }, [['headers', "'headers' must be an object, got another text"]]],
  [{ headers: { A: 'b' } }, [['headers/A', '\'headers\' has the key "A", which must match ^[a-z]+$']]],
])('of %j is told what does not conform', (document, misfits) => {
  expect(told(document)).toEqual(misfits);
});

test.each<[unknown, [string, string][]]>([
  [{ listener: 'tset' }, [['target/listener', '\'target.listener\' must be one of test, got "tset"; did you mean "test"?']]],
  [{ url: 'http://a' }, [['target/url', '\'target.url\' must be a text that matches ^https://, got "http://a"']]],
  [{ lisener: 'test' }, [['target/lisener', '\'target.lisener\' has no meaning here; did you mean "listener"?']]],
  [{}, [['target', '\'target\' lacks "listener"; add it; or \'target\' lacks "url"; add it']]],
  ['x', [['target', '\'target\' must be an object, got "x"']]],
])('of a value %j with several forms, what is told is about the form that it comes nearest to', (target, misfits) => {
  expect(told({ target })).toEqual(misfits);
});

test.each<[unknown, [string, string][]]>([
  [{}, [['check', '\'check\' lacks "kind"; add it']]],
  [{ kind: 'c', size: -1 }, [['check/kind', '\'check.kind\' must be one of a, b, got "c"; did you mean "a"?']]],
  [{ kind: 'a', size: -1 }, [['check/size', "'check.size' must be a whole number from 0, got -1"]]],
  [{ kind: 'a' }, [['check', '\'check\' lacks "size"; add it']]],
  [{ kind: 'a', siez: 1 }, [['check/siez', '\'check.siez\' has no meaning here; did you mean "size"?']]],
  [{ kind: 'b', size: 1 }, [['check/size', "'check.size' has no meaning here; remove it; what may stand here is kind"]]],
  [null, [['check', "'check' must be an object, got null"]]],
])('of a part %j whose kind says what it is, what is told is about that kind', (check, misfits) => {
  expect(told({ check })).toEqual(misfits);
});

test('everything is told, not only the first thing', () => {
  expect(told({ count: 0, flag: 1, check: { kind: 'a' } }).map(([path]) => path)).toEqual(['count', 'flag', 'check']);
});
