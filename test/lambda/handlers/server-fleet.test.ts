/** What settles two fleets, as the bundle that travels, in a fresh process against services on loopback. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FLEET_ENV } from '../../../lib/model/server/fleets';
import { inScript } from '../../support/module';
import type { AwsAnswerScript, AwsServer } from '../support/aws-server';
import { awsError, awsServer } from '../support/aws-server';
import { LAMBDA_VARIABLES, runHandler } from '../support/handler-process';

const ROOT = join(__dirname, '..', '..', '..');
const NODES = [
  ['24', process.execPath],
  ['22', join(ROOT, 'node_modules', 'node22', 'bin', 'node')],
] as const;

const outDir = mkdtempSync(join(tmpdir(), 'greenlight-fleet-'));
const bundle = join(outDir, 'server-fleet.js');

beforeAll(() => void inScript('bundle-handlers.mjs', 'await script.bundleHandler(argv[0], argv[1], argv[2])', 'server-fleet', join(ROOT, 'lambda', 'handlers', 'server-fleet.ts'), bundle));
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

let aws: AwsServer;
afterEach(() => aws.close());

const json = (value: unknown): AwsAnswerScript => ({ body: JSON.stringify(value) });
const fleet = (name: string, desired: number) =>
  `<member><AutoScalingGroupName>${name}</AutoScalingGroupName><MinSize>0</MinSize><MaxSize>9</MaxSize><DesiredCapacity>${desired}</DesiredCapacity><Instances/></member>`;
const fleets: AwsAnswerScript = {
  body:
    '<DescribeAutoScalingGroupsResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><DescribeAutoScalingGroupsResult><AutoScalingGroups>' +
    `${fleet('blue', 3)}${fleet('green', 3)}</AutoScalingGroups></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>`,
};
const scaled: AwsAnswerScript = { body: '<SetDesiredCapacityResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><ResponseMetadata/></SetDesiredCapacityResponse>' };
const group = (named: string): AwsAnswerScript =>
  json({
    deploymentGroupInfo: {
      deploymentGroupId: 'g',
      autoScalingGroups: [{ name: named, hook: 'h' }],
      deploymentStyle: { deploymentType: 'BLUE_GREEN' },
      lastSuccessfulDeployment: { deploymentId: 'd-1' },
      lastAttemptedDeployment: { deploymentId: 'd-1' },
    },
  });
const deployment = (endedSecondsAgo: number): AwsAnswerScript =>
  json({
    deploymentInfo: {
      deploymentId: 'd-1',
      applicationName: 'web-application',
      status: 'Succeeded',
      creator: 'user',
      computePlatform: 'Server',
      targetInstances: { autoScalingGroups: ['green'] },
      createTime: Date.now() / 1_000 - endedSecondsAgo - 60,
      completeTime: Date.now() / 1_000 - endedSecondsAgo,
    },
  });

const EVENT = {
  event: {
    version: '0',
    source: 'aws.codedeploy',
    'detail-type': 'CodeDeploy Deployment State-change Notification',
    detail: { deploymentId: 'd-1', application: 'web-application', deploymentGroup: 'web-group', state: 'SUCCESS' },
  },
  startedAt: new Date().toISOString(),
  memory: {},
};

const variables = (more: Readonly<Record<string, string>> = {}) => ({
  ...LAMBDA_VARIABLES,
  AWS_ENDPOINT_URL: aws.url,
  [FLEET_ENV.application]: 'web-application',
  [FLEET_ENV.deploymentGroup]: 'web-group',
  [FLEET_ENV.autoScalingGroups]: '["blue","green"]',
  [FLEET_ENV.terminationWait]: '86400',
  ...more,
});

test.each(NODES)('brings down what does not serve, on Node %s', async (version, node) => {
  aws = await awsServer({ GetDeploymentGroup: [group('green')], GetDeployment: [deployment(90_000)], '/': [fleets, scaled], ListDeployments: [json({ deployments: [] })] });
  const end = await runHandler(node, bundle, EVENT, variables());
  expect(end.returned).toEqual({ done: true, memory: {}, why: 'blue was brought down from 3: green serves' });
  expect(end.version.startsWith(`${version}.`)).toBe(true);
  expect(aws.calls.map(({ operation }) => operation)).toEqual(['GetDeploymentGroup', 'GetDeployment', '/', 'ListDeployments', '/']);
  expect(Object.fromEntries(new URLSearchParams(aws.calls.at(-1)!.body))).toEqual({ Action: 'SetDesiredCapacity', AutoScalingGroupName: 'blue', DesiredCapacity: '0', HonorCooldown: 'false', Version: '2011-01-01' });
  expect(end.lines).toMatchObject([{ level: 'INFO', message: 'settled', deploymentId: 'd-1', why: 'blue was brought down from 3: green serves' }]);
  expect(end.stderr).toBe('');
}, 60_000);

test('says when to ask again where the originals live on', async () => {
  aws = await awsServer({ GetDeploymentGroup: [group('green')], GetDeployment: [deployment(0)], '/': [fleets] });
  const { returned } = await runHandler(process.execPath, bundle, EVENT, variables());
  const { done, waitSeconds } = returned as { readonly done: boolean; readonly waitSeconds: number };
  expect(done).toBe(false);
  expect(waitSeconds).toBeGreaterThan(86_000);
  expect(waitSeconds).toBeLessThanOrEqual(86_400);
}, 60_000);

test('points the group at the fleet that serves', async () => {
  aws = await awsServer({ GetDeploymentGroup: [group('blue')], GetDeployment: [deployment(0)] });
  const { returned } = await runHandler(process.execPath, bundle, EVENT, variables());
  expect(returned).toEqual({ done: false, waitSeconds: 10, memory: { pointed: 1 } });
  expect(JSON.parse(aws.calls.at(-1)!.body)).toEqual({ applicationName: 'web-application', currentDeploymentGroupName: 'web-group', autoScalingGroups: ['green'] });
}, 60_000);

test.each<[string, AwsAnswerScript, string]>([
  ['is denied', awsError('AccessDeniedException', 'is not authorized'), 'codedeploy:GetDeploymentGroup failed: AccessDeniedException: is not authorized'],
  ['breaks off', { reset: true }, 'codedeploy:GetDeploymentGroup failed: ECONNRESET'],
])('fails, for its state machine to ask again, where a call %s', async (_what, script, message) => {
  aws = await awsServer({ GetDeploymentGroup: [script] });
  const end = await runHandler(process.execPath, bundle, EVENT, variables());
  expect(end.thrown).toContain(message);
}, 60_000);

test('fails where it is not set up', async () => {
  aws = await awsServer({});
  const end = await runHandler(process.execPath, bundle, EVENT, variables({ [FLEET_ENV.terminationWait]: 'soon' }));
  expect(end.thrown).toBe("ConfigurationError: GREENLIGHT_TERMINATION_WAIT must be a number of seconds or 'keep', got \"soon\"");
  expect(aws.calls).toEqual([]);
}, 60_000);

test('is as small as it should be', () => {
  const [largest] = inScript('handler-sizes.mjs', "[script.MAX_BYTES['server-fleet']]") as readonly [number];
  expect(statSync(bundle).size).toBeLessThanOrEqual(largest);
});
