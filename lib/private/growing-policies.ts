/**
 * Managed policies for a statement that grows with the functions of a set: all inline policies of a role together may have no more than one such statement takes.
 *
 * They are policies of their own for another reason, too: what a role's function depends on would otherwise wait for every function of the set.
 */
import * as iam from 'aws-cdk-lib/aws-iam';
import type { CfnResource } from 'aws-cdk-lib/core';
import { Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { MAX_MANAGED_POLICIES, MAX_MANAGED_POLICY_CHARACTERS } from './policy-size';

/** A statement beside its resources, and the document around it. */
const FRAME_CHARACTERS = 400;

/** Quotation marks and comma. */
const BETWEEN = 3;

/** Of what is known when the stack is deployed, the most that Lambda allows. */
const LONGEST_ARN = 'arn:aws-us-gov:lambda:ap-southeast-2:123456789012:function:'.length + 64;
const LONGEST_SUFFIX = ':'.length + 128;

/** ARNs of the functions that each of these policies is for. */
const FUNCTIONS = new WeakMap<CfnResource, ReadonlySet<string>>();

/** ARNs of the functions that a policy made here is for; undefined for any other resource. */
export const functionsOf = (resource: CfnResource): ReadonlySet<string> | undefined => FUNCTIONS.get(resource);

/** What a statement names of one function. */
export interface NamedFunction {
  readonly functionArn: string;
  /** What follows the ARN, for each resource. */
  readonly suffixes: readonly string[];
}

/** @throws where a role would have more policies than IAM attaches */
export function growingPolicies(scope: Construct, id: string, statement: iam.PolicyStatementProps & { readonly role: iam.IRole }, functions: readonly NamedFunction[]): iam.ManagedPolicy[] {
  const { role, ...props } = statement;
  const parts = inParts(functions);
  if (parts.length > MAX_MANAGED_POLICIES) {
    throw new Error(
      `'${scope.node.path}' is for ${functions.length} functions, whose permissions take ${parts.length} managed policies, and a role has ${MAX_MANAGED_POLICIES} at most; ` +
        `make sets of about ${Math.floor((functions.length * MAX_MANAGED_POLICIES) / parts.length)} aliases`,
    );
  }
  return parts.map((part, index) => {
    const resources = part.flatMap(({ functionArn, suffixes }) => suffixes.map((suffix) => `${functionArn}${suffix}`));
    const policy = new iam.ManagedPolicy(scope, `${id}${index + 1}`, { roles: [role], statements: [new iam.PolicyStatement({ ...props, resources })] });
    FUNCTIONS.set(policy.node.defaultChild as CfnResource, new Set(part.map(({ functionArn }) => functionArn)));
    return policy;
  });
}

/** What each policy is for, in order: all of a function is in one of them. */
function inParts(functions: readonly NamedFunction[]): NamedFunction[][] {
  const parts: NamedFunction[][] = [];
  let room = 0;
  for (const named of functions) {
    const characters = charactersOf(named);
    if (characters > room) {
      parts.push([]);
      room = MAX_MANAGED_POLICY_CHARACTERS - FRAME_CHARACTERS;
    }
    parts.at(-1)!.push(named);
    room -= characters;
  }
  return parts;
}

const charactersOf = ({ functionArn, suffixes }: NamedFunction): number =>
  suffixes.reduce((sum, suffix) => sum + lengthOf(functionArn, LONGEST_ARN) + lengthOf(suffix, LONGEST_SUFFIX) + BETWEEN, 0);

const lengthOf = (text: string, longest: number): number => (Token.isUnresolved(text) ? longest : text.length);
