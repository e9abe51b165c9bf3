import { awsCall } from '../../../lambda/adapters/aws-call';
import { CODE_DEPLOY, EC2 } from '../../../lambda/adapters/aws-endpoint';
import { ec2Instances } from '../../../lambda/adapters/ec2-instances';
import { gateDeployments } from '../../../lambda/adapters/gate-deployments';
import { instanceTargets } from '../../../lambda/adapters/instance-targets';
import type { AwsAnswerScript, AwsServer } from '../support/aws-server';
import { awsError, awsServer } from '../support/aws-server';
import { LAMBDA_VARIABLES } from '../support/handler-process';

const ID = 'd-A1B2C3D4E';

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
type Scripts = Readonly<Record<string, readonly AwsAnswerScript[]>>;

async function callTo(service: typeof EC2, scripts: Scripts) {
  aws = await awsServer(scripts);
  return awsCall(service, { variables: { ...LAMBDA_VARIABLES, AWS_ENDPOINT_URL: aws.url } });
}

const body = (...answers: readonly unknown[]): readonly AwsAnswerScript[] => answers.map((answer) => ({ body: JSON.stringify(answer) }));
const outcome = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);
const inputs = () => aws.calls.map(({ operation, body: input }) => [operation, JSON.parse(input)]);
const forms = () => aws.calls.map(({ body: input }) => Object.fromEntries(new URLSearchParams(input)));

describe('a deployment', () => {
  const deployments = async (scripts: Scripts) => gateDeployments(await callTo(CODE_DEPLOY, scripts));
  const INFO = { applicationName: 'web-application', deploymentGroupName: 'web-group', status: 'Ready' };

  test('is read', async () => {
    const read = (await deployments({ GetDeployment: body({ deploymentInfo: { ...INFO, creator: 'user' } }, { deploymentInfo: INFO }) })).read;
    await expect(read(ID, signal)).resolves.toEqual({ application: 'web-application', deploymentGroup: 'web-group', status: 'Ready', creator: 'user' });
    await expect(read(ID, signal)).resolves.toEqual({ application: 'web-application', deploymentGroup: 'web-group', status: 'Ready' });
    expect(inputs()[0]).toEqual(['GetDeployment', { deploymentId: ID }]);
  });

  test.each([{}, { deploymentInfo: null }, { deploymentInfo: { ...INFO, status: 7 } }, { deploymentInfo: { ...INFO, applicationName: undefined } }, { deploymentInfo: { ...INFO, deploymentGroupName: null } }])(
    'is not read from %p',
    async (answer) => {
      expect(await outcome((await deployments({ GetDeployment: body(answer) })).read(ID, signal))).toMatchObject({ code: 'UnexpectedAnswer', retryable: true });
    },
  );

  test('is continued, and stopped with a rollback', async () => {
    const service = await deployments({ ContinueDeployment: [{ body: '' }], StopDeployment: body({ status: 'Pending' }) });
    await service.continue(ID, signal);
    await service.stop(ID, signal);
    expect(inputs()).toEqual([
      ['ContinueDeployment', { deploymentId: ID, deploymentWaitType: 'READY_WAIT' }],
      ['StopDeployment', { deploymentId: ID, autoRollbackEnabled: true }],
    ]);
  });

  test.each([
    ['DeploymentIsNotInReadyStateException', false],
    ['DeploymentAlreadyCompletedException', false],
    ['AccessDeniedException', false],
    ['ThrottlingException', true],
  ])('is refused by %s', async (code, retryable) => {
    const service = await deployments({ ContinueDeployment: [awsError(code, 'no')], StopDeployment: [awsError(code, 'no')] });
    expect(await outcome(service.continue(ID, signal))).toMatchObject({ name: 'ServiceFailure', call: 'codedeploy:ContinueDeployment', code, retryable });
    expect(await outcome(service.stop(ID, signal))).toMatchObject({ name: 'ServiceFailure', call: 'codedeploy:StopDeployment', code, retryable });
  });
});

describe('the instances of a deployment', () => {
  const targets = async (scripts: Scripts) => instanceTargets(await callTo(CODE_DEPLOY, scripts));

  test('are listed by pages', async () => {
    const { page } = await targets({ ListDeploymentTargets: body({ targetIds: ['i-1', 'i-2'], nextToken: 'more' }, { targetIds: ['i-3'], nextToken: '' }, {}) });
    await expect(page(ID, undefined, signal)).resolves.toEqual({ ids: ['i-1', 'i-2'], next: 'more' });
    await expect(page(ID, 'more', signal)).resolves.toEqual({ ids: ['i-3'] });
    await expect(page(ID, undefined, signal)).resolves.toEqual({ ids: [] });
    expect(inputs().slice(0, 2)).toEqual([
      ['ListDeploymentTargets', { deploymentId: ID }],
      ['ListDeploymentTargets', { deploymentId: ID, nextToken: 'more' }],
    ]);
  });

  test('are read with their events', async () => {
    const lifecycleEvents = [{ lifecycleEventName: 'Install', status: 'Succeeded' }, { lifecycleEventName: 'ValidateService', status: 'InProgress' }];
    const deploymentTargets = [
      { deploymentTargetType: 'InstanceTarget', instanceTarget: { targetId: 'i-1', status: 'InProgress', instanceLabel: 'Green', lifecycleEvents } },
      { deploymentTargetType: 'InstanceTarget', instanceTarget: { targetId: 'i-2', status: 'Pending', instanceLabel: null } },
    ];
    const { read } = await targets({ BatchGetDeploymentTargets: body({ deploymentTargets }) });
    await expect(read(ID, ['i-1', 'i-2'], signal)).resolves.toEqual([
      { id: 'i-1', status: 'InProgress', label: 'Green', events: { Install: 'Succeeded', ValidateService: 'InProgress' } },
      { id: 'i-2', status: 'Pending', events: {} },
    ]);
    expect(inputs()).toEqual([['BatchGetDeploymentTargets', { deploymentId: ID, targetIds: ['i-1', 'i-2'] }]]);
  });

  test.each([
    [{ deploymentTargetType: 'ECSTarget', ecsTarget: {} }, 'a target that is an instance was expected, got one of type ECSTarget'],
    [{ instanceTarget: { targetId: 'i-1' } }, 'a target that is an instance was expected, got one of type none'],
    [{ instanceTarget: { status: 'Ready' } }, 'a target that is an instance was expected, got one of type none'],
  ])('are not read from %p', async (target, message) => {
    const { read } = await targets({ BatchGetDeploymentTargets: body({ deploymentTargets: [target] }) });
    expect(await outcome(read(ID, ['i-1'], signal))).toMatchObject({ code: 'UnexpectedAnswer', retryable: false, message: `codedeploy:BatchGetDeploymentTargets failed: UnexpectedAnswer: ${message}` });
  });
});

describe('instances of EC2', () => {
  const instances = async (...answers: readonly AwsAnswerScript[]) => ec2Instances(await callTo(EC2, { '/': answers }));
  const response = (reservations: string, next = '') => `<?xml version="1.0"?><DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><reservationSet>${reservations}</reservationSet>${next}</DescribeInstancesResponse>`;
  const reservation = (...items: readonly string[]) => `<item><reservationId>r-1</reservationId><instancesSet>${items.map((item) => `<item>${item}</item>`).join('')}</instancesSet></item>`;
  const instance = (id: string, more: string) => `<instanceId>${id}</instanceId><instanceState><code>16</code><name>running</name></instanceState><placement><availabilityZone>eu-central-1a</availabilityZone></placement>${more}`;
  const six = (...addresses: readonly string[]) => `<item><ipv6AddressesSet>${addresses.map((address) => `<item><ipv6Address>${address}</ipv6Address></item>`).join('')}</ipv6AddressesSet></item>`;

  test('are described over all pages, by a filter', async () => {
    const first = response(reservation(instance('i-1', '<privateIpAddress>10.0.1.1</privateIpAddress><ipAddress>203.0.113.1</ipAddress>'), instance('i-2', '<privateIpAddress>10.0.1.2</privateIpAddress>')), '<nextToken>more</nextToken>');
    const { describe: ask } = await instances({ body: first }, { body: response(reservation(instance('i-3', '<privateIpAddress>10.0.1.3</privateIpAddress>'))) });
    await expect(ask(['i-1', 'i-2', 'i-3'], signal)).resolves.toEqual([
      { id: 'i-1', state: 'running', zone: 'eu-central-1a', address: '10.0.1.1' },
      { id: 'i-2', state: 'running', zone: 'eu-central-1a', address: '10.0.1.2' },
      { id: 'i-3', state: 'running', zone: 'eu-central-1a', address: '10.0.1.3' },
    ]);
    const asked = { Action: 'DescribeInstances', Version: '2016-11-15', 'Filter.1.Name': 'instance-id', 'Filter.1.Value.1': 'i-1', 'Filter.1.Value.2': 'i-2', 'Filter.1.Value.3': 'i-3', MaxResults: '1000' };
    expect(forms()).toEqual([asked, { ...asked, NextToken: 'more' }]);
  });

  test.each<[string, string, string | undefined]>([
    ['of its own', `<privateIpAddress>10.0.1.1</privateIpAddress><ipv6Address>2001:db8::1</ipv6Address>`, '10.0.1.1'],
    ['of version 6', `<ipv6Address>2001:db8::1</ipv6Address><networkInterfaceSet>${six('2001:db8::2')}</networkInterfaceSet>`, '2001:db8::1'],
    ['of version 6 of an interface', `<networkInterfaceSet>${six()}${six('2001:db8::2', '2001:db8::3')}</networkInterfaceSet>`, '2001:db8::2'],
    ['of the public alone', '<ipAddress>203.0.113.1</ipAddress>', undefined],
    ['that is empty', '<privateIpAddress/>', undefined],
  ])('have an address %s', async (_, more, address) => {
    const { describe: ask } = await instances({ body: response(reservation(instance('i-1', more))) });
    await expect(ask(['i-1'], signal)).resolves.toEqual([{ id: 'i-1', state: 'running', zone: 'eu-central-1a', ...(address === undefined ? {} : { address }) }]);
  });

  test('are left out where EC2 does not know them, and may be known by halves', async () => {
    const { describe: ask } = await instances({ body: response('') }, { body: response(reservation('<instanceId>i-1</instanceId>', '<privateIpAddress>10.0.0.1</privateIpAddress>')) });
    await expect(ask(['i-1'], signal)).resolves.toEqual([]);
    await expect(ask(['i-1'], signal)).resolves.toEqual([{ id: 'i-1', state: 'unknown' }, { id: '', state: 'unknown', address: '10.0.0.1' }]);
  });

  test.each<[string, AwsAnswerScript, object]>([
    ['an error', { status: 403, body: '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized</Message></Error></Errors><RequestID>r</RequestID></Response>' }, { code: 'UnauthorizedOperation', retryable: false, message: 'ec2:DescribeInstances failed: UnauthorizedOperation: You are not authorized' }],
    ['throttling', { status: 503, body: '<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slow</Message></Error></Errors></Response>' }, { code: 'RequestLimitExceeded', retryable: true }],
    ['no XML', { status: 200, body: 'nonsense' }, { code: 'HTTP 200' }],
    ['another document', { status: 200, body: '<Other/>' }, { code: 'HTTP 200', message: 'ec2:DescribeInstances failed: HTTP 200: no message' }],
    ['pages without an end', { body: response('', '<nextToken>more</nextToken>') }, { code: 'UnexpectedAnswer', retryable: false, message: 'ec2:DescribeInstances failed: UnexpectedAnswer: more than 20 pages' }],
  ])('are not described by %s', async (_, answer, failure) => {
    expect(await outcome((await instances(answer)).describe(['i-1'], signal))).toMatchObject({ name: 'ServiceFailure', ...failure });
  });
});
