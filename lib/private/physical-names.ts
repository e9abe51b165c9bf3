/** Names of functions and roles that stand in a template as literals. */
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Names, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { unqualified } from './qualified-function';
import { cfnElementOf } from './references';

/** Longest name of a function, and of a role. */
const MAX_LENGTH = 64;

/** A literal made of the stack's name and the construct's path, with a hash of the path. */
export function physicalName(construct: Construct, prefix: string): string {
  const { region } = Stack.of(construct);
  // Roles are of all regions: two stacks of one name must not share one.
  const place = Token.isUnresolved(region) ? '' : `-${region}`;
  const room = MAX_LENGTH - prefix.length - place.length;
  return `${prefix}${Names.uniqueResourceName(construct, { maxLength: room, separator: '-', allowedSpecialCharacters: '_-' })}${place}`;
}

/** The name of a function, with its alias or version; undefined where it is known only when it is deployed. */
export function knownName(fn: lambda.IFunction): string | undefined {
  const { base, qualifier } = unqualified(fn);
  const element = cfnElementOf(base);
  const alias = cfnElementOf(fn);
  const name = element instanceof lambda.CfnFunction ? element.functionName : base.functionName;
  const suffix = alias instanceof lambda.CfnAlias ? alias.name : qualifier;
  return name === undefined || Token.isUnresolved(name) || Token.isUnresolved(suffix) ? undefined : `${name}${suffix === undefined ? '' : `:${suffix}`}`;
}
