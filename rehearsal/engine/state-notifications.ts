/**
 * What EventBridge is sent when a deployment, or one of its instances, changes its state.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html
 */
import { CODEDEPLOY_EVENT_SOURCE, DEPLOYMENT_STATE_CHANGE, INSTANCE_STATE_CHANGE, type StateChange, type StateChangeEvent } from '../../lib/model/server/gates';
import type { GroupModel } from './deployment-group';
import type { DeploymentChange } from './deployment-record';
import { ANY_VALUE } from './event-pattern';
import { fleetBehaviour, type FleetBehaviour } from './fleet/fleet-behaviour';
import type { FleetChange } from './fleet/fleet-record';
import { requestId } from './identifiers';
import type { Cancel, RandomFor, Scheduler } from './ports';
import { serviceBehaviour, type ServiceBehaviour } from './service-behaviour';

/** What changes its state. */
export type Notified = 'deployment' | 'instance';

export interface NotifiedGroup {
  readonly group: Pick<GroupModel, 'applicationName' | 'applicationArn' | 'deploymentGroupName' | 'deploymentGroupArn'>;
  readonly account: string;
  readonly region: string;
  readonly random: RandomFor;
}

export interface StateNotifications extends NotifiedGroup {
  readonly deployments: { onChange(listener: (change: DeploymentChange | FleetChange) => void): Cancel };
  readonly scheduler: Scheduler;
  /** Time of day of virtual zero. */
  readonly epochMs: number;
  /** Whether anybody may want such an event: for others nothing is done. */
  readonly wants: (what: Notified, state: StateChange) => boolean;
  /** Told of an event that will be delivered. */
  readonly expected?: () => void;
  readonly behaviour?: ServiceBehaviour;
  readonly fleetBehaviour?: FleetBehaviour;
}

interface Told {
  readonly deploymentId: string;
  readonly state: StateChange;
  readonly instanceId?: string;
}

/** Delivers every wanted event of the deployments of a group, rollbacks included. */
export function notifyOfStates(options: StateNotifications, deliver: (event: StateChangeEvent) => void): Cancel {
  const { deployments, scheduler, wants, expected, behaviour = serviceBehaviour() } = options;
  const states = { deployment: deploymentStates(behaviour), instance: instanceStates(options.fleetBehaviour ?? fleetBehaviour()) };
  // A deployment that goes on from its ready wait, and an instance that is given its traffic, do not start again.
  const started = new Set<string>();
  return deployments.onChange((change) => {
    const what = change.kind === 'status' ? 'deployment' : change.kind === 'instance' ? 'instance' : undefined;
    const state = what === undefined ? undefined : states[what][(change as { readonly status: string }).status];
    if (what === undefined || state === undefined || !wants(what, state)) {
      return;
    }
    const { deploymentId, at } = change;
    const told: Told = { deploymentId, state, ...(change.kind === 'instance' ? { instanceId: change.instanceId } : {}) };
    const identity = identityOf(told);
    if (state === 'START' && started.has(identity)) {
      return;
    }
    if (state === 'START') {
      started.add(identity);
    }
    expected?.();
    const event = { ...bodyOf(options, what, told), id: requestId(options.random, identity), time: new Date(options.epochMs + at).toISOString().replace(/\.\d+Z$/, 'Z') } as StateChangeEvent;
    scheduler.after(behaviour.notificationMs, `notification of ${deploymentId}`, () => deliver(event));
  });
}

/** Such an event as far as it is known before it happens: what it will tell besides may be anything. */
export function expectedEvent(group: NotifiedGroup, what: Notified, state: StateChange): object {
  const { detail, resources, ...known } = bodyOf(group, what, { deploymentId: '', state });
  const more = what === 'deployment' ? {} : { instanceId: ANY_VALUE };
  return { ...known, id: ANY_VALUE, time: ANY_VALUE, resources: what === 'deployment' ? resources : [...resources, ANY_VALUE], detail: { ...detail, deploymentId: ANY_VALUE, ...more } };
}

const identityOf = ({ deploymentId, state, instanceId }: Told): string => `${state.toLowerCase()} of ${deploymentId}${instanceId === undefined ? '' : ` ${instanceId}`}`;

function deploymentStates(behaviour: ServiceBehaviour): Readonly<Record<string, StateChange>> {
  return { [behaviour.startNotificationStatus]: 'START', Ready: 'READY', Succeeded: 'SUCCESS', Failed: 'FAILURE', Stopped: 'STOP' };
}

function instanceStates({ readyInstancesNotified }: FleetBehaviour): Readonly<Record<string, StateChange>> {
  return { InProgress: 'START', ...(readyInstancesNotified ? { Ready: 'READY' } : {}), Succeeded: 'SUCCESS', Failed: 'FAILURE' };
}

function bodyOf({ group, account, region, random }: NotifiedGroup, what: Notified, { deploymentId, state, instanceId }: Told): Omit<StateChangeEvent, 'id' | 'time'> {
  const { applicationName: application, applicationArn, deploymentGroupName: deploymentGroup, deploymentGroupArn } = group;
  const instances = instanceId === undefined ? [] : [instanceArn(applicationArn, instanceId)];
  return {
    version: '0',
    'detail-type': what === 'deployment' ? DEPLOYMENT_STATE_CHANGE : INSTANCE_STATE_CHANGE,
    source: CODEDEPLOY_EVENT_SOURCE,
    account,
    region,
    resources: [...instances, applicationArn, deploymentGroupArn],
    detail: {
      region,
      deploymentId,
      instanceGroupId: requestId(random, `group ${deploymentGroup}`),
      deploymentGroup,
      state,
      application,
      ...(instanceId === undefined ? {} : { instanceId }),
    },
  };
}

/** That of EC2; on premises the instance is CodeDeploy's own. */
function instanceArn(applicationArn: string, instanceId: string): string {
  const [arn, partition, codedeploy, region, account] = applicationArn.split(':');
  return [arn, partition, instanceId.startsWith('i-') ? 'ec2' : codedeploy, region, account, `instance/${instanceId}`].join(':');
}
