/** The role of deployments that CloudFormation performs: CodeDeploy takes it on to invoke the hooks, and CloudFormation does the rest under its own. */
import * as iam from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { Findings } from './findings';
import type { BoundHook } from './hook-context';
import { physicalName } from './physical-names';
import { plainText } from './plain-text';
import { noteForeignRole } from './service-role';
import { invoke } from './statements';

/**
 * No deployment group is there to be named as the source, and AWS does not say what CodeDeploy names instead: the account is asked for where it is told.
 *
 * The name is a literal of the `Hooks` section.
 */
export function newStackRole(scope: Construct): iam.Role {
  return new iam.Role(scope, 'ServiceRole', {
    roleName: physicalName(scope, ''),
    description: plainText(`CodeDeploy for rollout ${scope.node.path}`),
    assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com', {
      conditions: { StringEqualsIfExists: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  });
}

/** What AWS's own sample of such a role may do: invoke the hooks. An imported role is left as it is, which is a finding. */
export function grantStackRole(scope: Construct, role: iam.IRole, hooks: readonly BoundHook[], findings: Findings): void {
  if (!iam.Role.isRole(role)) {
    noteForeignRole({ role, findings });
    return;
  }
  const functions = hooks.map((hook) => hook.function.functionArn);
  if (functions.length > 0) {
    new iam.Policy(scope, 'InvokeHooksPolicy', { roles: [role], statements: [invoke(...functions)] });
  }
}
