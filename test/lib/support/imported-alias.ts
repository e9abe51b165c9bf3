/** A rollout of an alias that is made elsewhere, and a deployment of it. */
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Stack } from 'aws-cdk-lib/core';

import type { LambdaDeploymentProps, LambdaRolloutProps } from '../../../lib';
import { LambdaDeployment, LambdaRollout } from '../../../lib';

export const TAKE = 'arn:aws:lambda:eu-west-1:111122223333:function:take';

export const importedVersion = (stack: Stack, id: string, number: string | number, functionArn = TAKE): lambda.IVersion => lambda.Version.fromVersionArn(stack, id, `${functionArn}:${number}`);

/** The version that is given with it says nothing of what the alias names. */
export function importedAlias(stack: Stack, id = 'Imported', functionArn = TAKE, aliasName = 'live'): lambda.IAlias {
  return lambda.Alias.fromAliasAttributes(stack, id, { aliasName, aliasVersion: importedVersion(stack, `${id}Version`, 1, functionArn) });
}

export function importedRollout(stack: Stack, props: Partial<LambdaRolloutProps> = {}, id = 'Orders'): LambdaRollout {
  return new LambdaRollout(stack, id, { alias: props.alias ?? importedAlias(stack), ...props });
}

export function deploymentOf(rollout: LambdaRollout, stack: Stack, props: Partial<LambdaDeploymentProps> = {}, id = 'Release'): LambdaDeployment {
  return new LambdaDeployment(stack, id, { rollout, version: props.version ?? importedVersion(stack, `${id}Version`, 2), ...props });
}
