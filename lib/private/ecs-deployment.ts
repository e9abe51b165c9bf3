/** By which CloudFormation deploys a service: one that starts a deployment, and those that go on waiting for it. */
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { Construct } from 'constructs';

import type { EcsRolloutProps } from '../ecs/ecs-rollout-props';
import type { Completion } from '../model/deployment-request';
import { DEPLOYMENT_RESOURCE_TYPE } from '../model/deployment-request';
import type { RolloutTimes } from '../model/deployment-time';
import { longestWaitSeconds } from '../model/deployment-time';
import { DeploymentProvider } from './deployment-provider';
import { readLogs, segmentedDeployment, segmentsOf } from './deployment-segments';
import { deploy, keepTaskDefinitions, lookAtService, registerRevision, useConfig } from './deployment-statements';
import type { BoundHook, RolloutContext } from './hook-context';
import type { KeptTaskDefinitions } from './kept-task-definitions';
import { keepNewest } from './kept-task-definitions';
import { codedeployArn } from './names';
import { terminationWait } from './rollout-props';
import { serviceArn } from './service-role';

export interface DeploymentInput {
  readonly completion: Completion;
  readonly props: EcsRolloutProps;
  readonly context: RolloutContext;
  readonly hooks: readonly BoundHook[];
  /** Speaks for hooks that die without a word. */
  readonly guardian: lambda.Function | undefined;
  /** The AppSpec as a JSON text. */
  readonly appSpec: string;
  readonly configName: string;
  /** What a deployment needs besides what its properties name. */
  readonly after: readonly IConstruct[];
  readonly kept: KeptTaskDefinitions;
}

/** Makes them below a scope of their own, which others can wait for. */
export function deployByCloudFormation(rollout: Construct, input: DeploymentInput): Construct {
  const scope = new Construct(rollout, 'Deployment');
  const { completion, context, guardian, hooks, props } = input;
  const provider = DeploymentProvider.of(scope);
  const policy = provider.allow(scope, 'Policy', statementsOf(scope, input));
  const { last } = segmentedDeployment(scope, {
    provider,
    context,
    completion,
    hooks,
    guardian,
    resourceType: DEPLOYMENT_RESOURCE_TYPE,
    properties: { Cluster: props.service.cluster.clusterName, Service: props.service.serviceName, AppSpec: input.appSpec },
    waiting: {},
    segments: segmentsOf(longestWaitSeconds(timesOf(input), completion), context, SHORTER),
    after: [policy, ...input.after],
  });
  keepNewest(scope, input.kept, props, last);
  return scope;
}

const SHORTER = "shorten the shift or the waits, wait for less by 'completion' of EcsDeployments.byCloudFormation, or deploy by EcsDeployments.external()";

function timesOf({ props, context, hooks }: DeploymentInput): RolloutTimes {
  return {
    traffic: context.traffic,
    hooks: hooks.map(({ longestSeconds }) => ({ seconds: longestSeconds })),
    approvalWaitMinutes: props.approvalWait?.toMinutes(),
    terminationWaitMinutes: terminationWait(props).toMinutes(),
  };
}

function statementsOf(scope: Construct, { context, props, configName, guardian, hooks, kept }: DeploymentInput): iam.PolicyStatement[] {
  const stack = Stack.of(scope);
  return [
    deploy(context.groupArn),
    registerRevision(codedeployArn(stack, 'application', context.applicationName)),
    useConfig(codedeployArn(stack, 'deploymentconfig', configName)),
    lookAtService(serviceArn(stack, props.service, 'service')),
    ...readLogs({ hooks, guardian }),
    ...(kept.keep === undefined ? [] : [keepTaskDefinitions()]),
  ];
}
