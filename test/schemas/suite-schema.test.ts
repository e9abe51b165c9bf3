/** The published schema of the suite, the handler that plays suites, and the constructs that write them agree on what a suite is. */
import { join } from 'node:path';

import Ajv from 'ajv';

import { ALL_KINDS } from '../../lambda/adapters/check-kinds';
import type { LoadedKinds } from '../../lambda/core/checks/kind';
import { loadKinds } from '../../lambda/core/checks/kind';
import type { Expected } from '../../lambda/core/checks/parse-suite';
import { parseSuite } from '../../lambda/core/checks/parse-suite';
import { DEPLOY_TIME_VALUE } from '../../lib/model/suite';
import { EVERY_DOCUMENT } from './every-document';
import { exampleSuites, readJson } from './example-suites';
import { mutationsOf } from './mutations';

const SCHEMA = readJson(join(__dirname, '..', '..', 'build', 'schemas', 'suite.schema.json'));
const EXAMPLES = exampleSuites();

const ajv = new Ajv({ allowUnionTypes: true });
const conforms = ajv.compile(SCHEMA);

let kinds: LoadedKinds;
beforeAll(async () => {
  kinds = await loadKinds(ALL_KINDS, { checks: Object.keys(ALL_KINDS).map((kind) => ({ kind })) });
});

/** What a hook is configured with whose suite this is. */
function expectedOf(suite: { readonly event: string }): Expected {
  const names = [...JSON.stringify(suite).matchAll(DEPLOY_TIME_VALUE)].map(([, name]) => [name, 'value'] as const);
  return { event: suite.event, values: Object.fromEntries(names) };
}

/** What the handler says of a document; undefined where it plays it. */
function refusal(document: unknown, expected: Expected): string | undefined {
  try {
    parseSuite(document, expected, kinds);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What no schema can say: how the parts of a document go together. */
const BEYOND_THE_SCHEMA = [
  /is used twice/,
  /does not stand before it/,
  /is in shadow and must decide nothing/,
  /at least one entry that is no warning/,
  /must be empty, since the URL holds the path/,
  /must be a path that begins with \//,
  /must be a host name/,
  /must not hold "/,
  /(max|atLeast)' must be a (whole )?number from/,
];

test('the schema says what it is, and where it can be read', () => {
  expect(SCHEMA).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://unpkg.com/cdk-greenlight/build/schemas/suite.schema.json',
    title: 'Check suite of cdk-greenlight, version 1',
    additionalProperties: false,
  });
});

test('there are suites in the example assembly, of every kind of check', () => {
  const named = new Set(EXAMPLES.flatMap(({ suite }) => suite.checks.map(({ kind }) => kind)));
  expect([...named].sort()).toEqual(Object.keys(ALL_KINDS).sort());
});

describe.each([...EXAMPLES, { name: 'every document', suite: EVERY_DOCUMENT }])('$name', ({ suite }) => {
  test('conforms to the schema, and the handler plays it', () => {
    conforms(suite);
    expect(conforms.errors).toBeNull();
    expect(refusal(suite, expectedOf(suite))).toBeUndefined();
  });

  test('with one thing changed, is taken by both or by none', () => {
    const expected = expectedOf(suite);
    const disagreements = [...mutationsOf(suite)].flatMap(({ what, document }) => {
      const refused = refusal(document, expected);
      if (conforms(document)) {
        return refused === undefined || BEYOND_THE_SCHEMA.some((rule) => rule.test(refused)) ? [] : [`${what}: taken by the schema, but ${refused}`];
      }
      return refused === undefined ? [`${what}: played, but ${ajv.errorsText(conforms.errors)}`] : [];
    });
    expect(disagreements).toEqual([]);
  });
});
