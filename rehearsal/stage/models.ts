/** From the resolved template to what the engine takes. */
import type { TrafficRouting } from '../../lib/model/traffic';
import type { ResolvedAlarm } from '../assembly/alarms';
import type { Assembly } from '../assembly/assembly';
import { resolveCloudFormationRollout, type CloudFormationRolloutModel } from '../assembly/cloudformation-rollout-model';
import { resolveLambdaRollout, type LambdaRolloutModel } from '../assembly/lambda-rollout-model';
import { resolveNativeRollout, type NativeRolloutModel } from '../assembly/native-rollout-model';
import { resolveServerRollout, type ServerRolloutModel } from '../assembly/server-rollout-model';
import { resolveRollout, type PlayedModel, type RolloutModel } from '../assembly/rollout-model';
import type { AnyRollout } from '../assembly/rollouts';
import type { MetricAlarmProperties } from '../engine/alarm-source';
import type { AlarmDefinition, CompositeAlarmProperties } from '../engine/alarm-definition';
import type { DeploymentGroupModel } from '../engine/deployment-group';
import { stackBehaviour, type StackBehaviour } from '../engine/stack-behaviour';

/** A rollout, whoever controls its deployments. */
export type AnyModel = RolloutModel | NativeRolloutModel | CloudFormationRolloutModel | LambdaRolloutModel | ServerRolloutModel;

export function resolveAny(assembly: Assembly, found: AnyRollout): AnyModel {
  switch (found.controller) {
    case 'ECS':
      return resolveNativeRollout(assembly, found);
    case 'CLOUDFORMATION':
      return resolveCloudFormationRollout(assembly, found);
    case 'LAMBDA':
      return resolveLambdaRollout(assembly, found);
    case 'SERVER':
      return resolveServerRollout(assembly, found);
    case 'CODE_DEPLOY':
      return resolveRollout(assembly, found);
  }
}

export function deploymentGroupModel(rollout: RolloutModel): DeploymentGroupModel {
  const { description } = rollout;
  return {
    ...playedModel(rollout),
    applicationName: rollout.application.name,
    deploymentGroupName: rollout.deploymentGroup.name,
    applicationArn: rollout.application.arn,
    deploymentGroupArn: rollout.deploymentGroup.arn,
    deploymentConfigName: rollout.deploymentConfig.name,
    ...(description.approvalWaitMinutes === undefined ? {} : { approvalWaitMinutes: description.approvalWaitMinutes }),
    rollbackEvents: description.rollbackEvents,
    ignorePollAlarmFailure: rollout.ignorePollAlarmFailure,
  };
}

/** Where CloudFormation performs the deployments, names of what there is not are made up: only the ARN that permissions are decided on shows them. */
export function stackDeploymentModel(rollout: CloudFormationRolloutModel, behaviour: StackBehaviour = stackBehaviour()): DeploymentGroupModel {
  const { stackId, stackName, description, account, region } = rollout;
  const application = behaviour.reportsOnApplication;
  const arn = (resource: string): string => `arn:aws:codedeploy:${region}:${account}:${resource}`;
  return {
    ...playedModel(rollout),
    stack: { id: stackId, behaviour },
    applicationName: application,
    deploymentGroupName: stackName,
    applicationArn: arn(`application:${application}`),
    deploymentGroupArn: arn(`deploymentgroup:${application}/${stackName}`),
    deploymentConfigName: routingText(description.traffic),
    rollbackEvents: [],
    ignorePollAlarmFailure: false,
  };
}

/** `TimeBasedCanary 20 %, 5 min`: there is no configuration with a name. */
function routingText(traffic: TrafficRouting): string {
  return traffic.type === 'AllAtOnce' ? traffic.type : `${traffic.type} ${traffic.percentage} %, ${traffic.intervalMinutes} min`;
}

type Played = Omit<DeploymentGroupModel, 'applicationName' | 'deploymentGroupName' | 'applicationArn' | 'deploymentGroupArn' | 'deploymentConfigName' | 'rollbackEvents' | 'ignorePollAlarmFailure'>;

function playedModel({ description, service, test, production, serviceRole, targetGroups, alarms }: PlayedModel): Played {
  const { traffic, terminationWaitMinutes } = description;
  return {
    traffic,
    serviceRoleArn: serviceRole.arn,
    clusterName: service.cluster,
    serviceName: service.name,
    serviceArn: service.arn,
    desiredCount: service.desiredCount,
    targetGroups,
    productionListenerArn: production.arn,
    ...(test === undefined ? {} : { testListenerArn: test.arn }),
    ...(terminationWaitMinutes === undefined ? {} : { terminationWaitMinutes }),
    alarmNames: alarms.map(({ name }) => name),
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
