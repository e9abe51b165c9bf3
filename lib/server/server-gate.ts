import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Duration, Size } from 'aws-cdk-lib/core';

import type { Check } from '../checks/check';
import type { Settle } from '../checks/settle';
import { requireList } from '../private/kinds';

/** What a gate of a rollout to servers plays, and where. */
export interface ServerGateOptions {
  /**
   * The checks, at least one; the gate fails when one of them does. What is asked at the test listener, as by default, is asked of an instance, and of each instance
   * by itself; `CheckTarget.url` asks anything else.
   */
  readonly checks: Check[];

  /**
   * Port at which instances are asked, 1 to 65535.
   *
   * @default - none: no check asks an instance
   */
  readonly port?: number;

  /**
   * Protocol by which instances are asked, HTTP or HTTPS. No certificate names the address of an instance, so that with HTTPS each check gives the `host` that it is for.
   *
   * @default elbv2.ApplicationProtocol.HTTP
   */
  readonly protocol?: elbv2.ApplicationProtocol;

  /**
   * What must answer before the checks start.
   *
   * @default - the checks start at once
   */
  readonly settle?: Settle;

  /**
   * End at the first failure of an enforced check. Otherwise every check is played, so that one run shows everything that is wrong.
   *
   * @default false
   */
  readonly failFast?: boolean;

  /**
   * Checks of one instance that may be in play at the same time, 1 to 20.
   *
   * @default 1 - one after the other, in the order of the list
   */
  readonly concurrency?: number;

  /**
   * Time-out of the function, twenty seconds to fifteen minutes. A tenth of it, at least ten seconds, is kept back to decide and to report, and fifteen seconds to find
   * the instances. What is left must be enough for settle phase and checks, at a ready wait for those of all instances.
   *
   * @default - what they can take at the longest, at least a minute
   */
  readonly timeout?: Duration;

  /**
   * Memory of the function, 128 MiB to 10,240 MiB. CPU comes with it.
   *
   * @default Size.mebibytes(512)
   */
  readonly memorySize?: Size;

  /**
   * Node.js runtime of the function, 22 or later.
   *
   * @default lambda.Runtime.NODEJS_24_X
   */
  readonly runtime?: lambda.Runtime;

  /**
   * How long the log of the function is kept. The log group goes with the stack.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Play the checks in rollback deployments too. Otherwise those pass at once: a rollback that a gate stops leaves the fleet with what was wrong.
   *
   * @default false
   */
  readonly runInRollback?: boolean;

  /**
   * Age at which EventBridge and Lambda give up an event that does not come to the function, one to fifteen minutes each; the gate then has failed. Not for `instance`, which is asked.
   *
   * @default Duration.minutes(5)
   */
  readonly maxEventAge?: Duration;

  /**
   * VPC that the function runs in: that of the instances, where it asks them.
   *
   * @default - where it asks instances, the VPC of the Auto Scaling groups if the app makes it; otherwise none
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets that the function runs in.
   *
   * @default - private subnets with a route out, else isolated subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Security groups of the function. Those of Auto Scaling groups let them in at the port; instances that the app does not know must do so by themselves.
   *
   * @default - a new one, which may reach the instances, HTTPS, and the ports of URLs
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Most instances of a deployment that are checked, 1 to 1,000; of more, a sample that is spread over their zones. Ready wait only.
   *
   * @default 20
   */
  readonly instances?: number;

  /**
   * Instances that are checked at the same time, 1 to 100, all within the memory of one function. Ready wait only.
   *
   * @default 5
   */
  readonly instancesAtOnce?: number;

  /**
   * The bundle has the script that asks the gate: `ServerRollout.validateServiceScript`, which you have put there yourself. Without it the script is put into the bundle of a
   * folder, and bundles from elsewhere are refused, since nobody would ask. Only for `instance`.
   *
   * @default false
   */
  readonly scriptInBundle?: boolean;
}

/**
 * Checks that decide over a release to servers, where CodeDeploy has no Lambda hooks.
 *
 * One gate may be given to several places, each of which makes a function of its own.
 */
export class ServerGate {
  /**
   * Plays checks, the same as for ECS and Lambda.
   *
   * Checks that find the versions of a release, as those of metrics that compare them, have no versions here and are refused.
   */
  public static checks(options: ServerGateOptions): ServerGate {
    requireList("'checks' of a gate", options.checks, "give it such as [HttpCheck.get('/health', ...)]");
    return new ServerGate(options);
  }

  private constructor(private readonly options: ServerGateOptions) {}

  /** @internal */
  public get _options(): ServerGateOptions {
    return this.options;
  }
}

/** Where a rollout to servers is checked; each place may have a gate. */
export interface ServerRolloutGates {
  /**
   * Before traffic goes to the replacement instances of a blue/green deployment: it waits, they are checked, then it goes on, or is stopped and rolled back with the originals still
   * serving.
   *
   * @default - none
   */
  readonly readyWait?: ServerGate;

  /**
   * On each instance, before it is in service: a script that is put into the bundle asks the gate about its instance at `ValidateService`, after your own scripts. An instance that does not pass has failed.
   * It needs the AWS CLI and curl on the instances, and they must reach Lambda.
   *
   * @default - none
   */
  readonly instance?: ServerGate;

  /**
   * After each instance, from outside: an instance that does not pass sets the verdict alarm, by which CodeDeploy stops the deployment and rolls it back.
   *
   * @default - none
   */
  readonly fleet?: ServerGate;
}
