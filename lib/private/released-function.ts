/** The function of a rollout for Lambda, for checks that have nothing to do anywhere else. */
import type * as lambda from 'aws-cdk-lib/aws-lambda';

import type { AnyHookContext } from './hook-context';

export interface ReleasedFunction {
  readonly function: lambda.IFunction;
  readonly applicationName: string;
  readonly groupArn: string;
}

/** @throws where the rollout releases no function */
export function requireReleasedFunction(hook: AnyHookContext, check: string): ReleasedFunction {
  if (hook.groupArn === undefined || hook.releasedFunction === undefined) {
    throw new Error(
      `check '${check}' of hook ${hook.event} invokes the version that is released, and '${hook.rolloutName}' releases an ECS service; ` +
        "give the check to a hook of a rollout of a Lambda alias, or name the function with 'new InvokeCheck'",
    );
  }
  return { function: hook.releasedFunction, applicationName: hook.applicationName, groupArn: hook.groupArn };
}
