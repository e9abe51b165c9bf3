import { awsCall } from '../../../lambda/adapters/aws-call';
import { CODE_DEPLOY, EVENT_BRIDGE } from '../../../lambda/adapters/aws-endpoint';
import { eventBridge } from '../../../lambda/adapters/eventbridge';
import { inspectedDeployments } from '../../../lambda/adapters/inspected-deployments';
import { jsonLog } from '../../../lambda/adapters/log';
import type { HooksMissingRecord } from '../../../lib/model/hook-inspector';
import { HOOKS_MISSING_EVENT } from '../../../lib/model/hook-inspector';
import type { AwsAnswerScript, AwsServer } from '../support/aws-server';
import { awsError, awsServer } from '../support/aws-server';
import { LAMBDA_VARIABLES } from '../support/handler-process';

const ID = 'd-A1B2C3D4E';
const RECORD: HooksMissingRecord = {
  schemaVersion: 1,
  rollout: 'App/Web',
  application: 'web-application',
  deploymentGroup: 'web-group',
  deploymentId: ID,
  missing: [],
  reason: 'nothing',
  stop: 'notRequired',
};

let aws: AwsServer;
afterEach(() => aws.close());

const environmentBefore = process.env;
beforeEach(() => {
  process.env = { ...environmentBefore, ...LAMBDA_VARIABLES };
});
afterAll(() => {
  process.env = environmentBefore;
});

const { signal } = new AbortController();

async function deployments(scripts: Readonly<Record<string, readonly AwsAnswerScript[]>>) {
  aws = await awsServer(scripts);
  return inspectedDeployments(awsCall(CODE_DEPLOY, { variables: { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url } }));
}

const body = (answer: unknown): readonly AwsAnswerScript[] => [{ body: JSON.stringify(answer) }];
const outcome = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);
const UNEXPECTED = { name: 'ServiceFailure', code: 'UnexpectedAnswer', retryable: true };

describe('a deployment', () => {
  test.each<[string, unknown, unknown]>([
    [
      'with an AppSpec',
      { creator: 'user', revision: { revisionType: 'AppSpecContent', appSpecContent: { content: null, sha256: 'abc' } } },
      { creator: 'user', revisionType: 'AppSpecContent', sha256: 'abc' },
    ],
    [
      'of CloudFormation',
      { creator: 'CloudFormation', revision: { revisionType: 'String', string: { sha256: 'abc' }, appSpecContent: { sha256: 'other' } } },
      { creator: 'CloudFormation', revisionType: 'String', sha256: 'abc' },
    ],
    ['with an AppSpec in S3', { creator: 'user', revision: { revisionType: 'S3', s3Location: { bucket: 'b', key: 'k' } } }, { creator: 'user', revisionType: 'S3' }],
    ['without anything', {}, {}],
    ['with nonsense', { creator: 7, revision: { revisionType: '', appSpecContent: [] } }, {}],
  ])('%s', async (_, deploymentInfo, read) => {
    expect(await (await deployments({ GetDeployment: body({ deploymentInfo }) })).read(ID, signal)).toEqual(read);
  });

  test('that is not in the answer is worth another look', async () => {
    const error = await outcome((await deployments({ GetDeployment: body({}) })).read(ID, signal));
    expect(error).toMatchObject({ ...UNEXPECTED, call: 'codedeploy:GetDeployment', message: 'codedeploy:GetDeployment failed: UnexpectedAnswer: the answer holds no deployment' });
  });
});

const TEXT = { revisionType: 'AppSpecContent', sha256: 'abc' } as const;

describe('an AppSpec', () => {
  test('of CloudFormation is asked for, and comes, as a String', async () => {
    const service = await deployments({ GetApplicationRevision: body({ revision: { revisionType: 'String', string: { content: '{}', sha256: 'abc' } } }) });
    expect(await service.appSpec('web-application', { revisionType: 'String', sha256: 'abc' }, signal)).toBe('{}');
    expect(aws.calls.map(({ body: sent }) => JSON.parse(sent))).toEqual([{ applicationName: 'web-application', revision: { revisionType: 'String', string: { sha256: 'abc' } } }]);
  });

  test('that somebody gave is asked for as that', async () => {
    const service = await deployments({ GetApplicationRevision: body({ revision: { appSpecContent: { content: '{}' } } }) });
    expect(await service.appSpec('web-application', TEXT, signal)).toBe('{}');
    expect(aws.calls.map(({ body: sent }) => JSON.parse(sent))).toEqual([{ applicationName: 'web-application', revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: 'abc' } } }]);
  });

  test('comes as it was given', async () => {
    const content = 'version: 0.0\nHooks: []\n';
    const answer = body({ applicationName: 'web-application', revision: { revisionType: 'AppSpecContent', appSpecContent: { content, sha256: 'abc' } } });
    expect(await (await deployments({ GetApplicationRevision: answer })).appSpec('web-application', TEXT, signal)).toBe(content);
  });

  test.each([{}, { revision: {} }, { revision: { appSpecContent: { content: null } } }])('that is not in the answer is worth another look: %j', async (answer) => {
    const error = await outcome((await deployments({ GetApplicationRevision: body(answer) })).appSpec('web-application', TEXT, signal));
    expect(error).toMatchObject({ ...UNEXPECTED, call: 'codedeploy:GetApplicationRevision', message: 'codedeploy:GetApplicationRevision failed: UnexpectedAnswer: the answer holds no AppSpec' });
  });
});

describe('a stop', () => {
  test('is requested with rollback', async () => {
    const service = await deployments({ StopDeployment: body({ status: 'Pending' }) });
    await service.stop(ID, signal);
    expect(aws.calls.map(({ operation, body: sent }) => [operation, JSON.parse(sent)])).toEqual([['StopDeployment', { deploymentId: ID, autoRollbackEnabled: true }]]);
  });

  test('of a deployment that is over is refused by name', async () => {
    const error = await outcome((await deployments({ StopDeployment: [awsError('DeploymentAlreadyCompletedException', 'over')] })).stop(ID, signal));
    expect(error).toMatchObject({ name: 'ServiceFailure', code: 'DeploymentAlreadyCompletedException', retryable: false });
  });
});

test('the event has a detail type of its own', async () => {
  aws = await awsServer({ PutEvents: body({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] }) });
  const call = awsCall(EVENT_BRIDGE, { variables: { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url } });
  await eventBridge<HooksMissingRecord>(call, HOOKS_MISSING_EVENT).send(RECORD, signal);
  expect(JSON.parse(aws.calls[0]!.body)).toEqual({ Entries: [{ Source: 'cdk-greenlight', DetailType: 'Greenlight Hooks Missing', Detail: JSON.stringify(RECORD) }] });
});

test('the log line carries the record', async () => {
  aws = await awsServer({});
  const lines: string[] = [];
  jsonLog((line) => lines.push(line)).hooksMissing(RECORD);
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{ level: 'ERROR', message: 'nothing', greenlightHooksMissing: RECORD }]);
});
