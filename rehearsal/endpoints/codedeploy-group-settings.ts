/** Reads what CreateDeploymentGroup and UpdateDeploymentGroup say of a group of EC2/on-premises. */
import type { TagFilter, TagGroup, TargetSelection } from '../../lib/model/server/tag-groups';
import { DEFAULT_SERVER_CONFIG } from '../../lib/model/server/healthy-hosts';
import type { AutoRollbackEvent } from '../../lib/model/status';
import { copyNeedsOne, type BlueGreenSettings, type ServerGroupSettings, type TriggerSettings } from '../engine/fleet/group-settings';
import { ServiceError } from '../engine/ports';
import { required } from './codedeploy-lookup';
import type { Fields } from './fields';

/** Members of other platforms. */
const FOREIGN = ['ecsServices', 'eksClusters'];

const NAME = /^[\w.+=,@-]{1,100}$/;

/** @throws ServiceError where a member cannot be read, or belongs to another platform */
export function newGroupSettings(input: Fields): ServerGroupSettings {
  const deploymentGroupName = required(input, 'deploymentGroupName', 'DeploymentGroupNameRequiredException', 'the deployment group name');
  if (!NAME.test(deploymentGroupName)) {
    throw new ServiceError('InvalidDeploymentGroupNameException', `'${deploymentGroupName}' is not a name of a deployment group: up to 100 letters, digits and .+=,@-_`);
  }
  const nothing: ServerGroupSettings = {
    applicationName: required(input, 'applicationName', 'ApplicationNameRequiredException', 'the application name'),
    deploymentGroupName,
    deploymentConfigName: DEFAULT_SERVER_CONFIG,
    serviceRoleArn: required(input, 'serviceRoleArn', 'RoleRequiredException', 'the service role'),
    targets: { autoScalingGroups: [], ec2TagGroups: [], onPremisesTagGroups: [] },
    targetGroups: [],
    classicLoadBalancers: [],
    deploymentStyle: { deploymentType: 'IN_PLACE', deploymentOption: 'WITHOUT_TRAFFIC_CONTROL' },
    outdatedInstances: 'UPDATE',
    terminationHook: false,
    rollback: { enabled: false, events: [] },
    alarms: { enabled: false, ignorePollAlarmFailure: false, alarmNames: [] },
    triggers: [],
  };
  return changed(nothing, input);
}

/** Members that are left out are kept; what is there takes the place of what was, and clears it where it is empty. */
export function updatedGroupSettings(before: ServerGroupSettings, input: Fields): ServerGroupSettings {
  const after = changed(before, input);
  const copies = blueGreen(input)?.greenFleetProvisioningOption?.action === 'COPY_AUTO_SCALING_GROUP';
  // The service does not look at the group's own here: it wants the request to name it again.
  if (copies && input.strings('autoScalingGroups')?.length !== 1) {
    throw copyNeedsOne();
  }
  return after;
}

function changed(before: ServerGroupSettings, input: Fields): ServerGroupSettings {
  refuseForeign(input);
  const loadBalancers = input.structure('loadBalancerInfo');
  const style = input.structure('deploymentStyle');
  const names = (list: string): readonly string[] => (loadBalancers?.structures(list) ?? []).map((each) => each.string('name') ?? '');
  return {
    ...before,
    deploymentConfigName: input.string('deploymentConfigName') ?? before.deploymentConfigName,
    serviceRoleArn: input.string('serviceRoleArn') ?? before.serviceRoleArn,
    targets: targets(before.targets, input),
    ...(loadBalancers === undefined ? {} : { targetGroups: names('targetGroupInfoList'), classicLoadBalancers: names('elbInfoList') }),
    deploymentStyle: {
      deploymentType: oneOf(style, 'deploymentType', ['IN_PLACE', 'BLUE_GREEN'], 'InvalidDeploymentStyleException') ?? before.deploymentStyle.deploymentType,
      deploymentOption: oneOf(style, 'deploymentOption', ['WITH_TRAFFIC_CONTROL', 'WITHOUT_TRAFFIC_CONTROL'], 'InvalidDeploymentStyleException') ?? before.deploymentStyle.deploymentOption,
    },
    ...(blueGreen(input) === undefined ? {} : { blueGreen: blueGreen(input) }),
    outdatedInstances: oneOf(input, 'outdatedInstancesStrategy', ['UPDATE', 'IGNORE'], 'InvalidInputException') ?? before.outdatedInstances,
    terminationHook: input.boolean('terminationHookEnabled') ?? before.terminationHook,
    ...rollback(input),
    ...alarms(input),
    ...triggers(input),
  };
}

function refuseForeign(input: Fields): void {
  if (FOREIGN.some((name) => (input.structures(name)?.length ?? 0) > 0) || (input.structure('loadBalancerInfo')?.structures('targetGroupPairInfoList')?.length ?? 0) > 0) {
    throw new ServiceError('InvalidInputException', 'Server Deployment Groups should not define a value for ecsServices, eksClusters, or targetGroupPairInfoList');
  }
}

function oneOf<Value extends string>(input: Fields | undefined, name: string, values: readonly Value[], exception: string): Value | undefined {
  const value = input?.string(name);
  if (value !== undefined && !values.includes(value as Value)) {
    throw new ServiceError(exception, `${name} must be ${values.join(' or ')}, got '${value}'`);
  }
  return value as Value | undefined;
}

function targets(before: TargetSelection, input: Fields): TargetSelection {
  return {
    autoScalingGroups: input.strings('autoScalingGroups') ?? before.autoScalingGroups,
    ec2TagGroups: tagGroups(input, ['ec2TagFilters', 'ec2TagSet', 'ec2TagSetList'], 'InvalidEC2TagCombinationException') ?? before.ec2TagGroups,
    onPremisesTagGroups:
      tagGroups(input, ['onPremisesInstanceTagFilters', 'onPremisesTagSet', 'onPremisesTagSetList'], 'InvalidOnPremisesTagCombinationException') ?? before.onPremisesTagGroups,
  };
}

/** Filters are one group, of which any may fit; a set has several, which must all. */
export function tagGroups(input: Fields, [filters, set, list]: readonly [string, string, string], exception: string): readonly TagGroup[] | undefined {
  const one = input.structures(filters);
  const several = input.structure(set);
  if (one !== undefined && several !== undefined) {
    throw new ServiceError(exception, `${filters} and ${set} cannot be in the same request; give the one or the other`);
  }
  if (several !== undefined) {
    return several.lists(list).map((group) => group.map(tagFilter));
  }
  return one === undefined ? undefined : one.length === 0 ? [] : [one.map(tagFilter)];
}

function tagFilter(filter: Fields): TagFilter {
  const type = filter.string('Type');
  const [key, value] = [filter.string('Key'), filter.string('Value')];
  return { ...(key === undefined || type === 'VALUE_ONLY' ? {} : { key }), ...(value === undefined || type === 'KEY_ONLY' ? {} : { value }) };
}

function blueGreen(input: Fields): BlueGreenSettings | undefined {
  const configuration = input.structure('blueGreenDeploymentConfiguration');
  if (configuration === undefined) {
    return undefined;
  }
  const exception = 'InvalidBlueGreenDeploymentConfigurationException';
  const ready = configuration.structure('deploymentReadyOption');
  const terminate = configuration.structure('terminateBlueInstancesOnDeploymentSuccess');
  const provisioning = configuration.structure('greenFleetProvisioningOption');
  return {
    ...(ready && {
      deploymentReadyOption: {
        actionOnTimeout: oneOf(ready, 'actionOnTimeout', ['CONTINUE_DEPLOYMENT', 'STOP_DEPLOYMENT'], 'InvalidDeploymentReadyOptionException') ?? 'CONTINUE_DEPLOYMENT',
        waitTimeInMinutes: ready.number('waitTimeInMinutes') ?? 0,
      },
    }),
    ...(terminate && {
      terminateBlueInstancesOnDeploymentSuccess: {
        action: oneOf(terminate, 'action', ['TERMINATE', 'KEEP_ALIVE'], exception) ?? 'TERMINATE',
        terminationWaitTimeInMinutes: terminate.number('terminationWaitTimeInMinutes') ?? 0,
      },
    }),
    ...(provisioning && {
      greenFleetProvisioningOption: { action: oneOf(provisioning, 'action', ['DISCOVER_EXISTING', 'COPY_AUTO_SCALING_GROUP'], 'InvalidGreenFleetProvisioningOptionException') ?? 'DISCOVER_EXISTING' },
    }),
  };
}

const ROLLBACK_EVENTS: readonly AutoRollbackEvent[] = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'];

function rollback(input: Fields): Pick<ServerGroupSettings, 'rollback'> | object {
  const configuration = input.structure('autoRollbackConfiguration');
  if (configuration === undefined) {
    return {};
  }
  const events = (configuration.strings('events') ?? []) as readonly AutoRollbackEvent[];
  const unknown = events.find((event) => !ROLLBACK_EVENTS.includes(event));
  if (unknown !== undefined) {
    throw new ServiceError('InvalidAutoRollbackConfigException', `events must be of ${ROLLBACK_EVENTS.join(', ')}, got '${unknown}'`);
  }
  return { rollback: { enabled: configuration.boolean('enabled') ?? false, events } };
}

function alarms(input: Fields): Pick<ServerGroupSettings, 'alarms'> | object {
  const configuration = input.structure('alarmConfiguration');
  if (configuration === undefined) {
    return {};
  }
  const alarmNames = (configuration.structures('alarms') ?? []).map((alarm) => alarm.string('name') ?? '');
  if (alarmNames.includes('')) {
    throw new ServiceError('InvalidAlarmConfigException', 'each of alarms needs a name');
  }
  return { alarms: { enabled: configuration.boolean('enabled') ?? false, ignorePollAlarmFailure: configuration.boolean('ignorePollAlarmFailure') ?? false, alarmNames } };
}

function triggers(input: Fields): { readonly triggers: readonly TriggerSettings[] } | object {
  const list = input.structures('triggerConfigurations');
  if (list === undefined) {
    return {};
  }
  return {
    triggers: list.map((trigger) => ({
      triggerName: required(trigger, 'triggerName', 'InvalidTriggerConfigException', 'the name of a trigger'),
      triggerTargetArn: trigger.string('triggerTargetArn') ?? '',
      triggerEvents: trigger.strings('triggerEvents') ?? [],
    })),
  };
}
