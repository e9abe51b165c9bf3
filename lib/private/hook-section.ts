/**
 * Names as the `Hooks` section of a template has them: literals. What AWS documents and shows there are names, and never that a function such as `Ref` is resolved.
 */
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { CfnCodeDeployBlueGreenLifecycleEventHooks } from 'aws-cdk-lib/core';
import { CfnCodeDeployBlueGreenHook, Stack, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import { HOOK_NAME_PREFIX } from '../model/cloudformation-rollout';
import type { EcsHookEvent } from '../model/lifecycle';
import type { BoundHook } from './hook-context';
import { knownName, physicalName } from './physical-names';
import { cfnElementOf } from './references';

const PROPS: Record<EcsHookEvent, keyof CfnCodeDeployBlueGreenLifecycleEventHooks> = {
  BeforeInstall: 'beforeInstall',
  AfterInstall: 'afterInstall',
  AfterAllowTestTraffic: 'afterAllowTestTraffic',
  BeforeAllowTraffic: 'beforeAllowTraffic',
  AfterAllowTraffic: 'afterAllowTraffic',
};

/** The type of the CDK asks for a test listener, which CloudFormation does not: one without a logical id is left out. */
export class BlueGreenHook extends CfnCodeDeployBlueGreenHook {
  protected override renderProperties(props?: Record<string, unknown>): Record<string, unknown> | undefined {
    const rendered = super.renderProperties(props);
    this.applications.forEach(({ ecsAttributes: { trafficRouting } }, index) => {
      if (trafficRouting.testTrafficRoute.logicalId === undefined) {
        delete rendered?.Applications[index].ECSAttributes.TrafficRouting.TestTrafficRoute;
      }
    });
    return rendered;
  }
}

/** Functions by event. Those of ours get their names here. @throws where the name of another is known only when it is deployed */
export function lifecycleEventHooks(hooks: readonly BoundHook[]): CfnCodeDeployBlueGreenLifecycleEventHooks {
  return Object.fromEntries(hooks.map((hook) => [PROPS[hook.event], functionName(hook)]));
}

function functionName({ kind, event, function: fn, scope }: BoundHook): string {
  const element = cfnElementOf(fn);
  if (kind !== 'function' && element instanceof lambda.CfnFunction) {
    return (element.functionName = physicalName(scope, HOOK_NAME_PREFIX));
  }
  const name = knownName(fn);
  if (name === undefined) {
    throw new Error(
      `hook ${event} is function '${fn.node.path}', whose name is known only when it is deployed, and CloudFormation finds a hook by its literal name; ` +
        "set 'functionName' on it",
    );
  }
  return name;
}

/** @throws where it is known only when it is deployed */
export function roleName(role: iam.IRole): string {
  const element = cfnElementOf(role);
  const name = element instanceof iam.CfnRole ? element.roleName : role.roleName;
  if (name === undefined || Token.isUnresolved(name)) {
    throw new Error(`the name of role '${role.node.path}' is known only when it is deployed, and CloudFormation finds it by its literal name; set 'roleName' on it, or leave 'role' out`);
  }
  return name;
}

/** Logical id of what the hook moves. @throws where it is not in the template of the rollout */
export function logicalIdIn(rollout: IConstruct, what: string, construct: IConstruct): string {
  const element = cfnElementOf(construct);
  const stack = Stack.of(rollout);
  if (element?.stack !== stack) {
    const where = element === undefined ? 'is imported' : `is in stack '${element.stack.node.path}'`;
    throw new Error(`${what} '${construct.node.path}' ${where}, and CloudFormation moves what is in the template of the rollout only; make it in stack '${stack.node.path}'`);
  }
  return element.logicalId;
}
