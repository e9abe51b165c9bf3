/** The published schema of the suite, the handler that plays suites, and the constructs that write them agree on what a suite is. */
import { join } from 'node:path';

import Ajv from 'ajv';

import { ALL_KINDS } from '../../lambda/adapters/check-kinds';
import type { LoadedKinds } from '../../lambda/core/checks/kind';
import { loadKinds } from '../../lambda/core/checks/kind';
import type { Expected } from '../../lambda/core/checks/parse-suite';
import { parseSuite } from '../../lambda/core/checks/parse-suite';
import type { CheckSuite } from '../../lib/model/suite';
import { DEPLOY_TIME_VALUE } from '../../lib/model/suite';
import { CHECKS, PARTS } from './documents';
import { exampleSuites, readJson } from './example-suites';
import { mutationsOf, STRANGERS } from './mutations';

const SCHEMA = readJson(join(__dirname, '..', '..', 'build', 'schemas', 'suite.schema.json'));
const EXAMPLES = exampleSuites();

/** Whatever rides in the environment: a value that can stand everywhere. */
const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:order';

const ajv = new Ajv({ allowUnionTypes: true });
const conforms = ajv.compile(SCHEMA);

let kinds: LoadedKinds;
beforeAll(async () => {
  kinds = await loadKinds(ALL_KINDS, { checks: Object.keys(ALL_KINDS).map((kind) => ({ kind })) });
});

/** What a hook is configured with whose suite this is. */
function expectedOf(suite: { readonly event: string }): Expected {
  const names = [...JSON.stringify(suite).matchAll(DEPLOY_TIME_VALUE)].map(([, name]) => [name, FUNCTION_ARN] as const);
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
  /since an invocation has nothing else to judge/,
  /must be the ARN of a function/,
  /must be a JSON text/,
  /must be a name that no other case has/,
  /a load is never started twice/,
  /requests that count, fewer than the/,
  /a load must not be cut off/,
  /a load takes a redirect as the answer/,
  /refers to a value that is not there/,
  /which is there already/,
  /'checks\[1\]\.steps\[\d\]\.assertions' must be a list with at least one entry, got an empty list/,
  /must be a JSON schema that asks for something/,
  /lengthMs' must be a multiple of/,
  /since' must be one of traffic,/,
  /(value|samples)' must be one of /,
  /queries' must be a list of at most/,
  /must be an account id/,
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

/** What becomes of a document where schema and handler do not say the same; undefined where they agree, or the schema cannot know. */
function disagreement(document: unknown, expected: Expected): string | undefined {
  const refused = refusal(document, expected);
  if (conforms(document)) {
    return refused === undefined || BEYOND_THE_SCHEMA.some((rule) => rule.test(refused)) ? undefined : `taken by the schema, but ${refused}`;
  }
  return refused === undefined ? `played, but ${ajv.errorsText(conforms.errors)}` : undefined;
}

test('every kind of check is tried out, and is in the example assembly', () => {
  const kindsOf = (checks: readonly { readonly kind: string }[]) => [...new Set(checks.map(({ kind }) => kind))].sort();
  expect(kindsOf(CHECKS)).toEqual(Object.keys(ALL_KINDS).sort());
  expect(kindsOf(EXAMPLES.flatMap(({ suite }) => suite.checks))).toEqual(Object.keys(ALL_KINDS).sort());
});

describe.each(EXAMPLES)('example $name', ({ suite }) => {
  test('conforms to the schema, and the handler plays it', () => {
    conforms(suite);
    expect(conforms.errors).toBeNull();
    expect(refusal(suite, expectedOf(suite))).toBeUndefined();
  });

  test('is refused with any part of it missing or misspelt, by both', () => {
    const refusals = [...mutationsOf(suite)].map(({ what, document }) => [what, disagreement(document, expectedOf(suite))]);
    expect(refusals.filter(([, difference]) => difference !== undefined)).toEqual([]);
  });
});

test.each(PARTS)('$name: whatever takes the place of one of its parts is taken by both or by none', ({ part, suiteWith }) => {
  const sound = suiteWith(part);
  const expected = expectedOf(sound as CheckSuite);
  conforms(sound);
  expect([conforms.errors, refusal(sound, expected)]).toEqual([null, undefined]);
  const differences = [...mutationsOf(part, STRANGERS)].map(({ what, document }) => [what, disagreement(suiteWith(document), expected)]);
  expect(differences.filter(([, difference]) => difference !== undefined)).toEqual([]);
});
