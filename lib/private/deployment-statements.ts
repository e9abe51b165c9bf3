/** What the deployment provider may do for one rollout, one function for each statement. */
import * as iam from 'aws-cdk-lib/aws-iam';

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
