/** The invoke check in a rehearsed deployment: a function of the app is run for real, and asks the new version itself. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Report } from '../../../lib/model/report';
import { ROOT, greenlight, inTemporaryFolder, rehearse } from '../../support/greenlight';

const SCENARIO = join('examples', 'checks', 'invoke.yaml');
const hookOf = ({ deployments }: Report) => deployments[0]!.lifecycleEvents.find(({ name }) => name === 'AfterAllowTestTraffic')!.hook!;

/** The example's scenario with another answer of the new version. */
const answering = (route: string) =>
  inTemporaryFolder((folder) => {
    const file = join(folder, 'other.yaml');
    writeFileSync(file, readFileSync(join(ROOT, SCENARIO), 'utf8').replace('body: { status: taken, total: 0 }', route).replace(/^expect:.*\n/m, ''));
    return rehearse('--scenario', file);
  });

test('a wrong answer of the function fails the release, and the terminal says what was measured', () => {
  const { report, status } = rehearse('--scenario', SCENARIO);
  expect([report.outcome, report.expected, status]).toEqual(['rolledBack', 'rolledBack', 1]);
  const { reason, checks } = hookOf(report);
  expect(reason).toMatch(/^an order is taken: JSON path \$\.total was 0, expected 8\.4 \(function InvokeChecks-PlaceOrder\S+, returned after \d+ ms\)$/);
  expect(checks.map(({ verdict, samples }) => [verdict, samples])).toEqual([
    ['fail', 1],
    ['pass', 1],
  ]);
  expect(report.iam.filter(({ decision }) => decision !== 'allow')).toEqual([]);
  expect(greenlight(['rehearse', '--scenario', SCENARIO]).stdout).toContain('JSON path $.total was 0, expected');
});

test('a right one lets the release through; the function knew that a check asked it', () => {
  const { report, status } = answering('body: { status: taken, total: 8.4 }');
  expect([report.outcome, status]).toEqual(['released', 0]);
  const [order] = hookOf(report).checks;
  expect(order).toMatchObject({ verdict: 'pass', reason: expect.stringContaining('4 assertions held') });
});

test('a function that fails says why, with its last words', () => {
  const { report } = answering('status: 503, body: out of memory');
  expect(hookOf(report).checks[0]!.reason).toMatch(
    /^it failed with ShopFailed: "the shop answered 503", expected it to return; its log ends: "POST \/api\/orders answered 503: out of memory" \(function \S+, failed after/,
  );
});

test('a call that the role does not allow is no verdict on the function', () => {
  const { report, status } = inTemporaryFolder((folder) => {
    const file = join(folder, 'denied.yaml');
    writeFileSync(file, 'rollout: InvokeChecks/Web\nreleases:\n  - name: v2\ndeny:\n  - { hook: AfterAllowTestTraffic, action: lambda:InvokeFunction }\n');
    return rehearse('--scenario', file);
  });
  expect([report.outcome, status]).toEqual(['rolledBack', 1]);
  expect(hookOf(report).checks[0]).toMatchObject({ verdict: 'inconclusive', samples: 0, errors: 1, reason: expect.stringContaining('could not be invoked: lambda:Invoke failed: AccessDeniedException') });
});

test('the documentation shows the checks that are played', () => {
  const [, example] = /\/\/ docs\/checks\/invoke\.md shows what follows\.\n([^]*)$/.exec(readFileSync(join(ROOT, 'examples', 'checks', 'invoke-checks-stack.ts'), 'utf8'))!;
  expect(readFileSync(join(ROOT, 'docs', 'checks', 'invoke.md'), 'utf8')).toContain(`\`\`\`ts\n${example}\`\`\``);
});
