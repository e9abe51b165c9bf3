/**
 * What the role of an instance may do for its agent. Revisions are another matter: their statements come with the revision.
 *
 * A statement on `*` stands here only with its reason: the action has no resource-level permission.
 */
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Stack } from 'aws-cdk-lib/core';

import { agentBucket } from './agent-plan';

const objectsOf = (stack: Stack, bucket: string): string => stack.formatArn({ service: 's3', region: '', account: '', resource: bucket, resourceName: '*' });

/** Installer, packages and updates of the agent, of this region only. */
export const readAgent = (stack: Stack): iam.PolicyStatement =>
  new iam.PolicyStatement({ sid: 'ReadCodeDeployAgent', actions: ['s3:GetObject'], resources: [objectsOf(stack, agentBucket(stack.region))] });

/**
 * With `enable_auth_policy` the agent signs its calls by its role. None of the four actions knows a resource.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_codedeploy-commands-secure.html
 */
export const takeCommands = (): iam.PolicyStatement =>
  new iam.PolicyStatement({
    sid: 'TakeCodeDeployCommands',
    actions: ['GetDeploymentSpecification', 'PollHostCommand', 'PutHostCommandAcknowledgement', 'PutHostCommandComplete'].map((action) => `codedeploy-commands-secure:${action}`),
    resources: ['*'],
  });

/** The group is there; the agent makes streams in it, and no groups. */
export const writeLogs = (group: logs.ILogGroup): iam.PolicyStatement =>
  new iam.PolicyStatement({ sid: 'WriteCodeDeployAgentLogs', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [group.logGroupArn] });

/**
 * What the SSM Agent needs for associations that install packages and run scripts. `AmazonSSMManagedInstanceCore` has this and more: it reads every parameter of the account, and opens sessions.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html#ssm-agent-minimum-s3-permissions
 */
export function useSystemsManager(stack: Stack, documentName: string, packages: readonly string[]): iam.PolicyStatement[] {
  const document = (name: string, account?: string) =>
    stack.formatArn({ service: 'ssm', resource: 'document', resourceName: name, ...(account === undefined ? {} : { account }) });
  const instances = stack.formatArn({ service: 'ec2', resource: 'instance', resourceName: '*' });
  const associations = stack.formatArn({ service: 'ssm', resource: 'association', resourceName: '*' });
  return [
    // AWS's own documents have no account in their ARN.
    new iam.PolicyStatement({ sid: 'ReadDocuments', actions: ['ssm:DescribeDocument', 'ssm:GetDocument'], resources: [document(documentName), ...packages.map((name) => document(name, ''))] }),
    // An instance cannot be told from another before it is launched.
    new iam.PolicyStatement({
      sid: 'ReportInstance',
      actions: ['ssm:ListInstanceAssociations', 'ssm:PutComplianceItems', 'ssm:UpdateInstanceAssociationStatus', 'ssm:UpdateInstanceInformation'],
      resources: [instances, associations],
    }),
    // The list of associations has no resource-level permission, nor have messages; the reference of permissions does not name the two actions for packages.
    new iam.PolicyStatement({ sid: 'InstallPackages', actions: ['ssm:GetManifest', 'ssm:ListAssociations', 'ssm:PutConfigurePackageResult'], resources: ['*'] }),
    new iam.PolicyStatement({
      sid: 'TakeSystemsManagerMessages',
      actions: [
        ...['AcknowledgeMessage', 'DeleteMessage', 'FailMessage', 'GetEndpoint', 'GetMessages', 'SendReply'].map((action) => `ec2messages:${action}`),
        'ssmmessages:CreateControlChannel',
        'ssmmessages:OpenControlChannel',
      ],
      resources: ['*'],
    }),
    new iam.PolicyStatement({ sid: 'ReadPackages', actions: ['s3:GetObject'], resources: [objectsOf(stack, `${stack.region}-birdwatcher-prod`)] }),
  ];
}
