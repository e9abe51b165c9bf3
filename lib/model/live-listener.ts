/**
 * What the live listener guard is asked, and what it answers: which target group a listener forwards to while it is changed.
 *
 * CloudFormation sends an Update of this resource only where one of its properties changes, and those are the listener's own: so it is asked exactly
 * when a listener is about to be written.
 */

/** A listener takes the target group of its default action from this. */
export const LIVE_LISTENER_RESOURCE_TYPE = 'Custom::GreenlightLiveListener';

/** CloudFormation hands every value on as a string. */
export interface LiveListenerProperties {
  readonly ServiceToken: string;
  readonly ServiceTimeout?: string;
  /** Every property of the listener but its default actions, as CloudFormation is told them. */
  readonly Listener: ListenerProperties;
  /** ARNs of the two target groups between which traffic moves; the first is that of a listener which is new. */
  readonly TargetGroupArns: readonly string[];
}

export interface ListenerProperties {
  readonly LoadBalancerArn: string;
  /** A decimal number. */
  readonly Port: string;
  readonly [other: string]: unknown;
}

export interface LiveListenerAttributes {
  /** The target group that is live. */
  readonly TargetGroupArn: string;
}

/** Name of the attribute. */
export const LIVE_TARGET_GROUP = 'TargetGroupArn' satisfies keyof LiveListenerAttributes;
