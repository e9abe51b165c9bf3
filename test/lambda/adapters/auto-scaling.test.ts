/** What is said to Auto Scaling about groups, and what is read in the answers. */
import { awsCall } from '../../../lambda/adapters/aws-call';
import { AUTO_SCALING } from '../../../lambda/adapters/aws-endpoint';
import { autoScaling } from '../../../lambda/adapters/auto-scaling';
import type { AwsAnswerScript, AwsServer } from '../support/aws-server';
import { awsServer } from '../support/aws-server';
import { LAMBDA_VARIABLES } from '../support/handler-process';

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

const groups = () => autoScaling(awsCall(AUTO_SCALING, { variables: { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url } }));
const forms = () => aws.calls.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));

const answerOf = (operation: string, inner: string): AwsAnswerScript => ({
  body: `<${operation}Response xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><${operation}Result>${inner}</${operation}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${operation}Response>`,
});
const page = (members: readonly string[], token?: string): AwsAnswerScript =>
  answerOf('DescribeAutoScalingGroups', `<AutoScalingGroups>${members.map((member) => `<member>${member}</member>`).join('')}</AutoScalingGroups>${token === undefined ? '' : `<NextToken>${token}</NextToken>`}`);
const done = (operation: string): AwsAnswerScript => ({ body: `<${operation}Response><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${operation}Response>` });
const error = (code: string, message: string, status = 400): AwsAnswerScript => ({ status, body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>` });
const instance = (state: string) => `<member><InstanceId>i-${state}</InstanceId><LifecycleState>${state}</LifecycleState><HealthStatus>Healthy</HealthStatus></member>`;
const group = (name: string, more = '') => `<AutoScalingGroupName>${name}</AutoScalingGroupName><MinSize>0</MinSize><MaxSize>9</MaxSize><DesiredCapacity>3</DesiredCapacity>${more}`;
const facts = (name: string) => ({ name, desired: 3, min: 0, max: 9, inService: 0, instances: 0 });

describe('groups by their names', () => {
  test('are asked for in one call, signed for the service', async () => {
    aws = await awsServer({ '/': [page([group('blue'), group('green')])] });
    expect(await groups().describe(['blue', 'green'], signal)).toEqual([facts('blue'), facts('green')]);
    expect(forms()).toEqual([{ Action: 'DescribeAutoScalingGroups', 'AutoScalingGroupNames.member.1': 'blue', 'AutoScalingGroupNames.member.2': 'green', MaxRecords: '100', Version: '2011-01-01' }]);
    const [{ method, path, headers }] = aws.calls as [AwsServer['calls'][number]];
    expect([method, path, headers['content-type'], /Credential=[^/]+\/\d+\/([^,]+)/.exec(headers.authorization ?? '')?.[1]]).toEqual(['POST', '/', 'application/x-www-form-urlencoded', 'eu-central-1/autoscaling/aws4_request']);
  });

  test('none are not asked for: without a name the service tells all of them', async () => {
    aws = await awsServer({});
    expect(await groups().describe([], signal)).toEqual([]);
    expect(aws.calls).toEqual([]);
  });

  test('are asked for a hundred at a time', async () => {
    aws = await awsServer({ '/': [page([group('a')]), page([group('b')])] });
    const names = Array.from({ length: 101 }, (_, index) => `g-${index}`);
    expect(await groups().describe(names, signal)).toEqual([facts('a'), facts('b')]);
    expect(forms().map((form) => [Object.keys(form).length, form['AutoScalingGroupNames.member.1'], form['AutoScalingGroupNames.member.100']])).toEqual([
      [103, 'g-0', 'g-99'],
      [4, 'g-100', undefined],
    ]);
  });

  test.each<[string, string, object]>([
    ['with instances of every state', `<Instances>${instance('InService')}${instance('Pending')}${instance('InService')}${instance('Terminating:Wait')}</Instances>`, { inService: 2, instances: 4 }],
    ['with one instance', `<Instances>${instance('InService')}</Instances>`, { inService: 1, instances: 1 }],
    ['without instances', '<Instances/>', {}],
    ['that is being deleted', '<Status>Delete in progress</Status>', { leaving: true }],
    ['with an empty status', '<Status/>', {}],
  ])('one %s', async (_, more, expected) => {
    aws = await awsServer({ '/': [page([group('blue', more)])] });
    expect(await groups().describe(['blue'], signal)).toEqual([{ ...facts('blue'), ...expected }]);
  });

  test('that are not there are not told', async () => {
    aws = await awsServer({ '/': [page([])] });
    expect(await groups().describe(['blue'], signal)).toEqual([]);
  });

  test.each([
    ['no groups', answerOf('DescribeAutoScalingGroups', ''), 'the answer holds no groups'],
    ['a group without a name', page(['<MinSize>0</MinSize>']), 'a group has no name'],
    ['a group without its size', page([`<AutoScalingGroupName>blue</AutoScalingGroupName>`]), 'DesiredCapacity of blue is no number'],
    ['a group of no number', page([group('blue').replace('>9<', '>many<')]), 'MaxSize of blue is no number'],
    ['a group of half a minimum', page([group('blue').replace('>0<', '>0.5<')]), 'MinSize of blue is no number'],
  ])('an answer with %s is no answer', async (_, script, message) => {
    aws = await awsServer({ '/': [script] });
    await expect(groups().describe(['blue'], signal)).rejects.toMatchObject({ message: `autoscaling:DescribeAutoScalingGroups failed: UnexpectedAnswer: ${message}`, retryable: true });
  });

  test.each([
    ['throttled', error('Throttling', 'Rate exceeded'), 'Throttling', true],
    ['denied', error('AccessDenied', 'is not authorized', 403), 'AccessDenied', false],
    ['invalid', error('ValidationError', 'not valid'), 'ValidationError', false],
    ['a fault without words', { status: 503, body: '<html/>' }, 'HTTP 503', true],
    ['no XML', { status: 502, body: 'Bad Gateway' }, 'HTTP 502', true],
  ])('a call that is %s fails', async (_, script, code, retryable) => {
    aws = await awsServer({ '/': [script] });
    await expect(groups().describe(['blue'], signal)).rejects.toMatchObject({ call: 'autoscaling:DescribeAutoScalingGroups', code, retryable });
  });
});

describe('groups by what their names begin with', () => {
  test('are picked from all groups, over all pages', async () => {
    aws = await awsServer({ '/': [page([group('CodeDeploy_web_d-1'), group('CodeDeploy_webs_d-2')], 'a&amp;b'), page([group('x-CodeDeploy_web_d-3'), group('CodeDeploy_web_d-4')])] });
    expect(await groups().beginningWith('CodeDeploy_web_', signal)).toEqual([facts('CodeDeploy_web_d-1'), facts('CodeDeploy_web_d-4')]);
    expect(forms()).toEqual([
      { Action: 'DescribeAutoScalingGroups', MaxRecords: '100', Version: '2011-01-01' },
      { Action: 'DescribeAutoScalingGroups', MaxRecords: '100', NextToken: 'a&b', Version: '2011-01-01' },
    ]);
  });

  test('a list without end is as good as unread', async () => {
    aws = await awsServer({ '/': [page([], 'more')] });
    await expect(groups().beginningWith('CodeDeploy_web_', signal)).rejects.toMatchObject({ message: 'autoscaling:DescribeAutoScalingGroups failed: UnexpectedAnswer: more than 100 pages', retryable: true });
    expect(aws.calls).toHaveLength(100);
  });
});

describe('scaling', () => {
  test('minds no cooldown', async () => {
    aws = await awsServer({ '/': [done('SetDesiredCapacity')] });
    await groups().scale('blue', 4, signal);
    expect(forms()).toEqual([{ Action: 'SetDesiredCapacity', AutoScalingGroupName: 'blue', DesiredCapacity: '4', HonorCooldown: 'false', Version: '2011-01-01' }]);
  });

  test('fails as the service says', async () => {
    aws = await awsServer({ '/': [error('ScalingActivityInProgress', 'an activity is in progress')] });
    await expect(groups().scale('blue', 4, signal)).rejects.toMatchObject({ message: 'autoscaling:SetDesiredCapacity failed: ScalingActivityInProgress: an activity is in progress', retryable: false });
  });
});

describe('removing', () => {
  test('takes the instances along', async () => {
    aws = await awsServer({ '/': [done('DeleteAutoScalingGroup')] });
    await groups().remove('CodeDeploy_web_d-1', signal);
    expect(forms()).toEqual([{ Action: 'DeleteAutoScalingGroup', AutoScalingGroupName: 'CodeDeploy_web_d-1', ForceDelete: 'true', Version: '2011-01-01' }]);
  });

  test.each([['AutoScalingGroup name not found - AutoScalingGroup \'CodeDeploy_web_d-1\' not found'], ['AutoScalingGroup name not found - null']])('minds no group that is gone: %s', async (message) => {
    aws = await awsServer({ '/': [error('ValidationError', message)] });
    await expect(groups().remove('CodeDeploy_web_d-1', signal)).resolves.toBeUndefined();
  });

  test.each([
    ['ValidationError', 'The name is too long'],
    ['AccessDenied', 'policy not found'],
  ])('fails with %s: %s', async (code, message) => {
    aws = await awsServer({ '/': [error(code, message)] });
    await expect(groups().remove('CodeDeploy_web_d-1', signal)).rejects.toMatchObject({ message: `autoscaling:DeleteAutoScalingGroup failed: ${code}: ${message}` });
  });

  test('fails with what is no answer at all', async () => {
    aws = await awsServer({ '/': [{ reset: true }] });
    await expect(groups().remove('CodeDeploy_web_d-1', signal)).rejects.toMatchObject({ call: 'autoscaling:DeleteAutoScalingGroup', code: 'ECONNRESET', retryable: true });
  });
});
