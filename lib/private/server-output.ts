/** The command that starts a deployment to servers, as an output of the stack. */
import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { ServerRolloutProps } from '../server/server-rollout-props';
import { plainText } from './plain-text';

export interface ServerOutput {
  readonly applicationName: string;
  readonly groupName: string;
  /** The `revision` of CreateDeployment. */
  readonly revision: object;
}

/** A line for a POSIX shell: the revision stands in single quotes. What a group cannot keep for its deployments is told to each of them. */
export function addCreateDeployment(scope: Construct, { applicationName, groupName, revision }: ServerOutput, props: ServerRolloutProps): CfnOutput {
  const options = [
    ...(props.fileExistsBehavior === undefined ? [] : [` --file-exists-behavior ${props.fileExistsBehavior}`]),
    ...(props.ignoreApplicationStopFailures === true ? [' --ignore-application-stop-failures'] : []),
  ];
  return new CfnOutput(scope, 'CreateDeployment', {
    description: plainText(`Starts a release of ${scope.node.path}`),
    value: `aws deploy create-deployment --application-name ${applicationName} --deployment-group-name ${groupName} --revision '${Stack.of(scope).toJsonString(revision)}'${options.join('')}`,
  });
}
