/** The scenarios of the HTTP check: it fails, it only watches, it cannot tell. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Report } from '../../../lib/model/report';
import { ROOT, greenlight, rehearse } from '../../support/greenlight';

const scenario = (name: string) => join('examples', 'checks', `${name}.yaml`);
const play = (name: string) => rehearse('--scenario', scenario(name));
const hookOf = ({ deployments }: Report) => deployments[0]!.lifecycleEvents.find(({ name }) => name === 'AfterAllowTestTraffic')!.hook!;

const BROKEN =
  'orders are served in full: JSON path $.status was "degraded", expected anything but "degraded"; ' +
  'JSON path $.queue was 101, expected a number from 0 to 100 (GET /api/orders on the test listener, 200 in ';

test('http: fails, and says what was measured and what was asked for', () => {
  const { report, status } = play('http');
  expect([report.outcome, report.expected, status]).toEqual(['rolledBack', 'rolledBack', 1]);
  const { verdict, reason, checks } = hookOf(report);
  expect([verdict, reason.startsWith(`orders: ${BROKEN}`)]).toEqual(['fail', true]);
  expect(checks[0]!.measurements.filter(({ ok }) => !ok)).toEqual([
    { what: 'orders are served in full: JSON path $.status', measured: '"degraded"', threshold: 'anything but "degraded"', ok: false },
    { what: 'JSON path $.queue', measured: '101', threshold: '0 to 100', ok: false },
  ]);
});

test('shadow: the same failure is released, and the report says what would have stopped it', () => {
  const { report, status } = play('shadow');
  expect([report.outcome, report.expected, status]).toEqual(['released', 'released', 0]);
  const { verdict, report: told, reason, checks } = hookOf(report);
  expect([verdict, told, reason]).toEqual(['pass', 'Succeeded', 'no check is enforced; in shadow, orders would have stopped it']);
  expect(checks[0]).toMatchObject({ shadow: true, verdict: 'fail', reason: expect.stringContaining(BROKEN) });
  const { stderr, stdout } = greenlight(['rehearse', '--scenario', scenario('shadow')]);
  expect(`${stdout}${stderr}`).toContain('✘ orders  in shadow, would have stopped it: orders are served in');
});

test('inconclusive: nothing was measured, and nothing is released', () => {
  const { report, status } = play('inconclusive');
  expect([report.outcome, report.expected, status]).toEqual(['rolledBack', 'rolledBack', 1]);
  const { verdict, reason, checks } = hookOf(report);
  expect([verdict, reason]).toEqual([
    'inconclusive',
    'orders: could not be measured: no complete answer within 2000 ms (GET /api/orders on the test listener); 0 of 1 passes in a row, 3 attempts not measured',
  ]);
  expect(checks[0]).toMatchObject({ samples: 0, errors: 3, measurements: [] });
  expect(report.deployments[0]!.traffic.map(({ replacement }) => replacement)).toEqual([0]);
});

test('login: the second step fails by its schema, and neither secret nor token is in the report', () => {
  const run = play('login');
  expect([run.report.outcome, run.report.expected, run.status]).toEqual(['rolledBack', 'rolledBack', 1]);
  const { verdict, checks } = hookOf(run.report);
  expect([verdict, checks[0]!.reason]).toEqual([
    'fail',
    expect.stringContaining('step 2: JSON body was "12.50" at /orders/0/total, which must be number, expected a match of the schema (GET /accounts/{{account}}/orders on the test listener, 200 in '),
  ]);
  expect(run.report.iam.find(({ action }) => action === 'secretsmanager:GetSecretValue')).toMatchObject({ decision: 'allow' });
  expect(`${run.stdout}${run.stderr}`).not.toMatch(/battery|tok-6f9c2e71/);
});

test.each(['http', 'login'])('the documentation shows the check that is played: %s', (name) => {
  const [, example] = /\/\/ docs\/checks\/http\.md shows what follows\.\n([^]*)$/.exec(readFileSync(join(ROOT, 'examples', 'checks', `${name}-checks-stack.ts`), 'utf8'))!;
  expect(readFileSync(join(ROOT, 'docs', 'checks', 'http.md'), 'utf8')).toContain(`\`\`\`ts\n${example}\`\`\``);
});
