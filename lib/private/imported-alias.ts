/** An alias that is made elsewhere: there is no update policy to give it, and deployments are started by a resource of its own. */
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { LambdaRolloutProps } from '../lambda/lambda-rollout-props';
import { Claims } from './claims';
import { askWhenComplete } from './complete-app';
import type { Findings } from './findings';

/** Imported aliases by function and name, each released by one rollout. */
const RELEASED = new Claims();

/** @throws where another rollout releases an alias of the same name and function, as far as both are known to be the same */
export function requireFreeImport(rollout: Construct, alias: lambda.IAlias): void {
  const stack = Stack.of(rollout);
  const names = [alias.version.lambda.functionName, alias.aliasName];
  // Names that only a stack knows are told apart within it.
  const isKnown = ![stack.account, stack.region, ...names].some((value) => Token.isUnresolved(value));
  const place = JSON.stringify([stack.account, stack.region, ...names].map((value) => stack.resolve(value)));
  const holder = RELEASED.take(isKnown ? stack.node.root : stack, place, rollout);
  if (holder !== undefined) {
    throw new Error(`alias '${alias.node.path}' is released by rollout '${holder.node.path}' already, under the same function and name; drop one of the rollouts`);
  }
}

/**
 * Stands in for an imported alias where the CDK's deployment group wants one whose update policy it can write. It belongs to no app, so that nothing comes of it.
 */
export function aliasOfNoApp(): lambda.Alias {
  const nowhere = new Stack();
  return new lambda.Alias(nowhere, 'Alias', { aliasName: 'none', version: lambda.Version.fromVersionArn(nowhere, 'Version', 'arn:aws:lambda:us-east-1:000000000000:function:none:1') });
}

/** @throws for what is done with the version that the template gives an alias, and no template gives an imported one any */
export function refuseVersionWork(alias: lambda.IAlias, props: Pick<LambdaRolloutProps, 'keepVersions' | 'provisionedConcurrentExecutions'>): void {
  const name = (['keepVersions', 'provisionedConcurrentExecutions'] as const).find((each) => props[each] !== undefined);
  if (name !== undefined) {
    throw new Error(
      `'${name}' is ${props[name]}, and alias '${alias.node.path}' is imported: which version it is on, and which may go, is not for this stack to say; leave '${name}' out, or make the alias in this app by 'new lambda.Alias'`,
    );
  }
}

/** @throws for an alarm on the version that the template gives an alias */
export function refuseVersionAlarm(alias: lambda.IAlias): void {
  throw new Error(
    `LambdaAlarm presets follow the version that the template gives an alias, and alias '${alias.node.path}' is imported; use RollbackAlarm.of with an alarm on the metrics of the alias, such as 'alias.metricErrors()'`,
  );
}

/** Asks at synthesis whether anything releases the alias. */
export function noteNothingReleases(rollout: Construct, alias: lambda.IAlias, findings: Findings, isReleased: () => boolean): void {
  askWhenComplete(rollout, () => {
    if (!isReleased()) {
      findings.add({
        id: 'nothing-releases',
        level: 'warning',
        message: `alias '${alias.node.path}' is imported, so that no update of this app moves it, and rollout '${rollout.node.path}' has no LambdaDeployment: the stack releases nothing`,
        remedy: "make 'new LambdaDeployment' with the rollout and the version, unless something else calls CreateDeployment",
      });
    }
    return [];
  });
}
