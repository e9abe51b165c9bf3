/** What can be said of the alias before anything is made. */
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { Claims } from './claims';
import type { BoundHook } from './hook-context';
import { requireFreeImport } from './imported-alias';
import { unqualified } from './qualified-function';
import { cfnElementOf } from './references';

export interface ReleasedAlias {
  readonly alias: lambda.IAlias;
  /** Absent: it is made elsewhere. */
  readonly resource?: lambda.CfnAlias;
  /** The function, unqualified. */
  readonly function: lambda.IFunction;
}

/** One that is made in the app, so that CloudFormation releases it. */
export type OwnAlias = ReleasedAlias & Required<Pick<ReleasedAlias, 'resource'>>;

export const isOwn = (released: ReleasedAlias): released is OwnAlias => released.resource !== undefined;

/** Aliases of the app, each released by one rollout. */
const RELEASED = new Claims();

const LATEST = '$LATEST';

/** @throws for an alias that CloudFormation could not release, or would release otherwise than the rollout says */
export function examineAlias(rollout: Construct, alias: lambda.IAlias): ReleasedAlias {
  const resource = cfnElementOf(alias);
  requirePublished(alias);
  requirePlace(rollout, alias.version.lambda);
  if (!(resource instanceof lambda.CfnAlias)) {
    requireFreeImport(rollout, alias);
    return { alias, function: alias.version.lambda };
  }
  requireStack(rollout, alias, resource);
  requireOwnVersion(alias);
  requireFree(rollout, alias, resource);
  return { alias, resource, function: alias.version.lambda };
}

function requireStack(rollout: Construct, alias: lambda.IAlias, resource: lambda.CfnAlias): void {
  if (resource.stack !== Stack.of(rollout)) {
    throw new Error(
      `alias '${alias.node.path}' is in stack '${resource.stack.node.path}', and rollout '${rollout.node.path}' in '${Stack.of(rollout).node.path}'; CloudFormation releases an alias while ` +
        'it updates the stack of the alias: make the rollout there',
    );
  }
}

function requirePublished({ node, version }: lambda.IAlias): void {
  const number = version.version;
  if (number === LATEST) {
    throw new Error(`alias '${node.path}' is on ${LATEST}, which is no version that traffic could be shifted to or back from; put it on 'currentVersion' of the function`);
  }
  if (!Token.isUnresolved(number) && !/^[1-9]\d*$/.test(number)) {
    throw new Error(`alias '${node.path}' is on version '${number}', and versions that are published are whole numbers from 1; put it on 'currentVersion' of the function`);
  }
}

/** Only a version that this app publishes is known to be there. */
function requireOwnVersion({ node, version }: lambda.IAlias): void {
  if (cfnElementOf(version) === undefined) {
    throw new Error(
      `alias '${node.path}' is on version '${version.node.path}', which is not of this app, so that no update would publish what is to be released; put it on 'currentVersion' of the function`,
    );
  }
}

/** CodeDeploy moves aliases of its own account and region only. */
export function requirePlace(scope: Construct, fn: lambda.IFunction): void {
  const stack = Stack.of(scope);
  for (const what of ['account', 'region'] as const) {
    const theirs = fn.env[what];
    if (!Token.isUnresolved(theirs) && !Token.isUnresolved(stack[what]) && theirs !== stack[what]) {
      throw new Error(`function '${fn.node.path}' is in ${what} ${theirs}, and the rollout in ${stack[what]}; CodeDeploy moves aliases of its own ${what} only: make the rollout there`);
    }
  }
}

function requireFree(rollout: Construct, alias: lambda.IAlias, resource: lambda.CfnAlias): void {
  const holder = RELEASED.take(resource, 'alias', rollout);
  if (holder !== undefined) {
    throw new Error(`alias '${alias.node.path}' is released by rollout '${holder.node.path}' already, and an alias has one update policy; drop one of the rollouts`);
  }
  if (resource.cfnOptions.updatePolicy !== undefined) {
    throw new Error(`alias '${alias.node.path}' has an update policy already, as 'codedeploy.LambdaDeploymentGroup' gives it one; drop that: the rollout makes the group`);
  }
  if (resource.routingConfig !== undefined) {
    throw new Error(
      `alias '${alias.node.path}' has 'additionalVersions', and CodeDeploy refuses an alias that is weighted between two versions when a deployment begins; drop them: the rollout shifts the traffic`,
    );
  }
}

/** @throws where a hook would be asked about itself */
export function refuseReleasedFunction(hooks: readonly BoundHook[], { node, version }: lambda.IAlias): void {
  const released = version.lambda;
  for (const { event, function: fn, target } of hooks) {
    if (unqualified(target ?? fn).base === released) {
      throw new Error(
        `hook ${event} is function '${released.node.path}', which is what alias '${node.path}' releases, and a release cannot vouch for itself; use a function of its own that asks the new version`,
      );
    }
  }
}
