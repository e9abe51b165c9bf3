/** The suite check in a rehearsed deployment: the function is run for real, and what comes of the build is what the scenario says. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Report } from '../../../lib/model/report';
import { ROOT, greenlight, inTemporaryFolder, rehearse } from '../../support/greenlight';

const SCENARIO = join('examples', 'checks', 'suite.yaml');
const hookOf = ({ deployments }: Report) => deployments[0]!.lifecycleEvents.find(({ name }) => name === 'AfterAllowTestTraffic')!.hook!;

const played = (edit: (text: string) => string) =>
  inTemporaryFolder((folder) => {
    const file = join(folder, 'other.yaml');
    writeFileSync(file, edit(readFileSync(join(ROOT, SCENARIO), 'utf8').replace(/^expect:.*\n/m, '')));
    return rehearse('--scenario', file);
  });
const sound = (text: string) => text.replace("status: 500, body: { error: out of memory }", 'body: { items: [] }').replace("status: failed, duration: 30s, message: 'the cart stayed empty, expected 1 item'", 'status: passed');

test('a failed case of either suite fails the release, and each case appears in the report', () => {
  const { report, status } = rehearse('--scenario', SCENARIO);
  expect([report.outcome, report.expected, status]).toEqual(['rolledBack', 'rolledBack', 1]);
  const [shop, browser] = hookOf(report).checks;
  expect(shop).toMatchObject({ verdict: 'fail', samples: 3, reason: expect.stringMatching(/^1 of 3 cases did not pass: a cart can be filled: "GET \/api\/carts answered 500, expected 200" \(function \S+, returned after \d+ ms\)$/) });
  expect(shop!.cases!.listed.map(({ name, status: each }) => [name, each])).toEqual([
    ['a cart can be filled', 'failed'],
    ['the shop is up', 'passed'],
    ['orders are listed', 'passed'],
  ]);
  expect(Math.floor(browser!.windowMs / 1_000)).toBe(100);
  expect(browser).toMatchObject({ verdict: 'fail', reason: expect.stringMatching(/^1 of 2 cases did not pass: tea can be bought in Firefox: "the cart stayed empty, expected 1 item" \(build \S+ ended as FAILED\)$/) });
  expect(browser!.cases).toEqual({
    listed: [
      { name: 'tea can be bought in Firefox', status: 'failed', durationMs: 30_000, message: 'the cart stayed empty, expected 1 item' },
      { name: 'tea can be bought in WebKit', status: 'skipped', durationMs: 0, message: 'after a failure' },
      { name: 'shop opens in Firefox', status: 'passed', durationMs: 4_000 },
    ],
    leftOut: 0,
  });
  expect(report.iam.filter(({ decision }) => decision !== 'allow')).toEqual([]);
  expect(report.fidelity.notModelled).toContainEqual(expect.stringMatching(/^builds of CodeBuild project SuiteChecks-BrowserSuite\S+: none was run, and what came of them is what the scenario says$/));
  expect(greenlight(['rehearse', '--scenario', SCENARIO]).stdout).toContain('1 of 3 cases did not pass: a cart can be filled:');
});

test('sound suites let the release through', () => {
  const { report, status } = played(sound);
  expect([report.outcome, status]).toEqual(['released', 0]);
  expect(hookOf(report).checks.map(({ reason }) => reason.replace(/ \(.*/, ''))).toEqual(['3 cases passed', '2 cases passed, 1 skipped']);
});

test.each<[string, (text: string) => string, string, string]>([
  ['takes too long', (text) => text.replace('after: 95s', 'after: 20m'), 'inconclusive', 'time was up after 0 of 1 passes in a row, 0 attempts not measured; last: build'],
  ['breaks', (text) => text.replace('after: 95s', 'after: 95s\n    status: FAULT'), 'inconclusive', 'ended as FAULT: "phase BUILD FAULT: the scenario lets this build end as FAULT", expected SUCCEEDED (2 cases passed)'],
  ['makes no report', (text) => text.replace(/ {4}cases:[^]*$/, ''), 'inconclusive', "the build made no test report, so that nothing says what was run; give its buildspec a 'reports' section"],
  ['runs too few cases', (text) => text.replace(/ {6}- \{ name: tea can be bought in Firefox.*\n/, ''), 'inconclusive', '1 case run (1 skipped), expected at least 2'],
])('a build that %s does not', (_, edit, verdict, reason) => {
  const { report, status } = played((text) => edit(sound(text)));
  expect([report.outcome, status]).toEqual(['rolledBack', 1]);
  expect(hookOf(report).checks[1]).toMatchObject({ verdict, reason: expect.stringContaining(reason) });
});

test('the documentation shows the checks that are played', () => {
  const [, example] = /\/\/ docs\/checks\/suite\.md shows what follows\.\n([^]*)$/.exec(readFileSync(join(ROOT, 'examples', 'checks', 'suite-checks-stack.ts'), 'utf8'))!;
  expect(readFileSync(join(ROOT, 'docs', 'checks', 'suite.md'), 'utf8')).toContain(`\`\`\`ts\n${example}\`\`\``);
});
