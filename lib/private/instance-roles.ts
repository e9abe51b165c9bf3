/** What instances need to install a revision. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

import type { ServerTargets } from '../server/server-targets';
import type { BoundRevision } from './bound-revision';
import type { Findings } from './findings';

/**
 * Lets the instances of the Auto Scaling groups read it, by a policy of its own: statements of two rollouts with one fleet would have the same ids in the role's own one.
 *
 * @returns what a deployment waits for
 */
export function letRead(scope: Construct, targets: ServerTargets, { readStatements }: BoundRevision, findings: Findings): iam.Policy | undefined {
  if (readStatements.length === 0) {
    return undefined;
  }
  const groups = targets._autoScalingGroups;
  const roles = new Set(groups.flatMap((group) => roleOf(group) ?? []));
  const others = [
    ...groups.filter((group) => roleOf(group) === undefined).map(({ node }) => `Auto Scaling group '${node.path}'`),
    ...(targets._ec2TagGroups.length === 0 ? [] : ['EC2 instances that are selected by tags']),
    ...(targets._onPremisesTagGroups.length === 0 ? [] : ['on-premises instances']),
  ];
  if (others.length > 0) {
    findings.add({
      id: 'instance-role-not-managed',
      level: 'info',
      message: `the roles of ${others.join(', and of ')} are not of this app, so that nothing was added to what they may do, and the revision must be read`,
      remedy: `give them ${actionsOf(readStatements)} on the revision`,
    });
  }
  return roles.size === 0 ? undefined : new iam.Policy(scope, 'ReadRevisionPolicy', { roles: [...roles], statements: [...readStatements] });
}

/** A role of this app that can be given policies: an imported group has none, and one with a launch template that was imported neither. */
function roleOf(group: autoscaling.IAutoScalingGroup): iam.Role | undefined {
  const principal = group instanceof autoscaling.AutoScalingGroup ? group.grantPrincipal : undefined;
  return principal !== undefined && iam.Role.isRole(principal) ? principal : undefined;
}

const actionsOf = (statements: readonly iam.PolicyStatement[]): string => [...new Set(statements.flatMap(({ actions }) => actions))].join(', ');
