import {
  BatchGetDeploymentGroupsCommand,
  BatchGetDeploymentTargetsCommand,
  BatchGetDeploymentsCommand,
  CodeDeployClient,
  ContinueDeploymentCommand,
  CreateDeploymentCommand,
  GetApplicationCommand,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  GetDeploymentTargetCommand,
  ListApplicationsCommand,
  ListDeploymentConfigsCommand,
  ListDeploymentGroupsCommand,
  ListDeploymentTargetsCommand,
  ListDeploymentsCommand,
  PutLifecycleEventHookExecutionStatusCommand,
  StopDeploymentCommand,
  DeploymentDoesNotExistException,
} from '@aws-sdk/client-codedeploy';
import { APP_SPEC, AwsWorld, EPOCH_MS } from './aws-world';

let world: AwsWorld;
let client: CodeDeployClient;

beforeEach(async () => {
  world = await AwsWorld.start();
  client = new CodeDeployClient(world.client());
});

afterEach(async () => {
  client.destroy();
  await world.close();
});

const revision = (content = APP_SPEC) => ({ revisionType: 'AppSpecContent' as const, appSpecContent: { content } });

async function create(input: Partial<ConstructorParameters<typeof CreateDeploymentCommand>[0]> = {}): Promise<string> {
  const { deploymentId } = await client.send(
    new CreateDeploymentCommand({ applicationName: 'shop', deploymentGroupName: 'shop-web', revision: revision(), ...input }),
  );
  return String(deploymentId);
}

const get = async (deploymentId: string) => (await client.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo;

describe('deployments', () => {
  test('CD-1 CD-3: a deployment is Created, then InProgress, with the real shape', async () => {
    const deploymentId = await create({ description: 'second' });
    expect(deploymentId).toMatch(/^d-[A-Z0-9]{9}$/);
    expect((await get(deploymentId))?.status).toBe('Created');
    world.playTo(2345);
    const info = await get(deploymentId);
    expect(info).toMatchObject({
      applicationName: 'shop',
      deploymentGroupName: 'shop-web',
      deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
      status: 'InProgress',
      creator: 'user',
      description: 'second',
      computePlatform: 'ECS',
      instanceTerminationWaitTimeStarted: false,
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 30 },
        terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 5 },
      },
    });
    expect(info?.createTime).toEqual(new Date(EPOCH_MS));
    expect(info?.startTime?.getTime()).toBe(EPOCH_MS + 1500);
    expect(info?.completeTime).toBeUndefined();
    expect(info?.deploymentOverview).toBeUndefined();
  });

  test('CD-4: the content of the AppSpec is null in GetDeployment, and GetApplicationRevision gives it by its hash', async () => {
    const info = await get(await create());
    const shown = info?.revision?.appSpecContent;
    expect(shown?.content ?? null).toBeNull();
    expect(shown?.sha256).toMatch(/^[0-9a-f]{64}$/);
    const found = await client.send(
      new GetApplicationRevisionCommand({
        applicationName: 'shop',
        revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: shown?.sha256 } },
      }),
    );
    expect(found.revision?.appSpecContent).toEqual({ content: APP_SPEC, sha256: shown?.sha256 });
    expect(found.revisionInfo?.deploymentGroups).toEqual(['shop-web']);
  });

  test('CD-5: the one target has the lifecycle events and the task sets', async () => {
    const deploymentId = await create();
    const { targetIds } = await client.send(new ListDeploymentTargetsCommand({ deploymentId }));
    expect(targetIds).toEqual(['main:web']);
    world.playTo(1600);
    const { deploymentTarget } = await client.send(new GetDeploymentTargetCommand({ deploymentId, targetId: 'main:web' }));
    const target = deploymentTarget?.ecsTarget;
    expect(deploymentTarget?.deploymentTargetType).toBe('ECSTarget');
    expect(target?.lifecycleEvents?.map((event) => [event.lifecycleEventName, event.status])).toEqual([
      ['BeforeInstall', 'InProgress'],
      ['Install', 'Pending'],
      ['AfterInstall', 'Pending'],
      ['AllowTestTraffic', 'Pending'],
      ['AfterAllowTestTraffic', 'Pending'],
      ['BeforeAllowTraffic', 'Pending'],
      ['AllowTraffic', 'Pending'],
      ['AfterAllowTraffic', 'Pending'],
    ]);
    expect(target?.lifecycleEvents?.[0]).not.toHaveProperty('hook');
    expect(target?.taskSetsInfo).toMatchObject([
      { status: 'PRIMARY', trafficWeight: 100, targetGroup: { name: 'web-blue' }, taskSetLabel: 'Blue' },
    ]);
    const many = await client.send(new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds: ['main:web'] }));
    expect(many.deploymentTargets).toEqual([deploymentTarget]);
  });

  test('CD-6: lists and batches', async () => {
    const first = await create();
    await client.send(new StopDeploymentCommand({ deploymentId: first }));
    world.playTo(10_000);
    const second = await create();
    expect(
      (await client.send(new ListDeploymentsCommand({ applicationName: 'shop', deploymentGroupName: 'shop-web' }))).deployments,
    ).toEqual([second, first]);
    expect(
      (
        await client.send(
          new ListDeploymentsCommand({ applicationName: 'shop', deploymentGroupName: 'shop-web', includeOnlyStatuses: ['Stopped'] }),
        )
      ).deployments,
    ).toEqual([first]);
    expect((await client.send(new ListDeploymentsCommand({ createTimeRange: { start: new Date(EPOCH_MS + 5000) } }))).deployments).toEqual([
      second,
    ]);
    const { deploymentsInfo } = await client.send(new BatchGetDeploymentsCommand({ deploymentIds: [first, second] }));
    expect(deploymentsInfo?.map((info) => info.status)).toEqual(['Stopped', 'Created']);
    expect(deploymentsInfo?.[0].errorInformation?.code).toBe('MANUAL_STOP');
    expect(deploymentsInfo?.[0].deploymentOverview).toMatchObject({ Succeeded: 0 });
  });

  test('CD-2: a YAML AppSpec with lower-case keys is taken', async () => {
    const content = [
      'version: 0.0',
      'resources:',
      '  - TargetService:',
      '      type: AWS::ECS::Service',
      '      properties:',
      '        taskdefinition: web:2',
      '        loadbalancerinfo: { containername: web, containerport: 8080 }',
      'hooks:',
      '  - beforeinstall: check-before',
    ].join('\n');
    await create({ revision: revision(content) });
    world.playTo(2000);
    expect(world.hooks.map((hook) => hook.functionName)).toEqual(['check-before']);
  });

  test('CD-7: ContinueDeployment before the wait is refused', async () => {
    const deploymentId = await create();
    await expect(client.send(new ContinueDeploymentCommand({ deploymentId, deploymentWaitType: 'READY_WAIT' }))).rejects.toMatchObject({
      name: 'DeploymentIsNotInReadyStateException',
    });
    await expect(
      client.send(new ContinueDeploymentCommand({ deploymentId, deploymentWaitType: 'NO_WAIT' as 'READY_WAIT' })),
    ).rejects.toMatchObject({
      name: 'InvalidDeploymentWaitTypeException',
    });
  });
});

describe('hook reports', () => {
  test('CD-8: a report reaches the deployment once; a second one is already completed', async () => {
    const deploymentId = await create();
    world.playTo(2000);
    const { LifecycleEventHookExecutionId } = world.hooks[0].payload;
    const report = new PutLifecycleEventHookExecutionStatusCommand({
      deploymentId,
      lifecycleEventHookExecutionId: LifecycleEventHookExecutionId,
      status: 'Succeeded',
    });
    expect((await client.send(report)).lifecycleEventHookExecutionId).toBe(LifecycleEventHookExecutionId);
    world.playTo(2300);
    await expect(client.send(report)).rejects.toMatchObject({ name: 'LifecycleEventAlreadyCompletedException' });
  });

  test('CD-8: statuses other than Succeeded and Failed are refused', async () => {
    const deploymentId = await create();
    await expect(
      client.send(new PutLifecycleEventHookExecutionStatusCommand({ deploymentId, lifecycleEventHookExecutionId: 'x', status: 'Skipped' })),
    ).rejects.toMatchObject({
      name: 'InvalidLifecycleEventHookExecutionStatusException',
      message: "status must be Succeeded or Failed, got 'Skipped'",
    });
    await expect(client.send(new PutLifecycleEventHookExecutionStatusCommand({ deploymentId, status: 'Failed' }))).rejects.toMatchObject({
      name: 'InvalidLifecycleEventHookExecutionIdException',
    });
  });

  test("AWS-4: a denied report gets AWS's own text", async () => {
    const deploymentId = await create();
    world.denied.add('codedeploy:PutLifecycleEventHookExecutionStatus');
    const hook = new CodeDeployClient(world.client('FUNCTION'));
    await expect(
      hook.send(new PutLifecycleEventHookExecutionStatusCommand({ deploymentId, lifecycleEventHookExecutionId: 'x', status: 'Failed' })),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:sts::111122223333:assumed-role/hook-role/hook is not authorized to perform: codedeploy:PutLifecycleEventHookExecutionStatus on resource: ' +
        'arn:aws:codedeploy:eu-central-1:111122223333:deploymentgroup:shop/shop-web because no identity-based policy allows the codedeploy:PutLifecycleEventHookExecutionStatus action',
      $metadata: { httpStatusCode: 400 },
    });
    hook.destroy();
  });
});

describe('applications, groups and configurations', () => {
  test('CD-9: they are those of the template', async () => {
    expect((await client.send(new ListApplicationsCommand({}))).applications).toEqual(['shop']);
    expect((await client.send(new GetApplicationCommand({ applicationName: 'shop' }))).application).toMatchObject({
      applicationName: 'shop',
      computePlatform: 'ECS',
    });
    expect((await client.send(new ListDeploymentGroupsCommand({ applicationName: 'shop' }))).deploymentGroups).toEqual(['shop-web']);
    const { deploymentGroupInfo } = await client.send(
      new GetDeploymentGroupCommand({ applicationName: 'shop', deploymentGroupName: 'shop-web' }),
    );
    expect(deploymentGroupInfo).toMatchObject({
      serviceRoleArn: 'arn:aws:iam::111122223333:role/deployer',
      ecsServices: [{ serviceName: 'web', clusterName: 'main' }],
      alarmConfiguration: { enabled: true, ignorePollAlarmFailure: false, alarms: [{ name: 'shop-errors' }] },
      autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] },
      loadBalancerInfo: { targetGroupPairInfoList: [{ targetGroups: [{ name: 'web-blue' }, { name: 'web-green' }] }] },
    });
    const batch = await client.send(
      new BatchGetDeploymentGroupsCommand({ applicationName: 'shop', deploymentGroupNames: ['shop-web', 'none'] }),
    );
    expect(batch.deploymentGroupsInfo).toEqual([deploymentGroupInfo]);
  });

  test('CD-10: predefined and own configurations', async () => {
    const { deploymentConfigsList } = await client.send(new ListDeploymentConfigsCommand({}));
    expect(deploymentConfigsList).toHaveLength(15);
    expect(deploymentConfigsList).toEqual(
      expect.arrayContaining(['CodeDeployDefault.ECSAllAtOnce', 'CodeDeployDefault.LambdaCanary10Percent5Minutes', 'shop-linear']),
    );
    const { deploymentConfigInfo } = await client.send(new GetDeploymentConfigCommand({ deploymentConfigName: 'shop-linear' }));
    expect(deploymentConfigInfo?.trafficRoutingConfig).toEqual({
      type: 'TimeBasedLinear',
      timeBasedLinear: { linearPercentage: 20, linearInterval: 2 },
    });
  });
});

describe('refusals', () => {
  test('CD-11: the AWS exception class for an unknown deployment', async () => {
    const error = await get('d-NOTTHERE1').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DeploymentDoesNotExistException);
    expect(error).toMatchObject({ message: 'The deployment d-NOTTHERE1 could not be found' });
  });

  test.each([
    ['an unknown application', { applicationName: 'none' }, 'ApplicationDoesNotExistException', 'No application found for name: none'],
    [
      'an unknown group',
      { deploymentGroupName: 'none' },
      'DeploymentGroupDoesNotExistException',
      'No Deployment Group found for name: none',
    ],
    ['no group', { deploymentGroupName: undefined }, 'DeploymentGroupNameRequiredException', 'the deployment group name is missing'],
    ['no revision', { revision: undefined }, 'RevisionRequiredException', 'the revision is missing'],
    [
      'a revision in S3',
      { revision: { revisionType: 'S3' as const } },
      'InvalidRevisionException',
      "revisionType must be AppSpecContent, got 'S3'; the rehearsal reads no S3 and no GitHub",
    ],
    [
      'an unknown configuration',
      { deploymentConfigName: 'none' },
      'DeploymentConfigDoesNotExistException',
      'No Deployment Configuration found for name: none',
    ],
    [
      'a configuration for Lambda',
      { deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce' },
      'InvalidDeploymentConfigNameException',
      "'CodeDeployDefault.LambdaAllAtOnce' is not a deployment configuration of the ECS compute platform",
    ],
    [
      'rollback without events',
      { autoRollbackConfiguration: { enabled: true } },
      'InvalidAutoRollbackConfigException',
      'Deployment Groups need to have at least one event specified when auto rollback is enabled',
    ],
    [
      'target instances',
      { targetInstances: {} },
      'InvalidTargetInstancesException',
      'targetInstances belongs to deployments to instances, not to an ECS deployment',
    ],
  ])('CD-12: fails when CreateDeployment has %s', async (_what, input, name, message) => {
    await expect(create(input)).rejects.toMatchObject({ name, message });
  });

  test('CD-12: fails when a deployment runs already', async () => {
    const running = await create();
    await expect(create()).rejects.toMatchObject({
      name: 'DeploymentLimitExceededException',
      message: `The Deployment Group 'shop-web' already has an active Deployment '${running}'`,
    });
  });

  test('CD-13: fails when a target is unknown', async () => {
    const deploymentId = await create();
    await expect(client.send(new GetDeploymentTargetCommand({ deploymentId, targetId: 'main:other' }))).rejects.toMatchObject({
      name: 'DeploymentTargetDoesNotExistException',
    });
    await expect(client.send(new GetDeploymentCommand({ deploymentId: 'nonsense' }))).rejects.toMatchObject({
      name: 'InvalidDeploymentIdException',
    });
    await expect(client.send(new GetDeploymentCommand({ deploymentId: undefined }))).rejects.toMatchObject({
      name: 'DeploymentIdRequiredException',
    });
  });
});
