/** Deployments to fleets by the step function's bundle, in fresh processes against services on loopback. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ResourceRequest } from '../../../lib/model/deployment-request';
import { inScript } from '../../support/module';
import type { AwsAnswerScript, AwsServer } from '../support/aws-server';
import { awsServer } from '../support/aws-server';
import { LAMBDA_VARIABLES, runHandler } from '../support/handler-process';
import { FLEETS, serverProperties, serverRequest, TWO } from '../support/server-requests';

const outDir = mkdtempSync(join(tmpdir(), 'greenlight-servers-'));
const bundle = join(outDir, 'deployment-step.js');

beforeAll(() => void inScript('bundle-handlers.mjs', 'await script.bundleHandler(argv[0], argv[1], argv[2])', 'deployment-step', join(__dirname, '..', '..', '..', 'lambda', 'handlers', 'deployment-step.ts'), bundle));
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

let aws: AwsServer;
afterEach(() => aws.close());

const json = (value: unknown): AwsAnswerScript => ({ body: JSON.stringify(value) });
const stack: AwsAnswerScript = { body: '<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackStatus>UPDATE_IN_PROGRESS</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>' };
const instance = '<member><InstanceId>i-0a</InstanceId><LifecycleState>InService</LifecycleState></member>';
const fleet = (name: string, desired: number) =>
  `<member><AutoScalingGroupName>${name}</AutoScalingGroupName><MinSize>0</MinSize><MaxSize>9</MaxSize><DesiredCapacity>${desired}</DesiredCapacity><Instances>${instance.repeat(desired)}</Instances></member>`;
const fleets = (blue: number, green: number): AwsAnswerScript => ({
  body: `<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups>${fleet('blue', blue)}${fleet('green', green)}</AutoScalingGroups></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>`,
});
const scaled: AwsAnswerScript = { body: '<SetDesiredCapacityResponse><ResponseMetadata/></SetDesiredCapacityResponse>' };
const group = json({
  deploymentGroupInfo: {
    deploymentGroupId: 'g',
    autoScalingGroups: [{ name: 'blue' }],
    deploymentStyle: { deploymentType: 'BLUE_GREEN' },
    lastSuccessfulDeployment: { deploymentId: 'd-1' },
    lastAttemptedDeployment: { deploymentId: 'd-1' },
  },
});
const deployment = (more: object) => json({ deploymentInfo: { deploymentId: 'd-1', applicationName: 'web-application', status: 'Succeeded', creator: 'user', computePlatform: 'Server', ...more } });

const UPDATE = serverRequest('Update', { ResourceProperties: serverProperties(TWO, { AutoScalingGroups: FLEETS, FileExistsBehavior: 'OVERWRITE' }) });

async function step(answers: Readonly<Record<string, readonly AwsAnswerScript[]>>, memory: object = {}, request: ResourceRequest = UPDATE) {
  aws = await awsServer({ ListDeployments: [json({ deployments: [] })], GetDeploymentGroup: [group], GetDeployment: [deployment({})], ...answers });
  const event = { action: 'step', request, startedAt: new Date().toISOString(), retries: 0, memory };
  const { returned } = await runHandler(process.execPath, bundle, event, { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url });
  return returned as { readonly done: boolean; readonly memory: Readonly<Record<string, unknown>>; readonly answer?: { readonly Status: string; readonly Reason?: string } };
}

const form = (index: number) => Object.fromEntries(new URLSearchParams(aws.calls.at(index)!.body));

test('brings the idle fleet up', async () => {
  const { done, memory } = await step({ '/': [stack, fleets(3, 0), scaled] });
  expect([done, memory['scaled']]).toEqual([false, 'green']);
  expect(form(-1)).toMatchObject({ Action: 'SetDesiredCapacity', AutoScalingGroupName: 'green', DesiredCapacity: '3' });
}, 60_000);

test('deploys to it when it is up', async () => {
  const { memory } = await step({ '/': [stack, fleets(3, 3)], CreateDeployment: [json({ deploymentId: 'd-2' })] }, { scaled: 'green' });
  expect(memory['deploymentId']).toBe('d-2');
  expect(JSON.parse(aws.calls.at(-1)!.body)).toMatchObject({
    applicationName: 'web-application',
    deploymentGroupName: 'web-group',
    revision: { revisionType: 'S3', s3Location: { bucket: 'releases', key: 'two.zip', bundleType: 'zip' } },
    description: expect.stringMatching(/ \(cdk-greenlight:[0-9a-f]{16}:[0-9a-f]{16}\)$/) as unknown,
    targetInstances: { autoScalingGroups: ['green'] },
    fileExistsBehavior: 'OVERWRITE',
  });
}, 60_000);

test('deploys to none where the traffic may be', async () => {
  const failed = { deploymentId: 'd-2', status: 'Failed', createTime: 1_767_603_600 };
  const last = JSON.parse(group.body!) as { readonly deploymentGroupInfo: object };
  const answers = {
    '/': [stack],
    GetDeploymentGroup: [json({ deploymentGroupInfo: { ...last.deploymentGroupInfo, lastAttemptedDeployment: { deploymentId: 'd-2' } } })],
    GetDeployment: [deployment({}), deployment(failed)],
    ListDeploymentTargets: [json({ targetIds: ['i-0a'] })],
  };
  const { answer } = await step(answers, { since: { quiet: 0 }, late: 100 });
  expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/^no deployment was started: it is not known which of blue and green has the traffic: deployment d-2 had begun /) as unknown });
  expect(JSON.parse(aws.calls.at(-1)!.body)).toEqual({ deploymentId: 'd-2', targetFilters: { ServerInstanceLabel: ['Blue'], TargetStatus: ['InProgress', 'Succeeded', 'Failed', 'Unknown'] } });
}, 60_000);

test('tells why a deployment has failed', async () => {
  const failed = deployment({ deploymentId: 'd-2', status: 'Failed', errorInformation: { code: 'HEALTH_CONSTRAINTS', message: 'too many' }, deploymentOverview: { Failed: 1, Skipped: 2 }, createTime: 1_767_603_600 });
  const diagnostics = { errorCode: 'ScriptFailed', scriptName: 'scripts/check.sh', message: 'exit code 1', logTail: '[stderr]no answer\n' };
  const target = { deploymentTargetType: 'InstanceTarget', instanceTarget: { targetId: 'i-0a', lifecycleEvents: [{ lifecycleEventName: 'ValidateService', status: 'Failed', diagnostics }] } };
  const answers = { GetDeployment: [failed], ListDeploymentTargets: [json({ targetIds: ['i-0a'] })], BatchGetDeploymentTargets: [json({ deploymentTargets: [target] })] };
  const { done, answer } = await step(answers, { deploymentId: 'd-2' });
  expect(done).toBe(true);
  expect(answer).toEqual({
    Status: 'FAILED',
    Reason:
      'Deployment d-2 failed: HEALTH_CONSTRAINTS: too many; 1 of 3 instances failed; instance i-0a failed at ValidateService: ScriptFailed, scripts/check.sh, exit code 1: [stderr]no answer; ' +
      'no rollback was started; https://console.aws.amazon.com/codesuite/codedeploy/deployments/d-2?region=eu-central-1',
  });
}, 60_000);
