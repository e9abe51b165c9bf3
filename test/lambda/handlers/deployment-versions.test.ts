/** Kept versions and provisioned concurrency by the bundled functions, each invocation in a fresh process: with faults that pass, and faults that stay. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ResourceRequest } from '../../../lib/model/deployment-request';
import { inScript } from '../../support/module';
import { BLUE } from '../support/deployment-requests';
import { playProcesses } from '../support/deployment-process';
import type { FaultKind } from '../support/deployment-server';
import { DeploymentWorld } from '../support/deployment-world';
import { provisionedProperties, provisionedRequest, versionsProperties, versionsRequest } from '../support/function-versions';

const ROOT = join(__dirname, '..', '..', '..');
const outDir = mkdtempSync(join(tmpdir(), 'greenlight-versions-'));
const bundles = { intake: join(outDir, 'deployment-intake.js'), step: join(outDir, 'deployment-step.js') };

beforeAll(() => {
  for (const [name, file] of Object.entries(bundles)) {
    inScript('bundle-handlers.mjs', 'await script.bundleHandler(argv[0], argv[1], argv[2])', name, join(ROOT, 'lambda', 'handlers', `deployment-${name}.ts`), file);
  }
});
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

/** Version 2 has an alias, 3 has provisioned concurrency, 8 is what the stack wanted before. */
function world(): DeploymentWorld {
  const made = Object.assign(new DeploymentWorld({ primary: BLUE }), { versions: [1, 2, 3, 4, 8, 9] });
  made.provisioned.set(3, { executions: 5, readyAt: 0 });
  return made;
}

const once = (wanted: string, kind: FaultKind) => (call: string, before: number) => (call === wanted && before === 0 ? kind : undefined);
const always = (wanted: string, kind: FaultKind) => (call: string) => (call === wanted ? kind : undefined);

async function play(made: DeploymentWorld, request: ResourceRequest, fault: Parameters<typeof playProcesses>[3] = () => undefined) {
  const run = await playProcesses(bundles, made, request, fault);
  expect(run.thrown).toBeNull();
  expect(JSON.stringify(run.lines)).not.toContain('s3cret');
  const answers = run.server.answers.map((answer) => JSON.parse(answer) as { readonly Status: string; readonly PhysicalResourceId: string; readonly Reason?: string });
  expect(answers).toHaveLength(1);
  return { run, answer: answers[0]! };
}

describe('versions', () => {
  const keep = versionsRequest('Update', versionsProperties('9', { Keep: '2' }));

  test('that nobody needs are deleted', async () => {
    const made = world();
    const { run, answer } = await play(made, keep);
    expect([answer.Status, made.versions]).toEqual(['SUCCESS', [2, 3, 8, 9]]);
    expect(run.server.calls.filter((call) => call.startsWith('Delete'))).toEqual(['DeleteFunction', 'DeleteFunction']);
    expect(run.lines.map(({ message }) => message)).toEqual(['deleted', 'deleted', 'answer SUCCESS', 'answered']);
  }, 120_000);

  test.each<[string, FaultKind]>([
    ['ListVersionsByFunction', 'throttle'],
    ['ListAliases', 'fault of the service'],
    ['ListProvisionedConcurrencyConfigs', 'throttle'],
    ['DeleteFunction', 'kill after'],
  ])('are so in spite of a fault that passes: %s, %s', async (call, kind) => {
    const made = world();
    expect((await play(made, keep, once(call, kind))).answer.Status).toBe('SUCCESS');
    expect(made.versions).toEqual([2, 3, 8, 9]);
  }, 240_000);

  test.each(['ListVersionsByFunction', 'ListAliases', 'ListProvisionedConcurrencyConfigs', 'DeleteFunction'])('stay where this is denied, and the release succeeds: %s', async (call) => {
    const made = world();
    const { run, answer } = await play(made, keep, always(call, 'access denied'));
    expect([answer.Status, made.versions]).toEqual(['SUCCESS', [1, 2, 3, 4, 8, 9]]);
    expect(run.lines.find(({ level }) => level === 'WARN')).toMatchObject({ message: 'versions that are not kept stay', error: expect.stringContaining(`lambda:${call} failed: AccessDeniedException`) as unknown });
  }, 240_000);
});

describe('provisioned concurrency', () => {
  test('is allocated, waited for, and answered under the id of the version', async () => {
    const made = world();
    const { run, answer } = await play(made, provisionedRequest('Create'));
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'take-order:9' });
    expect([...made.provisioned.keys()]).toEqual([3, 9]);
    expect(made.now).toBe(20);
    expect(run.server.calls.filter((call) => call.startsWith('Put'))).toEqual(['PutProvisionedConcurrencyConfig']);
  }, 240_000);

  test('of another version is left to the hook, under another id', async () => {
    const made = world();
    const { run, answer } = await play(made, provisionedRequest('Update', provisionedProperties('9'), provisionedProperties('8'), 'take-order:8'));
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'take-order:9' });
    expect(run.server.calls).toEqual(['PUT of the answer']);
  }, 120_000);

  test.each<[string, FaultKind | undefined]>([
    ['at once', undefined],
    ['after a throttled call', 'throttle'],
    ['by a process that is killed', 'kill after'],
  ])('is released %s', async (_, kind) => {
    const made = world();
    const { answer } = await play(made, provisionedRequest('Delete', provisionedProperties('9'), undefined, 'take-order:3'), kind === undefined ? undefined : once('DeleteProvisionedConcurrencyConfig', kind));
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'take-order:3' });
    expect([...made.provisioned.keys()]).toEqual([]);
  }, 240_000);

  test('that may not be released is a failure that people see', async () => {
    const { answer } = await play(world(), provisionedRequest('Delete', provisionedProperties('9'), undefined, 'take-order:3'), always('DeleteProvisionedConcurrencyConfig', 'access denied'));
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'take-order:3', Reason: expect.stringContaining('lambda:DeleteProvisionedConcurrencyConfig failed: AccessDeniedException') as unknown });
  }, 240_000);
});
