/**
 * The AppSpec of a Lambda deployment as a document: between which versions an alias is shifted, and which functions validate it.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 */
import type { LambdaHookEvent } from './lifecycle';
import { LAMBDA_HOOK_EVENTS } from './lifecycle';

export interface LambdaAppSpecDocument {
  readonly version: '0.0';
  readonly Resources: readonly [{ readonly Function: LambdaTargetFunction }];
  /** One map with one key for each hook, in the order of the lifecycle; the value is a function name or ARN. */
  readonly Hooks?: readonly Partial<Record<LambdaHookEvent, string>>[];
}

export interface LambdaTargetFunction {
  readonly Type: 'AWS::Lambda::Function';
  readonly Properties: { readonly Name: string; readonly Alias: string; readonly CurrentVersion: string; readonly TargetVersion: string };
}

/** Names or ARNs of the hooks' functions, by event. */
export type LambdaHookNames = Readonly<Partial<Record<LambdaHookEvent, string>>>;

export interface LambdaAppSpecParts {
  readonly functionName: string;
  readonly alias: string;
  readonly currentVersion: string;
  readonly targetVersion: string;
  readonly hooks: LambdaHookNames;
}

export function lambdaAppSpecDocument({ functionName, alias, currentVersion, targetVersion, hooks }: LambdaAppSpecParts): LambdaAppSpecDocument {
  const listed = LAMBDA_HOOK_EVENTS.flatMap((event) => (hooks[event] === undefined ? [] : [{ [event]: hooks[event] }]));
  return {
    version: '0.0',
    Resources: [
      {
        Function: {
          Type: 'AWS::Lambda::Function',
          Properties: { Name: functionName, Alias: alias, CurrentVersion: currentVersion, TargetVersion: targetVersion },
        },
      },
    ],
    ...(listed.length === 0 ? {} : { Hooks: listed }),
  };
}
