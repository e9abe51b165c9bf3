/** What the deployment provider may do for one rollout, one function for each statement. */
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Stack } from 'aws-cdk-lib/core';

import { copiedGroupPrefix } from '../model/server/deployment-group-request';
import { autoScalingGroupArn } from './auto-scaling-arn';
import { codedeployArn } from './names';

/**
 * Starts, follows and stops deployments of one deployment group. The tasks' roles are passed by CodeDeploy's own role, so that there is no
 * iam:PassRole here.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/auth-and-access-control-permissions-reference.html
 */
export function deploy(groupArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'Deploy',
    actions: [
      'codedeploy:BatchGetDeploymentTargets',
      'codedeploy:BatchGetDeployments',
      'codedeploy:CreateDeployment',
      'codedeploy:GetDeployment',
      'codedeploy:ListDeploymentTargets',
      'codedeploy:ListDeployments',
      'codedeploy:StopDeployment',
    ],
    resources: [groupArn],
  });
}

/** CreateDeployment registers the AppSpec with the application, and is refused to those who may not. */
export function registerRevision(applicationArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'RegisterRevision',
    actions: ['codedeploy:GetApplicationRevision', 'codedeploy:RegisterApplicationRevision'],
    resources: [applicationArn],
  });
}

/** CreateDeployment reads the deployment configuration by the permissions of its caller. */
export function useConfig(configArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'UseConfig', actions: ['codedeploy:GetDeploymentConfig'], resources: [configArn] });
}

/** Which revision the PRIMARY task set runs. */
export function lookAtService(serviceArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'LookAtService', actions: ['ecs:DescribeServices'], resources: [serviceArn] });
}

/**
 * Which version an alias names. The reference has GetAlias act on the function; that a request bears the ARN of the alias is not ruled out, since "actions that operate on a function
 * can be restricted by function, version, or alias ARN".
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
 */
export function lookAtAlias(functionArn: string, aliasName: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'LookAtAlias', actions: ['lambda:GetAlias'], resources: [functionArn, `${functionArn}:${aliasName}`] });
}

/** Where a listener forwards to. DescribeListeners has no resource-level permission. */
export function lookAtListeners(): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'LookAtListeners', actions: ['elasticloadbalancing:DescribeListeners'], resources: ['*'] });
}

/** Why a validation failed stands in the hook's log; in the guardian's, where the hook was killed. The ARNs end in `:*`. */
export function readHookLogs(logGroupArns: readonly string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'ReadHookLogs', actions: ['logs:FilterLogEvents'], resources: [...logGroupArns] });
}

/** The status of the stack tells an update from CloudFormation's own rollback, and its events which of the two a late request is of. */
export function lookAtStack(stackId: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'LookAtStack', actions: ['cloudformation:DescribeStackEvents', 'cloudformation:DescribeStacks'], resources: [stackId] });
}

export function startExecution(stateMachineArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'StartExecution', actions: ['states:StartExecution'], resources: [stateMachineArn] });
}

/**
 * Finds the revisions of a task definition, and deregisters those that are not kept. Neither action has resource-level permissions; the step function
 * touches the family alone that the stack's own task definition has.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
 */
export function keepTaskDefinitions(): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'KeepTaskDefinitions', actions: ['ecs:DeregisterTaskDefinition', 'ecs:ListTaskDefinitions'], resources: ['*'] });
}

/** Finds the versions of a function, and what names them. */
export function listVersions(functionArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'ListVersions',
    actions: ['lambda:ListAliases', 'lambda:ListProvisionedConcurrencyConfigs', 'lambda:ListVersionsByFunction'],
    resources: [functionArn],
  });
}

/**
 * Deletes versions of a function that are not kept. A request for a version has the ARN of the version, so that the function itself, whose ARN has no colon after its name,
 * cannot be deleted by this.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
 */
export function deleteVersions(functionArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'DeleteVersions', actions: ['lambda:DeleteFunction'], resources: [`${functionArn}:*`] });
}

/** Provisions a version that no hook provisions, and releases one that is no longer of use. */
export function keepProvisioned(functionArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'KeepProvisioned',
    actions: ['lambda:DeleteProvisionedConcurrencyConfig', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:PutProvisionedConcurrencyConfig'],
    resources: [`${functionArn}:*`],
  });
}

/**
 * Keeps a deployment group that CloudFormation cannot make.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/auth-and-access-control-permissions-reference.html
 */
export function keepServerGroup(groupArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'KeepServerGroup',
    actions: [
      'codedeploy:CreateDeploymentGroup',
      'codedeploy:DeleteDeploymentGroup',
      'codedeploy:GetDeploymentGroup',
      'codedeploy:ListTagsForResource',
      'codedeploy:TagResource',
      'codedeploy:UpdateDeploymentGroup',
    ],
    resources: [groupArn],
  });
}

/** Lets a group go that was there before, where CloudFormation takes back that it was taken over. */
export function releaseServerGroup(groupArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'ReleaseServerGroup', actions: ['codedeploy:UntagResource'], resources: [groupArn] });
}

/** Sees what is in flight in a group, and stops it before the group is deleted. */
export function stopServerDeployments(groupArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'StopServerDeployments',
    actions: ['codedeploy:BatchGetDeployments', 'codedeploy:GetDeployment', 'codedeploy:ListDeployments', 'codedeploy:StopDeployment'],
    resources: [groupArn],
  });
}

/**
 * A group whose name has changed is read, to begin where it ends, and deleted. By then the policy names the new one alone; so that this is for every group of an application, which
 * must be the rollout's own. CodeDeploy has no permissions by tags; the step function itself touches no group without the resource's mark.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/security_iam_service-with-iam.html#security_iam_service-with-iam-tags
 */
export function retireServerGroups(stack: Stack, applicationName: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'RetireServerGroups',
    actions: [
      'codedeploy:BatchGetDeployments',
      'codedeploy:DeleteDeploymentGroup',
      'codedeploy:GetDeployment',
      'codedeploy:GetDeploymentGroup',
      'codedeploy:ListDeployments',
      'codedeploy:ListTagsForResource',
      'codedeploy:StopDeployment',
    ],
    resources: [codedeployArn(stack, 'deploymentgroup', `${applicationName}/*`)],
  });
}

/** Whoever makes a deployment group, or changes it, hands its role on to CodeDeploy. */
export function passServiceRole(roleArn: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'PassServiceRole',
    actions: ['iam:PassRole'],
    resources: [roleArn],
    conditions: { StringEquals: { 'iam:PassedToService': 'codedeploy.amazonaws.com' } },
  });
}

/** Removes the Auto Scaling groups that the service has copied for deployment groups, and no others. */
export function removeCopiedFleets(stack: Stack, deploymentGroupNames: readonly string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'RemoveCopiedFleets',
    actions: ['autoscaling:DeleteAutoScalingGroup'],
    resources: deploymentGroupNames.map((name) => autoScalingGroupArn(stack, `${copiedGroupPrefix(name)}*`)),
  });
}

/** What stands for a resource at this moment: of a group that is replaced, the fleet may serve in the one that replaces it. */
export function lookAtStackResource(stackId: string): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid: 'LookAtStackResource', actions: ['cloudformation:DescribeStackResource'], resources: [stackId] });
}
