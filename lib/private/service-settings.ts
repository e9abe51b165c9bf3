/**
 * What CloudFormation cannot change in a service that CodeDeploy deploys, and what a deployment therefore carries.
 *
 * UpdateService takes desired count, health check grace period, placement and tags of such a service only; network, platform version,
 * capacity providers and task definition change by a deployment.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { CfnResource } from 'aws-cdk-lib/core';
import { CfnDeletionPolicy, Lazy, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import type { EcsAppSpecDocument, EcsTargetService } from '../model/appspec';
import { askWhenComplete } from './complete-app';
import type { ServiceFacts } from './ecs-service';
import type { Findings } from './findings';
import { wantedOf } from './kept-settings';
import { topStack } from './names';
import { cfnElementOf } from './references';

type TaskSetProperties = Partial<Pick<EcsTargetService['Properties'], 'PlatformVersion' | 'NetworkConfiguration' | 'CapacityProviderStrategy'>>;

/**
 * The AppSpec with the service's own settings where it says none, so that a release goes back to them when an earlier one said otherwise:
 * what an AppSpec leaves out stays as it was last.
 */
export function withSettings(document: EcsAppSpecDocument, facts: ServiceFacts): EcsAppSpecDocument {
  const [{ TargetService }] = document.Resources;
  const { Properties } = TargetService;
  return { ...document, Resources: [{ TargetService: { ...TargetService, Properties: { ...Properties, ...settingsOf(facts), ...Properties } } }] };
}

function settingsOf({ owned }: ServiceFacts): TaskSetProperties {
  const service = owned && cfnElementOf(owned);
  if (!(service instanceof ecs.CfnService)) {
    return {};
  }
  const platformVersion = wantedOf(service, 'platformVersion');
  return {
    ...(platformVersion === undefined ? {} : { PlatformVersion: platformVersion }),
    NetworkConfiguration: asAppSpec(() => wantedOf(service, 'networkConfiguration')),
    ...(service.capacityProviderStrategy === undefined ? {} : { CapacityProviderStrategy: asAppSpec(() => service.capacityProviderStrategy) }),
  };
}

/** The service of the CDK settles these late. An AppSpec has the names of the API with a capital letter. */
function asAppSpec<T>(read: () => unknown): T {
  return Lazy.uncachedAny({ produce: (context) => capitalized(context.resolve(read())) }) as unknown as T;
}

/** What CloudFormation resolves must stay the object that it is, since the CDK knows it again by that. */
function capitalized(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(capitalized);
  }
  if (typeof value !== 'object' || value === null || isIntrinsic(value)) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name[0]!.toUpperCase() + name.slice(1), capitalized(inner)]));
}

function isIntrinsic(value: object): boolean {
  const [name, ...others] = Object.keys(value);
  return name !== undefined && others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
}

/** Makes sure that what is deployed today can be deployed again, and says what a stack update would undo. */
export function settleService(rollout: IConstruct, facts: ServiceFacts, findings: Findings): void {
  requireOwnStack(rollout, facts);
  keepRevisions(facts);
  noteDesiredCount(rollout, facts, findings);
}

/**
 * Keeps a revision that is replaced, unless the user has said otherwise: CloudFormation would deregister it, and a rollback or somebody who
 * redeploys it would find it inactive. With the stack itself its last revision still goes: nothing is left that could run it.
 */
function keepRevisions({ taskDefinition }: ServiceFacts): void {
  const element = cfnElementOf(taskDefinition) as CfnResource | undefined;
  if (element !== undefined) {
    element.cfnOptions.updateReplacePolicy ??= CfnDeletionPolicy.RETAIN;
    element.cfnOptions.deletionPolicy ??= CfnDeletionPolicy.DELETE;
  }
}

/** A stack that imports a revision's ARN holds it fast: CloudFormation refuses to change what another stack imports. */
function requireOwnStack(rollout: IConstruct, { taskDefinition }: ServiceFacts): void {
  const element = cfnElementOf(taskDefinition);
  if (element === undefined) {
    return;
  }
  const [theirs, ours] = [topStack(element), topStack(rollout)];
  if (theirs !== ours) {
    throw new Error(
      `task definition '${taskDefinition.node.path}' is in stack '${theirs.node.path}', the rollout in '${ours.node.path}', which would import the ARN of ` +
        `its revision, and CloudFormation refuses to replace what another stack imports; make the rollout in '${theirs.node.path}'`,
    );
  }
}

/** Warns of a count that CloudFormation sets back: it hands the whole service on whenever anything of it changes. */
function noteDesiredCount(rollout: IConstruct, { owned }: ServiceFacts, findings: Findings): void {
  const service = owned && cfnElementOf(owned);
  if (owned === undefined || !(service instanceof ecs.CfnService) || service.desiredCount === undefined) {
    return;
  }
  const { desiredCount } = service;
  askWhenComplete(rollout, (constructsOf) => {
    if (isScaled(service, constructsOf(rollout, service))) {
      findings.add({
        id: 'desired-count-scaled',
        level: 'warning',
        message:
          `service '${owned.node.path}' is scaled automatically and has 'desiredCount' ${desiredCount} in its template, so that each update of ` +
          'the service sets it back to that, in the middle of a deployment too',
        remedy: "drop 'desiredCount', and let 'minCapacity' of the scaling say how many tasks there are at least",
      });
    }
    return [];
  });
}

/** Whether something scales the service: a target names it as `service/CLUSTER/NAME`. */
function isScaled(service: ecs.CfnService, constructs: readonly IConstruct[]): boolean {
  const name = JSON.stringify(Stack.of(service).resolve(service.attrName));
  return constructs
    .filter((construct) => construct instanceof appscaling.CfnScalableTarget)
    .some((target) => JSON.stringify(Stack.of(target).resolve(target.resourceId)).includes(name));
}
