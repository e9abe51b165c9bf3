/** References of the rollout description: logical ids instead of intrinsic functions, so that the description adds no dependency. */
import { CfnElement, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import type { ResourceReference } from '../model/rollout';

/** Refers to the CloudFormation resource behind a construct; an imported construct has none and is referred to by `value`. */
export function referenceTo(from: IConstruct, construct: IConstruct, value: string): ResourceReference {
  const element = cfnElementOf(construct);
  if (element === undefined) {
    return { value };
  }
  const home = Stack.of(element);
  const logicalId: string = home.resolve(element.logicalId);
  return home === Stack.of(from) ? { logicalId } : { logicalId, stack: home.artifactId };
}

/** The CloudFormation resource that a construct stands for, if the app has one. */
export function cfnElementOf(construct: IConstruct): CfnElement | undefined {
  if (CfnElement.isCfnElement(construct)) {
    return construct;
  }
  const child = construct.node.defaultChild;
  return child !== undefined && CfnElement.isCfnElement(child) ? child : undefined;
}
