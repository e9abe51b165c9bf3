/** The load check in a rehearsed deployment: every request is really sent, on the virtual clock. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Report } from '../../../lib/model/report';
import { greenlight, inTemporaryFolder, rehearse, ROOT } from '../../support/greenlight';

const SCENARIO = join('examples', 'checks', 'load.yaml');
const hookOf = ({ deployments }: Report) => deployments[0]!.lifecycleEvents.find(({ name }) => name === 'AfterAllowTestTraffic')!.hook!;

/** Plays a release whose latency is the same for every request, but for what the faults add. */
function release(...lines: string[]): Report {
  return inTemporaryFolder((folder) => {
    const file = join(folder, 'scenario.yaml');
    writeFileSync(file, ['rollout: LoadChecks/Web', 'releases:', '  - name: v2', ...lines.map((line) => `    ${line}`)].join('\n'));
    return rehearse('--scenario', file).report;
  });
}

test('load: a slow tenth fails the p95, and says so; equal seeds give equal numbers', () => {
  const { report, status } = rehearse('--scenario', SCENARIO);
  expect([report.outcome, report.expected, status]).toEqual(['rolledBack', 'rolledBack', 1]);
  const { verdict, checks } = hookOf(report);
  expect(verdict).toBe('fail');
  expect(checks[0]!.reason).toMatch(
    /^p95 was 4\d\d ms over 1,200 requests, expected below 300 ms; error rate was 0\.\d+ % of 1,200; throughput was 20\/s \(GET \/api\/orders on the test listener and 1 more in turn; 20\/s for 60 s after 10 s of warm-up; errors: \d status 503\)$/,
  );
  expect(checks[0]).toMatchObject({ kind: 'load', samples: 1_200, errors: 0 });
  expect(report.deployments.flatMap(({ traffic }) => traffic).every(({ original }) => original === 100)).toBe(true);

  inTemporaryFolder((folder) => {
    const file = join(folder, 'report.json');
    const { stdout } = greenlight(['rehearse', '--scenario', SCENARIO, '--no-color', '--json', file]);
    expect(hookOf(JSON.parse(readFileSync(file, 'utf8'))).checks).toEqual(checks);
    expect(stdout.replace(/[│\s]+/g, ' ')).toContain(`orders under load ${checks[0]!.reason} (1200 samples)`);
  });
});

test('latency is charged from when a request was due, on the virtual clock', () => {
  const report = release('latency: { p50: 120ms, p99: 120ms }');
  const [check] = hookOf(report).checks;
  expect([report.outcome, check!.verdict]).toEqual(['released', 'pass']);
  expect(check!.measurements.slice(0, 3).map(({ measured }) => measured)).toEqual(['120 ms', '0 %', '20/s']);
  // Ten seconds of warm-up, a minute, and the time of the last request, which was due 50 ms before its end.
  expect(check!.windowMs).toBe(70_070);
});

test('a service that hangs is given up in time', () => {
  const report = release('faults:', "  - { path: '/api/orders/latest', hang: on }");
  const [check] = hookOf(report).checks;
  expect([report.outcome, check!.verdict]).toEqual(['rolledBack', 'fail']);
  expect(check!.reason).toContain('p95 was no answer, since 600 of 1,200 requests failed');
  expect(check!.reason).toContain('errors: 600 timeout');
});

test('a service that fails is spared most of the load', () => {
  const report = release('faults:', "  - { path: '/api/*', rate: 60%, status: 503 }");
  const [check] = hookOf(report).checks;
  expect(check!.verdict).toBe('fail');
  expect(check!.reason).toMatch(/^ended early after 1\d\d of 1,200 requests: more than 50 % of the requests failed; /);
});

test('the documentation shows the check that is played', () => {
  const [, example] = /\/\/ docs\/checks\/load\.md shows what follows\.\n([^]*)$/.exec(readFileSync(join(ROOT, 'examples', 'checks', 'load-checks-stack.ts'), 'utf8'))!;
  expect(readFileSync(join(ROOT, 'docs', 'checks', 'load.md'), 'utf8')).toContain(`\`\`\`ts\n${example}\`\`\``);
});
