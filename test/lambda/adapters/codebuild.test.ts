import { BatchGetBuildsCommand, BatchGetReportsCommand, CodeBuildClient, DescribeTestCasesCommand, StartBuildCommand } from '@aws-sdk/client-codebuild';

import { awsCall } from '../../../lambda/adapters/aws-call';
import { CODE_BUILD } from '../../../lambda/adapters/aws-endpoint';
import { codeBuild } from '../../../lambda/adapters/codebuild';
import type { AwsAnswerScript, AwsServer } from '../support/aws-server';
import { awsError, awsServer } from '../support/aws-server';
import { LAMBDA_VARIABLES } from '../support/handler-process';

const REPORT_ARN = 'arn:aws:codebuild:eu-central-1:111122223333:report/suite-tests:1';
const REQUEST = { projectName: 'suite', token: 'abc', variables: { GREENLIGHT_EVENT: 'AfterInstall' }, timeoutMinutes: 10 };
const { signal } = new AbortController();

let aws: AwsServer;
afterEach(() => aws.close());
const environmentBefore = process.env;
beforeEach(() => {
  process.env = { ...environmentBefore, ...LAMBDA_VARIABLES };
});
afterAll(() => {
  process.env = environmentBefore;
});

async function builds(scripts: Readonly<Record<string, readonly AwsAnswerScript[]>> = {}) {
  aws = await awsServer(scripts);
  return codeBuild(awsCall(CODE_BUILD, { variables: { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url } }));
}

const answering = (operation: string, body: unknown) => builds({ [operation]: [{ body: JSON.stringify(body) }] });

describe('requests mean what the requests of the SDK mean', () => {
  const client = () => new CodeBuildClient({ region: 'eu-central-1', endpoint: aws.url, maxAttempts: 1 });
  const cases = {
    StartBuild: {
      ours: (port: ReturnType<typeof codeBuild>) => port.start(REQUEST, signal),
      theirs: () =>
        client().send(
          new StartBuildCommand({
            projectName: 'suite',
            environmentVariablesOverride: [{ name: 'GREENLIGHT_EVENT', value: 'AfterInstall', type: 'PLAINTEXT' }],
            idempotencyToken: 'abc',
            timeoutInMinutesOverride: 10,
          }),
        ),
    },
    BatchGetBuilds: { ours: (port: ReturnType<typeof codeBuild>) => port.read('suite:1', signal), theirs: () => client().send(new BatchGetBuildsCommand({ ids: ['suite:1'] })) },
    BatchGetReports: { ours: (port: ReturnType<typeof codeBuild>) => port.reports([REPORT_ARN], signal), theirs: () => client().send(new BatchGetReportsCommand({ reportArns: [REPORT_ARN] })) },
    DescribeTestCases: {
      ours: (port: ReturnType<typeof codeBuild>) => port.cases(REPORT_ARN, 'FAILED', signal),
      theirs: () => client().send(new DescribeTestCasesCommand({ reportArn: REPORT_ARN, filter: { status: 'FAILED' }, maxResults: 100 })),
    },
  } as const;

  test.each(Object.keys(cases) as (keyof typeof cases)[])('%s', async (name) => {
    const port = await answering('StartBuild', { build: { id: 'suite:1' } });
    await cases[name].theirs();
    await cases[name].ours(port);
    const [theirs, ours] = aws.calls.map(({ method, path, headers, body }) => ({
      method,
      path,
      body: JSON.parse(body),
      type: headers['content-type'],
      target: headers['x-amz-target'],
      scope: /Credential=[^/]+\/\d+\/([^,]+)/.exec(headers.authorization ?? '')?.[1],
    }));
    expect(ours).toEqual(theirs);
  });
});

describe('a build', () => {
  test.each<[string, object, object]>([
    ['under way', { id: 'suite:1', buildStatus: 'IN_PROGRESS', currentPhase: 'PROVISIONING' }, { id: 'suite:1', status: 'IN_PROGRESS', phase: 'PROVISIONING', reportArns: [] }],
    ['that succeeded', { id: 'suite:1', buildStatus: 'SUCCEEDED', currentPhase: 'COMPLETED', phases: [{ phaseType: 'BUILD', phaseStatus: 'SUCCEEDED' }, { phaseType: 'COMPLETED' }], reportArns: [REPORT_ARN] }, { id: 'suite:1', status: 'SUCCEEDED', phase: 'COMPLETED', reportArns: [REPORT_ARN] }],
    [
      'that failed says where and why',
      { id: 'suite:1', buildStatus: 'FAILED', currentPhase: 'COMPLETED', phases: [{ phaseType: 'INSTALL', phaseStatus: 'SUCCEEDED' }, { phaseType: 'BUILD', phaseStatus: 'FAILED', contexts: [{ message: 'exit status 1' }] }] },
      { status: 'FAILED', problem: 'phase BUILD FAILED: exit status 1' },
    ],
    ['of a status that nobody knows lets nothing through', { id: 'suite:1', buildStatus: 'PERFECT' }, { status: 'FAULT', phase: 'unknown' }],
  ])('%s', async (_, build, read) => {
    expect(await (await answering('BatchGetBuilds', { builds: [build], buildsNotFound: [] })).read('suite:1', signal)).toMatchObject(read);
  });

  test.each([{}, { builds: [] }, { builds: 'none' }, { builds: [null, { id: 'other:2', buildStatus: 'SUCCEEDED' }] }])('is not there: %j', async (answer) => {
    expect(await (await answering('BatchGetBuilds', answer)).read('suite:1', signal)).toBeUndefined();
  });

  test('must come of a start', async () => {
    await expect((await answering('StartBuild', {})).start(REQUEST, signal)).rejects.toMatchObject({ name: 'ServiceFailure', code: 'NoBuild', retryable: false });
  });

  test.each([
    [awsError('ThrottlingException', 'Rate exceeded'), true],
    [awsError('ResourceNotFoundException', 'Project cannot be found'), false],
    [awsError('AccountLimitExceededException', 'Cannot have more than 60 builds in queue'), false],
  ])('could not be started: %j', async (script, retryable) => {
    await expect((await builds({ StartBuild: [script] })).start(REQUEST, signal)).rejects.toMatchObject({ name: 'ServiceFailure', call: 'codebuild:StartBuild', retryable });
  });
});

describe('a report', () => {
  const summary = { total: 7, statusCounts: { SUCCEEDED: 3, FAILED: 1, ERROR: 1, UNKNOWN: 1, SKIPPED: 1 }, durationInNanoSeconds: 5 };
  test.each<[string, object, object]>([
    ['of tests', { arn: REPORT_ARN, type: 'TEST', status: 'FAILED', testSummary: summary }, { arn: REPORT_ARN, status: 'FAILED', isTest: true, counts: { passed: 3, failed: 1, errored: 2, skipped: 1 }, total: 7 }],
    ['of coverage', { arn: REPORT_ARN, type: 'CODE_COVERAGE', status: 'SUCCEEDED' }, { isTest: false, counts: { passed: 0, failed: 0, errored: 0, skipped: 0 }, total: 0 }],
    ['that is being made', { arn: REPORT_ARN, type: 'TEST', status: 'GENERATING' }, { status: 'GENERATING', isTest: true, total: 0 }],
  ])('%s', async (_, report, read) => {
    expect(await (await answering('BatchGetReports', { reports: [report], reportsNotFound: [] })).reports([REPORT_ARN], signal)).toMatchObject([read]);
  });

  test('has cases, each with name, status, time and message', async () => {
    const testCases = [
      { name: 'pays', prefix: 'shop.Pay', status: 'SUCCEEDED', durationInNanoSeconds: 1_500_000, message: '' },
      { name: 'ships', testSuiteName: 'ships', status: 'FAILED', message: 'no label' },
      { name: 'gifts', status: 'SKIPPED' },
      { name: 'wraps', status: 'UNKNOWN' },
      { name: 'sends', status: 'NEW' },
      { status: 'SUCCEEDED' },
    ];
    expect(await (await answering('DescribeTestCases', { testCases })).cases(REPORT_ARN, 'FAILED', signal)).toEqual([
      { name: 'shop.Pay pays', status: 'passed', durationMs: 2 },
      { name: 'ships', status: 'failed', message: 'no label' },
      { name: 'gifts', status: 'skipped' },
      { name: 'wraps', status: 'errored' },
      { name: 'sends', status: 'errored' },
    ]);
  });
});
