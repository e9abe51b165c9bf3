/** The policies of a role, gathered from wherever a template may put them. */
import type { ResourceReference } from '../../lib/model/rollout';
import type { RolePolicies } from '../engine/iam';
import type { Assembly, PlacedResource } from './assembly';
import { isObject } from './read-json';
import { follow } from './rollouts';
import type { Stack } from './stack';

/** The policies of the role with this ARN. Of a role that is not in the assembly nothing is known, and every call is `unknown`. */
export function collectPolicies(assembly: Assembly, roleArn: string): RolePolicies {
  const role = assembly.resources('AWS::IAM::Role').find(({ stack, logicalId }) => assembly.attribute(stack, logicalId, 'Arn') === roleArn);
  return role === undefined ? { principal: roleArn, documents: [], outside: [`every policy of ${roleArn}`] } : policiesOf(assembly, role);
}

/** The same for a role that a rollout description names. */
export function collectPoliciesOf(assembly: Assembly, stack: Stack, reference: ResourceReference): RolePolicies {
  const target = follow(assembly, stack, reference);
  return collectPolicies(assembly, 'value' in target ? target.value : assembly.attribute(target.stack, target.logicalId, 'Arn'));
}

function policiesOf(assembly: Assembly, role: PlacedResource): RolePolicies {
  const name = assembly.ref(role.stack, role.logicalId);
  const properties = assembly.properties(role);
  const inline = list(properties.Policies).flatMap((policy) => (isObject(policy) ? [policy.PolicyDocument] : []));
  const attached = assembly
    .resources('AWS::IAM::Policy', 'AWS::IAM::RolePolicy')
    .filter(({ stack }) => stack.account === role.stack.account)
    .map((policy) => assembly.properties(policy))
    .filter((policy) => list(policy.Roles).includes(name) || policy.RoleName === name)
    .map((policy) => policy.PolicyDocument);
  const managed = managedPolicies(assembly, role.stack.account);
  const arns = list(properties.ManagedPolicyArns).map(String);
  const mine = managed.filter((policy) => arns.includes(policy.arn) || policy.roles.includes(name));
  const boundary = properties.PermissionsBoundary === undefined ? undefined : String(properties.PermissionsBoundary);
  return {
    principal: assembly.attribute(role.stack, role.logicalId, 'Arn'),
    documents: [...inline, ...attached, ...mine.map(({ document }) => document)],
    outside: arns.filter((arn) => !managed.some((policy) => policy.arn === arn)),
    ...(boundary === undefined ? {} : { boundary: { arn: boundary, document: managed.find(({ arn }) => arn === boundary)?.document } }),
  };
}

interface ManagedPolicy {
  readonly arn: string;
  readonly document: unknown;
  readonly roles: readonly unknown[];
}

/** Only those of the account: stages often give the same names to roles of different accounts. */
function managedPolicies(assembly: Assembly, account: string): readonly ManagedPolicy[] {
  const policies = assembly.resources('AWS::IAM::ManagedPolicy').filter(({ stack }) => stack.account === account);
  return policies.map((policy) => {
    const properties = assembly.properties(policy);
    return { arn: assembly.ref(policy.stack, policy.logicalId), document: properties.PolicyDocument, roles: list(properties.Roles) };
  });
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
