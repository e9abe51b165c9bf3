/**
 * What CodeDeploy may do for a rollout, and no more.
 *
 * Two policies: the group waits for the first; nothing waits for the second, because a hook may refer to the group, and the group, the policy
 * and the hook would then wait for each other.
 */
import type * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Fn, Lazy, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { BoundEndpoint, BoundListener } from './bound-endpoint';
import type { ServiceFacts } from './ecs-service';
import type { Findings } from './findings';
import type { BoundHook } from './hook-context';
import { groupArn } from './names';
import { plainText } from './plain-text';
import { invoke } from './statements';

/** A role that only deployments of this application can make CodeDeploy take on. */
export function newServiceRole(scope: Construct, applicationName: string): iam.Role {
  const stack = Stack.of(scope);
  return new iam.Role(scope, 'ServiceRole', {
    description: plainText(`CodeDeploy for rollout ${scope.node.path}`),
    assumedBy: new iam.ServicePrincipal('codedeploy.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: { 'aws:SourceArn': groupArn(stack, applicationName, '*') },
      },
    }),
  });
}

/** The role as the group's L2 cannot change it, which would add a wide managed policy, or warn that it cannot. */
export function unchanged(scope: Construct, role: iam.IRole): iam.IRole {
  return iam.Role.isRole(role) ? role.withoutPolicyUpdates() : iam.Role.fromRoleArn(scope, 'UnchangedRole', role.roleArn, { mutable: false });
}

export interface ServiceRoleGrant {
  readonly role: iam.IRole;
  readonly group: codedeploy.EcsDeploymentGroup;
  readonly service: ecs.IBaseService;
  readonly facts: ServiceFacts;
  readonly endpoint: BoundEndpoint;
  readonly hooks: readonly BoundHook[];
  readonly findings: Findings;
}

/**
 * Both policies for a role of this app; an imported role is left as it is, which is a finding.
 *
 * @returns what a deployment waits for besides the group
 */
export function grantServiceRole(scope: Construct, grant: ServiceRoleGrant): iam.Policy[] {
  if (!iam.Role.isRole(grant.role)) {
    noteForeignRole(grant);
    return [];
  }
  grant.group.node.addDependency(deployPolicy(scope, grant));
  const functions = grant.hooks.map((hook) => hook.function.functionArn);
  return functions.length === 0 ? [] : [new iam.Policy(scope, 'InvokeHooksPolicy', { roles: [grant.role], statements: [invoke(...functions)] })];
}

export function noteForeignRole({ role, findings }: Pick<ServiceRoleGrant, 'role' | 'findings'>): void {
  findings.add({
    id: 'service-role-not-managed',
    level: 'warning',
    message: `role '${role.node.path}' is imported, so that nothing was added to what it may do`,
    remedy: "leave 'role' out to see in the template what a role of the rollout may do, and give this one the same",
  });
}

function deployPolicy(scope: Construct, { role, service, facts, endpoint }: ServiceRoleGrant): iam.Policy {
  return new iam.Policy(scope, 'DeployPolicy', {
    roles: [role],
    statements: [
      createTaskSets(Stack.of(scope), service),
      moveTaskSets(Stack.of(scope), service),
      passTaskRoles(facts.taskDefinition),
      moveListeners(endpoint),
      ...(endpoint.kind === 'application' ? [moveRules(endpoint)] : []),
      lookAtListeners(),
      watchAlarms(),
    ],
  });
}

/** Resource of a service, or of what is below it. */
export const serviceArn = (stack: Stack, service: ecs.IBaseService, resource: string, below = ''): string =>
  stack.formatArn({ service: 'ecs', resource, resourceName: `${service.cluster.clusterName}/${service.serviceName}${below}` });

/** CreateTaskSet has no resource-level permission; the service is told by a condition key instead. */
function createTaskSets(stack: Stack, service: ecs.IBaseService): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'CreateTaskSets',
    actions: ['ecs:CreateTaskSet'],
    resources: ['*'],
    conditions: { ArnEquals: { 'ecs:service': serviceArn(stack, service, 'service') } },
  });
}

/** Some of these actions are decided on the service, others on the task set, which has no name before it exists. */
function moveTaskSets(stack: Stack, service: ecs.IBaseService): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'MoveTaskSets',
    actions: ['ecs:DeleteTaskSet', 'ecs:DescribeServices', 'ecs:UpdateServicePrimaryTaskSet'],
    resources: [serviceArn(stack, service, 'service'), serviceArn(stack, service, 'task-set', '/*')],
  });
}

/** The execution role may come with a container that is added later. */
function passTaskRoles(taskDefinition: ecs.ITaskDefinition): iam.PolicyStatement {
  const executionRole = Lazy.string({ produce: () => taskDefinition.executionRole?.roleArn });
  return new iam.PolicyStatement({
    sid: 'PassTaskRoles',
    actions: ['iam:PassRole'],
    resources: [taskDefinition.taskRole.roleArn, executionRole],
    conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  });
}

const listenersOf = ({ production, test }: BoundEndpoint): BoundListener[] => [production, ...(test === undefined ? [] : [test])];

function moveListeners(endpoint: BoundEndpoint): iam.PolicyStatement {
  const resources = listenersOf(endpoint).map(({ listener }) => listener.listenerArn);
  return new iam.PolicyStatement({ sid: 'MoveListeners', actions: ['elasticloadbalancing:ModifyListener'], resources });
}

/** Listeners of a Network Load Balancer have no rules. The rollout's own rules where it has some, else all rules of its listeners: any of them may forward to its target groups. */
function moveRules(endpoint: BoundEndpoint): iam.PolicyStatement {
  const resources = listenersOf(endpoint).flatMap(({ listener, rules }) =>
    rules.length > 0 ? rules.map(({ rule }) => rule.listenerRuleArn) : [allRulesOf(listener.listenerArn)],
  );
  return new iam.PolicyStatement({ sid: 'MoveRules', actions: ['elasticloadbalancing:ModifyRule'], resources });
}

/** `...:listener/app/name/id/listener` has rules `...:listener-rule/app/name/id/listener/rule`. */
function allRulesOf(listenerArn: string): string {
  const parts = Fn.split(':listener/', listenerArn, 2);
  return Fn.join('', [parts[0]!, ':listener-rule/', parts[1]!, '/*']);
}

/** The Describe actions of Elastic Load Balancing have no resource-level permission. */
function lookAtListeners(): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'LookAtListeners',
    actions: ['elasticloadbalancing:DescribeListeners', 'elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetGroups'],
    resources: ['*'],
  });
}

/**
 * On `*`, because CloudWatch answers about composite alarms only to those whose permission is not narrower, and a deployment whose alarms
 * cannot be read is stopped.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
export function watchAlarms(): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'WatchAlarms', actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] });
}
