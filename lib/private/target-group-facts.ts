/** What target groups of this app tell about themselves, where a release would find it out after minutes. */
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { cfnElementOf } from './references';

/** Throws when targets of the service cannot be registered with a target group. */
export function requireTargetType(
  what: string,
  group: elbv2.ITargetGroup,
  wanted: elbv2.TargetType | undefined,
  ifUnset: elbv2.TargetType | undefined,
): void {
  const element = cfnElementOf(group);
  if (wanted === undefined || !(element instanceof elbv2.CfnTargetGroup)) {
    return;
  }
  const type: unknown = Stack.of(element).resolve(element.targetType) ?? ifUnset;
  if (typeof type === 'string' && type !== wanted) {
    throw new Error(
      `${what} target group '${group.node.path}' takes targets of type '${type}', but the network mode of the ` +
        `service's tasks asks for '${wanted}'; set its 'targetType'`,
    );
  }
}

/**
 * A service's first tasks must be behind the production listener, or the service is refused. Rules may be added later than the rollout,
 * so that this is looked at when the app is complete; a listener of another stack is left alone.
 */
export function requireBehind(scope: Construct, listener: elbv2.IListener, group: elbv2.ITargetGroup, remedy: string): void {
  const [from, to] = [cfnElementOf(listener), cfnElementOf(group)];
  if (!(from instanceof elbv2.CfnListener) || !(to instanceof elbv2.CfnTargetGroup) || Stack.of(from) !== Stack.of(to)) {
    return;
  }
  scope.node.addValidation({
    validate: () => {
      const stack = Stack.of(from);
      const rules = listener.node.findAll().filter((child) => child instanceof elbv2.CfnListenerRule);
      const actions: unknown = stack.resolve([from.defaultActions, ...rules.map((rule) => rule.actions)]);
      return JSON.stringify(actions).includes(JSON.stringify(stack.resolve(to.ref)))
        ? []
        : [
            `blue target group '${group.node.path}' is behind no action of production listener '${listener.node.path}', so that the ` +
              `service could not be made; ${remedy}`,
          ];
    },
  });
}
