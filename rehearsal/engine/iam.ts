/**
 * Decides a call against the policies of a role: an explicit deny wins, then an allow is needed from the role's policies and from
 * its permissions boundary. What the template cannot decide is `unknown`, never a guess.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import type { IamDecisionReport } from '../../lib/model/report';
import { managedPolicy } from './iam-managed';
import { NO, anyOf } from './iam-match';
import type { Match } from './iam-match';
import { actionIn, statementApplies, statementsOf } from './iam-statement';
import type { IamCall, PolicyStatement } from './iam-statement';

/** The policies of one role as far as the template has them. */
export interface RolePolicies {
  /** ARN of the role. */
  readonly principal: string;
  /** Policy documents, with the functions of the template resolved. */
  readonly documents: readonly unknown[];
  /** ARNs of attached managed policies that the template does not hold. */
  readonly outside: readonly string[];
  /** The permissions boundary; `document` is absent where the template does not hold it. */
  readonly boundary?: { readonly arn: string; readonly document?: unknown };
}

/** One entry of the report's `iam`, and why. */
export interface IamDecision extends IamDecisionReport {
  /** Why, in one line. */
  readonly reason: string;
}

/**
 * Decides one call.
 *
 * @param removed actions that a scenario takes away, wildcards included: statements allow them no longer
 */
export function decide(policies: RolePolicies, call: IamCall, removed: readonly string[] = []): IamDecision {
  const { decision, reason, lacking } = outcomeOf(policies, call, removed);
  const { action, resource } = call;
  return {
    principal: policies.principal,
    action,
    resource,
    decision,
    reason,
    // A statement more would not help against an explicit deny or a boundary.
    ...(decision === 'deny' && lacking === true ? { missingStatement: { Effect: 'Allow', Action: action, Resource: resource } } : {}),
  };
}

interface Ruling {
  readonly decision: IamDecision['decision'];
  readonly reason: string;
  /** Denied because nothing allows it. */
  readonly lacking?: boolean;
}

function outcomeOf(policies: RolePolicies, call: IamCall, removed: readonly string[]): Ruling {
  const takenAway = actionIn(removed, call.action).is === 'yes';
  const tabulated = policies.outside.map((arn) => ({ arn, document: managedPolicy(arn) }));
  const statements = [...policies.documents, ...tabulated.map(({ document }) => document)].flatMap(statementsOf);
  const foreign = tabulated.filter(({ document }) => document === undefined).map(({ arn }) => arn);
  const identity = rule(statements, call, takenAway);
  if (takenAway && identity.decision === 'deny') {
    return { decision: 'deny', reason: `the scenario takes ${call.action} away from the role`, lacking: true };
  }
  if (identity.decision === 'deny' && identity.lacking === true && foreign.length > 0) {
    return { decision: 'unknown', reason: `managed policy ${foreign.join(', ')} is not in the template and may decide` };
  }
  return withBoundary(policies, identity, call);
}

function withBoundary(policies: RolePolicies, identity: Ruling, call: IamCall): Ruling {
  const { boundary } = policies;
  if (boundary === undefined || identity.decision === 'deny') {
    return identity;
  }
  if (boundary.document === undefined) {
    return { decision: 'unknown', reason: `permissions boundary ${boundary.arn} is not in the template and may deny` };
  }
  const limit = rule(statementsOf(boundary.document), call, false);
  const reason = `permissions boundary ${boundary.arn}: ${limit.reason}`;
  return limit.decision === 'allow' ? identity : { decision: limit.decision, reason };
}

/** What a set of statements comes to. */
function rule(statements: readonly PolicyStatement[], call: IamCall, takenAway: boolean): Ruling {
  const applying = (effect: string): Match => {
    const those = statements.filter(({ Effect }) => Effect === effect);
    return anyOf(those.map((statement) => statementApplies(statement, call)));
  };
  const denied = applying('Deny');
  const allowed = takenAway ? NO : applying('Allow');
  if (denied.is === 'yes') {
    return { decision: 'deny', reason: `a statement denies ${call.action} on ${call.resource}` };
  }
  if (allowed.is === 'no') {
    return { decision: 'deny', reason: `no statement allows ${call.action} on ${call.resource}`, lacking: true };
  }
  if (denied.is === 'unknown') {
    return { decision: 'unknown', reason: `a statement may deny ${call.action}: ${denied.reason}` };
  }
  return allowed.is === 'unknown'
    ? { decision: 'unknown', reason: `a statement may allow ${call.action}: ${allowed.reason}` }
    : { decision: 'allow', reason: `a statement allows ${call.action} on ${call.resource}` };
}
