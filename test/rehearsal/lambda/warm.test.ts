/** The scenarios of an alias whose versions are provisioned, played by the built command against the example: hook, provider and permissions are those of its assembly. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Report } from '../../../lib/model/report';
import { ROOT, greenlight, rehearse } from '../../support/greenlight';

const SCENARIOS = join('examples', 'lambda-warm');
const scratch = mkdtempSync(join(tmpdir(), 'lambda-warm-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const play = (name: string) => rehearse('--scenario', join(SCENARIOS, `${name}.yaml`));

function playWith(text: string) {
  const file = join(scratch, 'scenario.yaml');
  writeFileSync(file, `rollout: LambdaWarm/Orders\n${text}\n`);
  return rehearse('--scenario', file);
}

const before = ({ deployments: [deployment] }: Report) => {
  const { status, start, end, hook } = deployment!.lifecycleEvents[0]!;
  return { status, lasted: end! - start!, reason: hook!.reason };
};
const traffic = ({ deployments: [deployment] }: Report) => deployment!.traffic.map(({ replacement }) => replacement);
/** Calls about provisioned concurrency, with the version that they are about. */
const calls = ({ iam }: Report) =>
  iam.flatMap(({ action, resource, decision }) => (action.includes('ProvisionedConcurrency') ? [`${action.replace(/^lambda:|ProvisionedConcurrencyConfig$/g, '')} ${resource.split(':').at(-1)} ${decision}`] : [])).sort();

test('every scenario is played here', () => {
  expect(readdirSync(join(ROOT, SCENARIOS)).filter((file) => file.endsWith('.yaml')).sort()).toEqual(['errors.yaml', 'good.yaml', 'provisioning-fails.yaml']);
});

test('good: the new version is warm before traffic moves, and the version of before is released', () => {
  const { report, status } = play('good');
  expect([report.outcome, status, report.findings]).toEqual(['released', 0, []]);
  expect(before(report)).toMatchObject({ status: 'Succeeded', reason: '2 checks passed: provisioned concurrency, orders' });
  expect(before(report).lasted).toBeGreaterThanOrEqual(90);
  expect(traffic(report)).toEqual([0, 10, 100]);
  expect(calls(report)).toEqual(['Delete 1 allow', 'Get 2 allow', 'Put 2 allow']);
});

test('provisioning-fails: traffic never moves, the reason is told, and what was asked for is released', () => {
  const { report, status } = play('provisioning-fails');
  expect([report.outcome, status]).toEqual(['rolledBack', 1]);
  expect(before(report).status).toBe('Failed');
  expect(before(report).reason).toMatch(/^provisioned concurrency: Lambda could not allocate the provisioned concurrency of \S+:2: FUNCTION_ERROR_INIT_FAILURE$/);
  expect(traffic(report)).toEqual([0]);
  expect(calls(report)).toEqual(['Delete 2 allow', 'Get 2 allow', 'Put 2 allow']);
});

test('errors: an alarm in the middle of the shift, which no hook sees, has the new version released, too', () => {
  const { report } = play('errors');
  expect([report.outcome, before(report).status, traffic(report)]).toEqual(['rolledBack', 'Succeeded', [0, 10]]);
  expect(calls(report)).toEqual(['Delete 2 allow', 'Get 2 allow', 'Put 2 allow']);
});

test('one that is never ready fails when its time is up', () => {
  const { report } = playWith('releases:\n  - name: v2\n    provisioning: { after: 2h }');
  expect(before(report)).toMatchObject({ status: 'Failed', reason: expect.stringMatching(/^provisioned concurrency: time was up after .*; last: 0 of 5 provisioned execution environments of \S+:2 are available \(IN_PROGRESS\)$/) });
  expect(before(report).lasted).toBeGreaterThanOrEqual(600);
  expect(traffic(report)).toEqual([0]);
});

test('a hook that may not provision lets nothing through, and says why', () => {
  const { report } = playWith("releases: [{ name: v2 }]\ndeny:\n  - { hook: BeforeAllowTraffic, action: 'lambda:PutProvisionedConcurrencyConfig' }");
  expect(before(report)).toMatchObject({ status: 'Failed', reason: expect.stringContaining('lambda:PutProvisionedConcurrencyConfig failed: AccessDeniedException') });
  expect(traffic(report)).toEqual([0]);
  expect(calls(report)).toEqual(['Delete 2 allow', 'Get 2 allow', 'Put 2 deny']);
});

test('of two releases each has what it needs, and nothing stays', () => {
  const { report } = playWith('releases:\n  - name: v2\n  - name: v3');
  expect(report.outcome).toBe('released');
  expect(calls(report)).toEqual(['Delete 1 allow', 'Delete 2 allow', 'Get 2 allow', 'Get 3 allow', 'Put 2 allow', 'Put 3 allow']);
});

test('"provisioning" of a rollout that provisions nothing is a mistake', () => {
  const file = join(scratch, 'none.yaml');
  writeFileSync(file, 'rollout: LambdaOrders/Orders\nreleases:\n  - name: v2\n    provisioning: { after: 2m }\n');
  const { status, stderr } = greenlight(['rehearse', '--scenario', file]);
  expect(status).toBe(2);
  expect(stderr).toContain("release v2 sets \"provisioning\", and rollout LambdaOrders/Orders has no 'provisionedConcurrentExecutions'; leave it out");
});

test('a mistake in "provisioning" is told', () => {
  const file = join(scratch, 'bad.yaml');
  writeFileSync(file, 'rollout: LambdaWarm/Orders\nreleases:\n  - name: v2\n    provisioning: { ready: 2m }\n');
  const { status, stderr } = greenlight(['rehearse', '--scenario', file]);
  expect(status).toBe(2);
  expect(stderr).toContain('ready');
});
