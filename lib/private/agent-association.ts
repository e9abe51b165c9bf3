/**
 * Installation by Systems Manager: a document that installs AWS's packages and then configures them, and an association for each group or instance.
 *
 * `AWS-ConfigureAWSPackage` could install, but nothing runs two associations in an order.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-command-ssm-plugin-reference.html#aws-configurepackage
 */
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';

import type { AgentHosts } from './agent-hosts';
import { linuxConfiguration } from './agent-linux';
import type { AgentPlan } from './agent-plan';
import { windowsConfiguration } from './agent-windows';

/** Installations and updates that wait for the package manager included. */
const STEP_TIMEOUT_SECONDS = '1800';

/** Agent 2 is a package of its own, by the version history of the agent. */
export const agentPackage = ({ version }: Pick<AgentPlan, 'version'>): string => (version.major === 1 ? 'AWSCodeDeployAgent' : 'AWSCodeDeployAgentV2');

export function agentDocument(scope: Construct, plan: AgentPlan): ssm.CfnDocument {
  const windows = plan.system.family === 'windows';
  return new ssm.CfnDocument(scope, 'Document', {
    documentType: 'Command',
    documentFormat: 'JSON',
    // Its name is left to CloudFormation, so that a changed document can be made anew.
    updateMethod: 'NewVersion',
    content: {
      schemaVersion: '2.2',
      description: 'Installs and configures the CodeDeploy agent',
      mainSteps: [
        installPackage('installAgent', agentPackage(plan), plan.version.exact),
        ...(plan.logGroupName === undefined ? [] : [installPackage('installCloudWatchAgent', 'AmazonCloudWatchAgent', undefined)]),
        {
          action: windows ? 'aws:runPowerShellScript' : 'aws:runShellScript',
          name: 'configureAgent',
          inputs: { timeoutSeconds: STEP_TIMEOUT_SECONDS, runCommand: windows ? windowsConfiguration(plan) : linuxConfiguration(plan) },
        },
      ],
    },
  });
}

const installPackage = (name: string, packageName: string, version: string | undefined) => ({
  action: 'aws:configurePackage',
  name,
  inputs: { name: packageName, action: 'Install', installationType: 'Uninstall and reinstall', ...(version === undefined ? {} : { version }) },
});

export interface AssociationOptions {
  readonly schedule?: string | undefined;
  readonly waitSeconds?: number | undefined;
}

/** Targets of one association must all match, so that each group and each instance has one. */
export function associate(scope: Construct, document: ssm.CfnDocument, hosts: readonly AgentHosts[], { schedule, waitSeconds }: AssociationOptions): void {
  hosts.forEach(({ name, target }, at) => {
    if (target === undefined) {
      throw new Error(`Systems Manager finds Auto Scaling groups and instances, and not ${name}; take one of those, or install by user data`);
    }
    new ssm.CfnAssociation(scope, `Association${at === 0 ? '' : at + 1}`, {
      name: document.ref,
      targets: [{ key: target.key, values: [target.value] }],
      ...(schedule === undefined ? {} : { scheduleExpression: schedule }),
      ...(waitSeconds === undefined ? {} : { waitForSuccessTimeoutSeconds: waitSeconds }),
    });
  });
}
