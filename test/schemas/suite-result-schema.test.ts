/** The published schema of a suite's result, and the handler that reads results, agree on what one is. */
import { join } from 'node:path';

import { parseXML } from '@aws-sdk/xml-builder';
import Ajv from 'ajv';

import { readResult } from '../../lambda/core/checks/suite/result-document';
import type { SuiteResult } from '../../lib/model/suite-result';
import { readJson } from './example-suites';
import { mutationsOf, STRANGERS } from './mutations';

const SCHEMA = readJson(join(__dirname, '..', '..', 'build', 'schemas', 'suite-result.schema.json'));
const conforms = new Ajv({ allowUnionTypes: true }).compile(SCHEMA);

const RESULT: SuiteResult = {
  schemaVersion: 1,
  cases: [
    { name: 'pays', status: 'passed' },
    { name: 'ships', status: 'failed', durationMs: 1.5, message: 'no label' },
  ],
};

function refusal(document: unknown): string | undefined {
  try {
    readResult(Buffer.from(JSON.stringify(document)), parseXML);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test('a result conforms, and is read, whatever else it holds', () => {
  conforms({ ...RESULT, by: 'me' });
  expect([conforms.errors, refusal({ ...RESULT, by: 'me' })]).toEqual([null, undefined]);
});

test('whatever takes the place of one of its parts is taken by both or by none', () => {
  const differences = [...mutationsOf(RESULT, STRANGERS)].flatMap(({ what, document }) => {
    const refused = refusal(document);
    return conforms(document) === (refused === undefined) ? [] : [`${what}: ${refused ?? 'read'}, but ${JSON.stringify(conforms.errors)}`];
  });
  expect(differences).toEqual([]);
});
