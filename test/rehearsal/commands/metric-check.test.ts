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
  expect(hookOf(report).checks[0]!.reason).toMatch(/^5xx rate: the old version has \d+ of the 1,000 samples that a verdict needs \(at the same time\); no more will come$/);
});

test('a hook that may not read metrics says so, and lets nothing through', () => {
  const { report } = changed('service:\n', "deny:\n  - { hook: AfterAllowTraffic, action: 'cloudwatch:GetMetricData' }\n\nservice:\n");
  expect(report.outcome).toBe('rolledBack');
  expect(hookOf(report).reason).toMatch(/could not be measured: the metrics could not be read: cloudwatch:GetMetricData failed: AccessDenied/);
});

describe('a shift of all traffic at once', () => {
  const swift = (...lines: string[]) =>
    inTemporaryFolder((folder) => {
      const file = join(folder, 'swift.yaml');
      writeFileSync(file, ['rollout: MetricChecks/Swift', 'releases:', '  - name: v2', ...lines].join('\n'));
      const { status, report } = rehearse('--scenario', file);
      return { status, outcome: report.outcome, hook: hookOf(report), event: report.deployments[0]!.lifecycleEvents.at(-1)! };
    });

  test('is compared with the time before the deployment, five times, and metric math is judged beside it', () => {
    const { status, outcome, hook } = swift('    after: 15m');
    expect([status, outcome]).toEqual([0, 'released']);
    expect(hook.checks[0]!.reason).toMatch(/^5xx rate of the new version was 0 % \(0 of [\d,]+ in 7 min\), of the old one 0 % \(0 of 24,000 in the 10 min before the deployment\): it is not higher; 5 of 5 passes in a row/);
    expect(hook.checks[1]!.reason).toBe('share of unanswered requests in percent was 0 (9,600 samples in 4 min), expected below 0.5');
  });

  test('is stopped by the look that sees errors which come late', () => {
    const { outcome, hook } = swift('    after: 15m', '    faults:', '      - { listener: production, rate: 4%, after: 4m, status: 500 }');
    expect(outcome).toBe('rolledBack');
    expect(hook.checks[0]).toMatchObject({ verdict: 'fail' });
    expect(hook.checks[0]!.reason).toMatch(/\(limit 1 of 100, look [345] of 5\), and exceeds 0\.5 points$/);
  });

  test('is stopped by requests that nobody answers', () => {
    const { hook } = swift('    after: 15m', '    faults:', '      - { listener: production, rate: 2%, hang: on }');
    expect(hook.checks[1]).toMatchObject({ verdict: 'fail' });
    expect(hook.checks[1]!.reason).toMatch(/^share of unanswered requests in percent was [12]\.\d+ \([\d,]+ samples in 4 min\), expected below 0\.5$/);
  });

  test('cannot be judged where there was nothing before it', () => {
    const { outcome, hook } = swift();
    expect(outcome).toBe('rolledBack');
    expect(hook.checks[0]).toMatchObject({ verdict: 'inconclusive' });
    expect(hook.checks[0]!.reason).toMatch(/^5xx rate: the old version has 0 of the 2,000 samples that a verdict needs \(in the 10 min before the deployment\); no more will come/);
  });
});
