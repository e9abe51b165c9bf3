import type { Duration } from 'aws-cdk-lib/core';

/** A script of the bundle. */
export interface ServerScript {
  /** Path of the script, relative to the root of the bundle. */
  readonly location: string;

  /**
   * Time after which the script has failed, in whole seconds. Those of one event come to an hour at most.
   *
   * @default Duration.hours(1)
   */
  readonly timeout?: Duration;

  /**
   * User that runs the script, without a password; Linux only.
   *
   * @default - the user of the agent
   */
  readonly runAs?: string;
}

/**
 * Scripts by lifecycle event, each list in its order. Events of traffic are played in deployment groups with a load balancer only.
 *
 * `applicationStop`, `beforeBlockTraffic` and `afterBlockTraffic` run the scripts of the revision before, so that they do nothing in the first deployment to a host.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#appspec-hooks-server
 */
export interface ServerAppSpecHooks {
  /**
   * Before the host is taken from the load balancer.
   *
   * @default - no scripts
   */
  readonly beforeBlockTraffic?: ServerScript[];

  /**
   * After the host is taken from the load balancer.
   *
   * @default - no scripts
   */
  readonly afterBlockTraffic?: ServerScript[];

  /**
   * Before the new revision is downloaded.
   *
   * @default - no scripts
   */
  readonly applicationStop?: ServerScript[];

  /**
   * Before files are copied.
   *
   * @default - no scripts
   */
  readonly beforeInstall?: ServerScript[];

  /**
   * After files are copied.
   *
   * @default - no scripts
   */
  readonly afterInstall?: ServerScript[];

  /**
   * To start what `applicationStop` has stopped.
   *
   * @default - no scripts
   */
  readonly applicationStart?: ServerScript[];

  /**
   * To see that the application works.
   *
   * @default - no scripts
   */
  readonly validateService?: ServerScript[];

  /**
   * Before the load balancer gets the host back.
   *
   * @default - no scripts
   */
  readonly beforeAllowTraffic?: ServerScript[];

  /**
   * After the load balancer has got the host back.
   *
   * @default - no scripts
   */
  readonly afterAllowTraffic?: ServerScript[];
}
