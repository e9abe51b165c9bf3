/**
 * The lifecycle of a deployment on each compute platform: which events there are, in which order, and which of them can have a hook.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
 */

/** An event in the life of an ECS deployment, in the order in which the service plays them. */
export const ECS_LIFECYCLE_EVENTS = [
  'BeforeInstall',
  'Install',
  'AfterInstall',
  'AllowTestTraffic',
  'AfterAllowTestTraffic',
  'BeforeAllowTraffic',
  'AllowTraffic',
  'AfterAllowTraffic',
] as const;

export type EcsLifecycleEvent = (typeof ECS_LIFECYCLE_EVENTS)[number];

/** Events that the AppSpec of an ECS deployment may bind to a Lambda function, in order. */
export const ECS_HOOK_EVENTS = [
  'BeforeInstall',
  'AfterInstall',
  'AfterAllowTestTraffic',
  'BeforeAllowTraffic',
  'AfterAllowTraffic',
] as const;

export type EcsHookEvent = (typeof ECS_HOOK_EVENTS)[number];

/** Events that exist only where the deployment group has a test listener; without one the service leaves them out. */
const TEST_TRAFFIC_EVENTS: readonly string[] = ['AllowTestTraffic', 'AfterAllowTestTraffic'];

/** The events of one deployment: eight with a test listener, six without. */
export function ecsLifecycleEvents(hasTestListener: boolean): readonly EcsLifecycleEvent[] {
  return hasTestListener ? ECS_LIFECYCLE_EVENTS : ECS_LIFECYCLE_EVENTS.filter((name) => !TEST_TRAFFIC_EVENTS.includes(name));
}

/** Whether the service would ever call a hook bound to this event. It skips test-traffic hooks in silence where there is no test listener. */
export function ecsHookRuns(event: EcsHookEvent, hasTestListener: boolean): boolean {
  return hasTestListener || !TEST_TRAFFIC_EVENTS.includes(event);
}

/** An event in the life of a Lambda deployment, in the order in which the service plays them. */
export const LAMBDA_LIFECYCLE_EVENTS = ['BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic'] as const;

/** Events that the AppSpec of a Lambda deployment may bind to a Lambda function, in order. */
export const LAMBDA_HOOK_EVENTS = ['BeforeAllowTraffic', 'AfterAllowTraffic'] as const;

export type LambdaHookEvent = (typeof LAMBDA_HOOK_EVENTS)[number];

/** An event in the life of an EC2/on-premises deployment, in the order of a deployment in place; the traffic events exist with a load balancer only. */
export const SERVER_LIFECYCLE_EVENTS = [
  'BeforeBlockTraffic',
  'BlockTraffic',
  'AfterBlockTraffic',
  'ApplicationStop',
  'DownloadBundle',
  'BeforeInstall',
  'Install',
  'AfterInstall',
  'ApplicationStart',
  'ValidateService',
  'BeforeAllowTraffic',
  'AllowTraffic',
  'AfterAllowTraffic',
] as const;

/** Events at which the AppSpec of an EC2/on-premises deployment may run scripts, in order. */
export const SERVER_HOOK_EVENTS = [
  'BeforeBlockTraffic',
  'AfterBlockTraffic',
  'ApplicationStop',
  'BeforeInstall',
  'AfterInstall',
  'ApplicationStart',
  'ValidateService',
  'BeforeAllowTraffic',
  'AfterAllowTraffic',
] as const;

export type ServerHookEvent = (typeof SERVER_HOOK_EVENTS)[number];
