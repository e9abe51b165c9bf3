import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Duration, Size } from 'aws-cdk-lib/core';

import type { Check } from '../checks/check';
import type { Settle } from '../checks/settle';
import { bindChecksHook } from '../private/checks-hook';
import { bindNativeHook } from '../private/ecs-native-hook';
import { bindFunctionHook } from '../private/function-hook';
import type { BoundHook, HookContext } from '../private/hook-context';
import { bindOutcomeHook } from '../private/outcome-hook';
import type { EcsNativeHookOptions } from './ecs-native-hook';
import { EcsNativeHook } from './ecs-native-hook';

/** What every hook has that is ours to configure. */
export interface GuardedHookOptions {
  /**
   * Age at which Lambda gives up an invocation that it cannot start, one to fifteen minutes. The guardian then reports Failed.
   *
   * Without a limit, a throttled invocation is retried for hours, and the deployment waits for it.
   *
   * @default Duration.minutes(5)
   */
  readonly maxEventAge?: Duration;
}

/** A function of ours. */
export interface HandlerOptions extends GuardedHookOptions {
  /**
   * Memory of the function, 128 MiB to 10,240 MiB. CPU comes with it, and so does the time of a cold start.
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
   * Run in rollback deployments too. Otherwise the hook reports Succeeded there at once.
   *
   * @default false
   */
  readonly runInRollback?: boolean;
}

/** A hook that plays checks. */
export interface ChecksHookOptions extends HandlerOptions {
  /** The checks, at least one; the hook fails when one of them does. */
  readonly checks: Check[];

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
   * Checks that may be in play at the same time, 1 to 20.
   *
   * @default 1 - one after the other, in the order of the list
   */
  readonly concurrency?: number;

  /**
   * Time-out of the function, twenty seconds to fifteen minutes. A tenth of it, at least ten seconds, is kept back to report.
   *
   * Checks that can take longer than fits into fifteen minutes are gone on with by the function's next invocation, up to twelve in a row and
   * within the hour that CodeDeploy waits for a hook.
   *
   * @default - what settle phase and checks can take at the longest, at least a minute, and fifteen minutes where they need several invocations
   */
  readonly timeout?: Duration;

  /**
   * VPC that the function runs in.
   *
   * @default - the load balancer's VPC where the hook asks a listener that is reached from inside; otherwise none
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets that the function runs in.
   *
   * @default - private subnets with a route out, else isolated subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
}

/** A hook that takes a function's outcome. */
export interface OutcomeHookOptions extends HandlerOptions {
  /**
   * Time-out of the adapter, twenty seconds to fifteen minutes. The time-out of the function must fit into it, together with a tenth of
   * it, at least ten seconds, that is kept back to report.
   *
   * @default - what the function's own time-out asks for; fifteen minutes where that is not known
   */
  readonly timeout?: Duration;
}

/** A hook that reports by itself. */
export interface FunctionHookOptions extends GuardedHookOptions {
  /**
   * Whether the report comes later and by other means, as that of an approval by people does. When the function returns without having
   * reported, that is then no failure, and the service waits for up to an hour.
   *
   * @default false
   */
  readonly reportsLater?: boolean;
}

/**
 * A Lambda function that CodeDeploy invokes at a lifecycle event, and whose report decides whether the deployment goes on.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#appspec-hooks-ecs
 */
export class LifecycleHook {
  /** The bundled handler, which plays checks and reports what comes out. */
  public static checks(options: ChecksHookOptions): LifecycleHook {
    return new LifecycleHook(
      (context) => bindChecksHook(options, context),
      true,
      (native) => EcsNativeHook._of((service) => bindNativeHook(options, native, service)),
      (check) => LifecycleHook.checks({ ...options, checks: [check, ...options.checks] }),
    );
  }

  /**
   * Any function, in any language: returning is Succeeded, throwing or timing out is Failed.
   *
   * A bundled adapter is the hook. It invokes the function synchronously and reports, so that an imported function, an alias and the
   * function's own asynchronous configuration stay as they are.
   *
   * @param fn the function to invoke
   * @param options what differs from the defaults
   */
  public static fromOutcome(fn: lambda.IFunction, options: OutcomeHookOptions = {}): LifecycleHook {
    return new LifecycleHook((context) => bindOutcomeHook(fn, options, context), true);
  }

  /**
   * A function of yours, which reports by itself. It gets the permission to do so for this one deployment group.
   *
   * @param fn the function that CodeDeploy invokes
   * @param options what differs from the defaults
   */
  public static fromFunction(fn: lambda.IFunction, options: FunctionHookOptions = {}): LifecycleHook {
    return new LifecycleHook((context) => bindFunctionHook(fn, options, context), false);
  }

  private constructor(
    private readonly make: (context: HookContext) => BoundHook,
    private readonly ours: boolean,
    private readonly makeNative?: (options: EcsNativeHookOptions) => EcsNativeHook,
    private readonly precede?: (check: Check) => LifecycleHook,
  ) {}

  /**
   * Whether a handler of ours reports.
   *
   * @internal
   */
  public get _isOurs(): boolean {
    return this.ours;
  }

  /**
   * The same hook for deployments that ECS itself controls, blue/green, linear and canary: one gate before and after a team moves there.
   *
   * @param options where and when it runs
   * @throws when the hook plays no checks: the others report to CodeDeploy
   */
  public onEcsNative(options: EcsNativeHookOptions): EcsNativeHook {
    if (this.makeNative === undefined) {
      throw new Error(
        "'onEcsNative' is for hooks that play checks, made by LifecycleHook.checks; give a function of your own to " +
          'ecs.DeploymentLifecycleLambdaTarget, and let it return a hookStatus',
      );
    }
    return this.makeNative(options);
  }

  /**
   * The same hook with a check before its own; undefined where it plays no checks.
   *
   * @internal
   */
  public _precededBy(check: Check): LifecycleHook | undefined {
    return this.precede?.(check);
  }

  /** @internal */
  public _bind(context: HookContext): BoundHook {
    return this.make(context);
  }
}
