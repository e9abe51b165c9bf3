/** For which compute platform a CodeDeploy application is. */
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import { cfnElementOf } from './references';

const CLASSES = { ECS: 'EcsApplication', Lambda: 'LambdaApplication', Server: 'ServerApplication' } as const;

/**
 * The types of the CDK do not tell the applications of one platform from those of another. Of an imported one nobody knows it.
 *
 * @throws for an application of this app that is for another platform: the service then refuses the deployment group, the tags and groups of its instances for one
 */
export function requirePlatform(application: IConstruct | undefined, platform: keyof typeof CLASSES): void {
  const element = application === undefined ? undefined : cfnElementOf(application);
  if (!(element instanceof codedeploy.CfnApplication)) {
    return;
  }
  // Without any it is for servers.
  const theirs: unknown = Stack.of(element).resolve(element.computePlatform) ?? 'Server';
  if (typeof theirs === 'string' && theirs !== platform) {
    throw new Error(`'application' '${application!.node.path}' is for ${theirs}, and this rollout for ${platform}; give a codedeploy.${CLASSES[platform]}, or leave it out for a new one`);
  }
}
