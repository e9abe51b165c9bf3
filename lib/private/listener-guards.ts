/** Whether a stack update can point a listener at an empty target group, and what is said of it. */
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IConstruct } from 'constructs';

import type { BoundEndpoint, BoundListener } from './bound-endpoint';
import { askWhenComplete } from './complete-app';
import type { Findings } from './findings';
import { cfnElementOf } from './references';

export interface Unguarded {
  readonly level: 'warning' | 'info';
  /** What of the listener lets it happen; goes on after `production listener 'Shop/Web'`. */
  readonly what: string;
  readonly remedy: string;
}

export interface ListenerGuard {
  /** Asked when the app is complete; undefined where nothing can happen. */
  unguarded(): Unguarded | undefined;
}

/** The user said `listenerGuard: false`. */
export const GUARD_OFF: ListenerGuard = {
  unguarded: () => ({ level: 'info', what: "is not guarded, by 'listenerGuard: false'", remedy: "drop 'listenerGuard: false'; the guard takes over whatever is live" }),
};

/** The listener is the user's, or rules of it are the rollout's. One that was imported is written by somebody else's template, if by any. */
export function notOurs(listener: elbv2.IListener, rules: boolean): ListenerGuard {
  const level = rules || cfnElementOf(listener) !== undefined ? 'warning' : 'info';
  const what = rules ? 'has rules that forward to target groups as the template names them' : 'is yours, and forwards as its own template says';
  const remedy = `before a change of ${rules ? 'these rules' : 'this listener'} is deployed, let the template forward to the target group that is live; or let the rollout make the listener`;
  return { unguarded: () => ({ level, what, remedy }) };
}

/** Notes what is not guarded once the app is complete, since a listener may be overridden until then. */
export function examineGuards(rollout: IConstruct, { production, test }: BoundEndpoint, findings: Findings): void {
  askWhenComplete(rollout, () => {
    note('production', production, findings);
    note('test', test, findings);
    return [];
  });
}

function note(role: 'production' | 'test', bound: BoundListener | undefined, findings: Findings): void {
  const found = bound?.guard.unguarded();
  if (bound === undefined || found === undefined) {
    return;
  }
  findings.add({
    id: 'unguarded-listener',
    level: found.level,
    message: `${role} listener '${bound.listener.node.path}' ${found.what}: a stack update that changes it can send ${role} traffic to an empty target group`,
    remedy: found.remedy,
  });
}
