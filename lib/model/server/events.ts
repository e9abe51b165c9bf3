/**
 * The lifecycle events of an instance by the kind of its deployment, and which revision their scripts come from.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#reference-appspec-file-structure-hooks-availability
 * @see https://github.com/aws/aws-codedeploy-agent/blob/master/lib/instance_agent/plugins/codedeploy/hook_executor.rb
 */
import type { ServerHookEvent } from '../lifecycle';
import { SERVER_HOOK_EVENTS, SERVER_LIFECYCLE_EVENTS } from '../lifecycle';

export type ServerLifecycleEvent = (typeof SERVER_LIFECYCLE_EVENTS)[number];

/** What is done to an instance. */
export type InstanceDeploymentKind =
  | 'inPlace'
  | 'blueGreenOriginal'
  | 'blueGreenReplacement'
  | 'blueGreenRollbackOriginal'
  | 'blueGreenRollbackReplacement'
  | 'autoScalingLaunch'
  | 'autoScalingTermination';

const INSTALL: readonly ServerLifecycleEvent[] = ['DownloadBundle', 'BeforeInstall', 'Install', 'AfterInstall', 'ApplicationStart', 'ValidateService'];

/** Events that exist only where the deployment group has a load balancer. */
export const BLOCK_TRAFFIC_EVENTS: readonly ServerLifecycleEvent[] = ['BeforeBlockTraffic', 'BlockTraffic', 'AfterBlockTraffic'];
export const ALLOW_TRAFFIC_EVENTS: readonly ServerLifecycleEvent[] = ['BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic'];

const EVENTS: Readonly<Record<InstanceDeploymentKind, readonly ServerLifecycleEvent[]>> = {
  inPlace: SERVER_LIFECYCLE_EVENTS,
  blueGreenOriginal: BLOCK_TRAFFIC_EVENTS,
  blueGreenReplacement: ['ApplicationStop', ...INSTALL, ...ALLOW_TRAFFIC_EVENTS],
  blueGreenRollbackOriginal: ALLOW_TRAFFIC_EVENTS,
  blueGreenRollbackReplacement: BLOCK_TRAFFIC_EVENTS,
  autoScalingLaunch: ['ApplicationStop', ...INSTALL, ...ALLOW_TRAFFIC_EVENTS],
  autoScalingTermination: [...BLOCK_TRAFFIC_EVENTS, 'ApplicationStop'],
};

const TRAFFIC_EVENTS = [...BLOCK_TRAFFIC_EVENTS, ...ALLOW_TRAFFIC_EVENTS];

/** The events of one instance in their order. Blue/green needs a load balancer, so that its kinds have nothing left without one. */
export function serverLifecycleEvents(kind: InstanceDeploymentKind, hasLoadBalancer: boolean): readonly ServerLifecycleEvent[] {
  return EVENTS[kind].filter((event) => hasLoadBalancer || !TRAFFIC_EVENTS.includes(event));
}

/** Whether an event runs scripts of the bundle; the others are the agent's or the service's own. */
export function runsScripts(event: ServerLifecycleEvent): event is ServerHookEvent {
  return SERVER_HOOK_EVENTS.some((name) => name === event);
}

/**
 * The revision whose scripts an event runs. `current`: that of the deployment. `lastSuccessful`: the last one that Install ended with on this instance. `mostRecent`:
 * the last one that was downloaded to it.
 */
export type ScriptRevision = 'current' | 'lastSuccessful' | 'mostRecent';

const FROM_LAST_SUCCESSFUL: readonly ServerLifecycleEvent[] = ['BeforeBlockTraffic', 'AfterBlockTraffic', 'ApplicationStop'];

/** Which revision it is; where an instance has none of that kind, nothing runs, and the event succeeds. */
export function scriptRevision(event: ServerHookEvent, kind: InstanceDeploymentKind): ScriptRevision {
  if (kind === 'blueGreenRollbackReplacement') {
    return 'mostRecent';
  }
  return kind === 'blueGreenRollbackOriginal' || FROM_LAST_SUCCESSFUL.includes(event) ? 'lastSuccessful' : 'current';
}

/** Events whose failure a deployment with `ignoreApplicationStopFailures` passes over. */
export const IGNORABLE_EVENTS: readonly ServerLifecycleEvent[] = ['BeforeBlockTraffic', 'AfterBlockTraffic', 'ApplicationStop'];

export type FileExistsBehavior = 'DISALLOW' | 'OVERWRITE' | 'RETAIN';
