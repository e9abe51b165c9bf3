/** One small function for each rollout, or set of them, that has hooks: it looks at every deployment as it starts, whoever started it, and whether the hooks are named in it. */
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { Construct } from 'constructs';

import { ENV } from '../model/hook-contract';
import type { RequiredHook } from '../model/hook-inspector';
import { STOP_WITHOUT_HOOKS } from '../model/hook-inspector';
import { handlerCode } from './handler-code';
import type { AnyRolloutContext } from './hook-context';
import { rolloutEnvironment } from './hook-context';
import { codedeployArn } from './names';
import { ownFunction } from './own-function';
import { plainText } from './plain-text';
import { lookUpDeployment, readAppSpec, sendEvents, stopDeployment } from './statements';

const MEMORY_MIB = 256;

/**
 * Makes the inspector of these hooks; nothing where there are none.
 *
 * Nothing that a hook depends on refers to it, so that its environment may name the hooks.
 *
 * @throws where hooks are required that there are none of
 */
export function inspectHooks(rollout: Construct, context: AnyRolloutContext, hooks: readonly RequiredHook[], required: boolean): lambda.Function | undefined {
  if (hooks.length === 0) {
    if (required) {
      throw new Error(`'requireHooks' is on, and rollout '${rollout.node.path}' has no hooks; give it 'hooks', or leave 'requireHooks' out`);
    }
    return undefined;
  }
  const scope = new Construct(rollout, 'HookInspector');
  const stack = Stack.of(scope);
  const inspector = ownFunction(scope, {
    description: `Hook inspector of rollout ${context.rolloutName}: ${required ? 'stops' : 'reports'} deployments that leave hooks out`,
    code: handlerCode('hook-inspector'),
    timeout: Duration.seconds(60),
    memoryMiB: MEMORY_MIB,
    runtime: lambda.Runtime.NODEJS_24_X,
    logRetention: logs.RetentionDays.ONE_MONTH,
    environment: {
      ...rolloutEnvironment(context),
      [ENV.requiredHooks]: stack.toJsonString(hooks),
      ...(required ? { [ENV.requireHooks]: STOP_WITHOUT_HOOKS } : {}),
    },
    statements: [
      lookUpDeployment(context.groupArn),
      readAppSpec(codedeployArn(stack, 'application', context.applicationName)),
      sendEvents(stack),
      ...(required ? [stopDeployment(context.groupArn)] : []),
    ],
  });
  const rule = startOfDeployments(scope, context, inspector);
  inspector.addPermission('Rule', { principal: new iam.ServicePrincipal('events.amazonaws.com'), sourceArn: rule.ruleArn });
  return inspector;
}

/**
 * Everything that an inspection takes, for what has to come after it: a deployment that CloudFormation starts is to be measured by the hooks of the same update, and
 * not by those before it.
 */
export const inspectionOf = (inspector: lambda.Function): IConstruct => inspector.node.scope!;

/** @see https://docs.aws.amazon.com/codedeploy/latest/userguide/monitoring-cloudwatch-events.html */
function startOfDeployments(scope: Construct, { rolloutName, applicationName, ...names }: AnyRolloutContext, inspector: lambda.IFunction): events.Rule {
  return new events.Rule(scope, 'Rule', {
    description: plainText(`Start of a deployment of rollout ${rolloutName}`),
    eventPattern: {
      source: ['aws.codedeploy'],
      detailType: ['CodeDeploy Deployment State-change Notification'],
      detail: { state: ['START'], application: [applicationName], deploymentGroup: [names.groupName ?? { prefix: names.groups }] },
    },
    targets: [{ bind: () => ({ arn: inspector.functionArn }) }],
  });
}
