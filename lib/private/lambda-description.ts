/** Writes the description of a rollout of a Lambda alias into the metadata of the deployment group, where the rehearsal reads it. */
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type { CfnResource } from 'aws-cdk-lib/core';
import { Lazy, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import type { LambdaRollout } from '../lambda/lambda-rollout';
import type { LambdaRolloutProps } from '../lambda/lambda-rollout-props';
import type { LambdaRolloutDescription } from '../model/rollout';
import { ROLLOUT_METADATA_KEY } from '../model/rollout';
import type { AlarmList } from './alarm-list';
import type { AliasAlarms } from './alias-alarms';
import { describeHook, rollbackEvents } from './description';
import type { LambdaRolloutContext } from './hook-context';
import type { ReleasedAlias } from './lambda-alias';
import type { NamedHook } from './lambda-hook-map';
import type { LambdaRolloutSet } from './lambda-rollout-set';
import { cfnElementOf, referenceTo } from './references';

export interface LambdaDescriptionInput {
  readonly props: LambdaRolloutProps;
  readonly released: ReleasedAlias;
  readonly context: LambdaRolloutContext;
  readonly hooks: readonly NamedHook[];
  readonly alarms: AlarmList;
  readonly aliasAlarms: AliasAlarms;
  /** Of which the rollout is one. */
  readonly set?: LambdaRolloutSet;
}

/** Alarms and findings may come later than the rollout, so that the description is written anew each time. */
export function attachLambdaDescription(rollout: LambdaRollout, input: LambdaDescriptionInput): void {
  const group = cfnElementOf(rollout.deploymentGroup) as CfnResource;
  group.addMetadata(ROLLOUT_METADATA_KEY, Lazy.uncachedAny({ produce: () => describe(rollout, input) }));
}

/** An ARN as far as it is a text. That of an import by name has account and region as place holders, and the name as a text behind them. */
function literal(rollout: LambdaRollout, arn: string): string {
  const { 'Fn::Join': [, parts = []] = [] } = Object(Stack.of(rollout).resolve(arn)) as { readonly 'Fn::Join'?: readonly [string, readonly unknown[]] };
  const last = parts.at(-1);
  return typeof last === 'string' ? last.slice(last.lastIndexOf(':') + 1) : arn;
}

function describe(rollout: LambdaRollout, { props, released, context, hooks, alarms, aliasAlarms, set }: LambdaDescriptionInput): LambdaRolloutDescription {
  const to = (construct: IConstruct, value: string) => referenceTo(rollout, construct, value);
  const ofVersions = aliasAlarms.ofVersions().map((alarm) => to(alarm, alarm.alarmName));
  const config = rollout.deploymentConfig;
  return {
    schemaVersion: 1,
    platform: 'Lambda',
    name: rollout.node.path,
    application: to(rollout.application, rollout.application.applicationName),
    deploymentGroup: to(rollout.deploymentGroup, context.groupName),
    deploymentConfigName: config instanceof codedeploy.LambdaDeploymentConfig ? to(config, config.deploymentConfigName) : { value: config.deploymentConfigName },
    serviceRole: to(rollout.role, rollout.role.roleArn),
    function: to(released.function, literal(rollout, released.function.functionArn)),
    alias: to(released.alias, literal(rollout, released.alias.functionArn)),
    traffic: context.traffic,
    rollbackEvents: rollbackEvents(props),
    alarms: alarms.all().map((alarm) => to(alarm, alarm.alarmRef.alarmName)),
    ...(ofVersions.length === 0 ? {} : { versionAlarms: ofVersions }),
    verdictAlarm: to(rollout.verdictAlarm, rollout.verdictAlarm.alarmName),
    hooks: hooks.map((hook) => ({ ...describeHook(hook, to), event: hook.event })),
    ...(rollout.guardian === undefined ? {} : { guardian: to(rollout.guardian, rollout.guardian.functionArn) }),
    ...(rollout.hookInspector === undefined ? {} : { hookInspector: to(rollout.hookInspector, rollout.hookInspector.functionArn) }),
    ...(context.expectedRequestsPerSecond === undefined ? {} : { expectedRequestsPerSecond: context.expectedRequestsPerSecond }),
    findings: [...(set?.findings.all() ?? []), ...context.findings.all()],
  };
}
