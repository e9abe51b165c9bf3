/** By what an Auto Scaling group launches its instances, as far as the app tells. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IResolvable, Stack } from 'aws-cdk-lib/core';
import { Token } from 'aws-cdk-lib/core';

import { cfnElementOf } from './references';

export interface Launch {
  /** ARNs of launch templates; empty with a launch configuration, undefined where the group is not of this app. */
  readonly templates: readonly string[] | undefined;
  /** ARN of the role of the instances; undefined where it is not known. */
  readonly role: string | undefined;
}

type Specification = autoscaling.CfnAutoScalingGroup.LaunchTemplateSpecificationProperty;

export function launchOf(stack: Stack, group: autoscaling.IAutoScalingGroup): Launch {
  const element = cfnElementOf(group);
  if (!(element instanceof autoscaling.CfnAutoScalingGroup)) {
    return { templates: undefined, role: undefined };
  }
  const { launchTemplate, mixedInstancesPolicy } = element;
  const specifications = [...(launchTemplate === undefined ? [] : [launchTemplate]), ...(mixedInstancesPolicy === undefined ? [] : specificationsOf(mixedInstancesPolicy))];
  return { templates: [...new Set(specifications.map((specification) => templateArn(stack, specification)))], role: roleOf(group) };
}

/** That of the group, and those of the types of instances that have one of their own. */
function specificationsOf(policy: IResolvable | autoscaling.CfnAutoScalingGroup.MixedInstancesPolicyProperty): (IResolvable | Specification)[] {
  if (isUnresolved(policy) || isUnresolved(policy.launchTemplate)) {
    return [policy as IResolvable];
  }
  const { launchTemplateSpecification, overrides = [] } = policy.launchTemplate;
  const own = isUnresolved(overrides) ? [overrides] : overrides.flatMap((override) => (isUnresolved(override) ? [override] : (override.launchTemplateSpecification ?? [])));
  return [launchTemplateSpecification, ...own];
}

/** A template that is told by its name, or comes at deploy time only, has an ARN that nobody knows: any of the account then. */
function templateArn(stack: Stack, specification: IResolvable | Specification): string {
  const id = isUnresolved(specification) ? undefined : specification.launchTemplateId;
  return stack.formatArn({ service: 'ec2', resource: 'launch-template', resourceName: id ?? '*' });
}

const isUnresolved = (value: object): value is IResolvable => Token.isUnresolved(value);

/** The group's own one, or that of the template; one that was imported by its ARN too. */
function roleOf(group: autoscaling.IAutoScalingGroup): string | undefined {
  const principal: Partial<iam.IRole> | undefined = group instanceof autoscaling.AutoScalingGroup ? (group.grantPrincipal as Partial<iam.IRole>) : undefined;
  return principal?.roleArn;
}
