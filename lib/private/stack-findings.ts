/** What may surprise in deployments that CloudFormation performs, and is no error. */
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { CfnParameter, CfnResource, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import { askWhenComplete } from './complete-app';
import type { Findings } from './findings';
import { cfnElementOf } from './references';
import type { RollbackTriggers } from './rollback-triggers';

/** Found when the app is complete. */
export function noteStackSurprises(rollout: Construct, taskDefinition: ecs.TaskDefinition, alarms: RollbackTriggers, findings: Findings): void {
  const stack = Stack.of(rollout);
  askWhenComplete(rollout, (constructsOf) => {
    const constructs = constructsOf(rollout);
    noteTriggers(rollout, alarms, findings);
    noteParameters(stack, taskDefinition, constructs.filter((construct) => construct instanceof CfnParameter), findings);
    if (constructs.some((construct) => CfnResource.isCfnResource(construct) && construct.cfnResourceType === 'AWS::CDK::Metadata' && construct.stack === stack)) {
      noteAnalytics(stack, findings);
    }
    return [];
  });
}

function noteTriggers(rollout: Construct, alarms: RollbackTriggers, findings: Findings): void {
  const stack = Stack.of(rollout);
  const arns = alarms.all().map((alarm) => {
    const name = knownName(stack.resolve((cfnElementOf(alarm) as { alarmName?: string } | undefined)?.alarmName ?? alarm.alarmRef.alarmName)) ?? `NAME-OF-${alarm.node.id}`;
    return `arn:${known(stack.partition, 'aws')}:cloudwatch:${known(stack.region, 'REGION')}:${known(stack.account, 'ACCOUNT')}:alarm:${name}`;
  });
  findings.add({
    id: 'rollback-triggers',
    level: 'info',
    message: `${arns.length === 1 ? 'the alarm' : `the ${arns.length} alarms`} of rollout '${rollout.node.path}' can roll a release back as rollback triggers of the stack only, which no template can set`,
    remedy: `once the stack is made, deploy by: cdk deploy ${stack.node.path} --rollback-trigger-alarm-arns ${arns.join(' --rollback-trigger-alarm-arns ')}`,
  });
}

const known = (value: string, otherwise: string): string => (Token.isUnresolved(value) ? otherwise : value);

const knownName = (name: unknown): string | undefined => (typeof name === 'string' ? name : undefined);

/** @see https://github.com/aws-samples/aws-reinvent-trivia-game/blob/master/trivia-backend/infra/cdk/ecs-service-blue-green.ts */
function noteParameters(stack: Stack, taskDefinition: ecs.TaskDefinition, parameters: readonly CfnParameter[], findings: Findings): void {
  const rendered = JSON.stringify(stack.resolve((cfnElementOf(taskDefinition) as CfnResource)._toCloudFormation()));
  const used = parameters.map((parameter) => String(stack.resolve(parameter.logicalId))).find((id) => rendered.includes(JSON.stringify({ Ref: id })) || rendered.includes(`\${${id}}`));
  if (used !== undefined) {
    findings.add({
      id: 'release-by-parameter',
      level: 'warning',
      message: `task definition '${taskDefinition.node.path}' depends on parameter '${used}' of the stack, and CloudFormation does not take another value of a parameter for a release`,
      remedy: 'write the value into the template, as the image of an asset is',
    });
  }
}

function noteAnalytics(stack: Stack, findings: Findings): void {
  findings.add({
    id: 'cdk-metadata',
    level: 'warning',
    message: `stack '${stack.node.path}' has the resource 'CDKMetadata', which changes with the versions of the app's libraries, and a release must change nothing else in its stack`,
    remedy: "set 'analyticsReporting: false' on the stack",
  });
}
