/** The custom resources by which CloudFormation deploys a service: one that starts a deployment, and those that go on waiting for it. */
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CustomResource, Duration, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { Construct } from 'constructs';

import type { EcsRolloutProps } from '../ecs/ecs-rollout-props';
import type { Completion } from '../model/deployment-request';
import { DEPLOYMENT_RESOURCE_TYPE, DEPLOYMENT_WAIT_RESOURCE_TYPE, RESOURCE_TIMEOUT_SECONDS } from '../model/deployment-request';
import { longestWaitSeconds, waitSegments } from '../model/deployment-time';
import { DeploymentProvider } from './deployment-provider';
import { deploy, keepTaskDefinitions, lookAtService, readHookLogs, registerRevision, useConfig } from './deployment-statements';
import type { BoundHook, RolloutContext } from './hook-context';
import type { KeptTaskDefinitions } from './kept-task-definitions';
import { keepNewest } from './kept-task-definitions';
import { codedeployArn } from './names';
import { terminationWait } from './rollout-props';
import { serviceArn } from './service-role';

/** Above this, in hours, a stack that waits is a hindrance to everybody who works on it. */
const LONG_HOURS = 24;

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

/** What of a hook nothing else waits for: its permissions beyond those of its role, and the way to the guardian. */
const lateParts = ({ scope }: BoundHook): IConstruct[] =>
  scope.node.children.filter((child) => child instanceof iam.Policy || child instanceof lambda.EventInvokeConfig);

/** Makes them below a scope of their own, which others can wait for. */
export function deployByCloudFormation(rollout: Construct, input: DeploymentInput): Construct {
  const scope = new Construct(rollout, 'Deployment');
  const { completion, context, guardian, hooks, props } = input;
  const provider = DeploymentProvider.of(scope);
  const policy = provider.allow(scope, 'Policy', statementsOf(scope, input));
  const segments = segmentsOf(input);
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

  const deployment = resource('Resource', DEPLOYMENT_RESOURCE_TYPE, {
    Cluster: props.service.cluster.clusterName,
    Service: props.service.serviceName,
    AppSpec: input.appSpec,
  });
  deployment.node.addDependency(policy, provider.ready, ...input.after, ...hooks.flatMap(lateParts));
  let last = deployment;
  for (let segment = 2; segment <= segments; segment++) {
    const wait = resource(`Wait${segment}`, DEPLOYMENT_WAIT_RESOURCE_TYPE, { DeploymentId: deployment.getAttString('DeploymentId'), Segment: `${segment}` });
    wait.node.addDependency(last);
    last = wait;
  }
  keepNewest(scope, input.kept, props, last);
  return scope;
}

function segmentsOf({ completion, props, context, hooks }: DeploymentInput): number {
  const times = {
    traffic: context.traffic,
    hooks: hooks.map(({ longestSeconds }) => ({ seconds: longestSeconds })),
    approvalWaitMinutes: props.approvalWait?.toMinutes(),
    terminationWaitMinutes: terminationWait(props).toMinutes(),
  };
  const seconds = longestWaitSeconds(times, completion);
  if (seconds > LONG_HOURS * 3600) {
    context.findings.add({
      id: 'long-stack-update',
      level: 'warning',
      message:
        `a stack update waits up to ${Math.ceil(seconds / 3600)} hours for a deployment of rollout '${context.rolloutName}', and no other ` +
        'update of the stack is possible until then',
      remedy: "shorten the shift or the waits, wait for less by 'completion' of EcsDeployments.byCloudFormation, or deploy by EcsDeployments.external()",
    });
  }
  return waitSegments(seconds);
}

function hookLogs(hooks: readonly BoundHook[]): object {
  const known = hooks.flatMap(({ event, logGroup }) => (logGroup === undefined ? [] : [[event, logGroup.logGroupName] as const]));
  return known.length === 0 ? {} : { HookLogs: Object.fromEntries(known) };
}

function statementsOf(scope: Construct, { context, props, configName, guardian, hooks, kept }: DeploymentInput): iam.PolicyStatement[] {
  const stack = Stack.of(scope);
  const logGroups = [...hooks.map(({ logGroup }) => logGroup), guardian?.logGroup].flatMap((logGroup) => logGroup?.logGroupArn ?? []);
  return [
    deploy(context.groupArn),
    registerRevision(codedeployArn(stack, 'application', context.applicationName)),
    useConfig(codedeployArn(stack, 'deploymentconfig', configName)),
    lookAtService(serviceArn(stack, props.service, 'service')),
    ...(logGroups.length === 0 ? [] : [readHookLogs(logGroups)]),
    ...(kept.keep === undefined ? [] : [keepTaskDefinitions()]),
  ];
}
