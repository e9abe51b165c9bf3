/** The functions of a rollout for Lambda, for checks that have nothing to do anywhere else. */
import type * as lambda from 'aws-cdk-lib/aws-lambda';

import type { AnyHookContext } from './hook-context';

export interface ReleasedFunctions {
  /** One, or those of a set of rollouts. */
  readonly functions: readonly lambda.IFunction[];
  readonly applicationName: string;
  readonly groupArn: string;
}

/** The functions that the hook's rollouts release; none where it is no rollout for Lambda. */
export function releasedFunctions(hook: AnyHookContext | undefined): readonly lambda.IFunction[] {
  if (hook?.groupArn === undefined) {
    return [];
  }
  return hook.releasedFunction === undefined ? (hook.releasedFunctions ?? []) : [hook.releasedFunction];
}

/** @throws where the rollout releases no function */
export function requireReleasedFunctions(hook: AnyHookContext, check: string): ReleasedFunctions {
  const functions = releasedFunctions(hook);
  if (hook.groupArn === undefined || functions.length === 0) {
    const [called, releases] = 'releases' in hook ? ['gate', 'to servers'] : ['hook', 'an ECS service'];
    throw new Error(
      `check '${check}' of ${called} ${hook.event} invokes the version that is released, and '${hook.rolloutName}' releases ${releases}; ` +
        "give the check to a hook of a rollout of a Lambda alias, or name the function with 'new InvokeCheck'",
    );
  }
  return { functions, applicationName: hook.applicationName, groupArn: hook.groupArn };
}
