/**
 * The deployment group of blue/green on EC2 by the step function as it is published, each invocation in a fresh process: calls that do not work, and processes that are killed before
 * and after a change. Each ends in one answer to CloudFormation, and in one change of each kind. Faults of every kind at every call are played in one process, with the core.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { tagsOf } from '../../../lambda/core/server-groups/marks';
import type { ResourceAnswer, ResourceRequest, StepReturn } from '../../../lib/model/deployment-request';
import { inScript } from '../../support/module';
import type { FaultKind } from '../support/deployment-server';
import { LAMBDA_VARIABLES, runHandler } from '../support/handler-process';
import type { ServerGroupServer, ServerGroupServerOptions } from '../support/server-group-server';
import { serverGroupServer } from '../support/server-group-server';
import { ServerGroupWorld } from '../support/server-group-world';
import { alternating, copied, groupRequest } from '../support/server-groups';

const ROOT = join(__dirname, '..', '..', '..');
const OURS = tagsOf(groupRequest('Create'));

/** As the machine's definition has them. */
const TRIES = 9;
const MOST_INVOCATIONS = 60;

const outDir = mkdtempSync(join(tmpdir(), 'greenlight-server-groups-'));
const bundle = join(outDir, 'deployment-step.js');
beforeAll(() => {
  inScript('bundle-handlers.mjs', 'await script.bundleHandler(argv[0], argv[1], argv[2])', 'step', join(ROOT, 'lambda', 'handlers', 'deployment-step.ts'), bundle);
});
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

interface Run {
  readonly server: ServerGroupServer;
  readonly answers: readonly ResourceAnswer[];
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

/** The state machine around the function: waits pass on the world's clock and cost no time. */
async function run(world: ServerGroupWorld, request: ResourceRequest, fault: ServerGroupServerOptions['fault'] = () => undefined, node = process.execPath): Promise<Run> {
  let child: ChildProcess | undefined;
  const server = await serverGroupServer({ world, fault, kill: () => void child?.kill('SIGKILL') });
  const lines: Readonly<Record<string, unknown>>[] = [];
  const asked = { ...request, ResponseURL: `${server.url}/answer?X-Amz-Signature=s3cret` };
  const env = { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: server.url };
  let invocations = 0;
  const invoke = async (event: (retries: number) => object): Promise<unknown> => {
    for (let retries = 0; retries < TRIES; retries++) {
      if (++invocations > MOST_INVOCATIONS) {
        throw new Error(`no answer after ${MOST_INVOCATIONS} invocations`);
      }
      const end = await runHandler(node, bundle, event(retries), env, { started: (started) => (child = started) }).catch((error: unknown) => ({ thrown: String(error), lines: [], returned: undefined }));
      lines.push(...end.lines);
      if (end.thrown === undefined) {
        return end.returned;
      }
      world.advance(2 ** retries);
    }
    throw new Error('every try was in vain');
  };
  try {
    const startedAt = new Date().toISOString();
    let memory: object = {};
    for (;;) {
      const known = memory;
      const returned = (await invoke((retries) => ({ action: 'step', request: asked, startedAt, retries, memory: known }))) as StepReturn;
      if (returned.done) {
        await invoke(() => ({ action: 'answer', request: asked, step: returned }));
        return { server, answers: server.answers.map((answer) => JSON.parse(answer) as ResourceAnswer), lines };
      }
      world.advance(returned.waitSeconds);
      memory = returned.memory;
    }
  } finally {
    await server.close();
  }
}

interface Scenario {
  readonly calls: readonly string[];
  readonly make: () => { readonly world: ServerGroupWorld; readonly request: ResourceRequest };
  readonly changes: readonly string[];
  readonly id?: string;
}

const fleets = (): ServerGroupWorld => new ServerGroupWorld().fleet('blue', 0).fleet('green', 0);
const COPY = 'CodeDeploy_fleet_d-1';

/** Of a group in place: everything that an update says is another than it was. */
const before = { blueGreenDeploymentConfiguration: { greenFleetProvisioningOption: { action: 'DISCOVER_EXISTING' } } };

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'a group that is made': {
    calls: ['GetDeploymentGroup', 'DescribeAutoScalingGroups', 'CreateDeploymentGroup', 'ListTagsForResource', 'SetDesiredCapacity'],
    make: () => ({ world: fleets(), request: groupRequest('Create') }),
    changes: ['create web/fleet on blue', 'scale blue to 3'],
    id: 'id-1',
  },
  'a group that is changed': {
    calls: ['ListDeployments', 'UpdateDeploymentGroup'],
    make: () => ({ world: fleets().group('web/fleet', ['green'], { tags: OURS, settings: before, attempted: true }).deployment({ id: 'd-1', endsAt: 15 }), request: groupRequest('Update') }),
    changes: ['update web/fleet'],
    id: 'id of web/fleet',
  },
  'a group that is taken over': {
    calls: ['TagResource'],
    make: () => ({ world: fleets().group('web/fleet', ['green']), request: groupRequest('Create', alternating({ Adopt: 'true' })) }),
    changes: ['update web/fleet', 'tag cdk-greenlight:resource,cdk-greenlight:adopted'],
    id: 'id of web/fleet',
  },
  'a group that is deleted with its copies': {
    calls: ['ListDeployments', 'BatchGetDeployments', 'StopDeployment', 'GetDeployment', 'DeleteDeploymentGroup', 'DescribeAutoScalingGroups', 'DescribeStackResource', 'DeleteAutoScalingGroup'],
    make: () => {
      const world = fleets().fleet(COPY, 2).group('web/fleet', ['blue'], { tags: OURS, settings: before }).deployment({ id: 'd-1', status: 'Succeeded' }).deployment({ id: 'd-2', rollsBackAfter: 7 });
      return { world: Object.assign(world, { stack: 'DELETE_IN_PROGRESS', current: 'web/fleet' }), request: groupRequest('Delete', copied()) };
    },
    changes: ['stop d-2', 'delete web/fleet', `remove ${COPY}`],
  },
  'a group that was taken over, in a rollback': {
    calls: ['DescribeStacks', 'UntagResource'],
    make: () => ({
      world: Object.assign(fleets().group('web/fleet', ['blue'], { tags: { ...OURS, 'cdk-greenlight:adopted': 'true' } }), { stack: 'ROLLBACK_IN_PROGRESS' }),
      request: groupRequest('Delete'),
    }),
    changes: ['untag cdk-greenlight:resource,cdk-greenlight:adopted'],
  },
};

/** Of calls that change something, and of those that only look. */
const CHANGES = /^(Create|Update|Delete|Tag|Untag|Stop|Set)/;
const KINDS_OF_CHANGES: readonly FaultKind[] = ['throttle', 'kill before', 'kill after'];
const KINDS_OF_LOOKS: readonly FaultKind[] = ['fault of the service'];

const CASES = Object.entries(SCENARIOS).flatMap(([name, { calls }]) => calls.flatMap((call) => (CHANGES.test(call) ? KINDS_OF_CHANGES : KINDS_OF_LOOKS).map((kind) => [name, call, kind] as const)));

const once = (wanted: string, kind: FaultKind) => (call: string, made: number) => (call === wanted && made === 0 ? kind : undefined);

const status = (name: string): object => ({ Status: 'SUCCESS', PhysicalResourceId: 'web/fleet', ...(SCENARIOS[name]?.id === undefined ? {} : { Data: { DeploymentGroupId: SCENARIOS[name].id } }) });

test.each(CASES)('%s: %s, %s', async (name, call, kind) => {
  const { make, changes } = SCENARIOS[name] as Scenario;
  const { world, request } = make();
  const { server, answers, lines } = await run(world, request, once(call, kind));
  expect(server.calls).toContain(call);
  expect(answers).toEqual([expect.objectContaining(status(name))]);
  expect(world.changes).toEqual(changes);
  expect(JSON.stringify(lines)).not.toContain('s3cret');
});

test.each([
  ['24', process.execPath],
  ['22', join(ROOT, 'node_modules', 'node22', 'bin', 'node')],
])('without a fault, on Node %s', async (_, node) => {
  const world = fleets();
  const { server, answers, lines } = await run(world, groupRequest('Create'), undefined, node);
  expect(answers).toEqual([{ Status: 'SUCCESS', PhysicalResourceId: 'web/fleet', StackId: groupRequest('Create').StackId, RequestId: 'request-1', LogicalResourceId: 'Fleet', Data: { DeploymentGroupId: 'id-1' } }]);
  expect(server.calls).toEqual([
    'GetDeploymentGroup',
    'DescribeAutoScalingGroups',
    'DescribeStacks',
    'CreateDeploymentGroup',
    'GetDeploymentGroup',
    'ListTagsForResource',
    'DescribeAutoScalingGroups',
    'SetDesiredCapacity',
    'PUT of the answer',
  ]);
  expect(lines.map(({ message }) => message)).toEqual(['the deployment group is made', 'answer SUCCESS', 'answered']);
});

test('a call that is never answered is made again', async () => {
  const world = fleets();
  const { answers } = await run(world, groupRequest('Create'), once('CreateDeploymentGroup', 'no answer'));
  expect([answers[0]?.Status, world.changes]).toEqual(['SUCCESS', ['create web/fleet on blue', 'scale blue to 3']]);
});

test.each<[string, string, FaultKind, string]>([
  ['a group that is made', 'CreateDeploymentGroup', 'access denied', "codedeploy:CreateDeploymentGroup failed: AccessDeniedException: is not authorized; allow this to the role of the deployment provider's step function"],
  ['a group that is deleted with its copies', 'DeleteAutoScalingGroup', 'access denied', "autoscaling:DeleteAutoScalingGroup failed: AccessDeniedException: is not authorized; allow this to the role of the deployment provider's step function"],
])('%s: %s, %s for good', async (name, call, kind, reason) => {
  const { world, request } = (SCENARIOS[name] as Scenario).make();
  const { answers } = await run(world, request, (made) => (made === call ? kind : undefined));
  expect(answers).toEqual([expect.objectContaining({ Status: 'FAILED', Reason: reason })]);
});

test('what is kept as it is wanted is not changed, whatever runs in it', async () => {
  const world = fleets();
  await run(world, groupRequest('Create'));
  world.deployment({ id: 'd-1' });
  const { answers } = await run(world, groupRequest('Update', alternating({ Capacity: '5' }), alternating()));
  expect([answers[0]?.Status, world.changes]).toEqual(['SUCCESS', ['create web/fleet on blue', 'scale blue to 3']]);
});
