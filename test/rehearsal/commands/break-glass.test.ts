/** A rehearsed release whose checks somebody on call has overridden, and the one after it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { greenlight, inTemporaryFolder, rehearse } from '../../support/greenlight';

const SCENARIO = join('examples', 'checks', 'break-glass.yaml');
const OVERRIDE = { by: 'alice', reason: 'payments are down, this release has the fix', parameter: '/shop/web/break-glass' };

const hooksOf = (report: ReturnType<typeof rehearse>['report'], index: number) => report.deployments[index]!.lifecycleEvents.flatMap(({ hook }) => hook ?? []);

/** The scenario of the example with another value of the parameter, or more. */
function variant<T>(text: string, use: (file: string) => T): T {
  return inTemporaryFolder((folder) => {
    const file = join(folder, 'variant.yaml');
    const broken = 'routes: [{ path: /api/orders, body: { status: degraded } }]';
    writeFileSync(file, `rollout: BreakGlass/Web\n${text}\nreleases:\n  - { name: v2, ${broken} }\n  - { name: v3, after: 10m, ${broken} }\n`);
    return use(file);
  });
}

test('a broken release is let through once, by every hook of its deployment, and the next one is stopped again', () => {
  const { report, status } = rehearse('--scenario', SCENARIO);
  expect([status, report.outcome]).toEqual([1, 'rolledBack']);
  expect(report.deployments.map((deployment) => deployment.status)).toEqual(['Succeeded', 'Failed', 'Succeeded']);
  const [test, after] = hooksOf(report, 0);
  expect(test).toMatchObject({ report: 'Succeeded', verdict: 'fail', override: OVERRIDE, checks: [{ name: 'orders', verdict: 'fail', shadow: true }] });
  expect(after).toMatchObject({ report: 'Succeeded', verdict: 'pass', override: OVERRIDE });
  expect(hooksOf(report, 1)[0]).toMatchObject({ report: 'Failed', verdict: 'fail' });
  expect(hooksOf(report, 1)[0]).not.toHaveProperty('override');
  expect(report.findings.filter(({ id }) => id === 'break-glass')).toHaveLength(2);
  expect(report.iam.filter(({ decision }) => decision !== 'allow')).toEqual([]);
  expect(report.iam.map(({ action }) => action)).toEqual(expect.arrayContaining(['ssm:GetParameter', 'ssm:PutParameter', 'sns:Publish']));
});

test('nobody who reads the report takes it for a release that the checks let through', () => {
  const { stdout } = greenlight(['rehearse', '--scenario', SCENARIO, '--no-color']);
  expect(stdout).toContain('NOT ENFORCED: override by alice in /shop/web/break-glass:');
  expect(stdout).toContain('in shadow, would have stopped it: JSON path $.status');
});

test.each([
  ['off', 'parameters: { /shop/web/break-glass: off }'],
  ['something else', 'parameters: { /shop/web/break-glass: "please" }'],
  ['as the template says', ''],
  ['not to be read', 'parameters: { /shop/web/break-glass: next alice x }\ndeny: [{ hook: AfterAllowTestTraffic, action: ssm:GetParameter }]'],
  ['not to be written', 'parameters: { /shop/web/break-glass: next alice x }\ndeny: [{ hook: AfterAllowTestTraffic, action: ssm:PutParameter }]'],
])('where the parameter is %s, the checks are enforced', (_name, text) => {
  variant(text, (file) => {
    const { report, status } = rehearse('--scenario', file);
    expect([status, report.outcome, report.deployments[0]!.status]).toEqual([1, 'rolledBack', 'Failed']);
  });
});
