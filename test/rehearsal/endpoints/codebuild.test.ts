import { BatchGetBuildsCommand, BatchGetReportsCommand, CodeBuildClient, DescribeTestCasesCommand, StartBuildCommand, StopBuildCommand } from '@aws-sdk/client-codebuild';
import type { StartBuildCommandInput } from '@aws-sdk/client-codebuild';
import { AwsWorld } from './aws-world';

let world: AwsWorld;
beforeEach(async () => (world = await AwsWorld.start()));
afterEach(() => world.close());

const client = (key?: string) => new CodeBuildClient(world.client(key));
const start = async (input: Partial<StartBuildCommandInput> = {}, key?: string) => (await client(key).send(new StartBuildCommand({ projectName: 'suite', ...input }))).build!;
const read = async (id: string) => (await client().send(new BatchGetBuildsCommand({ ids: [id] }))).builds![0]!;

test('CB-1: a build goes on for as long as the scenario says, and ends as it says', async () => {
  world.playTo(1000);
  const { id, buildStatus, startTime } = await start({ environmentVariablesOverride: [{ name: 'A', value: 'b', type: 'PLAINTEXT' }] });
  expect([id, buildStatus, startTime]).toEqual([expect.stringMatching(/^suite:[0-9a-f-]{36}$/), 'IN_PROGRESS', new Date(Date.UTC(2026, 0, 1) + 1000)]);
  world.playTo(90_999);
  expect(await read(id!)).toMatchObject({ buildStatus: 'IN_PROGRESS', buildComplete: false, currentPhase: 'BUILD', reportArns: [] });
  world.playTo(91_000);
  expect(await read(id!)).toMatchObject({ buildStatus: 'FAILED', buildComplete: true, currentPhase: 'COMPLETED', environment: { environmentVariables: [{ name: 'A', value: 'b', type: 'PLAINTEXT' }] } });
});

test('CB-1: the builds of a project follow the scenario one after the other, and a time-out cuts them short', async () => {
  await start();
  const second = await start({ timeoutInMinutesOverride: 5 });
  world.playTo(300_000);
  expect(await read(second.id!)).toMatchObject({ buildNumber: 2, buildStatus: 'TIMED_OUT', reportArns: [] });
  const third = await start();
  world.playTo(900_000);
  expect(await read(third.id!)).toMatchObject({ buildNumber: 3, buildStatus: 'SUCCEEDED', reportArns: [] });
});

test('CB-2: the same token starts no second build for five minutes, and must come with the same request', async () => {
  const first = await start({ idempotencyToken: 'a' });
  world.playTo(299_999);
  expect((await start({ idempotencyToken: 'a' })).id).toBe(first.id);
  await expect(start({ idempotencyToken: 'a', timeoutInMinutesOverride: 9 })).rejects.toMatchObject({ name: 'InvalidInputException' });
  world.playTo(300_000);
  expect((await start({ idempotencyToken: 'a' })).id).not.toBe(first.id);
});

test('CB-3: the test report of a build that has ended: its counts, and its cases by status', async () => {
  const { id } = await start();
  world.playTo(90_000);
  const [reportArn] = (await read(id!)).reportArns!;
  const { reports, reportsNotFound } = await client().send(new BatchGetReportsCommand({ reportArns: [reportArn!, 'arn:aws:codebuild:eu-central-1:111122223333:report/x:1'] }));
  expect(reports).toMatchObject([{ arn: reportArn, type: 'TEST', status: 'FAILED', testSummary: { total: 2, statusCounts: { SUCCEEDED: 1, FAILED: 1, ERROR: 0, SKIPPED: 0, UNKNOWN: 0 } } }]);
  expect(reportsNotFound).toHaveLength(1);
  const cases = async (status?: string, maxResults?: number) => (await client().send(new DescribeTestCasesCommand({ reportArn, ...(status === undefined ? {} : { filter: { status } }), maxResults })));
  expect((await cases('FAILED')).testCases).toMatchObject([{ name: 'ships', status: 'FAILED', message: 'no label' }]);
  expect((await cases('SUCCEEDED')).testCases).toMatchObject([{ name: 'pays', durationInNanoSeconds: 250_000_000 }]);
  const page = await cases(undefined, 1);
  expect([page.testCases?.length, page.nextToken]).toEqual([1, '1']);
});

test('CB-4: what a scenario does not tell is not modelled', async () => {
  await expect(start({ projectName: 'untold' })).rejects.toThrow('what project untold builds, which only the key "builds" of a scenario can say, is not modelled by the rehearsal');
  await expect(start({ sourceVersion: 'main' })).rejects.toThrow('StartBuild with sourceVersion is not modelled by the rehearsal');
  await expect(client().send(new StopBuildCommand({ id: 'suite:1' }))).rejects.toMatchObject({ name: 'UnknownOperationException' });
  expect(world.endpoint.notModelled).toEqual([
    { service: 'codebuild', operation: 'StartBuild' },
    { service: 'codebuild', operation: 'StopBuild' },
  ]);
});

test.each<[string, Partial<StartBuildCommandInput>, string]>([
  ['no project', { projectName: '' }, 'InvalidInputException'],
  ['an unknown project', { projectName: 'none' }, 'ResourceNotFoundException'],
  ['too short a time-out', { timeoutInMinutesOverride: 4 }, 'InvalidInputException'],
  ['a variable without a value', { environmentVariablesOverride: [{ name: 'A', value: undefined }] }, 'InvalidInputException'],
])('CB-5: fails when there is %s', async (_, input, name) => {
  await expect(start(input)).rejects.toMatchObject({ name });
});

test('AWS-4: decided on the project, and on the report group', async () => {
  const { id } = await start({}, 'FUNCTION');
  world.playTo(90_000);
  const [reportArn] = (await read(id!)).reportArns!;
  await client('FUNCTION').send(new DescribeTestCasesCommand({ reportArn }));
  expect(world.calls.map(({ action, resource }) => [action, resource])).toEqual([
    ['codebuild:StartBuild', 'arn:aws:codebuild:eu-central-1:111122223333:project/suite'],
    ['codebuild:BatchGetBuilds', 'arn:aws:codebuild:eu-central-1:111122223333:project/suite'],
    ['codebuild:DescribeTestCases', 'arn:aws:codebuild:eu-central-1:111122223333:report-group/suite-tests'],
  ]);
  world.denied.add('codebuild:StartBuild');
  await expect(start({}, 'FUNCTION')).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
