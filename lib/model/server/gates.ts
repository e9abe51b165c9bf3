/**
 * How the gates of a rollout to EC2/on-premises speak with what asks them: CodeDeploy has no Lambda hooks there, so that its events, and a script of the bundle, come in their place.
 */

/** What a gate is called in its suite (`CheckSuite.event`), in its verdicts and in messages. */
export const SERVER_GATE_EVENTS = {
  /** Holds the ready wait of blue/green: all replacements are checked, then the deployment goes on or is stopped. */
  readyWait: 'ReadyWait',
  /** Is asked by a script of the bundle about its own instance. */
  instance: 'ValidateService',
  /** Checks each instance that a deployment has come to an end with, from outside, and drives the verdict alarm. */
  fleet: 'InstanceSuccess',
} as const;

export type ServerGateName = keyof typeof SERVER_GATE_EVENTS;

export type ServerGateEvent = (typeof SERVER_GATE_EVENTS)[ServerGateName];

/** Environment variables of the gates' functions, besides those of `ENV` (event, rollout, application, deploymentGroup, verdictAlarm, values, inRollback). */
export const GATE_ENV = {
  /** What an instance is asked at: `http` or `https`, and the port. Absent where no check asks an instance. */
  scheme: 'GREENLIGHT_INSTANCE_SCHEME',
  port: 'GREENLIGHT_INSTANCE_PORT',
  /** Most instances of one deployment that are checked, a whole number; where there are more, a sample spread over their zones. Ready wait only. */
  instances: 'GREENLIGHT_MAX_INSTANCES',
  /** Instances that are checked at the same time, a whole number. Ready wait only. */
  concurrency: 'GREENLIGHT_INSTANCES_AT_ONCE',
} as const;

/** What the script of an instance sends. The address is never taken from it: it comes from the targets of the deployment. */
export interface InstanceQuestion {
  readonly deploymentId: string;
  /** Such as `i-0123456789abcdef0`. */
  readonly instanceId: string;
}

/** What the script is answered. Anything else, an error of the function included, is a failure. */
export interface InstanceAnswer {
  /** `pass` lets the instance into service. */
  readonly verdict: 'pass' | 'fail';
  /** One line for the log of the agent: ASCII, no control characters, no quotation marks and backslashes, at most 1,000 characters. */
  readonly reason: string;
}

/** Event of EventBridge by which a deployment tells its state. */
export const DEPLOYMENT_STATE_CHANGE = 'CodeDeploy Deployment State-change Notification';

/** The same for one instance of a deployment. */
export const INSTANCE_STATE_CHANGE = 'CodeDeploy Instance State-change Notification';

export const CODEDEPLOY_EVENT_SOURCE = 'aws.codedeploy';

/** @see https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html */
export type StateChange = 'START' | 'SUCCESS' | 'FAILURE' | 'STOP' | 'READY';

export interface StateChangeDetail {
  readonly region: string;
  readonly deploymentId: string;
  readonly instanceGroupId: string;
  readonly deploymentGroup: string;
  readonly state: StateChange;
  readonly application: string;
  /** Of an instance's event only. */
  readonly instanceId?: string;
}

export interface StateChangeEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': typeof DEPLOYMENT_STATE_CHANGE | typeof INSTANCE_STATE_CHANGE;
  readonly source: typeof CODEDEPLOY_EVENT_SOURCE;
  readonly account: string;
  /** ISO 8601. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: StateChangeDetail;
}
