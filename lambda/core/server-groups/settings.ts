/** What a request says of its deployment group, in the service's own terms. */
import { MAX_ALARMS, MAX_TRIGGERS, MAX_WAIT_MINUTES } from '../../../lib/model/limits';
import type { AutoRollbackEvent } from '../../../lib/model/status';
import { ConfigurationError } from '../failures';
import type { GreenFleet, GroupSettings, Named } from './group-ports';
import type { Values } from './values';
import { listIn, nameIn, oneOf, roleIn, textIn, textsIn, wholeIn } from './values';

export type Fleet = 'ALTERNATING' | 'COPIED';

/** All but the Auto Scaling group that serves, which is asked from the service. */
export type WantedSettings = Omit<GroupSettings, 'autoScalingGroups'>;

export const GREEN_FLEETS: Readonly<Record<Fleet, GreenFleet>> = { ALTERNATING: 'DISCOVER_EXISTING', COPIED: 'COPY_AUTO_SCALING_GROUP' };

const FLEETS: readonly Fleet[] = ['ALTERNATING', 'COPIED'];
const BOOLEANS = ['true', 'false'] as const;
const EVENTS: readonly AutoRollbackEvent[] = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'];

/**
 * Of either kind in one deployment group.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_LoadBalancerInfo.html
 */
const MAX_LOAD_BALANCERS = 10;

/** More than there are. */
const MAX_TRIGGER_EVENTS = 20;

export const fleetIn = (values: Values): Fleet => oneOf(values, 'Fleet', FLEETS);

/** @throws ConfigurationError */
export function settingsIn(values: Values): WantedSettings {
  const fleet = fleetIn(values);
  const events = textsIn(values, 'RollbackEvents', EVENTS.length).map((event) => oneOf({ RollbackEvents: event }, 'RollbackEvents', EVENTS));
  const alarms = textsIn(values, 'Alarms', MAX_ALARMS);
  return {
    deploymentConfigName: nameIn(values, 'DeploymentConfigName'),
    serviceRoleArn: roleIn(values, 'ServiceRoleArn'),
    deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption: readyOption(values),
      greenFleetProvisioningOption: { action: GREEN_FLEETS[fleet] },
      terminateBlueInstancesOnDeploymentSuccess: originals(values, fleet),
    },
    loadBalancerInfo: loadBalancers(values),
    alarmConfiguration: { enabled: alarms.length > 0, ignorePollAlarmFailure: oneOf(values, 'IgnorePollAlarmFailure', BOOLEANS) === 'true', alarms: alarms.map(named) },
    autoRollbackConfiguration: events.length === 0 ? { enabled: false } : { enabled: true, events },
    triggerConfigurations: listIn(values, 'Triggers', MAX_TRIGGERS).map(triggerOf),
    outdatedInstancesStrategy: oneOf(values, 'OutdatedInstances', ['UPDATE', 'IGNORE']),
    terminationHookEnabled: oneOf(values, 'TerminationHook', BOOLEANS) === 'true',
  };
}

const named = (name: string): Named => ({ name });

/** Only one that stops has a wait. */
function readyOption(values: Values): WantedSettings['blueGreenDeploymentConfiguration']['deploymentReadyOption'] {
  return values['ReadyWaitMinutes'] === undefined
    ? { actionOnTimeout: 'CONTINUE_DEPLOYMENT' }
    : { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: wholeIn(values, 'ReadyWaitMinutes', 1, MAX_WAIT_MINUTES) };
}

/** The service terminates an Auto Scaling group as such, and one of a stack is CloudFormation's. */
function originals(values: Values, fleet: Fleet): WantedSettings['blueGreenDeploymentConfiguration']['terminateBlueInstancesOnDeploymentSuccess'] {
  const action = oneOf(values, 'Originals', ['KEEP_ALIVE', 'TERMINATE']);
  if (action === 'KEEP_ALIVE') {
    return { action };
  }
  if (fleet === 'ALTERNATING') {
    throw new ConfigurationError("'Originals' must be KEEP_ALIVE where 'Fleet' is ALTERNATING, got \"TERMINATE\": CodeDeploy would delete an Auto Scaling group of the stack");
  }
  return { action, terminationWaitTimeInMinutes: wholeIn(values, 'TerminationWaitMinutes', 0, MAX_WAIT_MINUTES) };
}

/** An empty list beside a full one is never said; the other kind is taken away with the whole that it was in. */
function loadBalancers(values: Values): WantedSettings['loadBalancerInfo'] {
  const targetGroups = textsIn(values, 'TargetGroups', MAX_LOAD_BALANCERS);
  const classic = textsIn(values, 'LoadBalancers', MAX_LOAD_BALANCERS);
  if (targetGroups.length + classic.length === 0) {
    throw new ConfigurationError("'TargetGroups' or 'LoadBalancers' must have an entry, got none: blue/green moves traffic from one fleet to another");
  }
  return { ...(targetGroups.length === 0 ? {} : { targetGroupInfoList: targetGroups.map(named) }), ...(classic.length === 0 ? {} : { elbInfoList: classic.map(named) }) };
}

function triggerOf(value: unknown): WantedSettings['triggerConfigurations'][number] {
  const values = (value ?? {}) as Values;
  return { triggerName: textIn(values, 'TriggerName'), triggerTargetArn: textIn(values, 'TriggerTargetArn'), triggerEvents: textsIn(values, 'TriggerEvents', MAX_TRIGGER_EVENTS) };
}

/** Whether the service tells what is wanted. The order of lists is nothing to it, and what is empty, nought or false it tells or does not. */
export const isSame = (told: object, wanted: GroupSettings): boolean => JSON.stringify(plain(told)) === JSON.stringify(plain(wanted));

function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => JSON.stringify(plain(item))).sort();
    return items.length === 0 ? undefined : items;
  }
  if (typeof value !== 'object' || value === null) {
    return value || undefined;
  }
  const members = Object.entries(value as Values)
    .map(([name, member]) => [name, plain(member)] as const)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return members.length === 0 ? undefined : members;
}
