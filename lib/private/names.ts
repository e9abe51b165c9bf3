/** Physical names of what CodeDeploy knows by name. */
import { ArnFormat, Names, Stack, Token } from 'aws-cdk-lib/core';
import type { Construct, IConstruct } from 'constructs';

import { MAX_NAME_LENGTH, NAME_PATTERN } from '../model/limits';
import { Claims } from './claims';

/** The stack that CloudFormation is asked to deploy. */
export function topStack(construct: IConstruct): Stack {
  let stack = Stack.of(construct);
  while (stack.nestedStackParent !== undefined) {
    stack = stack.nestedStackParent;
  }
  return stack;
}

/** What is wrong with a name, with the value, the range and the remedy; empty when the service takes it or it is not known yet. */
export function nameProblems(prop: string, name: string | undefined): string[] {
  if (name === undefined || Token.isUnresolved(name)) {
    return [];
  }
  if (name.length < 1 || name.length > MAX_NAME_LENGTH) {
    return [`'${prop}' must have 1 to ${MAX_NAME_LENGTH} characters, got ${name.length} in '${name}'; shorten it or leave it out`];
  }
  if (!NAME_PATTERN.test(name)) {
    return [`'${prop}' may hold letters, digits and . _ - + = , @ only, got '${name}'; replace the other characters or leave it out`];
  }
  return [];
}

/**
 * A name made of the stack's name and the construct's path, with a hash of the path.
 *
 * Names are literals, so that environment variables, metric dimensions and ARNs refer to no resource and can close no cycle.
 */
export function literalName(construct: Construct, maxLength = MAX_NAME_LENGTH): string {
  const top = topStack(construct);
  if (Token.isUnresolved(top.stackName)) {
    return Names.nodeUniqueId(construct.node).slice(-maxLength);
  }
  return Names.uniqueResourceName(construct, { maxLength, separator: '-', allowedSpecialCharacters: '_-' });
}

/** The same with a suffix that says what the thing holds, for things that must be replaced, and so renamed, when that changes. */
export function literalNameWith(construct: Construct, suffix: string): string {
  const base = literalName(construct);
  const room = MAX_NAME_LENGTH - suffix.length - 1;
  return `${base.slice(Math.max(0, base.length - room))}-${suffix}`;
}

/** Names of deployment groups, by the application that is shared by several rollouts. */
const GROUP_NAMES = new Claims();

/** Throws when a shared application has a group of this name already. */
export function claimGroupName(rollout: Construct, application: object | undefined, groupName: string): void {
  const other = application === undefined ? undefined : GROUP_NAMES.take(application, groupName, rollout);
  if (other !== undefined) {
    throw new Error(
      `'deploymentGroupName' '${groupName}' is that of rollout '${other.node.path}' already, which shares the application; name this ` +
        `group otherwise, or leave the name out`,
    );
  }
}

export const groupArn = (stack: Stack, applicationName: string, groupName: string): string =>
  codedeployArn(stack, 'deploymentgroup', `${applicationName}/${groupName}`);

/** Alarms whose names begin so, or the one of this name. */
export const alarmArn = (stack: Stack, alarmName: string): string => stack.formatArn({ service: 'cloudwatch', resource: 'alarm', resourceName: alarmName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });

export function codedeployArn(stack: Stack, resource: 'application' | 'deploymentconfig' | 'deploymentgroup', resourceName: string): string {
  return stack.formatArn({ service: 'codedeploy', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}
