/** What security groups of the app let through. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

type Rule = Pick<ec2.CfnSecurityGroup.EgressProperty, 'ipProtocol' | 'fromPort' | 'toPort'>;

/**
 * Whether a group lets a TCP port out to anywhere: to one address, prefix list or group is enough, since that may be an endpoint's.
 *
 * A group without any rule of its own keeps the one that EC2 gives it, which lets everything out.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html#cfn-ec2-securitygroup-securitygroupegress
 */
export function letsOut(group: ec2.CfnSecurityGroup, port: number, around: readonly IConstruct[]): boolean {
  const inline = group.stack.resolve(group.securityGroupEgress) as readonly Rule[] | undefined;
  const beside = around.filter((child) => child instanceof ec2.CfnSecurityGroupEgress).filter(({ groupId }) => groupId === group.attrGroupId);
  return inline === undefined || inline.length === 0 || [...inline, ...beside].some((rule) => covers(rule, port));
}

/** Of numbers that are known at deploy time only, the best is thought. */
function covers({ ipProtocol, fromPort, toPort }: Rule, port: number): boolean {
  const [from, to] = [fromPort, toPort].map((value) => (typeof value === 'number' && !Token.isUnresolved(value) ? value : port)) as [number, number];
  return ipProtocol === '-1' || (['tcp', '6'].includes(ipProtocol) && from <= port && port <= to);
}
