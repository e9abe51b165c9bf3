/** What a deployment group of EC2/on-premises is set to, and what the service refuses of it. */
import { MAX_ALARMS } from '../../../lib/model/limits';
import { PREDEFINED_SERVER_CONFIGS, type MinimumHealthyHosts, type ZonalConfiguration } from '../../../lib/model/server/healthy-hosts';
import { MAX_AUTO_SCALING_GROUPS, MAX_TAG_GROUPS } from '../../../lib/model/server/quotas';
import type { TargetSelection } from '../../../lib/model/server/tag-groups';
import { checkAlarms, checkRollback } from '../create-request';
import type { AlarmConfiguration, AutoRollbackConfiguration } from '../deployment-group';
import { ServiceError } from '../ports';
import type { BlueGreenModel, FleetGroupModel } from './fleet-group';

export interface ServerGroupSettings {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly deploymentConfigName: string;
  readonly serviceRoleArn: string;
  readonly targets: TargetSelection;
  /** Names, as those of Classic Load Balancers. */
  readonly targetGroups: readonly string[];
  readonly classicLoadBalancers: readonly string[];
  readonly deploymentStyle: { readonly deploymentType: 'IN_PLACE' | 'BLUE_GREEN'; readonly deploymentOption: 'WITH_TRAFFIC_CONTROL' | 'WITHOUT_TRAFFIC_CONTROL' };
  /** By the API's names. */
  readonly blueGreen?: BlueGreenSettings;
  readonly outdatedInstances: 'UPDATE' | 'IGNORE';
  readonly terminationHook: boolean;
  readonly rollback: AutoRollbackConfiguration;
  readonly alarms: AlarmConfiguration;
  readonly triggers: readonly TriggerSettings[];
}

export interface BlueGreenSettings {
  readonly deploymentReadyOption?: { readonly actionOnTimeout: 'CONTINUE_DEPLOYMENT' | 'STOP_DEPLOYMENT'; readonly waitTimeInMinutes: number };
  readonly terminateBlueInstancesOnDeploymentSuccess?: { readonly action: 'TERMINATE' | 'KEEP_ALIVE'; readonly terminationWaitTimeInMinutes: number };
  readonly greenFleetProvisioningOption?: { readonly action: BlueGreenModel['provisioning'] };
}

export interface TriggerSettings {
  readonly triggerName: string;
  readonly triggerTargetArn: string;
  readonly triggerEvents: readonly string[];
}

/** How a configuration takes instances. */
export interface ServerConfig {
  readonly deploymentConfigName: string;
  readonly minimumHealthyHosts: MinimumHealthyHosts;
  readonly zonal?: ZonalConfiguration;
}

/** What a group is checked against. */
export interface GroupSurroundings {
  readonly region: string;
  /** Those of the template; the service's own need not be listed. */
  readonly configs: readonly ServerConfig[];
  hasAutoScalingGroup(name: string): boolean;
}

/** Longest waits, in minutes. */
export const MAX_WAIT_MINUTES = 2880;
const MAX_TRIGGERS = 10;

/** @throws ServiceError DeploymentConfigDoesNotExistException */
export function serverConfig(name: string, configs: readonly ServerConfig[]): ServerConfig {
  const found = configs.find(({ deploymentConfigName }) => deploymentConfigName === name);
  if (found !== undefined) {
    return found;
  }
  if (!Object.hasOwn(PREDEFINED_SERVER_CONFIGS, name)) {
    throw new ServiceError('DeploymentConfigDoesNotExistException', `No Deployment Configuration found for name: ${name}`);
  }
  return { deploymentConfigName: name, minimumHealthyHosts: PREDEFINED_SERVER_CONFIGS[name] };
}

/** @throws ServiceError as CreateDeploymentGroup and UpdateDeploymentGroup refuse */
export function checkGroupSettings(settings: ServerGroupSettings, surroundings: GroupSurroundings): void {
  const { deploymentConfigName, serviceRoleArn, rollback, alarms } = settings;
  serverConfig(deploymentConfigName, surroundings.configs);
  if (!/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(serviceRoleArn)) {
    throw new ServiceError('InvalidRoleException', `'${serviceRoleArn}' is not the ARN of a role; the service role looks like arn:aws:iam::111122223333:role/deployer`);
  }
  checkTargets(settings, surroundings);
  checkStyle(settings);
  checkTriggers(settings, surroundings);
  checkRollback(rollback);
  checkAlarms(alarms);
  if (alarms.alarmNames.length > MAX_ALARMS) {
    throw new ServiceError('AlarmsLimitExceededException', `alarms must hold at most ${MAX_ALARMS} entries, got ${alarms.alarmNames.length}`);
  }
}

function checkTargets({ targets }: ServerGroupSettings, { hasAutoScalingGroup }: GroupSurroundings): void {
  const { autoScalingGroups, ec2TagGroups, onPremisesTagGroups } = targets;
  if (autoScalingGroups.length > MAX_AUTO_SCALING_GROUPS) {
    throw new ServiceError('InvalidAutoScalingGroupException', `a deployment group may have ${MAX_AUTO_SCALING_GROUPS} Auto Scaling groups at most, got ${autoScalingGroups.length}`);
  }
  const unknown = autoScalingGroups.find((name) => !hasAutoScalingGroup(name));
  if (unknown !== undefined) {
    throw new ServiceError('InvalidAutoScalingGroupException', `no Auto Scaling group '${unknown}'; give the name of one that exists`);
  }
  if (Math.max(ec2TagGroups.length, onPremisesTagGroups.length) > MAX_TAG_GROUPS) {
    throw new ServiceError('TagSetListLimitExceededException', `a tag set may have ${MAX_TAG_GROUPS} tag groups at most`);
  }
}

function checkStyle(settings: ServerGroupSettings): void {
  const { deploymentStyle, targetGroups, classicLoadBalancers } = settings;
  const { deploymentType, deploymentOption } = deploymentStyle;
  if (deploymentType === 'BLUE_GREEN' && deploymentOption === 'WITHOUT_TRAFFIC_CONTROL') {
    throw new ServiceError('InvalidDeploymentStyleException', 'BLUE_GREEN deployment type not supported with WITHOUT_TRAFFIC_CONTROL option');
  }
  if (deploymentOption === 'WITH_TRAFFIC_CONTROL' && targetGroups.length + classicLoadBalancers.length === 0) {
    throw new ServiceError('InvalidLoadBalancerInfoException', 'Load balancer info must be specified for a deployment group with the WITH_TRAFFIC_CONTROL option');
  }
  if (deploymentType === 'BLUE_GREEN') {
    checkBlueGreen(settings);
  }
}

function checkBlueGreen({ blueGreen = {}, targets }: ServerGroupSettings): void {
  const { deploymentReadyOption: ready, terminateBlueInstancesOnDeploymentSuccess: terminate, greenFleetProvisioningOption: provisioning } = blueGreen;
  if (ready === undefined) {
    throw invalidBlueGreen('Deployment ready option cannot be null for blue green deployment');
  }
  if (terminate === undefined) {
    throw invalidBlueGreen('Terminate blue instances option cannot be null for blue green deployment');
  }
  if (provisioning?.action === 'COPY_AUTO_SCALING_GROUP' && targets.autoScalingGroups.length !== 1) {
    throw copyNeedsOne();
  }
  for (const [name, minutes] of [['waitTimeInMinutes', ready.waitTimeInMinutes], ['terminationWaitTimeInMinutes', terminate.terminationWaitTimeInMinutes]] as const) {
    if (!(minutes >= 0 && minutes <= MAX_WAIT_MINUTES)) {
      throw invalidBlueGreen(`${name} must be from 0 to ${MAX_WAIT_MINUTES}, got ${minutes}`);
    }
  }
}

const invalidBlueGreen = (message: string): ServiceError => new ServiceError('InvalidBlueGreenDeploymentConfigurationException', message);

export const copyNeedsOne = (): ServiceError =>
  invalidBlueGreen('Exactly one AutoScaling group must be specified when selecting the COPY_AUTO_SCALING_GROUP green fleet provisioning option.');

function checkTriggers({ triggers }: ServerGroupSettings, { region }: GroupSurroundings): void {
  if (triggers.length > MAX_TRIGGERS) {
    throw new ServiceError('TriggerTargetsLimitExceededException', `Deployment Groups cannot contain more than ${MAX_TRIGGERS} TriggerTargets.`);
  }
  const wrong = triggers.find(({ triggerTargetArn }) => !new RegExp(`^arn:[^:]+:sns:${region}:\\d{12}:[^:]+$`).test(triggerTargetArn));
  if (wrong !== undefined) {
    throw new ServiceError('InvalidTriggerConfigException', `Topic ARN ${wrong.triggerTargetArn} is not valid`);
  }
}

export interface GroupModelOptions {
  readonly configs: readonly ServerConfig[];
  readonly applicationArn: string;
  readonly deploymentGroupArn: string;
  /** Instances that a deployment may have. */
  readonly instancesPerDeployment: number;
}

/** The group as deployments take it. What a request does not say of files and ApplicationStop is as the API's defaults have it. */
export function groupModelOf(settings: ServerGroupSettings, { configs, applicationArn, deploymentGroupArn, instancesPerDeployment }: GroupModelOptions): FleetGroupModel {
  const { applicationName, deploymentGroupName, deploymentConfigName, serviceRoleArn, targets, deploymentStyle, rollback, alarms } = settings;
  const { minimumHealthyHosts, zonal } = serverConfig(deploymentConfigName, configs);
  const balanced = deploymentStyle.deploymentOption === 'WITH_TRAFFIC_CONTROL';
  return {
    applicationName,
    deploymentGroupName,
    applicationArn,
    deploymentGroupArn,
    deploymentConfigName,
    minimumHealthyHosts,
    ...(zonal === undefined ? {} : { zonal }),
    serviceRoleArn,
    targets,
    loadBalancers: balanced ? [...settings.targetGroups, ...settings.classicLoadBalancers] : [],
    ...(settings.classicLoadBalancers.length === 0 ? {} : { classicLoadBalancers: settings.classicLoadBalancers }),
    deployment: deploymentStyle.deploymentType === 'BLUE_GREEN' ? blueGreenModel(settings.blueGreen) : { type: 'IN_PLACE' },
    outdatedInstances: settings.outdatedInstances,
    terminationHook: settings.terminationHook,
    fileExistsBehavior: 'DISALLOW',
    ignoreApplicationStopFailures: false,
    instancesPerDeployment,
    rollbackEvents: rollback.enabled ? rollback.events : [],
    alarmNames: alarms.enabled ? alarms.alarmNames : [],
    ignorePollAlarmFailure: alarms.ignorePollAlarmFailure,
  };
}

function blueGreenModel({ deploymentReadyOption: ready, terminateBlueInstancesOnDeploymentSuccess: terminate, greenFleetProvisioningOption: provisioning }: BlueGreenSettings = {}): BlueGreenModel {
  return {
    type: 'BLUE_GREEN',
    ...(ready?.actionOnTimeout === 'STOP_DEPLOYMENT' ? { readyWaitMinutes: ready.waitTimeInMinutes } : {}),
    ...(terminate?.action === 'TERMINATE' ? { terminationWaitMinutes: terminate.terminationWaitTimeInMinutes } : {}),
    provisioning: provisioning?.action ?? 'DISCOVER_EXISTING',
  };
}
