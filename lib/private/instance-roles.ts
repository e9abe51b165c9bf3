/** What instances need to install a revision. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

import type { ServerTargets } from '../server/server-targets';
import type { BoundRevision } from './bound-revision';
import type { Findings } from './findings';

/** What is given to the roles of instances. */
export interface InstanceGrant {
  /** Of the policy. */
  readonly id: string;
  readonly statements: readonly iam.PolicyStatement[];
  /** Why, as the end of a sentence that says that nothing was added to the roles. */
  readonly why: string;
  readonly on: string;
}

/**
 * Lets the instances of the Auto Scaling groups read it, by a policy of its own: statements of two rollouts with one fleet would have the same ids in the role's own one.
 *
 * @returns what a deployment waits for
 */
export function letRead(scope: Construct, targets: ServerTargets, { readStatements }: BoundRevision, findings: Findings): iam.Policy | undefined {
  return letInstances(scope, targets, { id: 'ReadRevisionPolicy', statements: readStatements, why: 'the revision must be read', on: 'the revision' }, findings);
}

/** The same for anything. */
export function letInstances(scope: Construct, targets: ServerTargets, { id, statements, why, on }: InstanceGrant, findings: Findings): iam.Policy | undefined {
  if (statements.length === 0) {
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
      message: `the roles of ${others.join(', and of ')} are not of this app, so that nothing was added to what they may do, and ${why}`,
      remedy: `give them ${actionsOf(statements)} on ${on}`,
    });
  }
  return roles.size === 0 ? undefined : new iam.Policy(scope, id, { roles: [...roles], statements: [...statements] });
}

/** A role of this app that can be given policies: an imported group has none, and one with a launch template that was imported neither. */
function roleOf(group: autoscaling.IAutoScalingGroup): iam.Role | undefined {
  const principal = group instanceof autoscaling.AutoScalingGroup ? group.grantPrincipal : undefined;
  return principal !== undefined && iam.Role.isRole(principal) ? principal : undefined;
}

const actionsOf = (statements: readonly iam.PolicyStatement[]): string => [...new Set(statements.flatMap(({ actions }) => actions))].join(', ');
