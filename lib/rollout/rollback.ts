import type { RollbackAlarm } from '../alarms/rollback-alarm';

/**
 * When a deployment is rolled back, and which alarms stop it.
 *
 * A rollback is a deployment of its own, which the service starts within about a second.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html
 */
export interface RollbackOptions {
  /**
   * Roll back a deployment that fails, as one does whose hook reports Failed.
   *
   * @default true
   */
  readonly onFailure?: boolean;

  /**
   * Roll back a deployment that an alarm has stopped.
   *
   * An alarm stops a deployment in any case. Without the rollback, traffic stays as it is at that moment.
   *
   * @default true
   */
  readonly onAlarm?: boolean;

  /**
   * Roll back a deployment that somebody stops by hand.
   *
   * @default false
   */
  readonly onRequest?: boolean;

  /**
   * Alarms that stop a deployment, besides the verdict alarm that every rollout has. Together they may be 50; more than 10 are a warning,
   * since accounts with older limits refuse them.
   *
   * @default - the verdict alarm alone
   */
  readonly alarms?: RollbackAlarm[];

  /**
   * Let a deployment go on when the state of the alarms cannot be read.
   *
   * @default false
   */
  readonly ignorePollAlarmFailure?: boolean;
}
