import { compileAssertion } from '../../../../../lambda/core/checks/assertions';
import { compilers } from '../../../../../lambda/core/checks/engines';
import type { AssertionDocument } from '../../../../../lib/model/suite';
import { answer } from '../../../support/fake-ports';

type SchemaAssertion = Extract<AssertionDocument, { readonly kind: 'jsonSchema' }>;

const NUMBER: SchemaAssertion = { kind: 'jsonSchema', schema: { type: 'number' } };
const PRICES: SchemaAssertion = { ...NUMBER, path: '$.prices[*]' };

async function found(document: SchemaAssertion, body: string) {
  const engines = await compilers({ schemas: [document.schema], jsonPaths: document.path === undefined ? [] : [document.path] });
  return compileAssertion(document, engines)(answer({ body }));
}

test.each<[string, SchemaAssertion, string, object]>([
  ['a body that matches', NUMBER, '5', { outcome: 'holds', what: 'JSON body', measured: '5', threshold: 'a match of the schema', statement: 'JSON body was 5, expected a match of the schema' }],
  ['a body that does not', NUMBER, '"5"', { outcome: 'fails', what: 'JSON body', measured: '"5"', threshold: 'a match of the schema', statement: 'JSON body was "5", which must be number, expected a match of the schema' }],
  [
    'a part of a body that does not',
    { kind: 'jsonSchema', schema: { properties: { id: { type: 'number' } } } },
    '{"id":"a"}',
    { outcome: 'fails', what: 'JSON body', measured: '"a" at /id', threshold: 'a match of the schema', statement: 'JSON body was "a" at /id, which must be number, expected a match of the schema' },
  ],
  ['every value of a path', PRICES, '{"prices":[1,2]}', { outcome: 'holds', what: 'JSON path $.prices[*]', measured: '1', threshold: 'a match of the schema', statement: 'JSON path $.prices[*] was 1, expected a match of the schema' }],
  [
    'a value of a path that does not',
    PRICES,
    '{"prices":[1,"2","3"]}',
    { outcome: 'fails', what: 'JSON path $.prices[*]', measured: '"2"', threshold: 'a match of the schema', statement: 'JSON path $.prices[*] was "2", which must be number, expected a match of the schema' },
  ],
  ['a path to nothing', PRICES, '{"prices":[]}', { outcome: 'fails', what: 'JSON path $.prices[*]', measured: null, threshold: 'a match of the schema', statement: 'JSON path $.prices[*] selected nothing, expected a match of the schema' }],
  ['negated, a body that matches', { ...NUMBER, negate: true }, '5', { outcome: 'fails', what: 'JSON body', measured: '5', threshold: 'no match of the schema', statement: 'JSON body was 5, expected no match of the schema' }],
  [
    'negated, a body that does not',
    { ...NUMBER, negate: true },
    '"5"',
    { outcome: 'holds', what: 'JSON body', measured: '"5"', threshold: 'no match of the schema', statement: 'JSON body was "5", which must be number, expected no match of the schema' },
  ],
  [
    'negated, the value of a path that matches',
    { ...PRICES, negate: true },
    '{"prices":["1",2]}',
    { outcome: 'fails', what: 'JSON path $.prices[*]', measured: '2', threshold: 'no match of the schema', statement: 'JSON path $.prices[*] was 2, expected no match of the schema' },
  ],
])('%s', async (_, document, body, finding) => {
  expect(await found(document, body)).toEqual({ ...finding, warning: false });
});
