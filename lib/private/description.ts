/** Writes the rollout description into the metadata of the deployment group, where the rehearsal reads it. */
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { CfnOutput, CfnResource } from 'aws-cdk-lib/core';
import { CfnDeletionPolicy, Lazy, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import type { EcsRollout } from '../ecs/ecs-rollout';
import type { EcsRolloutProps } from '../ecs/ecs-rollout-props';
import type { EcsRolloutDescription, Finding, HookDescription, ListenerDescription, ResourceReference } from '../model/rollout';
import { ROLLOUT_METADATA_KEY } from '../model/rollout';
import type { AutoRollbackEvent } from '../model/status';
import type { TrafficShift } from '../rollout/traffic-shift';
import type { AlarmList } from './alarm-list';
import type { BoundListener } from './bound-endpoint';
import type { ServiceFacts } from './ecs-service';
import type { BoundHook, RolloutContext } from './hook-context';
import { cfnElementOf, referenceTo } from './references';
import { terminationWait } from './rollout-props';

export interface DescriptionInput {
  readonly props: EcsRolloutProps;
  readonly facts: ServiceFacts;
  readonly traffic: TrafficShift;
  readonly context: RolloutContext;
  readonly hooks: readonly BoundHook[];
  readonly alarms: AlarmList;
  readonly appSpecOutput: CfnOutput;
}

/** Alarms and findings may come later than the rollout, some when the complete app is validated, so that the description is written anew each time. */
export function attachDescription(rollout: EcsRollout, input: DescriptionInput): void {
  const group = cfnElementOf(rollout.deploymentGroup) as CfnResource;
  group.addMetadata(ROLLOUT_METADATA_KEY, Lazy.uncachedAny({ produce: () => describe(rollout, input) }));
}

function describe(rollout: EcsRollout, { props, facts, traffic, context, hooks, alarms, appSpecOutput }: DescriptionInput): EcsRolloutDescription {
  const to = (construct: IConstruct, value: string) => referenceTo(rollout, construct, value);
  const { endpoint } = context;
  return {
    schemaVersion: 1,
    platform: 'ECS',
    name: rollout.node.path,
    application: to(rollout.application, rollout.application.applicationName),
    deploymentGroup: to(rollout.deploymentGroup, context.groupName),
    deploymentConfigName: deploymentConfig(rollout, to),
    serviceRole: to(rollout.role, rollout.role.roleArn),
    service: to(props.service, props.service.serviceArn),
    container: { name: facts.containerName, port: facts.containerPort },
    loadBalancer: to(endpoint.loadBalancer, endpoint.loadBalancer.loadBalancerArn),
    scheme: endpoint.scheme,
    production: describeListener(endpoint.production, to),
    ...(endpoint.test === undefined ? {} : { test: describeListener(endpoint.test, to) }),
    targetGroups: [to(endpoint.blue, endpoint.blue.targetGroupArn), to(endpoint.green, endpoint.green.targetGroupArn)],
    traffic: traffic._routing,
    ...(props.approvalWait === undefined ? {} : { approvalWaitMinutes: props.approvalWait.toMinutes() }),
    terminationWaitMinutes: terminationWait(props).toMinutes(),
    rollbackEvents: rollbackEvents(props),
    alarms: alarms.all().map((alarm) => to(alarm, alarm.alarmRef.alarmName)),
    verdictAlarm: to(rollout.verdictAlarm, rollout.verdictAlarm.alarmName),
    hooks: hooks.map((hook) => describeHook(hook, to)),
    ...(rollout.guardian === undefined ? {} : { guardian: to(rollout.guardian, rollout.guardian.functionArn) }),
    ...(rollout.hookInspector === undefined ? {} : { hookInspector: to(rollout.hookInspector, rollout.hookInspector.functionArn) }),
    appSpecOutput: Stack.of(rollout).resolve(appSpecOutput.logicalId),
    ...(props.expectedRequestsPerSecond === undefined ? {} : { expectedRequestsPerSecond: props.expectedRequestsPerSecond }),
    findings: [...context.findings.all(), ...deregistration(facts)],
  };
}

export type To = (construct: IConstruct, value: string) => ResourceReference;

/** A predefined configuration is no construct of the tree. */
function deploymentConfig({ deploymentConfig: config }: EcsRollout, to: To): ResourceReference {
  return config instanceof codedeploy.EcsDeploymentConfig ? to(config, config.deploymentConfigName) : { value: config.deploymentConfigName };
}

export function describeListener({ listener, port, protocol, rules }: BoundListener, to: To): ListenerDescription {
  return {
    listener: to(listener, listener.listenerArn),
    port,
    protocol,
    ...(rules.length === 0
      ? {}
      : {
          rules: rules.map(({ rule, options: { priority, paths, hosts } }) => ({
            rule: to(rule, rule.listenerRuleArn),
            priority,
            ...(paths === undefined ? {} : { paths }),
            ...(hosts === undefined ? {} : { hosts }),
          })),
        }),
  };
}

export function describeHook(hook: BoundHook, to: To): HookDescription {
  const toFunction = (fn: lambda.IFunction) => to(fn, fn.functionArn);
  return {
    event: hook.event,
    kind: hook.kind,
    function: toFunction(hook.function),
    ...(hook.target === undefined ? {} : { target: toFunction(hook.target) }),
    reportsLater: hook.reportsLater,
    guarded: hook.guard !== undefined,
  };
}

export function rollbackEvents({ rollback: { onFailure = true, onAlarm = true, onRequest = false } = {} }: Pick<EcsRolloutProps, 'rollback'>): AutoRollbackEvent[] {
  return [
    ...(onFailure ? (['DEPLOYMENT_FAILURE'] as const) : []),
    ...(onAlarm ? (['DEPLOYMENT_STOP_ON_ALARM'] as const) : []),
    ...(onRequest ? (['DEPLOYMENT_STOP_ON_REQUEST'] as const) : []),
  ];
}

/** Replacing a task definition deregisters the revision before it, which then cannot be deployed again. */
function deregistration({ taskDefinition }: ServiceFacts): Finding[] {
  const element = cfnElementOf(taskDefinition) as CfnResource | undefined;
  if (element === undefined || element.cfnOptions.updateReplacePolicy === CfnDeletionPolicy.RETAIN) {
    return [];
  }
  return [
    {
      id: 'task-definition-deregistered',
      level: 'info',
      message: `a change of task definition '${taskDefinition.node.path}' deregisters the revision before it, which then ` +
        `cannot be deployed again by hand`,
      remedy: 'drop the removal policy of the task definition: a rollout keeps revisions by itself',
    },
  ];
}
