/** Stack outputs that a release starts from. */
import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { plainText } from './plain-text';

export interface ReleaseNames {
  readonly applicationName: string;
  readonly groupName: string;
  /** The AppSpec as a JSON text. */
  readonly appSpec: string;
}

export function addOutputs(scope: Construct, names: ReleaseNames): { appSpec: CfnOutput; createDeployment: CfnOutput } {
  const appSpec = new CfnOutput(scope, 'AppSpec', {
    description: plainText(`AppSpec of a release of ${scope.node.path}`),
    value: names.appSpec,
  });
  const createDeployment = new CfnOutput(scope, 'CreateDeployment', {
    description: plainText(`Starts a release of ${scope.node.path}`),
    value: createDeploymentLine(scope, names),
  });
  return { appSpec, createDeployment };
}

/** A line for a POSIX shell: the revision stands in single quotes. */
function createDeploymentLine(scope: Construct, { applicationName, groupName, appSpec }: ReleaseNames): string {
  const revision = Stack.of(scope).toJsonString({ revisionType: 'AppSpecContent', appSpecContent: { content: appSpec } });
  return `aws deploy create-deployment --application-name ${applicationName} --deployment-group-name ${groupName} --revision '${revision}'`;
}
