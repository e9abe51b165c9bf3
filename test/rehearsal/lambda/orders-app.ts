/** An app with a rollout for Lambda that is made by hand: alias, update policy, deployment group, hooks, guardian and the description. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { App, ArnFormat, Duration, Stack } from 'aws-cdk-lib/core';

import { ENV, type GuardedHook } from '../../../lib/model/hook-contract';
import { ROLLOUT_METADATA_KEY, type LambdaRolloutDescription, type ResourceReference } from '../../../lib/model/rollout';
import { ROOT } from '../../support/greenlight';

process.env.CDK_VALIDATION = 'false';

const FUNCTIONS = join(__dirname, 'functions');

export interface OrdersOptions {
  /** Folder of the released function's code. @default that of the first version */
  readonly code?: string;
  readonly runtime?: lambda.Runtime;
  readonly handler?: string;
  /** Changes the description before it is written. */
  readonly description?: (description: LambdaRolloutDescription) => object;
  /** Leaves the alias without its update policy. */
  readonly withoutPolicy?: boolean;
}

const idOf = (construct: { readonly node: { readonly defaultChild?: unknown } }): ResourceReference => {
  const resource = construct.node.defaultChild as lambda.CfnFunction;
  return { logicalId: Stack.of(resource).resolve(resource.logicalId) as string };
};

/** Synthesizes the stack `LambdaOrders`. @returns the folder of the cloud assembly */
export function synthesizeOrders(options: OrdersOptions = {}): string {
  const outdir = mkdtempSync(join(tmpdir(), 'lambda-orders-'));
  const app = new App({ outdir });
  ordersStack(new Stack(app, 'LambdaOrders'), options);
  app.synth();
  return outdir;
}

function ordersStack(stack: Stack, { code = join(FUNCTIONS, 'place-order'), runtime = lambda.Runtime.NODEJS_22_X, handler = 'index.handler', description = (same) => same, withoutPolicy }: OrdersOptions): void {
  const placeOrder = new lambda.Function(stack, 'PlaceOrder', { code: lambda.Code.fromAsset(code), runtime, handler, timeout: Duration.seconds(30) });
  const alias = new lambda.Alias(stack, 'Live', { aliasName: 'live', version: placeOrder.currentVersion });
  const names = { applicationName: 'LambdaOrders', deploymentGroupName: 'LambdaOrders-Orders' };
  const groupArn = stack.formatArn({ service: 'codedeploy', resource: 'deploymentgroup', resourceName: `${names.applicationName}/${names.deploymentGroupName}`, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  const before = smokeHook(stack, 'Before', placeOrder, groupArn);
  const after = smokeHook(stack, 'After', placeOrder, groupArn);
  const verdict = errorsAlarm(stack, 'Verdict', new cloudwatch.Metric({ namespace: 'Greenlight', metricName: 'Failures', dimensionsMap: { Rollout: 'LambdaOrders/Orders' } }));
  const errors = errorsAlarm(stack, 'Errors', alias.metricErrors({ period: Duration.minutes(1) }));
  const guardian = guardianOf(stack, { ...names, groupArn, verdict }, [['BeforeAllowTraffic', before], ['AfterAllowTraffic', after]]);
  const role = serviceRole(stack, [before, after], [verdict, errors]);
  const group = new codedeploy.CfnDeploymentGroup(stack, 'Group', {
    ...names,
    applicationName: new codedeploy.CfnApplication(stack, 'Application', { applicationName: names.applicationName, computePlatform: 'Lambda' }).ref,
    serviceRoleArn: role.roleArn,
    deploymentConfigName: 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute',
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'] },
    alarmConfiguration: { enabled: true, alarms: [{ name: verdict.alarmName }, { name: errors.alarmName }] },
  });
  if (withoutPolicy !== true) {
    (alias.node.defaultChild as lambda.CfnAlias).cfnOptions.updatePolicy = {
      codeDeployLambdaAliasUpdate: { applicationName: group.applicationName, deploymentGroupName: group.ref, beforeAllowTrafficHook: before.functionName, afterAllowTrafficHook: after.functionName },
    };
  }
  const hook = (event: 'BeforeAllowTraffic' | 'AfterAllowTraffic', fn: lambda.Function) => ({ event, kind: 'function' as const, function: idOf(fn), reportsLater: false, guarded: true });
  group.addMetadata(
    ROLLOUT_METADATA_KEY,
    description({
      schemaVersion: 1,
      platform: 'Lambda',
      name: 'LambdaOrders/Orders',
      application: { logicalId: 'Application' },
      deploymentGroup: { logicalId: 'Group' },
      deploymentConfigName: { value: 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute' },
      serviceRole: idOf(role),
      function: idOf(placeOrder),
      alias: idOf(alias),
      traffic: { type: 'TimeBasedLinear', percentage: 10, intervalMinutes: 1 },
      rollbackEvents: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM'],
      alarms: [idOf(verdict), idOf(errors)],
      verdictAlarm: idOf(verdict),
      hooks: [hook('BeforeAllowTraffic', before), hook('AfterAllowTraffic', after)],
      guardian: idOf(guardian),
      expectedRequestsPerSecond: 20,
      findings: [],
    }),
  );
}

const errorsAlarm = (stack: Stack, id: string, metric: cloudwatch.Metric): cloudwatch.Alarm =>
  new cloudwatch.Alarm(stack, id, {
    alarmName: `orders-${id.toLowerCase()}`,
    metric: metric.with({ statistic: 'Sum', period: Duration.minutes(1) }),
    threshold: 5,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });

function smokeHook(stack: Stack, id: string, released: lambda.Function, groupArn: string): lambda.Function {
  const hook = new lambda.Function(stack, id, {
    functionName: `CodeDeployHook_orders_${id.toLowerCase()}`,
    code: lambda.Code.fromAsset(join(FUNCTIONS, 'smoke')),
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    timeout: Duration.seconds(20),
    memorySize: 512,
    environment: { [ENV.releasedFunction]: released.functionName },
  });
  hook.addToRolePolicy(new iam.PolicyStatement({ actions: ['codedeploy:ListDeploymentTargets', 'codedeploy:BatchGetDeploymentTargets', 'codedeploy:PutLifecycleEventHookExecutionStatus'], resources: [groupArn] }));
  hook.addToRolePolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [`${released.functionArn}:*`] }));
  hook.addToRolePolicy(new iam.PolicyStatement({ actions: ['lambda:GetAlias'], resources: [released.functionArn] }));
  return hook;
}

interface Watched {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly groupArn: string;
  readonly verdict: cloudwatch.Alarm;
}

function guardianOf(stack: Stack, { applicationName, deploymentGroupName, groupArn, verdict }: Watched, hooks: readonly (readonly [GuardedHook['event'], lambda.Function])[]): lambda.Function {
  const guardian = new lambda.Function(stack, 'Guardian', {
    code: lambda.Code.fromAsset(join(ROOT, 'build', 'handlers', 'guardian')),
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    timeout: Duration.seconds(60),
    memorySize: 256,
    environment: {
      [ENV.rollout]: 'LambdaOrders/Orders',
      [ENV.application]: applicationName,
      [ENV.deploymentGroup]: deploymentGroupName,
      [ENV.verdictAlarm]: verdict.alarmName,
      [ENV.hooks]: stack.toJsonString(hooks.map(([event, { functionArn }]) => ({ functionArn, event, reportsLater: false }))),
    },
  });
  guardian.addToRolePolicy(new iam.PolicyStatement({ actions: ['codedeploy:PutLifecycleEventHookExecutionStatus'], resources: [groupArn] }));
  guardian.addToRolePolicy(new iam.PolicyStatement({ actions: ['cloudwatch:PutMetricData', 'events:PutEvents'], resources: ['*'] }));
  guardian.addToRolePolicy(new iam.PolicyStatement({ actions: ['cloudwatch:SetAlarmState'], resources: [verdict.alarmArn] }));
  for (const [event, hook] of hooks) {
    // A policy of its own: the hook depends on that of its role, and the guardian's environment names the hook.
    new iam.Policy(stack, `${event}ToGuardian`, { roles: [hook.role!], statements: [new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [guardian.functionArn] })] });
    new lambda.CfnEventInvokeConfig(stack, `${event}Async`, {
      functionName: hook.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 60,
      destinationConfig: { onFailure: { destination: guardian.functionArn }, onSuccess: { destination: guardian.functionArn } },
    });
  }
  return guardian;
}

function serviceRole(stack: Stack, hooks: readonly lambda.Function[], alarms: readonly cloudwatch.Alarm[]): iam.Role {
  const role = new iam.Role(stack, 'ServiceRole', { assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com') });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: hooks.map(({ functionArn }) => functionArn) }));
  role.addToPolicy(new iam.PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: alarms.map(({ alarmArn }) => alarmArn) }));
  return role;
}
