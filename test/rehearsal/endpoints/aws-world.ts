/** A deployment group, its alarms and two functions behind a running AWS endpoint. */
import type { HookInvocation } from '../../../rehearsal/engine/ports';
import { TaskDefinitions } from '../../../rehearsal/cloudformation/task-definitions';
import { Alarms } from '../../../rehearsal/engine/alarms';
import { Builds } from '../../../rehearsal/engine/builds';
import { ChangeCalendars } from '../../../rehearsal/engine/change-calendars';
import type { DeploymentGroupModel } from '../../../rehearsal/engine/deployment-group';
import { Deployments } from '../../../rehearsal/engine/deployments';
import { LogGroups } from '../../../rehearsal/engine/log-groups';
import { ParameterStore } from '../../../rehearsal/engine/parameter-store';
import { MetricStore } from '../../../rehearsal/engine/metrics';
import { seededRandom } from '../../../rehearsal/engine/random';
import { EventScheduler } from '../../../rehearsal/engine/scheduler';
import type { ServiceRevision } from '../../../rehearsal/engine/service-task-sets';
import { Stacks, type StackRecord } from '../../../rehearsal/engine/stacks';
import { stateMachineDefinition } from '../../../rehearsal/engine/state-machine/definition';
import { StateMachines } from '../../../rehearsal/engine/state-machine/state-machines';
import type { AwsEndpoint, AwsEndpointOptions } from '../../../rehearsal/endpoints/aws-endpoint';
import { startAwsEndpoint } from '../../../rehearsal/endpoints/aws-endpoint';
import type { AuthorizedCall } from '../../../rehearsal/endpoints/aws-service';
import { accessDeniedMessage } from '../../../rehearsal/endpoints/aws-service';
import { cloudWatchBackend } from '../../../rehearsal/endpoints/cloudwatch-backend';
import { codeDeployBackend } from '../../../rehearsal/endpoints/codedeploy-backend';
import type { LambdaResult } from '../../../rehearsal/endpoints/lambda-invoke';
import { Conductor } from '../../../rehearsal/sandbox/conductor';

export const EPOCH_MS = Date.UTC(2026, 0, 1);
export const REGION = 'eu-central-1';
export const ACCOUNT = '111122223333';
const ARN = `arn:aws`;

export const GROUP: DeploymentGroupModel = {
  applicationName: 'shop',
  deploymentGroupName: 'shop-web',
  applicationArn: `${ARN}:codedeploy:${REGION}:${ACCOUNT}:application:shop`,
  deploymentGroupArn: `${ARN}:codedeploy:${REGION}:${ACCOUNT}:deploymentgroup:shop/shop-web`,
  deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
  traffic: { type: 'TimeBasedCanary', percentage: 10, intervalMinutes: 5 },
  serviceRoleArn: `${ARN}:iam::${ACCOUNT}:role/deployer`,
  clusterName: 'main',
  serviceName: 'web',
  serviceArn: `${ARN}:ecs:${REGION}:${ACCOUNT}:service/main/web`,
  targetGroups: [
    { name: 'web-blue', arn: `${ARN}:elasticloadbalancing:${REGION}:${ACCOUNT}:targetgroup/web-blue/1` },
    { name: 'web-green', arn: `${ARN}:elasticloadbalancing:${REGION}:${ACCOUNT}:targetgroup/web-green/2` },
  ],
  productionListenerArn: `${ARN}:elasticloadbalancing:${REGION}:${ACCOUNT}:listener/app/shop/1/2`,
  testListenerArn: `${ARN}:elasticloadbalancing:${REGION}:${ACCOUNT}:listener/app/shop/1/3`,
  approvalWaitMinutes: 30,
  terminationWaitMinutes: 5,
  rollbackEvents: ['DEPLOYMENT_FAILURE'],
  alarmNames: ['shop-errors'],
  ignorePollAlarmFailure: false,
};

/** What runs before the first deployment. */
export const FIRST_REVISION: ServiceRevision = {
  TaskDefinition: `${ARN}:ecs:${REGION}:${ACCOUNT}:task-definition/web:1`,
  LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
  PlatformVersion: '1.4.0',
  NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: ['sg-1'], AssignPublicIp: 'DISABLED' } },
};

export const APP_SPEC = JSON.stringify({
  version: '0.0',
  Resources: [
    {
      TargetService: {
        Type: 'AWS::ECS::Service',
        Properties: {
          TaskDefinition: `${ARN}:ecs:${REGION}:${ACCOUNT}:task-definition/web:2`,
          LoadBalancerInfo: { ContainerName: 'web', ContainerPort: 8080 },
        },
      },
    },
  ],
  Hooks: [{ BeforeInstall: 'check-before' }],
});

const elb = (resource: string): string => `${ARN}:elasticloadbalancing:${REGION}:${ACCOUNT}:${resource}`;
const [BLUE_ARN, GREEN_ARN] = [elb('targetgroup/blue/89ab'), elb('targetgroup/green/cdef')];

/** In the middle of a shift. */
export const BALANCER = {
  arn: elb('loadbalancer/app/shop/50dc6c495c0c9188'),
  listeners: [
    { arn: elb('listener/app/shop/50dc6c495c0c9188/1'), port: 443, protocol: 'HTTPS', forward: [{ arn: BLUE_ARN, weight: 90 }, { arn: GREEN_ARN, weight: 10 }] },
    { arn: elb('listener/app/shop/50dc6c495c0c9188/2'), port: 8443, protocol: 'HTTPS', forward: [{ arn: GREEN_ARN, weight: 100 }] },
  ],
  targetGroups: [{ arn: BLUE_ARN, name: 'blue' }, { arn: GREEN_ARN, name: 'green' }],
} as const;

export class AwsWorld {
  readonly scheduler = new EventScheduler();
  readonly conductor = new Conductor({ scheduler: this.scheduler, epochMs: EPOCH_MS });
  readonly metrics = new MetricStore();
  readonly calls: AuthorizedCall[] = [];
  /** Actions that the access key `FUNCTION` may not use. */
  readonly denied = new Set<string>();
  readonly hooks: { functionName: string; payload: { DeploymentId: string; LifecycleEventHookExecutionId: string } }[] = [];
  readonly invoked: { arn: string; payload: unknown; asynchronous: boolean; clientContext?: object }[] = [];
  lambda: (payload: unknown) => LambdaResult = (payload) => ({ end: 'returned', payload });
  queue: HookInvocation = { accepted: true };
  readonly deployments = new Deployments({
    group: GROUP,
    scheduler: this.scheduler,
    random: seededRandom(1),
    hooks: {
      invoke: (functionName, payload) => {
        this.hooks.push({ functionName, payload });
        return { accepted: true };
      },
    },
    alarms: { state: (name) => this.alarms.state(name) },
    initialRelease: 'r0',
  });
  readonly alarms = new Alarms({
    scheduler: this.scheduler,
    metrics: this.metrics,
    epochMs: EPOCH_MS,
    definitions: [
      {
        type: 'metric',
        name: 'shop-errors',
        arn: `${ARN}:cloudwatch:${REGION}:${ACCOUNT}:alarm:shop-errors`,
        properties: {
          Namespace: 'shop',
          MetricName: 'Errors',
          Dimensions: [{ Name: 'Service', Value: 'web' }],
          Statistic: 'Sum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1.5,
          ComparisonOperator: 'GreaterThanThreshold',
          TreatMissingData: 'notBreaching',
        },
      },
      {
        type: 'composite',
        name: 'shop-any',
        arn: `${ARN}:cloudwatch:${REGION}:${ACCOUNT}:alarm:shop-any`,
        properties: { AlarmRule: 'ALARM("shop-errors")' },
      },
    ],
  });
  readonly taskDefinitions = new TaskDefinitions();
  readonly builds = new Builds(
    [
      {
        name: 'suite',
        arn: `${ARN}:codebuild:${REGION}:${ACCOUNT}:project/suite`,
        scripts: [
          {
            afterMs: 90_000,
            status: 'FAILED',
            cases: [
              { name: 'pays', status: 'SUCCEEDED', durationMs: 250 },
              { name: 'ships', status: 'FAILED', message: 'no label' },
            ],
          },
          { afterMs: 600_000, status: 'SUCCEEDED' },
        ],
      },
      { name: 'untold', arn: `${ARN}:codebuild:${REGION}:${ACCOUNT}:project/untold`, scripts: [] },
    ],
    () => this.conductor.now(),
  );
  readonly parameters = new ParameterStore(() => this.conductor.now());
  readonly secrets = [
    { name: 'web/login', arn: `${ARN}:secretsmanager:${REGION}:${ACCOUNT}:secret:web/login-AbC123`, text: '{"password":"p4ss"}' },
    { name: 'web/key', arn: `${ARN}:secretsmanager:${REGION}:${ACCOUNT}:secret:web/key-DeF456`, text: 'word', keyArn: `${ARN}:kms:${REGION}:${ACCOUNT}:key/k-1` },
  ];
  readonly logs = new LogGroups(['/aws/lambda/quiet'], { logIngestionMs: 2000 });
  readonly stacks: readonly StackRecord[] = [
    { stackName: 'shop', stackId: `${ARN}:cloudformation:${REGION}:${ACCOUNT}:stack/shop/11111111-2222-4333-8444-555555555555`, status: 'UPDATE_IN_PROGRESS', createdAt: 0, updatedAt: 60_000 },
    { stackName: 'gone', stackId: `${ARN}:cloudformation:${REGION}:${ACCOUNT}:stack/gone/1`, status: 'DELETE_COMPLETE', statusReason: 'User & Co', createdAt: 0 },
  ];
  readonly stackRecords = new Stacks(this.stacks);
  readonly machineArn = `${ARN}:states:${REGION}:${ACCOUNT}:stateMachine:deployer`;
  readonly stateMachines = new StateMachines({
    scheduler: this.scheduler,
    epochMs: EPOCH_MS,
    machine: (arn) =>
      arn === this.machineArn
        ? { name: 'deployer', arn, roleArn: 'role', definition: stateMachineDefinition({ StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 60, End: true } } }) }
        : undefined,
    runTask: () => new Promise(() => undefined),
  });
  endpoint!: AwsEndpoint;

  /** @param more what of the endpoint is to be another one */
  static async start(more: (world: AwsWorld) => Partial<AwsEndpointOptions> = () => ({})): Promise<AwsWorld> {
    const world = new AwsWorld();
    world.endpoint = await startAwsEndpoint({
      conductor: world.conductor,
      place: { partition: 'aws', region: REGION, accountId: ACCOUNT },
      authorizer: { authorize: (call) => world.#authorize(call) },
      codeDeploy: codeDeployBackend(
        [{ group: GROUP, deployments: world.deployments, release: () => ({ id: 'r1', startupMs: 1000 }) }],
        [{ deploymentConfigName: 'shop-linear', routing: { type: 'TimeBasedLinear', percentage: 20, intervalMinutes: 2 } }],
      ),
      cloudWatch: cloudWatchBackend(world.alarms, world.metrics),
      lambda: {
        find: (name) =>
          ['greet', `${ARN}:lambda:${REGION}:${ACCOUNT}:function:greet`].includes(name)
            ? { arn: `${ARN}:lambda:${REGION}:${ACCOUNT}:function:greet`, timeoutMs: 3000 }
            : undefined,
        invoke: async (arn, { payload, clientContext }) => {
          world.invoked.push({ arn, payload, asynchronous: false, ...(clientContext === undefined ? {} : { clientContext }) });
          return world.lambda(payload);
        },
        invokeLater: (arn, payload) => {
          world.invoked.push({ arn, payload, asynchronous: true });
          return world.queue;
        },
      },
      builds: world.builds,
      calendars: new ChangeCalendars([
        { name: 'sale', open: true, changesAt: 60_000 },
        { name: 'freeze', open: false },
      ]),
      parameters: world.parameters,
      secrets: world.secrets,
      stateMachines: world.stateMachines,
      logs: world.logs,
      services: () => [
        {
          clusterName: GROUP.clusterName,
          serviceName: GROUP.serviceName,
          serviceArn: GROUP.serviceArn,
          launchType: 'FARGATE',
          taskSets: () => world.deployments.serviceTaskSets(FIRST_REVISION),
        },
      ],
      stacks: world.stackRecords,
      taskDefinitions: world.taskDefinitions,
      balancers: () => [BALANCER],
      loadBalancers: () => [{ fullName: 'app/shop/50dc6c495c0c9188', privateAddresses: ['10.0.1.10', '10.0.2.10'] }],
      ...more(world),
    });
    return world;
  }

  /** Plays the engine up to this virtual time. */
  playTo(at: number): void {
    while ((this.scheduler.nextAt() ?? Infinity) <= at) {
      this.scheduler.runNext();
    }
    this.scheduler.advanceTo(at);
  }

  /** Configuration of an SDK client; without a key the caller is an operator. */
  client(accessKeyId = 'OPERATOR'): {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    maxAttempts: number;
  } {
    return { endpoint: this.endpoint.url, region: REGION, credentials: { accessKeyId, secretAccessKey: 'secret' }, maxAttempts: 1 };
  }

  close(): Promise<void> {
    return this.endpoint.close();
  }

  #authorize(call: AuthorizedCall): { allowed: true } | { allowed: false; message: string } {
    this.calls.push(call);
    const { accessKeyId, action, resource } = call;
    return accessKeyId === 'FUNCTION' && this.denied.has(action)
      ? {
          allowed: false,
          message: accessDeniedMessage({ principalArn: `${ARN}:sts::${ACCOUNT}:assumed-role/hook-role/hook`, action, resource }),
        }
      : { allowed: true };
  }
}
