/**
 * What CodeDeploy may do for a rollout of a Lambda alias, and no more.
 *
 * Two policies, as for ECS: the group waits for the first; nothing that a hook depends on waits for the second, since a hook may refer to the group.
 */
import type * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

import type { DeploymentTrigger } from '../rollout/deployment-trigger';
import type { Findings } from './findings';
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
function moveAlias({ function: { functionArn }, alias: { aliasName } }: ReleasedAlias): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'MoveAlias',
    actions: ['lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:UpdateAlias'],
    resources: [functionArn, `${functionArn}:${aliasName}`],
  });
}
