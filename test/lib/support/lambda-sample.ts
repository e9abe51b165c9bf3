/** The smallest valid subject of the construct tests for Lambda: a function, an alias on its current version, and a rollout of it. */
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Stack } from 'aws-cdk-lib/core';

import type { LambdaRolloutProps } from '../../../lib';
import { CalendarCheck, LambdaRollout, LifecycleHook } from '../../../lib';
import type { LambdaRolloutDescription } from '../../../lib/model/rollout';
import { ROLLOUT_METADATA_KEY } from '../../../lib/model/rollout';
import { only, stackOf, userFunction } from './sample';

export function liveAlias(stack: Stack, options: Partial<lambda.AliasProps> = {}, id = 'Live'): lambda.Alias {
  return new lambda.Alias(stack, id, { aliasName: 'live', version: options.version ?? userFunction(stack, 'Take').currentVersion, ...options });
}

/** A hook of checks that needs no address. */
export const calendarHook = () => LifecycleHook.checks({ checks: [new CalendarCheck({ calendars: ['Release'] })] });

export const outcomeHook = (stack: Stack, id = 'Smoke') => LifecycleHook.fromOutcome(userFunction(stack, id));

export function aliasRolloutIn(stack: Stack, props: Partial<LambdaRolloutProps> = {}, id = 'Orders'): LambdaRollout {
  return new LambdaRollout(stack, id, { alias: props.alias ?? liveAlias(stack), ...props });
}

export interface LambdaSample {
  readonly stack: Stack;
  readonly rollout: LambdaRollout;
  readonly template: Template;
  readonly description: LambdaRolloutDescription;
  /** The alias as the template has it. */
  readonly alias: { readonly UpdatePolicy: { readonly CodeDeployLambdaAliasUpdate: Record<string, string> }; readonly DependsOn?: string[] };
}

export function aliasSample(props: Partial<LambdaRolloutProps> | ((stack: Stack) => Partial<LambdaRolloutProps>) = {}): LambdaSample {
  const stack = stackOf();
  return finishedAlias(stack, aliasRolloutIn(stack, typeof props === 'function' ? props(stack) : props));
}

export function finishedAlias(stack: Stack, rollout: LambdaRollout): LambdaSample {
  const template = Template.fromStack(stack);
  const [group] = Object.values(template.findResources('AWS::CodeDeploy::DeploymentGroup'));
  const alias = template.toJSON().Resources[only(template, 'AWS::Lambda::Alias').id];
  return { stack, rollout, template, description: group?.Metadata[ROLLOUT_METADATA_KEY], alias };
}
