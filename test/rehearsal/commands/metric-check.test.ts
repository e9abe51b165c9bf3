/** Metric checks in a rehearsed deployment: a canary whose two versions are compared over the shift. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { inTemporaryFolder, rehearse, ROOT } from '../../support/greenlight';

const SCENARIO = join('examples', 'checks', 'metric.yaml');
const hookOf = (report: ReturnType<typeof rehearse>['report']) => report.deployments[0]!.lifecycleEvents.find(({ name }) => name === 'AfterAllowTraffic')!.hook!;

/** The example's scenario with another line in it. */
function changed(from: string | RegExp, to: string) {
  return inTemporaryFolder((folder) => {
    const file = join(folder, 'changed.yaml');
    const text = readFileSync(join(ROOT, SCENARIO), 'utf8').replace('expect: { outcome: rolledBack }\n', '');
    writeFileSync(file, text.replace(from, to));
    return rehearse('--scenario', file);
  });
}

test('errors of the canary roll the release back, and the reason has rates, counts, chance and limits', () => {
  const { status, report } = rehearse('--scenario', SCENARIO);
  const hook = hookOf(report);
  expect([status, report.outcome, hook.report]).toEqual([1, 'rolledBack', 'Failed']);
  expect(hook.checks.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['5xx rate', 'fail'],
    ['p95 latency', 'pass'],
  ]);
  expect(hook.checks[0]!.reason).toMatch(
    /^5xx rate of the new version was 4\.\d+ % \(\d+ of [\d,]+ in 6 min\), of the old one 0\.2\d* % \(\d+ of [\d,]+ at the same time\): a difference this large comes by chance in 1 of 10\^\d\d cases \(limit 1 of 100\), and exceeds 0\.5 points$/,
  );
  expect(report.iam.filter(({ decision }) => decision !== 'allow')).toEqual([]);
  expect(report.iam.map(({ action }) => action)).toEqual(expect.arrayContaining(['cloudwatch:GetMetricData', 'codedeploy:BatchGetDeploymentTargets', 'codedeploy:ListDeploymentTargets']));
});

test('a canary as good as the old version is released, once its metrics are published', () => {
  const { status, report } = changed('rate: 5%', 'rate: 0.2%');
  expect([status, report.outcome]).toEqual([0, 'released']);
  expect(hookOf(report).checks.map(({ verdict, samples }) => [verdict, samples > 10_000])).toEqual([['pass', true], ['pass', true]]);
});

test('a slow canary fails by its latency', () => {
  const { report } = changed("- { path: '/api/orders', rate: 5%, status: 500, body: out of memory }", "- { path: '/api/orders', rate: 30%, latency: 400ms }");
  expect(report.outcome).toBe('rolledBack');
  expect(hookOf(report).checks[1]).toMatchObject({ name: 'p95 latency', verdict: 'fail' });
  expect(hookOf(report).checks[1]!.reason).toMatch(/^p95 latency of the new version was 4\d\d ms \([\d,]+ samples in 6 min\), of the old one \d+(\.\d)? ms \([\d,]+ at the same time\): [\d.]+ times as long \(limit 1\.5\), and \d+ ms longer \(limit 50 ms\)$/);
});

test('too little traffic proves nothing: undecided, and not released', () => {
  const { status, report } = changed('seed: 3\n', 'seed: 3\nrequestsPerSecond: 2\n');
  expect([status, report.outcome]).toEqual([1, 'rolledBack']);
  expect(hookOf(report).checks[0]).toMatchObject({ verdict: 'inconclusive' });
  expect(hookOf(report).checks[0]!.reason).toMatch(/^5xx rate: the new version has \d+ of the 1,000 samples that a verdict needs \(new \d+, old \d+, in 6 min\); no more will come$/);
});

test('a hook that may not read metrics says so, and lets nothing through', () => {
  const { report } = changed('service:\n', "deny:\n  - { hook: AfterAllowTraffic, action: 'cloudwatch:GetMetricData' }\n\nservice:\n");
  expect(report.outcome).toBe('rolledBack');
  expect(hookOf(report).reason).toMatch(/could not be measured: the metrics could not be read: cloudwatch:GetMetricData failed: AccessDenied/);
});
