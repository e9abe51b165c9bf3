/** Whether a set of rollouts fits into its stack, asked when the app is complete and before the CDK refuses the template without a way out. */
import { CfnResource, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { askWhenComplete } from './complete-app';

/** Resources of a template. @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MAX_RESOURCES = 500;

/** Where an app says that its stacks may have more, or fewer; `0`: as many as there are. */
const RESOURCE_LIMIT = '@aws-cdk/core:stackResourceLimit';

/** What a rollout of a set has for itself: its deployment group and its verdict alarm. */
const OWN_RESOURCES = 2;

export function requireRoomInStack(set: Construct, aliases: number): void {
  const stack = Stack.of(set);
  const limit = Number(set.node.tryGetContext(RESOURCE_LIMIT) ?? MAX_RESOURCES);
  askWhenComplete(set, (constructsOf) => {
    const resources = constructsOf(set).filter((construct) => CfnResource.isCfnResource(construct) && construct.stack === stack).length;
    return limit === 0 || resources <= limit ? [] : [tooMany(set, { stack, resources, limit, aliases })];
  });
}

function tooMany(set: Construct, { stack, resources, limit, aliases }: { stack: Stack; resources: number; limit: number; aliases: number }): string {
  const fitting = Math.max(1, Math.floor((aliases * limit) / resources));
  return (
    `stack '${stack.node.path}' has ${resources} resources, and CloudFormation takes ${limit} in a template: '${set.node.path}' releases ${aliases} aliases, each with ${OWN_RESOURCES} resources beside ` +
    `function, version and alias; make stacks of about ${fitting} of these functions, and call LambdaRollout.forAll in each`
  );
}
