/** Writes the description of a rollout that CloudFormation performs into the metadata of its template, where the rehearsal reads it. */
import { Lazy, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import type { EcsCloudFormationRollout } from '../ecs/ecs-cloudformation-rollout';
import type { EcsCloudFormationRolloutDescription } from '../model/cloudformation-rollout';
import { CLOUDFORMATION_ROLLOUT_METADATA_KEY } from '../model/cloudformation-rollout';
import { describeHook, describeListener } from './description';
import type { BoundHook, RolloutContext } from './hook-context';
import { referenceTo } from './references';
import type { RollbackTriggers } from './rollback-triggers';

export interface StackDescriptionInput {
  readonly container: { readonly name: string; readonly port: number };
  readonly taskDefinition: IConstruct & { readonly taskDefinitionArn: string };
  readonly terminationWaitMinutes: number;
  readonly context: RolloutContext;
  readonly hooks: readonly BoundHook[];
  readonly alarms: RollbackTriggers;
}

/** Alarms and findings may come later than the rollout, so that the description is written anew each time. */
export function attachStackDescription(rollout: EcsCloudFormationRollout, input: StackDescriptionInput): void {
  const { templateOptions } = Stack.of(rollout);
  const described = Lazy.uncachedAny({ produce: () => describe(rollout, input) });
  templateOptions.metadata = { ...templateOptions.metadata, [CLOUDFORMATION_ROLLOUT_METADATA_KEY]: described };
}

function describe(rollout: EcsCloudFormationRollout, { container, taskDefinition, terminationWaitMinutes, context, hooks, alarms }: StackDescriptionInput): EcsCloudFormationRolloutDescription {
  const to = (construct: IConstruct, value: string) => referenceTo(rollout, construct, value);
  const { endpoint, expectedRequestsPerSecond } = context;
  return {
    schemaVersion: 1,
    platform: 'ECS',
    controller: 'CLOUDFORMATION',
    name: rollout.node.path,
    serviceRole: to(rollout.role, rollout.role.roleArn),
    service: to(rollout.service, rollout.service.ref),
    taskDefinition: to(taskDefinition, taskDefinition.taskDefinitionArn),
    taskSet: to(rollout.taskSet, rollout.taskSet.ref),
    container,
    loadBalancer: to(endpoint.loadBalancer, endpoint.loadBalancer.loadBalancerArn),
    scheme: endpoint.scheme,
    production: describeListener(endpoint.production, to),
    ...(endpoint.test === undefined ? {} : { test: describeListener(endpoint.test, to) }),
    targetGroups: [to(endpoint.blue, endpoint.blue.targetGroupArn), to(endpoint.green, endpoint.green.targetGroupArn)],
    traffic: context.traffic,
    terminationWaitMinutes,
    alarms: alarms.all().map((alarm) => to(alarm, alarm.alarmRef.alarmName)),
    verdictAlarm: to(rollout.verdictAlarm, rollout.verdictAlarm.alarmName),
    hooks: hooks.map((hook) => describeHook(hook, to)),
    ...(rollout.guardian === undefined ? {} : { guardian: to(rollout.guardian, rollout.guardian.functionArn) }),
    ...(expectedRequestsPerSecond === undefined ? {} : { expectedRequestsPerSecond }),
    findings: context.findings.all(),
  };
}
