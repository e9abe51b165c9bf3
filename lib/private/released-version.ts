/** What can be said at synth of the version that a deployment is to release. */
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { isVersionNumber } from '../model/appspec/lambda-names';
import { requirePlace } from './lambda-alias';
import { knownName } from './physical-names';
import { cfnElementOf } from './references';

/** @throws for a version that is not published, that is of another function, or whose number CloudFormation would hold fast in another stack */
export function requireReleasable(deployment: Construct, version: lambda.IVersion, alias: lambda.IAlias): void {
  const { path } = version.node;
  const number = version.version;
  if (!Token.isUnresolved(number) && !isVersionNumber(number)) {
    throw new Error(`version '${path}' is ${number}, and an alias is moved between published versions, which are whole numbers from 1; use 'currentVersion' of the function`);
  }
  requirePlace(deployment, version.lambda);
  const [released, given] = [alias.version.lambda, version.lambda].map(knownName);
  if (released !== undefined && given !== undefined && released !== given) {
    throw new Error(`version '${path}' is of function '${given}', and alias '${alias.node.path}' of '${released}'; give the deployment a version of that function`);
  }
  const home = cfnElementOf(version)?.stack;
  if (home !== undefined && home !== Stack.of(deployment)) {
    throw new Error(
      `version '${path}' is made in stack '${home.node.path}', and deployment '${deployment.node.path}' in '${Stack.of(deployment).node.path}': the export between them would keep CloudFormation from ` +
        "publishing another version; write the number into a parameter of Systems Manager there, and read it here: lambda.Version.fromVersionArn(this, 'Next', `${functionArn}:${ssm.StringParameter.valueForStringParameter(this, name)}`)",
    );
  }
}
