/** A rollout whose cluster, load balancer, hooks and alarms are other stacks' of its stage; the stages have the same names for everything. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, Duration, Stack, Stage } from 'aws-cdk-lib/core';
import type { Environment } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { EcsEndpoint, EcsRollout, HttpAssertion, HttpCheck, LifecycleHook, RollbackAlarm, TrafficShift } from '../../../lib';
import type { Report } from '../../../lib/model/report';
import '../../lib/support/sample';
import { greenlight, rehearse } from '../../support/greenlight';

const folder = mkdtempSync(join(tmpdir(), 'greenlight-stages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The function tells in what it throws where it believes to be. */
const TELLS_ITS_STAGE = "exports.handler = async () => { throw new Error('no tables in ' + process.env.STAGE); };";

/** What the stages have in common is made under the same names in each. */
class Network extends Stack {
  readonly vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
  readonly cluster = new ecs.Cluster(this, 'Cluster', { vpc: this.vpc });
  readonly loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'Balancer', { vpc: this.vpc });
}

class Hooks extends Stack {
  readonly migration: lambda.Function;
  readonly errors: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, stage: string) {
    super(scope, id, { stackName: 'shop-hooks' });
    this.migration = new lambda.Function(this, 'Migration', {
      functionName: 'migration',
      code: lambda.Code.fromInline(stage.startsWith('Broken') ? TELLS_ITS_STAGE : 'exports.handler = async () => ({});'),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      environment: { STAGE: stage },
    });
    const metric = new cloudwatch.Metric({ namespace: 'Shop', metricName: 'Errors', period: Duration.minutes(1) });
    this.errors = new cloudwatch.Alarm(this, 'Errors', { alarmName: 'shop-errors', metric, threshold: 10, evaluationPeriods: 1 });
  }
}

class Web extends Stack {
  constructor(scope: Construct, id: string, { cluster, loadBalancer }: Network, { migration, errors }: Hooks) {
    super(scope, id, { stackName: 'shop-web' });
    const taskDefinition = new ecs.FargateTaskDefinition(this, 'Task');
    taskDefinition.addContainer('web', { image: ecs.ContainerImage.fromRegistry('example'), portMappings: [{ containerPort: 8080 }] });
    const deploymentController = { type: ecs.DeploymentControllerType.CODE_DEPLOY };
    new EcsRollout(this, 'Rollout', {
      service: new ecs.FargateService(this, 'Service', { cluster, taskDefinition, minHealthyPercent: 100, deploymentController }),
      endpoint: EcsEndpoint.application({ loadBalancer, productionPort: 80, testPort: 8080 }),
      traffic: TrafficShift.canary({ percentage: 10, interval: Duration.minutes(5) }),
      hooks: {
        afterInstall: LifecycleHook.fromOutcome(migration),
        afterAllowTestTraffic: LifecycleHook.checks({ checks: [HttpCheck.get('/health', { assertions: [HttpAssertion.status(200)] })] }),
      },
      rollback: { alarms: [RollbackAlarm.of(errors)] },
    });
  }
}

function stageOf(app: App, name: string, env?: Environment): void {
  const stage = new Stage(app, name, { env });
  new Web(stage, 'Web', new Network(stage, 'Network', { stackName: 'shop-network' }), new Hooks(stage, 'Hooks', name));
}

beforeAll(() => {
  const app = new App({ outdir: folder });
  stageOf(app, 'Broken', { account: '222222222222', region: 'eu-west-1' });
  stageOf(app, 'Sound', { account: '333333333333', region: 'us-west-2' });
  stageOf(app, 'SoundAnywhere');
  stageOf(app, 'BrokenAnywhere');
  app.synth();
});

const play = (name: string): Report => rehearse(name, '--app', folder).report;
const hookOf = ({ deployments }: Report, event: string) => deployments[0]!.lifecycleEvents.find(({ name }) => name === event)!.hook!;

test('a rollout is played from a nested assembly, across the stacks of its stage', () => {
  const report = play('Sound/Web/Rollout');
  expect(report.outcome).toBe('released');
  expect(hookOf(report, 'AfterInstall')).toMatchObject({ report: 'Succeeded', verdict: 'pass' });
  expect(hookOf(report, 'AfterAllowTestTraffic')).toMatchObject({ report: 'Succeeded', verdict: 'pass' });
  expect(report.alarms.map(({ name }) => name)).toContain('shop-errors');
  expect(report.iam.filter(({ decision }) => decision !== 'allow')).toEqual([]);
  expect(report.iam.map(({ resource }) => resource)).toContain('arn:aws:lambda:us-west-2:333333333333:function:migration');
  expect(report.fidelity.approximated.filter((line) => line.startsWith('made up, '))).toEqual([]);
});

test.each(['Broken', 'BrokenAnywhere'])('functions of the same name in other stages are not taken for that of %s', (stage) => {
  const report = play(`${stage}/Web/Rollout`);
  expect(report.outcome).toBe('rolledBack');
  expect(hookOf(report, 'AfterInstall').reason).toContain(`no tables in ${stage}`);
});

test('without a name the rollouts of every stage are played', () => {
  const { status, stdout } = greenlight(['rehearse', '--app', folder, '--json', '-']);
  const reports = JSON.parse(stdout) as Report[];
  expect(reports.map(({ rollout, outcome }) => [rollout, outcome])).toEqual([
    ['Broken/Web/Rollout', 'rolledBack'],
    ['Sound/Web/Rollout', 'released'],
    ['SoundAnywhere/Web/Rollout', 'released'],
    ['BrokenAnywhere/Web/Rollout', 'rolledBack'],
  ]);
  expect(status).toBe(1);
});
