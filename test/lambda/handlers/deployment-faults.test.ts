/**
 * The fault matrix of the deployment provider: every API call, throttled, answered with 500, never answered, denied, and with the process killed before
 * and after it. Each ends in one answer to CloudFormation, and in no second deployment.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { descriptionOf } from '../../../lambda/core/deployment/mark';
import type { ResourceRequest } from '../../../lib/model/deployment-request';
import { inScript } from '../../support/module';
import { appSpec, BLUE, GREEN, properties, request } from '../support/deployment-requests';
import type { Run } from '../support/deployment-process';
import { playProcesses } from '../support/deployment-process';
import type { FaultKind } from '../support/deployment-server';
import { DeploymentWorld } from '../support/deployment-world';
import { keepRequest, revision } from '../support/task-definitions';

const ROOT = join(__dirname, '..', '..', '..');
const KINDS: readonly FaultKind[] = ['throttle', 'fault of the service', 'no answer', 'access denied', 'kill before', 'kill after'];

/** Processes side by side: those whose call is never answered wait for most of their time. */
const SIDE_BY_SIDE = 6;

interface Scenario {
  readonly calls: readonly string[];
  readonly make: () => { readonly world: DeploymentWorld; readonly request: ResourceRequest };
  readonly status: 'SUCCESS' | 'FAILED';
  readonly reason?: string;
  /** Deployments that have been started in the end, by whomever. */
  readonly started: number;
  /** Task definitions that are ACTIVE in the end, where nothing was denied. */
  readonly active?: readonly string[];
}

const cancelled = (): DeploymentWorld => {
  const world = new DeploymentWorld({ primary: BLUE, stack: 'UPDATE_ROLLBACK_IN_PROGRESS', durationSeconds: 3_600, rollbackSeconds: 1 });
  world.create(JSON.stringify(appSpec(GREEN)), descriptionOf(request('Update', { RequestId: 'request-0' })));
  world.advance(10);
  return world;
};

/** Revisions of which the newest two are kept, and the first one, which the service runs. */
const REVISIONS = [9, 8, 7, 6, 1].map(revision);
const released = (): DeploymentWorld => Object.assign(new DeploymentWorld({ primary: BLUE }), { taskDefinitions: REVISIONS });
const keep: ResourceRequest = { ...keepRequest('Update'), LogicalResourceId: 'WebDeployment' };

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'a release that succeeds': {
    calls: ['StartExecution', 'CreateDeployment'],
    make: () => ({ world: new DeploymentWorld({ primary: BLUE, durationSeconds: 4, listedAfter: 6 }), request: request('Update') }),
    status: 'SUCCESS',
    started: 1,
  },
  'a release that fails': {
    calls: [
      'DescribeStacks',
      'ListDeployments since',
      'ListDeployments running',
      'DescribeServices',
      'CreateDeployment',
      'GetDeployment',
      'ListDeploymentTargets',
      'BatchGetDeploymentTargets',
      'FilterLogEvents',
      'PUT of the answer',
    ],
    make: () => ({ world: new DeploymentWorld({ primary: BLUE, durationSeconds: 3, rollbackSeconds: 1, outcome: 'Failed', listedAfter: 6 }), request: request('Update') }),
    status: 'FAILED',
    reason: 'Deployment d-000000001 failed: HOOK_EXECUTION_FAILURE: ',
    started: 1,
  },
  'a cancelled update': {
    calls: ['BatchGetDeployments', 'StopDeployment'],
    make: () => ({ world: cancelled(), request: request('Update', { ResourceProperties: properties(BLUE), OldResourceProperties: properties(GREEN) }) }),
    status: 'SUCCESS',
    started: 1,
  },
  'a rollback that deploys back': {
    calls: ['DescribeStackEvents'],
    make: () => ({ world: new DeploymentWorld({ primary: GREEN, stack: 'UPDATE_ROLLBACK_IN_PROGRESS', durationSeconds: 3 }), request: request('Update', { ResourceProperties: properties(BLUE), OldResourceProperties: properties(GREEN) }) }),
    status: 'SUCCESS',
    started: 1,
  },
  'a late request of a cancelled update': {
    calls: ['DescribeStackEvents'],
    make: () => ({ world: new DeploymentWorld({ primary: BLUE, stack: 'UPDATE_ROLLBACK_IN_PROGRESS', durationSeconds: 3 }), request: request('Update') }),
    status: 'FAILED',
    reason: 'the stack is UPDATE_ROLLBACK_IN_PROGRESS: CloudFormation has given this request up, so no deployment is started',
    started: 0,
  },
  'a deleted resource': {
    calls: ['ListDeployments running', 'StopDeployment', 'GetDeployment'],
    make: () => ({ world: cancelled(), request: request('Delete') }),
    status: 'SUCCESS',
    started: 1,
  },
  'older task definitions': {
    calls: ['StartExecution', 'DescribeStacks', 'DescribeServices', 'ListTaskDefinitions', 'DeregisterTaskDefinition', 'PUT of the answer'],
    make: () => ({ world: released(), request: keep }),
    status: 'SUCCESS',
    started: 0,
    active: [9, 8, 1].map(revision),
  },
};

/** Calls that change something: for all others it is the same whether the process dies before the call or after it. */
const CHANGES: readonly string[] = ['StartExecution', 'CreateDeployment', 'StopDeployment', 'DeregisterTaskDefinition', 'PUT of the answer'];

/** What is denied once is not asked again where it is not worth it. */
const GIVEN_UP: readonly string[] = ['DescribeStacks', 'DescribeServices', 'ListTaskDefinitions', 'DeregisterTaskDefinition'];


const CASES = Object.entries(SCENARIOS).flatMap(([name, { calls }]) =>
  calls.flatMap((call) => KINDS.filter((kind) => kind !== 'kill after' || CHANGES.includes(call)).map((kind) => [name, call, kind] as const)),
);
const outDir = mkdtempSync(join(tmpdir(), 'greenlight-provider-'));
const bundles = { intake: join(outDir, 'deployment-intake.js'), step: join(outDir, 'deployment-step.js') };

/** What becomes of one case. */
class Outcome {
  resolve!: (run: Run & { readonly world: DeploymentWorld }) => void;
  reject!: (error: unknown) => void;
  readonly promise = new Promise<Run & { readonly world: DeploymentWorld }>((resolve, reject) => Object.assign(this, { resolve, reject }));
}

/** A test waits for its own, so that none needs the time of all. */
const results = new Map(CASES.map((played) => [played.join(), new Outcome()]));

let all: Promise<unknown>;

const once = (wanted: string, kind: FaultKind) => (call: string, before: number) => (call === wanted && before === 0 ? kind : undefined);
const always = (wanted: string, kind: FaultKind) => (call: string) => (call === wanted ? kind : undefined);

beforeAll(() => {
  for (const [name, file] of Object.entries(bundles)) {
    const entry = join(ROOT, 'lambda', 'handlers', `deployment-${name}.ts`);
    inScript('bundle-handlers.mjs', 'await script.bundleHandler(argv[0], argv[1], argv[2])', name, entry, file);
  }
  const queue = CASES.filter(([, , kind]) => kind === 'no answer').concat(CASES.filter(([, , kind]) => kind !== 'no answer'));
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [name, call, kind] = next;
      const { world, request: made } = (SCENARIOS[name] as Scenario).make();
      const { promise, resolve, reject } = results.get(next.join())!;
      // Whoever waits for it is told; none may, where only some tests are played.
      promise.catch(() => undefined);
      await playProcesses(bundles, world, made, once(call, kind), { viaIntake: call === 'StartExecution', reason: 'too slow' }).then((run) => resolve({ ...run, world }), reject);
    }
  };
  all = Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
});
afterAll(async () => {
  await all;
  rmSync(outDir, { recursive: true, force: true });
});

test.each(CASES)('%s: %s, %s', async (name, call, kind) => {
  const { status, reason, started, active } = SCENARIOS[name] as Scenario;
  const run = await results.get([name, call, kind].join())!.promise;
  expect(run.server.calls).toContain(call);
  // A process that is killed once the bucket has its answer sends the same bytes again; CloudFormation takes the first.
  expect([...new Set(run.server.answers)]).toHaveLength(1);
  expect(run.server.answers).toHaveLength(call === 'PUT of the answer' && kind === 'kill after' ? 2 : 1);
  const answer = JSON.parse(run.server.answers[0] as string) as { readonly Status: string; readonly Reason?: string };
  expect(answer).toMatchObject({ Status: status, RequestId: 'request-1', LogicalResourceId: 'WebDeployment', PhysicalResourceId: 'web-application/web-group' });
  expect(answer.Reason ?? '').toContain(reason ?? '');
  expect(run.thrown).toBeNull();
  expect(run.world.started).toHaveLength(started);
  expect(run.world.taskDefinitions).toEqual(kind === 'access denied' && active !== undefined && GIVEN_UP.includes(call) ? REVISIONS : (active ?? []));
  expect(run.server.executions.size).toBe(call === 'StartExecution' ? 1 : 0);
  expect(JSON.stringify(run.lines)).not.toContain('s3cret');
});

test.each([
  ['24', process.execPath],
  ['22', join(ROOT, 'node_modules', 'node22', 'bin', 'node')],
])('without a fault, on Node %s', async (_, node) => {
  const world = new DeploymentWorld({ primary: BLUE, durationSeconds: 4 });
  const run = await playProcesses({ ...bundles, node }, world, request('Update'), () => undefined, { viaIntake: true });
  expect(run.server.answers.map((answer) => JSON.parse(answer) as object)).toMatchObject([{ Status: 'SUCCESS', Data: { DeploymentId: 'd-000000001' } }]);
  expect(run.server.calls).toEqual([
    'StartExecution',
    'DescribeStacks',
    'ListDeployments since',
    'ListDeployments running',
    'DescribeServices',
    'CreateDeployment',
    'GetDeployment',
    'PUT of the answer',
  ]);
  expect(run.lines.map(({ message }) => message)).toEqual(['begun', 'started', 'answer SUCCESS', 'answered']);
  expect(JSON.stringify(run.lines)).not.toContain('s3cret');
});

describe('faults that stay', () => {
  const lost = 'Its log says more';
  test.each<readonly [string, FaultKind, string, number]>([
    ['DescribeStacks', 'access denied', 'cloudformation:DescribeStacks failed: AccessDeniedException: not authorized to perform DescribeStacks; allow this to the role of the deployment provider\'s step function', 0],
    ['CreateDeployment', 'access denied', 'codedeploy:CreateDeployment failed: AccessDeniedException: not authorized to perform CreateDeployment; allow this', 0],
    ['DescribeServices', 'kill before', `it is not known to have started a deployment. ${lost}`, 0],
    ['GetDeployment', 'kill after', `it followed deployment d-000000001. ${lost}`, 1],
    ['StartExecution', 'access denied', 'the deployment provider could not begin (RetriesExhausted: Error: ServiceFailure: states:StartExecution failed: AccessDeniedException', 0],
    ['StartExecution', 'kill before', 'the deployment provider could not begin (RetriesExhausted: Error: Error: the process ended with null', 0],
  ])('%s, %s', async (call, kind, reason, started) => {
    const world = new DeploymentWorld({ primary: BLUE, durationSeconds: 4 });
    const run = await playProcesses(bundles, world, request('Update'), always(call, kind), { viaIntake: call === 'StartExecution' });
    expect(run.server.answers).toHaveLength(1);
    const { Status, Reason } = JSON.parse(run.server.answers[0] as string) as { readonly Status: string; readonly Reason: string };
    expect(Status).toBe('FAILED');
    expect(Reason).toContain(reason);
    expect(world.started).toHaveLength(started);
  });

  test.each<readonly [string, FaultKind, string]>([
    ['DeregisterTaskDefinition', 'access denied', 'ecs:DeregisterTaskDefinition failed: AccessDeniedException: '],
    ['DeregisterTaskDefinition', 'throttle', 'ecs:DeregisterTaskDefinition failed: ThrottlingException: '],
    ['ListTaskDefinitions', 'fault of the service', 'ecs:ListTaskDefinitions failed: InternalFailure: '],
    ['DescribeServices', 'kill before', 'the deployment provider could not go on: '],
    ['StartExecution', 'access denied', 'the deployment provider could not begin (RetriesExhausted: Error: ServiceFailure: states:StartExecution failed: AccessDeniedException'],
  ])('are a warning where they only keep older task definitions: %s, %s', async (call, kind, why) => {
    const world = released();
    const run = await playProcesses(bundles, world, keep, always(call, kind), { viaIntake: call === 'StartExecution' });
    expect(run.server.answers.map((answer) => JSON.parse(answer) as object)).toMatchObject([{ Status: 'SUCCESS', RequestId: 'request-1' }]);
    expect(run.lines.filter(({ level }) => level === 'WARN').at(-1)).toMatchObject({ message: 'task definitions that are not kept stay ACTIVE', error: expect.stringContaining(why) as unknown });
    expect(world.taskDefinitions).toEqual(REVISIONS);
  });

  test('an answer that the bucket never takes fails the execution, where people see it', async () => {
    const world = new DeploymentWorld({ primary: GREEN });
    const run = await playProcesses(bundles, world, request('Update'), always('PUT of the answer', 'access denied'));
    expect(run.thrown).toContain('the answer to CloudFormation failed: HTTP 403: not taken');
    expect(run.invocations).toBe(17);
    expect(world.now).toBeGreaterThan(600);
  });
});
