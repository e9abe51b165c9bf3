/** What is refused as soon as a rollout that CloudFormation performs is made. */
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { BoundEndpoint } from './bound-endpoint';
import { Claims } from './claims';

/** Stacks and the rollouts that they deploy: a hook deploys one service, and a template has one hook. */
const DEPLOYED = new Claims();

/** @throws where the stack is nested, or has such a rollout already */
export function claimStack(rollout: Construct): void {
  const stack = Stack.of(rollout);
  const { nestedStackParent } = stack;
  if (nestedStackParent !== undefined) {
    throw new Error(
      `rollout '${rollout.node.path}' is in the nested stack '${stack.node.path}', which CloudFormation does not deploy blue/green; make it in a stack of its own, or use EcsRollout`,
    );
  }
  const other = DEPLOYED.take(stack, '', rollout);
  if (other !== undefined) {
    throw new Error(
      `stack '${stack.node.path}' is deployed by rollout '${other.node.path}' already, and CloudFormation deploys one service of a stack blue/green; ` +
        `give '${rollout.node.path}' a stack of its own, or use EcsRollout`,
    );
  }
}

/** @throws where the rollout moves rules of a listener, which the hook of a template cannot name */
export function requireDefaultActions(rollout: Construct, { production, test }: BoundEndpoint): void {
  const ruled = [production, ...(test === undefined ? [] : [test])].find(({ rules }) => rules.length > 0);
  if (ruled !== undefined) {
    throw new Error(
      `rollout '${rollout.node.path}' is to move rules of listener '${ruled.listener.node.path}', and CloudFormation moves default actions only; ` +
        'give the service listeners of its own, or use EcsRollout',
    );
  }
}
