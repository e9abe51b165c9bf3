/** The custom resource that keeps the newest versions of a function, and deletes the others after a release. */
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { CfnDeletionPolicy, CustomResource, Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { RESOURCE_TIMEOUT_SECONDS } from '../model/deployment-request';
import type { FunctionVersionsProperties } from '../model/function-versions-request';
import { FUNCTION_VERSIONS_RESOURCE_TYPE, KEPT_VERSIONS } from '../model/function-versions-request';
import { askWhenComplete } from './complete-app';
import { DeploymentProvider } from './deployment-provider';
import { deleteVersions, listVersions } from './deployment-statements';
import type { OwnAlias } from './lambda-alias';
import { requireWhole } from './numbers';
import { refuseKeptConcurrency } from './provisioned-concurrency';
import { cfnElementOf } from './references';

/** After the alias, and so after its deployment: a release that fails deletes nothing. */
export function keepNewestVersions(rollout: Construct, keep: number | undefined, { alias, resource, function: fn }: OwnAlias): void {
  if (keep === undefined) {
    return;
  }
  requireWhole('keepVersions', keep, KEPT_VERSIONS.min, KEPT_VERSIONS.max, 'leave it out to keep the version that runs, and no other');
  retain(rollout, keep, alias);
  refuseKeptConcurrency(rollout, keep, alias);
  const provider = DeploymentProvider.of(rollout);
  const properties: Omit<FunctionVersionsProperties, 'ServiceToken' | 'ServiceTimeout'> = { Function: fn.functionName, Version: alias.version.version, Keep: `${keep}` };
  const versions = new CustomResource(rollout, 'Versions', {
    serviceToken: provider.serviceToken,
    serviceTimeout: Duration.seconds(RESOURCE_TIMEOUT_SECONDS),
    resourceType: FUNCTION_VERSIONS_RESOURCE_TYPE,
    properties,
  });
  versions.node.addDependency(resource, provider.allow(rollout, 'VersionsPolicy', [listVersions(fn.functionArn), deleteVersions(fn.functionArn)]), provider.ready);
}

/** A version that leaves the template is deleted by CloudFormation, which is the one of before at every release. */
function retain(rollout: Construct, keep: number, { version }: lambda.IAlias): void {
  const element = cfnElementOf(version) as lambda.CfnVersion;
  element.cfnOptions.deletionPolicy ??= CfnDeletionPolicy.RETAIN;
  element.cfnOptions.updateReplacePolicy ??= CfnDeletionPolicy.RETAIN;
  askWhenComplete(rollout, () => {
    const { deletionPolicy, updateReplacePolicy } = element.cfnOptions;
    return [deletionPolicy, updateReplacePolicy].includes(CfnDeletionPolicy.DELETE)
      ? [
          `'keepVersions' is ${keep}, but CloudFormation deletes version '${version.node.path}' when another one takes its place (DeletionPolicy Delete); drop 'removalPolicy' of 'currentVersionOptions', or give it RemovalPolicy.RETAIN`,
        ]
      : [];
  });
}
