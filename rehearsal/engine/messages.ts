/** Texts that the service answers with, word for word where a source has them; our own plain words otherwise. */
import { HOOK_REPORT_TIMEOUT_SECONDS, INSTALL_TIMEOUT_SECONDS } from '../../lib/model/limits';

export interface ErrorInformation {
  readonly code: string;
  readonly message: string;
}

export const HOOK_FAILED_MESSAGE = 'The deployment failed because one or more of the lifecycle event validation functions failed.';

export const HOOK_SILENT_MESSAGE =
  'The deployment timed out while waiting for a status callback. ' +
  'CodeDeploy expects a status callback within one hour after a deployment hook is invoked.';

export const INSTALL_TIMEOUT_MESSAGE =
  'The deployment timed out while waiting for the replacement task set to become healthy. ' +
  `This time out period is ${INSTALL_TIMEOUT_SECONDS / 60} minutes.`;

/** No published capture: the code is one of the API's, the text is ours. */
export const lambdaVersionMessage = (functionName: string, version: string): string => `The deployment failed because version ${version} of the Lambda function ${functionName} does not exist.`;

export const LAMBDA_ALIAS_MESSAGE =
  'The deployment failed because the AppSpec file that specifies the AWS Lambda deployment configuration is missing or has an invalid configuration. ' +
  'The Lambda function alias version does not match the current version in AppSpec file.';

export const HOOK_TIMEOUT_MS = HOOK_REPORT_TIMEOUT_SECONDS * 1000;
export const INSTALL_TIMEOUT_MS = INSTALL_TIMEOUT_SECONDS * 1000;

export function invokeDeniedMessage(serviceRoleArn: string): string {
  const denied = 'does not give you permission to perform operations in the following AWS service';
  return `The IAM role ${serviceRoleArn} ${denied}: AWSLambda.`;
}

export function approvalExpiredMessage(minutes: number): string {
  return `The deployment timed out while waiting for a notification to continue. This time out period is ${minutes} minutes.`;
}

/** The angle brackets around the names are the service's own. */
export function alarmActiveMessage(alarmNames: readonly string[]): string {
  return (
    'One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, ' +
    `and the affected deployments have been stopped. Activated alarms: ${alarmNames.map((name) => `<${name}>`).join(' ')}`
  );
}

export function alarmsUnreadableMessage(alarmNames: readonly string[]): string {
  const stopped = 'The state of one or more alarms could not be read, and the affected deployments have been stopped';
  return `${stopped}. Alarms: ${alarmNames.join(' ')}`;
}

export function rollbackTriggeredMessage(deploymentId: string, rollbackId: string): string {
  return `Deployment ${deploymentId} terminated. Automatic rollback is triggered with a DeploymentId ${rollbackId}.`;
}

export function rollbackOfMessage(rollbackId: string, deploymentId: string): string {
  return `Deployment ${rollbackId} is triggered to roll back deployment ${deploymentId}.`;
}

export function deploymentLimitMessage(group: string, deploymentId: string): string {
  return `The Deployment Group '${group}' already has an active Deployment '${deploymentId}'`;
}

/** Our own words, as are those of the next: CloudFormation's are not published. */
export function stackRolledBackMessage(stackId: string): string {
  return `CloudFormation rolled stack ${stackNameOf(stackId)} back to what it was before the update: all traffic to the original task set, and the replacement removed.`;
}

export function rollbackTriggerMessage(alarmNames: readonly string[]): string {
  return `CloudFormation cancelled the update of the stack, since a rollback trigger is in ALARM: ${alarmNames.join(', ')}`;
}

/** `arn:...:stack/NAME/UUID` */
export function stackNameOf(stackId: string): string {
  return stackId.split('/')[1] ?? stackId;
}
