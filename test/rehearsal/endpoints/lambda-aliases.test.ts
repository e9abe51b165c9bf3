/** Deployments to an alias, and the function behind it, as clients of AWS see them. */
import {
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  CreateDeploymentCommand,
  GetApplicationCommand,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  ListDeploymentTargetsCommand,
  PutLifecycleEventHookExecutionStatusCommand,
} from '@aws-sdk/client-codedeploy';
import { GetAliasCommand, GetFunctionConfigurationCommand, InvokeCommand, LambdaClient, ListAliasesCommand } from '@aws-sdk/client-lambda';

import { codeDeployBackend } from '../../../rehearsal/endpoints/codedeploy-backend';
import { stringRevision } from '../../../rehearsal/endpoints/codedeploy-revision';
import { LambdaDeployments } from '../../../rehearsal/engine/alias/lambda-deployments';
import { ServiceError } from '../../../rehearsal/engine/ports';
import { seededRandom } from '../../../rehearsal/engine/random';
import { LAMBDA_GROUP } from '../engine/alias/lambda-stage';
import { AwsWorld } from './aws-world';

const APP_SPEC = JSON.stringify({ version: '0.0', Resources: [{ PlaceOrder: { Type: 'AWS::Lambda::Function', Properties: { Name: 'place-order', Alias: 'live', CurrentVersion: '1', TargetVersion: '2' } } }] });
const ARN = LAMBDA_GROUP.functionArn;

let world: AwsWorld;
let deployments: LambdaDeployments;
let codeDeploy: CodeDeployClient;
let lambda: LambdaClient;
let answer: () => Promise<object>;

beforeEach(async () => {
  answer = () => Promise.resolve({ end: 'returned', payload: { placed: true }, log: ['one order'], executedVersion: '2' });
  world = await AwsWorld.start(({ scheduler }) => {
    deployments = new LambdaDeployments({
      group: { ...LAMBDA_GROUP, alarmNames: [] },
      scheduler,
      random: seededRandom(1),
      hooks: { invoke: () => ({ accepted: true }) },
      alarms: { state: () => 'OK' },
      initialRelease: 'r0',
    });
    return {
      codeDeploy: codeDeployBackend([], [{ deploymentConfigName: 'orders-slow', routing: { type: 'TimeBasedLinear', percentage: 5, intervalMinutes: 2 }, platform: 'Lambda' }], [{ group: { ...LAMBDA_GROUP, alarmNames: [] }, deployments, releaseOf: (version) => `r${Number(version) - 1}`, isPublished: (version) => version !== '9' }]),
      lambda: {
        find: (name) => (['place-order', ARN].includes(name) ? { arn: ARN, timeoutMs: 3000 } : undefined),
        isQualifier: (_arn, qualifier) => ['live', '1', '2', '$LATEST'].includes(qualifier),
        invoke: async (arn, invocation) => {
          world.invoked.push({ arn, asynchronous: false, ...invocation });
          return (await answer()) as never;
        },
        invokeLater: () => ({ accepted: true }),
      },
      functions: {
        alias: (_arn, name) => (name === 'live' ? { name, ...deployments.alias.configuration } : undefined),
        configuration: (_arn, qualifier = '$LATEST') =>
          ['$LATEST', '2'].includes(qualifier) ? { functionName: 'place-order', version: qualifier, runtime: 'nodejs22.x', handler: 'index.handler', roleArn: 'arn:aws:iam::111122223333:role/orders', timeoutSeconds: 3, memoryMb: 128 } : undefined,
      },
    };
  });
  codeDeploy = new CodeDeployClient(world.client('FUNCTION'));
  lambda = new LambdaClient(world.client('FUNCTION'));
});

afterEach(async () => {
  codeDeploy.destroy();
  lambda.destroy();
  await world.close();
});

const start = (hooks = {}): string => deployments.create({ release: 'r1', currentVersion: '1', targetVersion: '2', hooks, revision: stringRevision(APP_SPEC) });

describe('CodeDeploy', () => {
  test('CD-14: GetDeployment tells of a deployment to Lambda, whose revision is a text that CloudFormation wrote', async () => {
    const deploymentId = start();
    world.playTo(65_000);
    const { deploymentInfo } = await codeDeploy.send(new GetDeploymentCommand({ deploymentId }));
    expect(deploymentInfo).toMatchObject({
      applicationName: 'orders',
      deploymentGroupName: 'orders-group',
      computePlatform: 'Lambda',
      creator: 'CloudFormation',
      status: 'InProgress',
      instanceTerminationWaitTimeStarted: false,
      revision: { revisionType: 'String', string: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    });
    // Null on the wire, which the SDK leaves out.
    expect(deploymentInfo!.revision!.string!.content).toBeUndefined();
    expect(deploymentInfo).not.toHaveProperty('loadBalancerInfo');
    expect(deploymentInfo).not.toHaveProperty('blueGreenDeploymentConfiguration');
    const { revision } = await codeDeploy.send(new GetApplicationRevisionCommand({ applicationName: 'orders', revision: { revisionType: 'String', string: { sha256: deploymentInfo!.revision!.string!.sha256 } } }));
    expect(revision).toEqual({ revisionType: 'String', string: { content: APP_SPEC, sha256: deploymentInfo!.revision!.string!.sha256 } });
  });

  test('CD-15: its one target is the function, with alias, versions and weight', async () => {
    const deploymentId = start();
    world.playTo(65_000);
    const { targetIds } = await codeDeploy.send(new ListDeploymentTargetsCommand({ deploymentId }));
    expect(targetIds).toEqual(['place-order:live']);
    const { deploymentTargets } = await codeDeploy.send(new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds }));
    expect(deploymentTargets).toEqual([
      {
        deploymentTargetType: 'LambdaTarget',
        lambdaTarget: {
          deploymentId,
          targetId: 'place-order:live',
          targetArn: ARN,
          status: 'InProgress',
          lastUpdatedAt: expect.any(Date),
          lifecycleEvents: [
            { lifecycleEventName: 'BeforeAllowTraffic', status: 'Succeeded', startTime: expect.any(Date), endTime: expect.any(Date) },
            { lifecycleEventName: 'AllowTraffic', status: 'InProgress', startTime: expect.any(Date) },
            { lifecycleEventName: 'AfterAllowTraffic', status: 'Pending' },
          ],
          lambdaFunctionInfo: { functionName: 'place-order', functionAlias: 'live', currentVersion: '1', targetVersion: '2', targetVersionWeight: 10 },
        },
      },
    ]);
  });

  test('CD-16: application, group and configurations are of its platform', async () => {
    expect((await codeDeploy.send(new GetApplicationCommand({ applicationName: 'orders' }))).application?.computePlatform).toBe('Lambda');
    const { deploymentGroupInfo } = await codeDeploy.send(new GetDeploymentGroupCommand({ applicationName: 'orders', deploymentGroupName: 'orders-group' }));
    expect(deploymentGroupInfo).toMatchObject({ computePlatform: 'Lambda', deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' } });
    expect(deploymentGroupInfo).not.toHaveProperty('ecsServices');
    expect((await codeDeploy.send(new GetDeploymentConfigCommand({ deploymentConfigName: 'orders-slow' }))).deploymentConfigInfo?.computePlatform).toBe('Lambda');
  });

  const create = (content: string, more: object = {}) =>
    codeDeploy.send(new CreateDeploymentCommand({ applicationName: 'orders', deploymentGroupName: 'orders-group', revision: { revisionType: 'AppSpecContent', appSpecContent: { content } }, ...more }));

  test('CD-17: CreateDeployment takes the AppSpec of a function, in JSON or YAML', async () => {
    const { deploymentId } = await create(APP_SPEC, { deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce' });
    expect(deployments.get(deploymentId!)).toMatchObject({ creator: 'user', release: 'r1', deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce', target: { lambdaFunctionInfo: { currentVersion: '1', targetVersion: '2' } } });
    world.playTo(10_000);
    expect(deployments.alias.configuration.functionVersion).toBe('2');
    const yaml = 'version: 0.0\nresources:\n- f: { type: AWS::Lambda::Function, properties: { name: place-order, alias: live, currentVersion: 2, targetVersion: 3 } }\nhooks:\n- BeforeAllowTraffic: check\n';
    const second = deployments.get((await create(yaml)).deploymentId!);
    expect([second.release, second.target.lambdaFunctionInfo]).toEqual(['r2', expect.objectContaining({ currentVersion: '2', targetVersion: '3' })]);
    world.playTo(12_000);
    expect(deployments.get(second.deploymentId).target.lifecycleEvents[0]!.hook?.function).toBe('check');
  });

  test.each<[string, string, object, string, string]>([
    ['two functions', APP_SPEC.replace('"Resources":[', '"Resources":[{"Other":{}},'), {}, 'InvalidRevisionException', 'Resources must hold exactly one function, got 2'],
    ['a service', APP_SPEC.replace('AWS::Lambda::Function', 'AWS::ECS::Service'), {}, 'InvalidRevisionException', "Type must be 'AWS::Lambda::Function', got 'AWS::ECS::Service'"],
    ['no alias', APP_SPEC.replace('"live"', '""'), {}, 'InvalidRevisionException', 'Alias must not be empty'],
    ['a version that is not published', APP_SPEC.replace('"2"', '"$LATEST"'), {}, 'InvalidRevisionException', "TargetVersion must be the number of a published version, got '$LATEST'"],
    ['a hook of ECS', APP_SPEC.replace('"version"', '"Hooks":[{"AfterInstall":"x"}],"version"'), {}, 'InvalidRevisionException', "'AfterInstall' is not a hook of a Lambda deployment; use one of BeforeAllowTraffic, AfterAllowTraffic"],
    ['a configuration of ECS', APP_SPEC, { deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce' }, 'InvalidDeploymentConfigNameException', "'CodeDeployDefault.ECSAllAtOnce' is not a deployment configuration of the Lambda compute platform"],
    ['another alias', APP_SPEC.replace('"live"', '"beta"'), {}, 'UnknownOperationException', 'a deployment to alias beta of place-order is not modelled by the rehearsal, which plays live of place-order'],
  ])('CD-17: CreateDeployment refuses %s', async (_what, content, more, name, message) => {
    await expect(create(content, more)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  test('CD-8: hooks report as those of ECS do', async () => {
    const deploymentId = start({ BeforeAllowTraffic: 'hook' });
    world.playTo(2000);
    const { executionId } = deployments.get(deploymentId).target.lifecycleEvents[0]!.hook!;
    await codeDeploy.send(new PutLifecycleEventHookExecutionStatusCommand({ deploymentId, lifecycleEventHookExecutionId: executionId, status: 'Failed' }));
    expect(deployments.get(deploymentId).status).toBe('Failed');
  });
});

describe('Lambda', () => {
  test('LA-6: GetAlias tells version and weights of the moment', async () => {
    const before = await lambda.send(new GetAliasCommand({ FunctionName: 'place-order', Name: 'live' }));
    expect(before).toMatchObject({ AliasArn: `${ARN}:live`, Name: 'live', FunctionVersion: '1' });
    expect(before).not.toHaveProperty('RoutingConfig');
    start();
    world.playTo(65_000);
    // The connection of the first client was idle for too long meanwhile.
    const later = new LambdaClient(world.client());
    const during = await later.send(new GetAliasCommand({ FunctionName: ARN, Name: 'live' }));
    later.destroy();
    expect(during).toMatchObject({ FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: { 2: 0.1 } } });
    expect(during.RevisionId).not.toBe(before.RevisionId);
    expect(world.calls).toEqual([expect.anything(), expect.objectContaining({ action: 'lambda:GetAlias', resource: ARN })]);
  });

  test('LA-7: GetFunctionConfiguration tells of a version', async () => {
    const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'place-order', Qualifier: '2' }));
    expect(configuration).toMatchObject({ FunctionName: 'place-order', FunctionArn: `${ARN}:2`, Version: '2', Runtime: 'nodejs22.x', Timeout: 3, MemorySize: 128, State: 'Active' });
    expect((await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'place-order' }))).Version).toBe('$LATEST');
    expect(world.calls.map(({ action, resource }) => `${action} ${resource}`)).toEqual([`lambda:GetFunctionConfiguration ${ARN}:2`, `lambda:GetFunctionConfiguration ${ARN}`]);
  });

  test.each([
    ['an alias', () => lambda.send(new GetAliasCommand({ FunctionName: 'place-order', Name: 'other' })), `Cannot find alias arn: ${ARN}:other`],
    ['the function of an alias', () => lambda.send(new GetAliasCommand({ FunctionName: 'unknown', Name: 'live' })), 'Function not found: unknown'],
    ['a version', () => lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'place-order', Qualifier: '9' })), `Function not found: ${ARN}:9`],
    ['what is to be invoked', () => lambda.send(new InvokeCommand({ FunctionName: 'place-order', Qualifier: '9' })), `Function not found: ${ARN}:9`],
  ])('LA-8: %s that is not there is ResourceNotFoundException', async (_what, send, message) => {
    await expect(send()).rejects.toMatchObject({ name: 'ResourceNotFoundException', message, $metadata: { httpStatusCode: 404 } });
  });

  test('LA-9: an invocation by a qualifier says which version ran', async () => {
    const running = lambda.send(new InvokeCommand({ FunctionName: 'place-order', Qualifier: 'live', LogType: 'Tail' }));
    const { ExecutedVersion, Payload, LogResult } = await running;
    expect([ExecutedVersion, Payload?.transformToString()]).toEqual(['2', '{"placed":true}']);
    expect(Buffer.from(String(LogResult), 'base64').toString()).toMatch(/^START RequestId: \S+ Version: 2\none order\n/);
    expect(world.invoked).toEqual([{ arn: ARN, asynchronous: false, payload: {}, qualifier: 'live' }]);
  });

  test('LA-10: one that is throttled is TooManyRequestsException', async () => {
    answer = () => Promise.reject(new ServiceError('TooManyRequestsException', 'Rate Exceeded.', 429));
    await expect(lambda.send(new InvokeCommand({ FunctionName: 'place-order', Qualifier: '2' }))).rejects.toMatchObject({ name: 'TooManyRequestsException', $metadata: { httpStatusCode: 429 } });
  });

  test('AWS-4: a denial comes before anything is told', async () => {
    world.denied.add('lambda:GetAlias');
    await expect(lambda.send(new GetAliasCommand({ FunctionName: 'place-order', Name: 'other' }))).rejects.toMatchObject({ name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } });
  });

  test('AWS-5: the rest is listed', async () => {
    await expect(lambda.send(new ListAliasesCommand({ FunctionName: 'place-order' }))).rejects.toMatchObject({ name: 'UnknownOperationException' });
    expect(world.endpoint.notModelled).toEqual([{ service: 'lambda', operation: 'GET /2015-03-31/functions/place-order/aliases' }]);
  });
});
