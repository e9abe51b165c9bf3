/** What stands behind a function that may be an alias or a version. */
import type * as lambda from 'aws-cdk-lib/aws-lambda';

/** The function behind an alias or a version, and the qualifier that leads to it. */
export function unqualified(fn: lambda.IFunction): { readonly base: lambda.IFunction; readonly qualifier?: string } {
  if (isAlias(fn)) {
    return { base: fn.version.lambda, qualifier: fn.aliasName };
  }
  return isVersion(fn) ? { base: fn.lambda, qualifier: fn.version } : { base: fn };
}

const isAlias = (fn: lambda.IFunction): fn is lambda.IAlias => 'aliasName' in fn;

const isVersion = (fn: lambda.IFunction): fn is lambda.IVersion => 'version' in fn && 'edgeArn' in fn;
