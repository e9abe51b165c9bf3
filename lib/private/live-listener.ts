/**
 * Keeps a stack update of a listener from pointing it back at the target group that the template begins with.
 *
 * The listener takes the target group of its default action from a custom resource whose properties are the listener's own. CloudFormation asks that
 * resource when one of them changes, which is when it is about to write the listener, and at no other time.
 */
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IResolvable } from 'aws-cdk-lib/core';
import { CustomResource, Duration, Lazy, Stack } from 'aws-cdk-lib/core';

import { RESOURCE_TIMEOUT_SECONDS } from '../model/deployment-request';
import type { LiveListenerProperties } from '../model/live-listener';
import { LIVE_LISTENER_RESOURCE_TYPE, LIVE_TARGET_GROUP } from '../model/live-listener';
import type { NewEndpointOptions } from '../ecs/ecs-endpoint';
import type { EndpointContext } from './bound-endpoint';
import { DeploymentProvider } from './deployment-provider';
import { lookAtListeners } from './deployment-statements';
import type { ListenerGuard, Unguarded } from './listener-guards';
import { GUARD_OFF } from './listener-guards';

/** Contract: changing it replaces the guard. */
const GUARD_ID = 'LiveTargetGroup';

type OwnProperties = Readonly<Record<Exclude<keyof LiveListenerProperties, 'ServiceToken' | 'ServiceTimeout'>, unknown>>;

type OwnListener = elbv2.ApplicationListener | elbv2.NetworkListener;

/** The two target groups of a listener; the first is the one that a new listener begins with. */
type Targets = readonly [elbv2.ITargetGroup, elbv2.ITargetGroup];

/** @throws when a listener is to be guarded that CloudFormation itself moves */
export function guardListener(listener: OwnListener, targets: Targets, { listenerGuard }: NewEndpointOptions, { movedByCloudFormation = false }: EndpointContext): ListenerGuard {
  if (movedByCloudFormation && listenerGuard === true) {
    throw new Error(
      `listener '${listener.node.path}' cannot have 'listenerGuard': CloudFormation itself moves it between the target groups, and changes of it beside a release are not taken; leave 'listenerGuard' out`,
    );
  }
  return movedByCloudFormation || listenerGuard === false ? GUARD_OFF : new LiveListenerGuard(listener, targets);
}

class LiveListenerGuard implements ListenerGuard {
  private readonly resource: elbv2.CfnListener;
  private readonly targetGroupArn: string;
  /** The action that the listener's L2 would have, which goes on changing with it. */
  private readonly replaced: elbv2.CfnListener['defaultActions'];
  private readonly replacedAtFirst: string;

  constructor(listener: OwnListener, targets: Targets) {
    this.resource = listener.node.defaultChild as elbv2.CfnListener;
    this.replaced = this.resource.defaultActions;
    this.replacedAtFirst = this.resolved(this.replaced);
    const provider = DeploymentProvider.of(listener);
    const properties: OwnProperties = { Listener: this.otherProperties(), TargetGroupArns: targets.map(({ targetGroupArn }) => targetGroupArn) };
    const guard = new CustomResource(listener, GUARD_ID, {
      serviceToken: provider.serviceToken,
      serviceTimeout: Duration.seconds(RESOURCE_TIMEOUT_SECONDS),
      resourceType: LIVE_LISTENER_RESOURCE_TYPE,
      properties: { ...properties },
    });
    guard.node.addDependency(provider.allowOnce('ListenerPolicy', [lookAtListeners()]), provider.ready);
    this.targetGroupArn = guard.getAttString(LIVE_TARGET_GROUP);
    this.resource.defaultActions = [{ type: 'forward', targetGroupArn: this.targetGroupArn }];
  }

  unguarded(): Unguarded | undefined {
    if (!this.stands()) {
      return {
        level: 'warning',
        what: 'has an override of its default action, which takes the place of its guard',
        remedy: "drop the override of 'DefaultActions'",
      };
    }
    return this.resolved(this.replaced) === this.replacedAtFirst
      ? undefined
      : {
          level: 'warning',
          what: 'was given another default action, which does not reach the template since its guard stands there',
          remedy: 'give the action conditions, which make a rule of it',
        };
  }

  /** Whether the template has the default action that was given to it, and nothing else. */
  private stands(): boolean {
    const { DefaultActions: actions } = propertiesIn(Stack.of(this.resource).resolve(this.resource._toCloudFormation()));
    const [action, ...more] = Array.isArray(actions) ? (actions as readonly Readonly<Record<string, unknown>>[]) : [];
    const { Type: type, TargetGroupArn: target, ...others } = action ?? {};
    return more.length === 0 && Object.values(others).every((value) => value === undefined) && type === 'forward' && this.resolved(target) === this.resolved(this.targetGroupArn);
  }

  /** Late: what is set or overridden after this counts too. */
  private otherProperties(): IResolvable {
    return Lazy.uncachedAny({
      produce: (context) => {
        const properties = Object.entries(propertiesIn(context.resolve(this.resource._toCloudFormation())));
        return Object.fromEntries(properties.filter(([name]) => name !== 'DefaultActions'));
      },
    });
  }

  private resolved(value: unknown): string {
    return JSON.stringify(Stack.of(this.resource).resolve(value));
  }
}

/** Of the one resource that stands in this piece of a template. */
function propertiesIn(template: unknown): Readonly<Record<string, unknown>> {
  const { Resources } = template as { readonly Resources: Readonly<Record<string, { readonly Properties?: Readonly<Record<string, unknown>> }>> };
  return Object.values(Resources)[0]?.Properties ?? {};
}
