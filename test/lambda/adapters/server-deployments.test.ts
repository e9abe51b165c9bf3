/** What the deployment provider says to CodeDeploy about fleets, held against the SDK's own client, and what it reads in the answers. */
import { BatchGetDeploymentTargetsCommand, CodeDeployClient, CreateDeploymentCommand, ListDeploymentTargetsCommand } from '@aws-sdk/client-codedeploy';

import { awsCall } from '../../../lambda/adapters/aws-call';
import { CODE_DEPLOY } from '../../../lambda/adapters/aws-endpoint';
import { codeDeployDeployments } from '../../../lambda/adapters/codedeploy-deployments';
import { serverDeployments } from '../../../lambda/adapters/server-deployments';
import type { AwsAnswerScript, AwsServer, SeenCall } from '../support/aws-server';
import { awsError, awsServer } from '../support/aws-server';
import { LAMBDA_VARIABLES } from '../support/handler-process';

const GROUP = { application: 'web-application', group: 'web-group' };
const NAMES = { applicationName: 'web-application', deploymentGroupName: 'web-group' };
const OBJECT = { revisionType: 'S3', s3Location: { bucket: 'releases', key: 'two.zip', bundleType: 'zip' } } as const;
const COMMIT = { revisionType: 'GitHub', gitHubLocation: { repository: 'o/r', commitId: 'c0ffee' } } as const;
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

const call = () => awsCall(CODE_DEPLOY, { variables: { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url } });
const fleets = () => serverDeployments(call());
const body = (value: unknown): AwsAnswerScript => ({ body: JSON.stringify(value) });
const said = ({ operation, body: sent }: SeenCall) => [operation, JSON.parse(sent)] as const;

describe('requests mean what the requests of the SDK mean', () => {
  const client = () => new CodeDeployClient({ region: 'eu-central-1', endpoint: aws.url, maxAttempts: 1 });
  const cases: Readonly<Record<string, { readonly ours: () => Promise<unknown>; readonly theirs: () => Promise<unknown> }>> = {
    'CreateDeployment in place': {
      ours: () => fleets().create({ ...GROUP, description: 'Update (mark)', revision: COMMIT }, signal),
      theirs: () => client().send(new CreateDeploymentCommand({ ...NAMES, description: 'Update (mark)', revision: COMMIT })),
    },
    'CreateDeployment to another fleet, with what it is told': {
      ours: () => fleets().create({ ...GROUP, description: 'Update (mark)', revision: OBJECT, replacement: 'green', fileExistsBehavior: 'RETAIN', ignoreApplicationStopFailures: true }, signal),
      theirs: () =>
        client().send(
          new CreateDeploymentCommand({ ...NAMES, description: 'Update (mark)', revision: OBJECT, targetInstances: { autoScalingGroups: ['green'] }, fileExistsBehavior: 'RETAIN', ignoreApplicationStopFailures: true }),
        ),
    },
    'the instances that failed': {
      ours: () => fleets().failed('d-1', signal),
      theirs: async () => {
        await client().send(new ListDeploymentTargetsCommand({ deploymentId: 'd-1', targetFilters: { TargetStatus: ['Failed'] } }));
        await client().send(new BatchGetDeploymentTargetsCommand({ deploymentId: 'd-1', targetIds: ['i-0a', 'i-0b', 'i-0c'] }));
      },
    },
  };
  const answers = { CreateDeployment: [body({ deploymentId: 'd-1' })], ListDeploymentTargets: [body({ targetIds: ['i-0a', 'i-0b', 'i-0c', 'i-0d'] })], BatchGetDeploymentTargets: [body({ deploymentTargets: [] })] };

  test.each(Object.keys(cases))('%s', async (name) => {
    aws = await awsServer(answers);
    await cases[name]!.ours();
    const ours = aws.calls.map(said);
    await aws.close();
    aws = await awsServer(answers);
    await cases[name]!.theirs();
    expect(ours).toEqual(aws.calls.map(said));
    expect(ours.length).toBeGreaterThan(0);
  });
});

describe('a deployment that is created', () => {
  test('has an id', async () => {
    aws = await awsServer({ CreateDeployment: [body({ deploymentId: 'd-7' })] });
    expect(await fleets().create({ ...GROUP, description: 'd', revision: OBJECT }, signal)).toBe('d-7');
  });

  test('without one may have been created', async () => {
    aws = await awsServer({ CreateDeployment: [body({})] });
    await expect(fleets().create({ ...GROUP, description: 'd', revision: OBJECT }, signal)).rejects.toMatchObject({
      message: 'codedeploy:CreateDeployment failed: UnexpectedAnswer: the answer holds no id',
      retryable: true,
    });
  });

  test('may be refused', async () => {
    aws = await awsServer({ CreateDeployment: [awsError('RevisionDoesNotExistException', 'The revision could not be found')] });
    await expect(fleets().create({ ...GROUP, description: 'd', revision: OBJECT }, signal)).rejects.toMatchObject({ code: 'RevisionDoesNotExistException', retryable: false });
  });
});

describe('instances that failed', () => {
  test('are told with the first event that failed', async () => {
    const diagnostics = { errorCode: 'ScriptFailed', scriptName: 'scripts/check.sh', message: 'failed with exit code 1', logTail: '[stderr]no answer' };
    const events = [
      { lifecycleEventName: 'Install', status: 'Succeeded', diagnostics: { errorCode: 'Success', scriptName: '', message: 'Succeeded', logTail: '' } },
      { lifecycleEventName: 'ValidateService', status: 'Failed', diagnostics },
      { lifecycleEventName: 'AllowTraffic', status: 'Skipped' },
    ];
    aws = await awsServer({
      ListDeploymentTargets: [body({ targetIds: ['i-0a', 'i-0b', 'i-0c', 'i-0d'] })],
      BatchGetDeploymentTargets: [
        body({
          deploymentTargets: [
            { deploymentTargetType: 'InstanceTarget', instanceTarget: { targetId: 'i-0a', status: 'Failed', lifecycleEvents: events } },
            { deploymentTargetType: 'InstanceTarget', instanceTarget: { targetId: 'i-0b', lifecycleEvents: [{ lifecycleEventName: 'BlockTraffic', status: 'Failed', diagnostics: { errorCode: '', message: 7 } }] } },
            { deploymentTargetType: 'InstanceTarget', instanceTarget: { targetId: 'i-0c' } },
            { deploymentTargetType: 'InstanceTarget' },
          ],
        }),
      ],
    });
    expect(await fleets().failed('d-1', signal)).toEqual({
      count: 4,
      first: [
        { instance: 'i-0a', event: 'ValidateService', code: 'ScriptFailed', script: 'scripts/check.sh', message: 'failed with exit code 1', logTail: '[stderr]no answer' },
        { instance: 'i-0b', event: 'BlockTraffic' },
        { instance: 'i-0c' },
      ],
    });
  });

  test.each([{}, { targetIds: [] }, { targetIds: 'i-0a' }, { targetIds: [7] }])('may be none: %j', async (answer) => {
    aws = await awsServer({ ListDeploymentTargets: [body(answer)] });
    expect(await fleets().failed('d-1', signal)).toEqual({ count: 0, first: [] });
    expect(aws.calls).toHaveLength(1);
  });
});

describe('a deployment to servers', () => {
  const read = async (info: object) => {
    aws = await awsServer({ GetDeployment: [body({ deploymentInfo: { deploymentId: 'd-1', status: 'Failed', applicationName: 'web-application', computePlatform: 'Server', ...info } })] });
    return codeDeployDeployments(call()).read('d-1', signal);
  };
  const PLAIN = { application: 'web-application', blueGreen: false, readyWait: false, replacements: [], terminationWaitStarted: false };

  test('tells what it is about', async () => {
    const found = await read({
      revision: { ...OBJECT, s3Location: { ...OBJECT.s3Location, eTag: 'e1' } },
      completeTime: 1_767_603_600.5,
      deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
      blueGreenDeploymentConfiguration: { deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 60 } },
      targetInstances: { autoScalingGroups: ['green', 7] },
      instanceTerminationWaitTimeStarted: true,
      deploymentOverview: { Pending: 1, InProgress: 2, Succeeded: 4, Failed: 8, Skipped: 16, Ready: 32 },
    });
    expect(found).toEqual({
      id: 'd-1',
      status: 'Failed',
      rollsBack: false,
      servers: {
        application: 'web-application',
        revision: { ...OBJECT, s3Location: { ...OBJECT.s3Location, eTag: 'e1' } },
        blueGreen: true,
        readyWait: true,
        replacements: ['green'],
        terminationWaitStarted: true,
        endedAt: 1_767_603_600_500,
        instances: { all: 63, failed: 8, touched: 46 },
      },
    });
  });

  test.each<[string, object, object]>([
    ['nothing more than there is', {}, PLAIN],
    [
      'that it is none of these',
      { deploymentStyle: { deploymentType: 'IN_PLACE' }, blueGreenDeploymentConfiguration: { deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT' } }, targetInstances: { autoScalingGroups: 'green' }, instanceTerminationWaitTimeStarted: 'true', completeTime: 'now' },
      PLAIN,
    ],
    ['that it came to nobody', { deploymentOverview: { Skipped: 3 } }, { ...PLAIN, instances: { all: 3, failed: 0, touched: 0 } }],
    ['a commit', { revision: COMMIT }, { ...PLAIN, revision: COMMIT }],
  ])('tells %s', async (_what, info, expected) => {
    expect((await read(info)).servers).toEqual(expected);
  });

  test('is none on another platform', async () => {
    expect(await read({ computePlatform: 'ECS' })).not.toHaveProperty('servers');
    await aws.close();
    expect(await read({ computePlatform: undefined })).not.toHaveProperty('servers');
  });
});
