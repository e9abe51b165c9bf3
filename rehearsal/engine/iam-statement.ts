/** One statement of a policy document against one call. */
import { conditionHolds, withVariables } from './iam-conditions';
import type { RequestContext } from './iam-conditions';
import { allOf, anyOf, matched, not, unknown } from './iam-match';
import type { Match } from './iam-match';
import { matchesWildcards } from './iam-wildcards';

/** A call as IAM sees it. */
export interface IamCall {
  /** Such as `codedeploy:PutLifecycleEventHookExecutionStatus`. */
  readonly action: string;
  /** ARN of what is called upon; `*` for an action that has no resource. */
  readonly resource: string;
  readonly context?: RequestContext;
}

/** A statement of a policy, with the functions of the template resolved. */
export interface PolicyStatement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: unknown;
}

/** The statements of a document, whether it holds one or a list. */
export function statementsOf(document: unknown): readonly PolicyStatement[] {
  const statement: unknown = typeof document === 'object' && document !== null && 'Statement' in document ? document.Statement : [];
  return (Array.isArray(statement) ? statement : [statement]).filter((one) => typeof one === 'object' && one !== null);
}

/** Whether a statement speaks about the call, whatever its effect. */
export function statementApplies(statement: PolicyStatement, call: IamCall): Match {
  const { action, resource, context = {} } = call;
  const { NotAction, NotResource } = statement;
  return allOf([
    NotAction === undefined ? actionIn(statement.Action, action) : not(actionIn(NotAction, action)),
    NotResource === undefined ? resourceIn(statement.Resource, resource, context) : not(resourceIn(NotResource, resource, context)),
    conditionHolds(statement.Condition, context),
  ]);
}

/** Action names are compared without regard to case. */
export function actionIn(patterns: unknown, action: string): Match {
  return matched(texts(patterns).some((pattern) => matchesWildcards(pattern.toLowerCase(), action.toLowerCase())));
}

function resourceIn(patterns: unknown, resource: string, context: RequestContext): Match {
  const list = texts(patterns);
  if (list.length === 0) {
    return unknown('a statement without Resource');
  }
  return anyOf(list.map((pattern) => withVariables(pattern, context, (text) => matched(matchesWildcards(text, resource)))));
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);
}
