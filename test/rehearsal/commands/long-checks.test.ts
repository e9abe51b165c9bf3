/** Checks that take longer than one invocation, in a rehearsed deployment: the function invokes itself, by Lambda's own queue. */
import { appendFileSync, cpSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { inTemporaryFolder, rehearse, ROOT } from '../../support/greenlight';

const LONG = join('examples', 'checks', 'long.yaml');

const hookOf = (report: ReturnType<typeof rehearse>['report']) => report.deployments[0]!.lifecycleEvents.find(({ name }) => name === 'AfterAllowTestTraffic')!;

/** The scenario of the example with something more. */
function variant(folder: string, text: string): string {
  const file = join(folder, 'variant.yaml');
  writeFileSync(file, `rollout: LongChecks/Web\n${text}`);
  return file;
}

test('a bake of forty minutes goes over three invocations, and lets the release through', () => {
  const { report, status, wallMs } = rehearse('--scenario', LONG);
  expect([status, report.outcome]).toEqual([0, 'released']);
  const { hook, start, end } = hookOf(report);
  expect(hook).toMatchObject({ report: 'Succeeded', verdict: 'pass', invocations: 3 });
  expect(hook!.checks).toEqual([expect.objectContaining({ name: 'orders keep working', verdict: 'pass', samples: 41, errors: 0 })]);
  expect(hook!.checks[0]!.windowMs).toBeGreaterThanOrEqual(2_400_000);
  expect(end! - start!).toBeGreaterThan(2_400);
  expect(end! - start!).toBeLessThan(2_410);
  expect(wallMs).toBeLessThan(60_000);
  const own = report.iam.filter(({ action, resource }) => action === 'lambda:InvokeFunction' && resource.includes('AfterAllowTestTraffic'));
  expect(own.map(({ principal, decision }) => [principal.includes('AfterAllowTestTraffic'), decision])).toContainEqual([true, 'allow']);
  expect(report.iam.filter(({ decision }) => decision !== 'allow')).toEqual([]);
});

test('a bake that fails in the third invocation stops the release, with what was measured there', () => {
  inTemporaryFolder((folder) => {
    const faults = '[{ listener: test, path: /api/orders, after: 32m, status: 503, body: out of memory }]';
    const { report, status } = rehearse('--scenario', variant(folder, `releases:\n  - { name: v2, faults: ${faults} }\n`));
    expect([status, report.outcome]).toEqual([1, 'rolledBack']);
    const { hook } = hookOf(report);
    expect(hook).toMatchObject({ report: 'Failed', verdict: 'fail', invocations: 3 });
    expect(hook!.reason).toMatch(/^orders keep working: status was 503, expected 200/);
    expect(hook!.checks[0]!.samples).toBeGreaterThan(28);
  });
});

test('a hook that may not invoke itself says so at once, and stops the release', () => {
  inTemporaryFolder((folder) => {
    const file = variant(folder, 'deny:\n  - { hook: AfterAllowTestTraffic, action: lambda:InvokeFunction }\nreleases:\n  - { name: v2 }\n');
    const { report, status } = rehearse('--scenario', file);
    expect(status).toBe(1);
    const { hook, start, end } = hookOf(report);
    expect(hook).toMatchObject({ report: 'Failed', verdict: 'fail' });
    expect(hook!.reason).toMatch(/^the checks need another invocation, number 2, which could not be started: lambda:Invoke failed: AccessDeniedException: .*; orders keep working: time was up after 14 of 41 passes in a row/);
    expect(end! - start!).toBeLessThan(900);
  });
});

test('a deployment that is stopped meanwhile is noticed by the next invocation, which ends without going on', () => {
  inTemporaryFolder((folder) => {
    const actions = '[{ at: AfterAllowTestTraffic+20m, do: stop, rollback: off }]';
    const { report, status } = rehearse('--scenario', variant(folder, `releases:\n  - { name: v2, actions: ${actions} }\n`));
    expect([status, report.outcome]).toEqual([1, 'stopped']);
    expect(hookOf(report).hook).toMatchObject({ report: 'none', verdict: 'none', invocations: 3, reason: 'ended without a verdict, since the deployment was over' });
    expect(report.timing.virtualSeconds).toBeLessThan(1_800);
  });
});

test('an invocation that crashes is reported by the guardian, which waited for those before it', () => {
  inTemporaryFolder((folder) => {
    const app = join(folder, 'cdk.out');
    cpSync(join(ROOT, 'build', 'cdk.out'), app, { recursive: true });
    crashIn(app, 3);
    const { report, status } = rehearse('--app', app, '--scenario', LONG);
    expect([status, report.outcome]).toEqual([1, 'rolledBack']);
    const { hook, start, end } = hookOf(report);
    expect(hook).toMatchObject({ report: 'none', verdict: 'none', invocations: 3, guardian: { report: 'Failed' } });
    expect(hook!.guardian!.reason).toMatch(/^hook LongChecks-WebAfterAllowTestTraffic\S+, in its invocation 3, crashed without reporting: Runtime\.ExitError/);
    expect(end! - start!).toBeLessThan(1_800);
  });
});

/** Makes the hook of the example end its process in one of its invocations; assets of earlier builds lie beside that of this one. */
function crashIn(app: string, invocation: number): void {
  const crash = `if (event.greenlightContinuation?.invocation === ${invocation}) { process.exit(1); }`;
  const wrapped = `\nconst played = module.exports.handler;\nmodule.exports = { handler: async (event, context) => { ${crash} return played(event, context); } };\n`;
  const suites = globSync(join(app, 'asset.*', 'suite.json')).filter((file) => readFileSync(file, 'utf8').includes('orders keep working'));
  suites.forEach((suite) => appendFileSync(join(suite, '..', 'index.js'), wrapped));
}
