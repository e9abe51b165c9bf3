import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { requireWhole } from '../private/numbers';

/** Which requests of a shared listener belong to a rollout. */
export interface EcsListenerRuleOptions {
  /** Place among the rules of the listener, 1 to 50,000; the lowest number decides first. */
  readonly priority: number;

  /**
   * Path patterns such as `/orders/*`.
   *
   * @default - every path; then `hosts` must be given
   */
  readonly paths?: string[];

  /**
   * Host names, which may hold wildcards.
   *
   * @default - every host; then `paths` must be given
   */
  readonly hosts?: string[];
}

/**
 * A rule of a shared listener that forwards to the target groups of a rollout.
 *
 * @internal
 */
export interface _BoundRule {
  readonly rule: elbv2.ApplicationListenerRule;
  readonly options: EcsListenerRuleOptions;
}

/** A rule of a listener that several services share. */
export class EcsListenerRule {
  /** A new rule, which forwards to the rollout's blue target group on the production listener, and to its green one on the test listener. */
  public static forward(options: EcsListenerRuleOptions): EcsListenerRule {
    requireValidRule(options);
    return new EcsListenerRule(options);
  }

  /**
   * A rule that you made, and that forwards to the rollout's target group already.
   *
   * @param rule the rule
   * @param options what it matches
   */
  public static existing(rule: elbv2.ApplicationListenerRule, options: EcsListenerRuleOptions): EcsListenerRule {
    requireValidRule(options);
    return new EcsListenerRule(options, rule);
  }

  private constructor(
    private readonly options: EcsListenerRuleOptions,
    private readonly rule?: elbv2.ApplicationListenerRule,
  ) {}

  /** @internal */
  public _bind(scope: Construct, id: string, listener: elbv2.IApplicationListener, target: elbv2.IApplicationTargetGroup): _BoundRule {
    const { paths, hosts } = this.options;
    const conditions = [
      ...(paths === undefined ? [] : [elbv2.ListenerCondition.pathPatterns(paths)]),
      ...(hosts === undefined ? [] : [elbv2.ListenerCondition.hostHeaders(hosts)]),
    ];
    const rule =
      this.rule ?? new elbv2.ApplicationListenerRule(scope, id, { listener, priority: this.options.priority, conditions, targetGroups: [target] });
    return { rule, options: this.options };
  }
}

function requireValidRule(options: EcsListenerRuleOptions): void {
  requireWhole('priority', options.priority, 1, 50_000);
  if (options.paths === undefined && options.hosts === undefined) {
    throw new Error(
      "a listener rule needs 'paths' or 'hosts', got neither; a rule without a condition would take all " +
        "requests of a shared listener",
    );
  }
  Object.entries({ paths: options.paths, hosts: options.hosts }).forEach(([name, values]) => {
    if (!Token.isUnresolved(values) && values?.length === 0) {
      throw new Error(`'${name}' of a listener rule must not be empty; name at least one, or leave it out`);
    }
  });
}
