/** From the resolved template to what the engine takes. */
import type { ResolvedAlarm } from '../assembly/alarms';
import type { Assembly } from '../assembly/assembly';
import { resolveNativeRollout, type NativeRolloutModel } from '../assembly/native-rollout-model';
import { resolveRollout, type RolloutModel } from '../assembly/rollout-model';
import type { AnyRollout } from '../assembly/rollouts';
import type { MetricAlarmProperties } from '../engine/alarm-source';
import type { AlarmDefinition, CompositeAlarmProperties } from '../engine/alarm-definition';
import type { DeploymentGroupModel } from '../engine/deployment-group';

/** A rollout, whoever controls its deployments. */
export type AnyModel = RolloutModel | NativeRolloutModel;

export function resolveAny(assembly: Assembly, found: AnyRollout): AnyModel {
  return found.controller === 'ECS' ? resolveNativeRollout(assembly, found) : resolveRollout(assembly, found);
}

export function deploymentGroupModel(rollout: RolloutModel): DeploymentGroupModel {
  const { description, service, test } = rollout;
  return {
    applicationName: rollout.application.name,
    deploymentGroupName: rollout.deploymentGroup.name,
    applicationArn: rollout.application.arn,
    deploymentGroupArn: rollout.deploymentGroup.arn,
    deploymentConfigName: rollout.deploymentConfig.name,
    traffic: description.traffic,
    serviceRoleArn: rollout.serviceRole.arn,
    clusterName: service.cluster,
    serviceName: service.name,
    serviceArn: service.arn,
    desiredCount: service.desiredCount,
    targetGroups: rollout.targetGroups,
    productionListenerArn: rollout.production.arn,
    ...(test === undefined ? {} : { testListenerArn: test.arn }),
    ...(description.approvalWaitMinutes === undefined ? {} : { approvalWaitMinutes: description.approvalWaitMinutes }),
    ...(description.terminationWaitMinutes === undefined ? {} : { terminationWaitMinutes: description.terminationWaitMinutes }),
    rollbackEvents: description.rollbackEvents,
    alarmNames: rollout.alarms.map(({ name }) => name),
    ignorePollAlarmFailure: rollout.ignorePollAlarmFailure,
  };
}

/** The properties of a template have the shape that the engine reads; what they must hold it checks itself, and says so. */
export function alarmDefinition(alarm: ResolvedAlarm): AlarmDefinition {
  const { name, arn, logicalId } = alarm;
  const identity = { name, arn, ...(logicalId === undefined ? {} : { logicalId }) };
  switch (alarm.kind) {
    case 'metric':
      return { ...identity, type: 'metric', properties: alarm.properties as unknown as MetricAlarmProperties };
    case 'composite':
      return { ...identity, type: 'composite', properties: alarm.properties as unknown as CompositeAlarmProperties };
    case 'outside':
      return { ...identity, type: 'outside', reason: 'it is made outside of this assembly, so that only its name is known' };
  }
}
