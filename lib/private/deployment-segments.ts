/** The resources by which CloudFormation deploys: one that starts a deployment, and those that go on waiting for it. */
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CustomResource, Duration } from 'aws-cdk-lib/core';
import type { Construct, IConstruct, IDependable } from 'constructs';

import type { Completion } from '../model/deployment-request';
import { DEPLOYMENT_WAIT_RESOURCE_TYPE, RESOURCE_TIMEOUT_SECONDS } from '../model/deployment-request';
import { waitSegments } from '../model/deployment-time';
import type { DeploymentProvider } from './deployment-provider';
import { readHookLogs } from './deployment-statements';
import type { BoundHook, SharedContext } from './hook-context';

/** Above this, in hours, a stack that waits is a hindrance to everybody who works on it. */
const LONG_HOURS = 24;

export interface Watched {
  readonly hooks: readonly BoundHook[];
  /** Speaks for hooks that die without a word. */
  readonly guardian: lambda.Function | undefined;
}

export interface SegmentedDeployment extends Watched {
  readonly provider: DeploymentProvider;
  readonly context: Pick<SharedContext, 'applicationName' | 'groupName'>;
  readonly completion: Completion;
  /** Type and properties of the resource that starts the deployment. */
  readonly resourceType: string;
  readonly properties: object;
  /** Properties of those that wait. */
  readonly waiting: object;
  readonly segments: number;
  /** What the deployment needs besides what its properties name. */
  readonly after: readonly IDependable[];
}

/** @returns the first and the last of them */
export function segmentedDeployment(scope: Construct, deployment: SegmentedDeployment): { readonly first: CustomResource; readonly last: CustomResource } {
  const { provider, context, completion, hooks, guardian, segments, after } = deployment;
  const shared = {
    ApplicationName: context.applicationName,
    DeploymentGroupName: context.groupName,
    Completion: completion,
    ...hookLogs(hooks),
    ...(guardian === undefined ? {} : { GuardianLog: guardian.logGroup.logGroupName }),
    Segments: `${segments}`,
  };
  const resource = (id: string, resourceType: string, properties: object) =>
    new CustomResource(scope, id, {
      serviceToken: provider.serviceToken,
      serviceTimeout: Duration.seconds(RESOURCE_TIMEOUT_SECONDS),
      resourceType,
      properties: { ...shared, ...properties },
    });
  const first = resource('Resource', deployment.resourceType, deployment.properties);
  first.node.addDependency(provider.ready, ...after, ...hooks.flatMap(lateParts));
  let last = first;
  for (let segment = 2; segment <= segments; segment++) {
    const wait = resource(`Wait${segment}`, DEPLOYMENT_WAIT_RESOURCE_TYPE, { ...deployment.waiting, DeploymentId: first.getAttString('DeploymentId'), Segment: `${segment}` });
    wait.node.addDependency(last);
    last = wait;
  }
  return { first, last };
}

/** Segments of a wait of so many seconds. @param remedy what makes a long one shorter */
export function segmentsOf(seconds: number, { findings, rolloutName }: Pick<SharedContext, 'findings' | 'rolloutName'>, remedy: string): number {
  if (seconds > LONG_HOURS * 3600) {
    findings.add({
      id: 'long-stack-update',
      level: 'warning',
      message:
        `a stack update waits up to ${Math.ceil(seconds / 3600)} hours for a deployment of rollout '${rolloutName}', and no other ` +
        'update of the stack is possible until then',
      remedy,
    });
  }
  return waitSegments(seconds);
}

/** By which a failure's reason is read; none where no log is ours. */
export function readLogs({ hooks, guardian }: Watched): iam.PolicyStatement[] {
  const logGroups = [...hooks.map(({ logGroup }) => logGroup), guardian?.logGroup].flatMap((logGroup) => logGroup?.logGroupArn ?? []);
  return logGroups.length === 0 ? [] : [readHookLogs(logGroups)];
}

/** What of a hook nothing else waits for: its permissions beyond those of its role, and the way to the guardian. */
const lateParts = ({ scope }: BoundHook): IConstruct[] =>
  scope.node.children.filter((child) => child instanceof iam.Policy || child instanceof lambda.EventInvokeConfig);

function hookLogs(hooks: readonly BoundHook[]): object {
  const known = hooks.flatMap(({ event, logGroup }) => (logGroup === undefined ? [] : [[event, logGroup.logGroupName] as const]));
  return known.length === 0 ? {} : { HookLogs: Object.fromEntries(known) };
}
