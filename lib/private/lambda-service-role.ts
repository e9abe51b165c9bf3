/**
 * What CodeDeploy may do for a rollout of a Lambda alias, and no more.
 *
 * Two policies, as for ECS: the group waits for the first; nothing that a hook depends on waits for the second, since a hook may refer to the group.
 */
import type * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';

import type { DeploymentTrigger } from '../rollout/deployment-trigger';
import type { Findings } from './findings';
import type { NamedFunction } from './growing-policies';
import { growingPolicies } from './growing-policies';
import type { ReleasedAlias } from './lambda-alias';
import type { NamedHook } from './lambda-hook-map';
import { invokedArn } from './lambda-hook-map';
import { noteForeignRole, watchAlarms } from './service-role';
import { invoke } from './statements';
import { triggerStatements } from './triggers';

export interface LambdaServiceRoleGrant {
  readonly role: iam.IRole;
  readonly group: codedeploy.ILambdaDeploymentGroup;
  readonly released: ReleasedAlias;
  readonly hooks: readonly NamedHook[];
  readonly triggers: readonly DeploymentTrigger[];
  readonly findings: Findings;
}

/** Both policies for a role of this app; an imported role is left as it is, which is a finding. */
export function grantLambdaServiceRole(scope: Construct, { role, group, released, hooks, triggers, findings }: LambdaServiceRoleGrant): void {
  if (!iam.Role.isRole(role)) {
    noteForeignRole({ role, findings });
    return;
  }
  group.node.addDependency(new iam.Policy(scope, 'DeployPolicy', { roles: [role], statements: [moveAlias(released), watchAlarms(), ...triggerStatements(triggers)] }));
  if (hooks.length > 0) {
    new iam.Policy(scope, 'InvokeHooksPolicy', { roles: [role], statements: [invoke(...hooks.map(invokedArn))] });
  }
}

/**
 * IAM decides on an alias's weights by the function, and on its provisioned concurrency by the alias. The ARN is made of the function's, since that of the alias would have the
 * group wait for the alias.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
const MOVE_ALIAS = { sid: 'MoveAlias', actions: ['lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:UpdateAlias'] };

const moveAlias = ({ function: { functionArn }, alias: { aliasName } }: ReleasedAlias): iam.PolicyStatement =>
  new iam.PolicyStatement({ ...MOVE_ALIAS, resources: [functionArn, `${functionArn}:${aliasName}`] });

/** The same for a set of rollouts, whose groups wait for none of it: each would wait for the functions of all others, and one of those may call this alias. */
export function grantLambdaSetRole(
  scope: Construct,
  { role, aliases, hooks, triggers, findings }: Pick<LambdaServiceRoleGrant, 'role' | 'hooks' | 'triggers' | 'findings'> & { readonly aliases: readonly lambda.IAlias[] },
): void {
  if (!iam.Role.isRole(role)) {
    noteForeignRole({ role, findings });
    return;
  }
  new iam.Policy(scope, 'DeployPolicy', { roles: [role], statements: [watchAlarms(), ...triggerStatements(triggers)] });
  growingPolicies(scope, 'MoveAliases', { ...MOVE_ALIAS, role }, namedFunctions(aliases));
  if (hooks.length > 0) {
    new iam.Policy(scope, 'InvokeHooksPolicy', { roles: [role], statements: [invoke(...hooks.map(invokedArn))] });
  }
}

/** Each function once, with all of its aliases. */
function namedFunctions(aliases: readonly lambda.IAlias[]): NamedFunction[] {
  const suffixes = new Map<lambda.IFunction, string[]>();
  aliases.forEach(({ version: { lambda: fn }, aliasName }) => suffixes.set(fn, [...(suffixes.get(fn) ?? ['']), `:${aliasName}`]));
  return [...suffixes].map(([{ functionArn }, named]) => ({ functionArn, suffixes: named }));
}
