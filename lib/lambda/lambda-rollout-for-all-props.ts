import type * as lambda from 'aws-cdk-lib/aws-lambda';

import type { LambdaRolloutOptions } from './lambda-rollout-props';

/** Properties of the rollouts of a set of Lambda aliases, which share all that is not each one's own. */
export interface LambdaRolloutForAllProps extends LambdaRolloutOptions {
  /**
   * The aliases whose traffic is shifted, each by a rollout of its own: at least one, all of the stack that the set is made in, each as `alias` of `LambdaRolloutProps`.
   *
   * A rollout is named after its alias: the path of the alias in its stack, with dashes.
   */
  readonly aliases: lambda.IAlias[];
}
