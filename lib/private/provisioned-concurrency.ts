/**
 * Provisioned concurrency of the released version: allocated by the hook before traffic moves, and released by CloudFormation's cleanup.
 *
 * It is the version's own. That of the alias could not be allocated before the alias is moved, nor changed while it is weighted, and Lambda refuses both for one version.
 *
 * @see docs/adr/0018-provisioned-concurrency.md
 */
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CfnDeletionPolicy, CustomResource, Duration, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { LambdaHooks } from '../lambda/lambda-hooks';
import type { LambdaRolloutProps } from '../lambda/lambda-rollout-props';
import { LifecycleHook } from '../hooks/lifecycle-hook';
import { RESOURCE_TIMEOUT_SECONDS } from '../model/deployment-request';
import type { ProvisionedConcurrencyProperties } from '../model/provisioned-concurrency';
import { PROVISIONED_CONCURRENCY_RESOURCE_TYPE, PROVISIONED_EXECUTIONS } from '../model/provisioned-concurrency';
import { askWhenComplete } from './complete-app';
import { DeploymentProvider } from './deployment-provider';
import { keepProvisioned } from './deployment-statements';
import type { OwnAlias } from './lambda-alias';
import { requireDuration, requireWhole } from './numbers';
import type { ProvisionedConcurrency } from './provisioned-check';
import { ProvisionedCheck } from './provisioned-check';
import { cfnElementOf } from './references';

type Props = Pick<LambdaRolloutProps, 'provisionedConcurrentExecutions' | 'provisioningTimeout'>;

const DEFAULT_TIMEOUT = Duration.minutes(10);
const TIMEOUT_MINUTES = { min: 1, max: 45 } as const;

/** Where the CDK keeps what `alias.addAutoScaling` makes. */
const SCALING_ID = 'AliasScaling';

/** Undefined where the rollout has none. @throws for numbers out of range */
export function provisionedConcurrencyOf({ provisionedConcurrentExecutions: executions, provisioningTimeout: timeout }: Props): ProvisionedConcurrency | undefined {
  if (executions === undefined) {
    if (timeout !== undefined) {
      throw new Error("'provisioningTimeout' is for 'provisionedConcurrentExecutions', which is not set; set it, or leave both out");
    }
    return undefined;
  }
  const { min, max } = PROVISIONED_EXECUTIONS;
  requireWhole('provisionedConcurrentExecutions', executions, min, max, 'leave it out for none');
  requireDuration('provisioningTimeout', timeout ?? DEFAULT_TIMEOUT, 'minutes', TIMEOUT_MINUTES.min, TIMEOUT_MINUTES.max);
  return { executions, timeout: timeout ?? DEFAULT_TIMEOUT };
}

/** The hooks, of which the one before traffic moves provisions first. @throws where that one is a function of the user's */
export function provisionedHooks(hooks: LambdaHooks, wanted: ProvisionedConcurrency | undefined): LambdaHooks {
  const { beforeAllowTraffic: before, afterAllowTraffic: after } = hooks;
  // One hook for both events is a mistake, which is found as such later.
  if (wanted === undefined || (before !== undefined && before === after)) {
    return hooks;
  }
  const check = new ProvisionedCheck(wanted);
  const provisioned = before === undefined ? LifecycleHook.checks({ checks: [check] }) : before._precededBy(check);
  if (provisioned === undefined) {
    throw new Error(
      `'provisionedConcurrentExecutions' is ${wanted.executions}, and hook beforeAllowTraffic is a function of yours, before which nothing of the rollout's runs; ` +
        "use LifecycleHook.checks, with 'new InvokeCheck' or 'SuiteCheck' for the function",
    );
  }
  return { ...hooks, beforeAllowTraffic: provisioned };
}

/** Tells CloudFormation whose concurrency is whose. The alias waits for it, as for all of the rollout. */
export function releaseProvisioned(rollout: Construct, wanted: ProvisionedConcurrency | undefined, released: OwnAlias): void {
  const { alias, function: fn } = released;
  if (wanted === undefined) {
    return;
  }
  const provider = DeploymentProvider.of(rollout);
  const properties: Omit<ProvisionedConcurrencyProperties, 'ServiceToken' | 'ServiceTimeout'> = {
    Function: fn.functionName,
    Version: alias.version.version,
    Executions: `${wanted.executions}`,
    Timeout: `${wanted.timeout.toSeconds()}`,
  };
  const resource = new CustomResource(rollout, 'ProvisionedConcurrency', {
    serviceToken: provider.serviceToken,
    serviceTimeout: Duration.seconds(RESOURCE_TIMEOUT_SECONDS),
    resourceType: PROVISIONED_CONCURRENCY_RESOURCE_TYPE,
    properties,
  });
  resource.node.addDependency(provider.allow(rollout, 'ProvisionPolicy', [keepProvisioned(fn.functionArn)]), provider.ready);
  askWhenComplete(rollout, () => problemsOf(wanted, released));
}

/** What Lambda would refuse in the middle of a release. */
function problemsOf({ executions }: ProvisionedConcurrency, { alias, resource, function: fn }: OwnAlias): string[] {
  const what = `'provisionedConcurrentExecutions' of the rollout is ${executions}, and`;
  const scaled = alias.node.tryFindChild(SCALING_ID) !== undefined;
  const reserved = reservedBy(fn);
  return [
    ...(resource.provisionedConcurrencyConfig === undefined
      ? []
      : [`${what} alias '${alias.node.path}' has provisioned concurrency of its own, which Lambda refuses together with that of its version; drop that of the alias, in an update before the one that brings the rollout's`]),
    ...(versionOf(alias).provisionedConcurrencyConfig === undefined
      ? []
      : [`${what} version '${alias.version.node.path}' has its own from CloudFormation, which would not be released with the rollout's; drop that of 'currentVersionOptions'`]),
    ...(scaled ? [`${what} alias '${alias.node.path}' is scaled by 'addAutoScaling', which sets provisioned concurrency on the alias; drop one of them`] : []),
    ...(reserved !== undefined && reserved < 2 * executions
      ? [`${what} function '${fn.node.path}' has ${reserved} reserved concurrent executions, of which the old version and the new one have ${executions} each during a release; reserve at least ${2 * executions}, or provision fewer`]
      : []),
  ];
}

/** @throws where CloudFormation would keep versions with what is allocated to them */
export function refuseKeptConcurrency(rollout: Construct, keep: number, alias: lambda.IAlias): void {
  askWhenComplete(rollout, () => {
    const version = versionOf(alias);
    return version.provisionedConcurrencyConfig !== undefined && version.cfnOptions.deletionPolicy !== CfnDeletionPolicy.DELETE
      ? [
          `'keepVersions' is ${keep}, and version '${alias.version.node.path}' has provisioned concurrency from CloudFormation, so that each version that is kept would keep that, too, and cost money; ` +
            "use 'provisionedConcurrentExecutions' of the rollout, which is released, in place of 'currentVersionOptions'",
        ]
      : [];
  });
}

const versionOf = ({ version }: lambda.IAlias): lambda.CfnVersion => cfnElementOf(version) as lambda.CfnVersion;

/** Undefined where it is not known. */
function reservedBy(fn: lambda.IFunction): number | undefined {
  const element = cfnElementOf(fn);
  const reserved = element instanceof lambda.CfnFunction ? element.reservedConcurrentExecutions : undefined;
  return reserved === undefined || Token.isUnresolved(reserved) ? undefined : reserved;
}
