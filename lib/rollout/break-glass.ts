import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as ssm from 'aws-cdk-lib/aws-ssm';
import type { IConstruct } from 'constructs';

import type { BreakGlassSettings } from '../model/break-glass';
import { Claims } from '../private/claims';
import { notifyOverride, useOverride, useTopicKey } from '../private/statements';

const CLAIMS = new Claims();

/** What differs from the defaults of a break-glass parameter. */
export interface BreakGlassOptions {
  /**
   * Topic that is told of each hook that was overridden.
   *
   * @default - nobody; the log line and the EventBridge event of the verdict say so
   */
  readonly topic?: sns.ITopic;
}

/**
 * A way to release although the checks say no: a parameter that turns the enforcement of a rollout off for one deployment, says so everywhere, and
 * sets itself back.
 *
 * The checks are played all the same, and reported as what they would have said; the hook reports Succeeded. Alarms of the rollout still stop a
 * deployment, and so do hooks that report by themselves (`LifecycleHook.fromFunction`).
 *
 * The parameter holds `off`, or which deployment, who and why:
 *
 * - `d-A1B2C3D4E alice payments are down` for the deployment of this id, which may have begun already;
 * - `next alice payments are down` for the first deployment that is created after this was written, within an hour.
 *
 * Anything else is no override. One that cannot be read leaves the checks enforced.
 */
export class BreakGlass {
  /**
   * A parameter of type String that somebody on call may write and nobody else; its value is `off` when nothing is overridden.
   *
   * The functions of the rollout may read and write this one parameter.
   *
   * @param parameter in the account and region of the rollout, for this rollout alone
   * @param options what differs from the defaults
   */
  public static parameter(parameter: ssm.IStringParameter, options: BreakGlassOptions = {}): BreakGlass {
    return new BreakGlass(parameter, options.topic);
  }

  private constructor(
    private readonly store: ssm.IStringParameter,
    private readonly topic?: sns.ITopic,
  ) {}

  /**
   * An override is bound to the deployment of one rollout; a second one that shares the parameter would take it away, or back.
   *
   * @internal
   */
  public _claim(rollout: IConstruct): void {
    const holder = CLAIMS.take(this.store, 'parameter', rollout);
    if (holder !== undefined) {
      throw new Error(
        `break-glass parameter '${this.store.node.path}' is that of rollout '${holder.node.path}' already, and an override is for one rollout; ` +
          `give '${rollout.node.path}' a parameter of its own`,
      );
    }
  }

  /**
   * What a function is told.
   *
   * @param last whether it is the last hook of the rollout
   * @internal
   */
  public _settings(last: boolean): BreakGlassSettings {
    return {
      parameter: this.store.parameterName,
      ...(this.topic === undefined ? {} : { topic: this.topic.topicArn }),
      ...(last ? { last } : {}),
    };
  }

  /**
   * What a function's role needs.
   *
   * @internal
   */
  public get _statements(): iam.PolicyStatement[] {
    const key = this.topic?.masterKey;
    return [
      useOverride(this.store.parameterArn),
      ...(this.topic === undefined ? [] : [notifyOverride(this.topic.topicArn)]),
      ...(key === undefined ? [] : [useTopicKey(key.keyArn)]),
    ];
  }

  /**
   * AWS services that a function must reach, as their VPC endpoints are named.
   *
   * @internal
   */
  public get _services(): string[] {
    return ['ssm', ...(this.topic === undefined ? [] : ['sns'])];
  }
}
