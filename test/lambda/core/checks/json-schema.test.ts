import { compilers } from '../../../../lambda/core/checks/engines';
import { isVacuous } from '../../../../lambda/core/checks/json-schema-engine';
import type { JsonSchema } from '../../../../lib/model/suite';

/** What the engine of the handlers says of a document; undefined where it matches. */
async function problem(schema: JsonSchema, document: unknown): Promise<string | undefined> {
  const { schema: compile } = await compilers({ schemas: [schema] });
  const found = compile(schema)(document);
  return found === undefined ? undefined : `${found.pointer}: ${JSON.stringify(found.found)} ${found.expected}`;
}

describe('a JSON schema', () => {
  test.each<[string, JsonSchema, unknown, string | undefined]>([
    ['a type that is right', { type: 'object' }, {}, undefined],
    ['a type that is wrong', { type: 'object', properties: { items: { type: 'array', items: { properties: { price: { type: 'number' } } } } } }, { items: [{ price: 1 }, { price: '12' }] }, '/items/1/price: "12" must be number'],
    ['a property that is missing', { required: ['id'] }, { name: 'a' }, `: {"name":"a"} must have required property 'id'`],
    ['a property too many', { properties: { id: {} }, additionalProperties: false }, { id: 1, extra: 2 }, ': {"id":1,"extra":2} must NOT have additional properties ("extra")'],
    ['one that is not evaluated', { allOf: [{ properties: { id: true } }], unevaluatedProperties: false }, { id: 1, extra: 2 }, ': {"id":1,"extra":2} must NOT have unevaluated properties ("extra")'],
    ['a value of a list', { enum: ['up', 'down'] }, 'sideways', ': "sideways" must be equal to one of the allowed values (["up","down"])'],
    ['a constant', { const: 3 }, 4, ': 4 must be equal to constant (3)'],
    ['tuples of the draft', { prefixItems: [{ type: 'string' }], items: { type: 'number' } }, ['a', 1, 'b'], '/2: "b" must be number'],
    ['a pattern', { pattern: '^a+$' }, 'aab', ': "aab" must match pattern "^a+$"'],
    ['two patterns', { properties: { a: { pattern: '^a$' }, b: { pattern: '^b$' } } }, { a: 'a', b: 'a' }, '/b: "a" must match pattern "^b$"'],
    ['properties by patterns', { patternProperties: { '^x-': { type: 'string' } } }, { 'x-a': 1, y: 2 }, '/x-a: 1 must be string'],
    ['a reference into itself', { $defs: { node: { properties: { next: { $ref: '#/$defs/node' }, n: { type: 'number' } } } }, $ref: '#/$defs/node' }, { next: { next: { n: 'x' } } }, '/next/next/n: "x" must be number'],
    ['a reference by its id', { $id: 'https://example.com/root.json', $defs: { a: { $id: 'a.json', type: 'string' } }, properties: { a: { $ref: 'a.json' } } }, { a: 1 }, '/a: 1 must be string'],
    ['a reference by an anchor', { $defs: { a: { $anchor: 'name', type: 'string' } }, properties: { a: { $ref: '#name' } } }, { a: 1 }, '/a: 1 must be string'],
    ['a pointer with escapes', { properties: { 'a/b': { type: 'string' } } }, { 'a/b': 1 }, '/a~1b: 1 must be string'],
    ['a name that looks like a prototype', { properties: { constructor: { type: 'string' } } }, {}, undefined],
  ])('%s', async (_, schema, document, expected) => {
    expect(await problem(schema, document)).toBe(expected);
  });

  test('its patterns take time that grows with the text only', async () => {
    const begun = performance.now();
    expect(await problem({ pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}b`)).toContain('must match pattern "^(a+)+$"');
    expect(performance.now() - begun).toBeLessThan(30_000);
  });

  test('two of one id stand beside each other', async () => {
    const schemas = ['string', 'number'].map((type) => ({ $id: 'https://example.com/order.json', type }));
    const { schema: compile } = await compilers({ schemas });
    expect(schemas.map((schema) => compile(schema)(1)?.expected)).toEqual(['must be string', undefined]);
  });

  test.each<[string, JsonSchema, string]>([
    ['an unknown keyword', { propertys: {} }, 'strict mode: unknown keyword: "propertys"'],
    ['an unknown keyword deep inside', { items: { properties: { a: { minLenght: 1 } } } }, 'strict mode: unknown keyword: "minLenght"'],
    ['a format', { format: 'email' }, 'unknown format "email" ignored in schema'],
    ['a type that is none', { type: 'text' }, 'schema is invalid: data/type must be equal to one of the allowed values'],
    ['a reference elsewhere', { $ref: 'https://example.com/order.json' }, "can't resolve reference https://example.com/order.json"],
    ['a reference to nothing', { $ref: '#/$defs/gone' }, "can't resolve reference #/$defs/gone"],
    ['another draft', { $schema: 'http://json-schema.org/draft-07/schema#', type: 'string' }, 'no schema with key or ref "http://json-schema.org/draft-07/schema#"'],
    ['a pattern beyond the linear engine', { pattern: '(a)\\1' }, 'invalid escape sequence'],
    ['a lookahead in the names of properties', { patternProperties: { '^(?=a)': {} } }, 'invalid'],
    ['an asynchronous one', { $async: true, type: 'string' }, '"$async" is no keyword of the draft'],
  ])('fails with %s', async (_, schema, message) => {
    await expect(problem(schema, {})).rejects.toThrow(message);
  });
});

describe('what a problem says', () => {
  const found = async (schema: JsonSchema, document: unknown) => (await compilers({ schemas: [schema] })).schema(schema)(document);

  test('is where the document and the schema differ', async () => {
    const schema = { properties: { a: { type: 'array', items: { minimum: 5 } } } };
    expect(await found(schema, { a: [5, 4] })).toEqual({ pointer: '/a/1', found: 4, expected: 'must be >= 5', keyword: '#/properties/a/items/minimum' });
  });

  test.each<[string, JsonSchema, unknown, string]>([
    ['the whole document', { type: 'object' }, [], 'must be object'],
    ['a name that no pattern allows', { propertyNames: { pattern: '^a' } }, { b: 1 }, 'must match pattern "^a"'],
    ['a name of 60 characters', { additionalProperties: false }, { ['n'.repeat(60)]: 1 }, `must NOT have additional properties ("${'n'.repeat(60)}")`],
    ['no more of a name than that', { additionalProperties: false }, { ['n'.repeat(61)]: 1 }, `must NOT have additional properties ("${'n'.repeat(59)}…")`],
    ['a name with quotation marks', { additionalProperties: false }, { 'a"b': 1 }, 'must NOT have additional properties ("a\\"b")'],
    ['80 characters of what is allowed', { const: 'c'.repeat(78) }, 1, `must be equal to constant ("${'c'.repeat(78)}")`],
    ['no more of what is allowed than that', { const: 'c'.repeat(79) }, 1, `must be equal to constant ("${'c'.repeat(78)}…)`],
    ['a constant that is null', { const: null }, 1, 'must be equal to constant (null)'],
    ['a constant that is false', { const: false }, 1, 'must be equal to constant (false)'],
    ['nothing allowed beside it', { minLength: 2 }, 'a', 'must NOT have fewer than 2 characters'],
  ])('is, for %s, as the schema has it', async (_, schema, document, expected) => {
    expect((await found(schema, document))?.expected).toBe(expected);
  });
});

describe('references by relative URIs', () => {
  const nested = (ref: string): JsonSchema => ({
    $id: 'https://example.com/schemas/root.json',
    $defs: { text: { $id: 'text.json', type: 'string', $defs: { short: { maxLength: 1 } } } },
    properties: { a: { $ref: ref } },
  });

  test.each([
    ['text.json', 5, 'must be string'],
    ['/schemas/text.json', 5, 'must be string'],
    ['https://example.com/schemas/text.json', 5, 'must be string'],
    ['text.json#/$defs/short', 'ab', 'must NOT have more than 1 characters'],
    ['#/$defs/text', 5, 'must be string'],
    ['#/$defs/text/$defs/short', 'ab', 'must NOT have more than 1 characters'],
  ])('%s leads into the schema itself', async (ref, a, expected) => {
    const schema = nested(ref);
    expect((await compilers({ schemas: [schema] })).schema(schema)({ a })?.expected).toBe(expected);
  });

  test('lead there without a base, too', async () => {
    const schema = { $id: 'root.json', $defs: { text: { $anchor: 'text', type: 'string' } }, properties: { a: { $ref: 'root.json#text' }, b: { $ref: '#text' } } };
    const check = (await compilers({ schemas: [schema] })).schema(schema);
    expect([check({ a: 'x', b: 'x' }), check({ a: 1 })?.pointer, check({ b: 1 })?.pointer]).toEqual([undefined, '/a', '/b']);
  });
});

describe('a schema asks', () => {
  test.each<JsonSchema>([
    {},
    { $schema: 'https://json-schema.org/draft/2020-12/schema' },
    { $id: 'a', $comment: 'b', $defs: { c: { type: 'string' } }, $anchor: 'd', $dynamicAnchor: 'e', $vocabulary: {} },
    { title: 'a', description: 'b', default: 1, examples: [1], deprecated: true, readOnly: true, writeOnly: false },
  ])('for nothing: %j', (schema) => {
    expect(isVacuous(schema)).toBe(true);
  });

  test.each<JsonSchema>([{ type: 'object' }, { title: 'a', required: ['b'] }, { $ref: '#/$defs/a', $defs: { a: {} } }, { Title: 'a' }])('for something: %j', (schema) => {
    expect(isVacuous(schema)).toBe(false);
  });
});
