/**
 * The `Condition` block of a policy statement.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import { NO, YES, allOf, anyOf, matched, not, unknown } from './iam-match';
import type { Match } from './iam-match';
import { matchesArn, matchesWildcards } from './iam-wildcards';

/** Condition keys of a request, in any case. Null: the request does not carry the key. A key that is left out is not known. */
export type RequestContext = Readonly<Record<string, string | readonly string[] | null>>;

type Compare = (wanted: string, given: string) => boolean;

const COMPARISONS: Readonly<Record<string, Compare>> = {
  StringEquals: (wanted, given) => wanted === given,
  StringEqualsIgnoreCase: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  StringLike: matchesWildcards,
  ArnEquals: matchesArn,
  ArnLike: matchesArn,
  Bool: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
};

/** Whether every operator of the block holds for every key that it names. */
export function conditionHolds(block: unknown, context: RequestContext): Match {
  if (block === undefined) {
    return YES;
  }
  if (typeof block !== 'object' || block === null) {
    return unknown('a Condition that is no object');
  }
  return allOf(
    Object.entries(block).flatMap(([operator, keys]: [string, unknown]) => {
      const entries = Object.entries(typeof keys === 'object' && keys !== null ? keys : {});
      return entries.map(([key, wanted]) => operatorHolds(operator, key, wanted, context));
    }),
  );
}

function operatorHolds(operator: string, key: string, wanted: unknown, context: RequestContext): Match {
  const parts = /^(?:(ForAnyValue|ForAllValues):)?([A-Za-z]+?)(IfExists)?$/.exec(operator);
  const [, quantifier, name, ifExists] = parts ?? [];
  const given = contextValue(context, key);
  if (given === undefined) {
    return unknown(`condition key ${key}, whose value the rehearsal does not know`);
  }
  const list = (Array.isArray(wanted) ? wanted : [wanted]).map(String);
  if (name === 'Null') {
    return matched(list.some((value) => (value.toLowerCase() === 'true') === (given === null)));
  }
  const negated = name?.includes('Not') === true;
  const compare = COMPARISONS[(name ?? '').replace('Not', '')];
  if (compare === undefined) {
    return unknown(`condition operator ${operator}, which the rehearsal does not evaluate`);
  }
  if (given === null) {
    // An absent key satisfies what is negated, what says IfExists, and a demand on all of no values.
    return matched(negated || ifExists !== undefined || quantifier === 'ForAllValues');
  }
  const one = (value: string): Match => {
    const equal = anyOf(list.map((pattern) => withVariables(pattern, context, (text) => matched(compare(text, value)))));
    return negated ? not(equal) : equal;
  };
  if (typeof given === 'string') {
    return one(given);
  }
  if (quantifier === undefined && given.length > 1) {
    return unknown(`condition key ${key}, which has several values but no ForAnyValue or ForAllValues`);
  }
  return quantifier === 'ForAllValues' ? allOf(given.map(one)) : given.length === 0 ? NO : anyOf(given.map(one));
}

/** Puts in policy variables such as `${aws:PrincipalAccount}` and goes on; unknown where one of them is not known. */
export function withVariables(pattern: string, context: RequestContext, decide: (text: string) => Match): Match {
  let missing: string | undefined;
  const text = pattern.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
    // The escapes for literal characters cannot be told from wildcards once they are put in.
    const value = contextValue(context, name.trim());
    missing ??= typeof value === 'string' ? undefined : whole;
    return typeof value === 'string' ? value : '';
  });
  return missing === undefined ? decide(text) : unknown(`policy variable ${missing}, whose value the rehearsal does not know`);
}

function contextValue(context: RequestContext, key: string): string | readonly string[] | null | undefined {
  const wanted = key.toLowerCase();
  return Object.entries(context).find(([name]) => name.toLowerCase() === wanted)?.[1];
}
