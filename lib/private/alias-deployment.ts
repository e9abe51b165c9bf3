/** By which CloudFormation moves an alias that is made elsewhere. */
import type * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { CustomResource } from 'aws-cdk-lib/core';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { Completion } from '../model/deployment-request';
import { LAMBDA_DEPLOYMENT_RESOURCE_TYPE } from '../model/deployment-request';
import { longestAliasWaitSeconds } from '../model/deployment-time';
import type { LambdaHookNames } from '../model/lambda-app-spec';
import { DeploymentProvider } from './deployment-provider';
import { readLogs, segmentedDeployment, segmentsOf } from './deployment-segments';
import { deploy, lookAtAlias, registerRevision, useConfig } from './deployment-statements';
import type { LambdaRolloutContext } from './hook-context';
import type { ReleasedAlias } from './lambda-alias';
import type { NamedHook } from './lambda-hook-map';
import { codedeployArn } from './names';

/** A rollout as far as its deployments need it. */
export interface DeployableRollout {
  readonly rollout: Construct;
  readonly released: ReleasedAlias;
  readonly context: LambdaRolloutContext;
  readonly hooks: readonly NamedHook[];
  readonly guardian: lambda.Function | undefined;
  readonly config: codedeploy.ILambdaDeploymentConfig;
  /** Which deployment moves the alias. */
  deployment?: Construct;
}

const SHORTER = "shorten the shift, or wait for less by 'completion' of LambdaDeployment";

/** @throws for an alias that CloudFormation releases itself, a second deployment, and one in another stack than its rollout */
export function claimDeployment(scope: Construct, of: DeployableRollout): void {
  const { rollout, released, deployment } = of;
  const { path } = released.alias.node;
  if (released.resource !== undefined) {
    throw new Error(
      `alias '${path}' is made in this app, and CloudFormation releases it by its update policy whenever it is given another version; give the version to the alias, and drop deployment '${scope.node.path}'`,
    );
  }
  if (deployment !== undefined) {
    throw new Error(`alias '${path}' is moved by deployment '${deployment.node.path}' already, and the two would undo each other; drop '${scope.node.path}'`);
  }
  if (Stack.of(scope) !== Stack.of(rollout)) {
    throw new Error(
      `deployment '${scope.node.path}' is in stack '${Stack.of(scope).node.path}', and rollout '${rollout.node.path}' in '${Stack.of(rollout).node.path}'; make the deployment in the stack of the rollout`,
    );
  }
  of.deployment = scope;
}

/** @returns the resource that starts deployments */
export function moveAlias(scope: Construct, of: DeployableRollout, wanted: { readonly version: string; readonly completion: Completion }): CustomResource {
  const { rollout, released, context, hooks, guardian, config } = of;
  const stack = Stack.of(scope);
  const provider = DeploymentProvider.of(scope);
  const policy = provider.allow(scope, 'Policy', [
    deploy(context.groupArn),
    registerRevision(codedeployArn(stack, 'application', context.applicationName)),
    useConfig(codedeployArn(stack, 'deploymentconfig', config.deploymentConfigName)),
    lookAtAlias(released.function.functionArn, released.alias.aliasName),
    ...readLogs({ hooks, guardian }),
  ]);
  const alias = { Function: released.function.functionName, Alias: released.alias.aliasName };
  const times = { traffic: context.traffic, hooks: hooks.map(({ longestSeconds }) => ({ seconds: longestSeconds })) };
  const { first } = segmentedDeployment(scope, {
    provider,
    context,
    completion: wanted.completion,
    hooks,
    guardian,
    resourceType: LAMBDA_DEPLOYMENT_RESOURCE_TYPE,
    properties: { ...alias, TargetVersion: wanted.version, ...hookNames(hooks) },
    waiting: alias,
    segments: segmentsOf(longestAliasWaitSeconds(times, wanted.completion), context, SHORTER),
    // Everything of the rollout, but a deployment that is made within it; and functions of the user, which a literal name does not lead to.
    after: [policy, ...rollout.node.children.filter((child) => !scope.node.scopes.includes(child)), ...hooks.map(({ function: fn }) => fn)],
  });
  return first;
}

function hookNames(hooks: readonly NamedHook[]): { readonly Hooks?: LambdaHookNames } {
  return hooks.length === 0 ? {} : { Hooks: Object.fromEntries(hooks.map(({ event, name }) => [event, name])) };
}
