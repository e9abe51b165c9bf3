/** The hook that ECS itself invokes: the same handler and suite as for CodeDeploy, and a role by which ECS may invoke it and nothing else. */
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';

import type { EcsNativeHookOptions, EcsNativeStage } from '../hooks/ecs-native-hook';
import type { ChecksHookOptions } from '../hooks/lifecycle-hook';
import { ECS_NATIVE_EVENT, ECS_NATIVE_HOOK_STAGES } from '../model/ecs-native';
import { ENV } from '../model/hook-contract';
import type { BaseUrls } from './base-url';
import { baseUrls, checkedListeners } from './base-url';
import { grantsOf, handlerOf, reachOf, renderSuite, requirePlayable } from './checks-hook';
import { DeployTimeValues } from './deploy-time-values';
import { describeNativeService } from './ecs-native-description';
import { placeNativeHook } from './ecs-native-placement';
import { examineNativeService } from './ecs-native-service';
import { nativeHookTime } from './ecs-native-time';
import { withSuite } from './handler-code';
import { handlerSettings } from './handler-limits';
import type { NativeHookContext } from './hook-context';
import { noteLoadCapacity } from './load-capacity';
import { ownFunction } from './own-function';
import type { Reach } from './placement';
import { plainText } from './plain-text';
import { readStatements } from './read-grants';
import { invoke, joined, sendEvents } from './statements';

/** What a hook comes to for one service. */
export interface NativeBinding {
  /** Everything that was made. */
  readonly construct: Construct;
  readonly function: lambda.Function;
  readonly invokeRole: iam.IRole;
  readonly stages: ecs.DeploymentLifecycleStage[];
  readonly securityGroup?: ec2.ISecurityGroup;
  /** Whether it runs in a VPC. */
  readonly placed: boolean;
}

export function bindNativeHook(checks: ChecksHookOptions, options: EcsNativeHookOptions, service: IConstruct): NativeBinding {
  const stages = stagesOf(options);
  requirePlayable(checks.checks, { event: stages.join(', ') });
  const urls = baseUrls(options);
  const cfnService = examineNativeService(service, stages);
  const construct = new Construct(service as Construct, hookId(options, stages, service));
  const hook: NativeHookContext = {
    scope: construct,
    event: stages.join(', '),
    rolloutName: service.node.path,
    findings: describeNativeService(cfnService, service, construct),
  };
  const time = nativeHookTime(checks, hook);
  const values = new DeployTimeValues();
  const subject = { event: ECS_NATIVE_EVENT, listeners: checkedListeners(urls), hook } as const;
  const suite = renderSuite(checks, subject, { values, time });
  const settings = handlerSettings(checks);
  noteLoadCapacity(suite, settings.memoryMiB, hook);

  const reach = reachOf(checks, time);
  const placement = placeNativeHook(hook, options, reach, urls);
  const deployTime = values.all();
  const description = `Hook of ECS deployments of ${service.node.path}: plays ${suite.checks.length} checks`;
  const environment = {
    ...environmentOf(service, stages, urls, reach),
    ...(Object.keys(deployTime).length === 0 ? {} : { [ENV.values]: Stack.of(construct).toJsonString(deployTime) }),
    ...(checks.runInRollback === true ? { [ENV.inRollback]: 'run' } : {}),
  };
  const statements = [
    sendEvents(Stack.of(construct)),
    ...joined(checks.checks.flatMap((check) => check._statements(construct))),
    ...readStatements(grantsOf(checks.checks), construct),
  ];
  const fn = withSuite(construct, handlerOf(suite), { suite }, (code) =>
    ownFunction(construct, { ...settings, description, code, timeout: time.timeout, environment, statements, ...(placement === undefined ? {} : { placement }) }),
  );
  return {
    construct,
    function: fn,
    invokeRole: invokeRole(construct, fn, service.node.path),
    // The L2 writes these strings into the template as they are; its enumeration lacks one of the stages that ECS has.
    stages: stages as unknown as ecs.DeploymentLifecycleStage[],
    placed: placement !== undefined,
    ...(placement === undefined ? {} : { securityGroup: placement.securityGroup }),
  };
}

/** In the order of the lifecycle. */
function stagesOf({ stages }: EcsNativeHookOptions): EcsNativeStage[] {
  if (stages.length === 0) {
    throw new Error("'stages' must name at least one stage, got none; the hook would never run");
  }
  const twice = stages.find((stage, index) => stages.indexOf(stage) !== index);
  if (twice !== undefined) {
    throw new Error(`'stages' names ${twice} twice; drop one of them`);
  }
  return [...stages].sort((a, b) => ECS_NATIVE_HOOK_STAGES.indexOf(a) - ECS_NATIVE_HOOK_STAGES.indexOf(b));
}

/** `PostTestTrafficShiftHook`. */
function hookId(options: EcsNativeHookOptions, stages: readonly string[], service: IConstruct): string {
  const id = options.hookId ?? `${stages.map(pascal).join('')}Hook`;
  if (service.node.tryFindChild(id) !== undefined) {
    throw new Error(`service '${service.node.path}' has a construct '${id}' already; give one of the two hooks another 'hookId'`);
  }
  return id;
}

const pascal = (stage: string): string =>
  stage
    .split('_')
    .map((word) => `${word.charAt(0)}${word.slice(1).toLowerCase()}`)
    .join('');

function environmentOf(service: IConstruct, stages: readonly string[], urls: BaseUrls, reach: Reach): Record<string, string> {
  return {
    [ENV.rollout]: service.node.path,
    [ENV.event]: ECS_NATIVE_EVENT,
    [ENV.stages]: JSON.stringify(stages),
    ...(reach.test && urls.test !== undefined ? { [ENV.testUrl]: urls.test.url } : {}),
    ...(reach.production && urls.production !== undefined ? { [ENV.productionUrl]: urls.production.url } : {}),
  };
}

/**
 * ECS takes on this role to invoke the function, and may do nothing else with it.
 *
 * The conditions keep other accounts from using it through ECS. The documented trust policy has none, and whether ECS names the source is not
 * known: they bind where it does (`IfExists`), and cannot lock ECS out where it does not. They name no service, which refers to this role.
 */
function invokeRole(scope: Construct, fn: lambda.IFunction, serviceName: string): iam.Role {
  const stack = Stack.of(scope);
  const services = stack.formatArn({ service: 'ecs', resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME });
  return new iam.Role(scope, 'InvokeRole', {
    description: plainText(`Lets ECS invoke a hook of ${serviceName}`),
    assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com', {
      conditions: { StringEqualsIfExists: { 'aws:SourceAccount': stack.account }, ArnLikeIfExists: { 'aws:SourceArn': services } },
    }),
    // Part of the role, so that the service, which waits for the role, never finds it without the grant.
    inlinePolicies: { Invoke: new iam.PolicyDocument({ statements: [invoke(fn.functionArn)] }) },
  });
}
