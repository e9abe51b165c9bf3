/** What a rehearsal reports conforms to the published schema of the report. */
import { join } from 'node:path';

import Ajv from 'ajv';

import { rehearse } from '../support/greenlight';
import { readJson } from './example-suites';
import { mutationsOf } from './mutations';

const conforms = new Ajv({ allowUnionTypes: true }).compile(readJson(join(__dirname, '..', '..', 'build', 'schemas', 'report.schema.json')));

test.each(['ecs-web/good', 'ecs-web/denied', 'ecs-web/leaky', 'checks/shadow', 'checks/inconclusive', 'listener-guard/accident', 'listener-guard/rolled-back'])('the report of %s conforms', (scenario) => {
  const { report } = rehearse('--scenario', join('examples', `${scenario}.yaml`));
  conforms(report);
  expect(conforms.errors).toBeNull();
});

test('a report with a stranger in it, or without one of its parts, does not', () => {
  const { report } = rehearse('--scenario', join('examples', 'ecs-web', 'broken.yaml'));
  const changed = [...mutationsOf(report, [null, { x: 1 }])].filter(({ what }) => !what.endsWith(' removed'));
  const taken = changed.filter(({ document }) => conforms(document)).map(({ what }) => what);
  expect(changed.length).toBeGreaterThan(500);
  // What has no end yet has none.
  expect(taken.filter((what) => !/\.(completeTime|start|end|measured|threshold) = null$/.test(what))).toEqual([]);
});
