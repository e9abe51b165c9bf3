/** What CreateDeployment refuses, and what a request means for the group that it is for. */
import type { EcsAppSpecDocument } from '../../lib/model/appspec';
import { ECS_HOOK_EVENTS, type EcsHookEvent } from '../../lib/model/lifecycle';
import { MAX_DESCRIPTION_LENGTH } from '../../lib/model/limits';
import { PREDEFINED_CONFIGS, type TrafficRouting } from '../../lib/model/traffic';
import { groupAlarms, groupRollback } from './deployment-group';
import type { AlarmConfiguration, AutoRollbackConfiguration, DeploymentGroupModel, GroupModel } from './deployment-group';
import type { CreateRequest } from './deployment-record';
import { ServiceError } from './ports';

export interface ResolvedRequest {
  readonly appSpec: EcsAppSpecDocument;
  readonly hooks: Partial<Record<EcsHookEvent, string>>;
  readonly deploymentConfigName: string;
  readonly traffic: TrafficRouting;
  readonly rollback: AutoRollbackConfiguration;
  readonly alarms: AlarmConfiguration;
  readonly overrideAlarms?: AlarmConfiguration;
}

export function resolveRequest(request: CreateRequest, group: DeploymentGroupModel): ResolvedRequest {
  const { appSpec, description } = request;
  if (appSpec === undefined) {
    throw new ServiceError('RevisionRequiredException', 'a deployment needs a revision with an AppSpec; give one as appSpecContent');
  }
  checkDescription(description);
  return { appSpec, hooks: appSpecHooks(appSpec), ...requestSettings(request, group, 'ECS') };
}

export function checkDescription(description: string | undefined): void {
  if (description !== undefined && description.length > MAX_DESCRIPTION_LENGTH) {
    const message = `the description may have up to ${MAX_DESCRIPTION_LENGTH} characters, got ${description.length}; shorten it`;
    throw new ServiceError('DescriptionTooLongException', message);
  }
}

type Settings = Pick<CreateRequest, 'deploymentConfigName' | 'autoRollbackConfiguration' | 'overrideAlarmConfiguration'>;

/** What a request says of the group's own settings, on every platform. */
export function requestSettings(request: Settings, group: GroupModel, platform: 'ECS' | 'Lambda'): Omit<ResolvedRequest, 'appSpec' | 'hooks'> {
  const { overrideAlarmConfiguration } = request;
  const overrideAlarms = overrideAlarmConfiguration === undefined ? undefined : { ...groupAlarms(group), ...overrideAlarmConfiguration };
  return {
    ...trafficOf(request.deploymentConfigName, group, platform),
    rollback: checkRollback(request.autoRollbackConfiguration ?? groupRollback(group)),
    alarms: checkAlarms(overrideAlarms ?? groupAlarms(group)),
    ...(overrideAlarms === undefined ? {} : { overrideAlarms }),
  };
}

/** The function of each hook, as the AppSpec names it. */
export function appSpecHooks(appSpec: EcsAppSpecDocument): Partial<Record<EcsHookEvent, string>> {
  const hooks: Partial<Record<EcsHookEvent, string>> = {};
  for (const binding of appSpec.Hooks ?? []) {
    for (const event of ECS_HOOK_EVENTS.filter((name) => binding[name] !== undefined)) {
      hooks[event] = binding[event];
    }
  }
  return hooks;
}

function trafficOf(name: string | undefined, group: GroupModel, platform: 'ECS' | 'Lambda'): Pick<ResolvedRequest, 'deploymentConfigName' | 'traffic'> {
  if (name === undefined || name === group.deploymentConfigName) {
    return { deploymentConfigName: group.deploymentConfigName, traffic: group.traffic };
  }
  const predefined = PREDEFINED_CONFIGS[name];
  if (predefined?.platform !== platform) {
    const known = Object.keys(PREDEFINED_CONFIGS).filter((config) => PREDEFINED_CONFIGS[config].platform === platform);
    const message = `no deployment configuration '${name}' for ${platform}; there are ${[group.deploymentConfigName, ...known].join(', ')}`;
    throw new ServiceError('DeploymentConfigDoesNotExistException', message);
  }
  return { deploymentConfigName: name, traffic: predefined.routing };
}

export function checkRollback(rollback: AutoRollbackConfiguration): AutoRollbackConfiguration {
  if (rollback.enabled && rollback.events.length === 0) {
    const message = 'Deployment Groups need to have at least one event specified when auto rollback is enabled';
    throw new ServiceError('InvalidAutoRollbackConfigException', message);
  }
  return rollback;
}

export function checkAlarms(alarms: AlarmConfiguration): AlarmConfiguration {
  if (alarms.enabled && alarms.alarmNames.length === 0) {
    const message = 'Deployment Groups need to have at least one alarms attached if they are monitored.';
    throw new ServiceError('InvalidAlarmConfigException', message);
  }
  return alarms;
}
