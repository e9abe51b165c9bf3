/** Whether a function of the user's that reports by itself has a way from its VPC to CodeDeploy, as far as the app shows it. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CfnResource, Reference, Token, Tokenization } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

import type { ConstructsOf } from './complete-app';
import { askWhenComplete } from './complete-app';
import { cfnElementOf } from './references';
import { letsOut } from './security-groups';
import type { Place, Placed } from './vpc-routes';
import { closedSubnets, missingRoutes, noteUnseen } from './vpc-routes';

/** The function is looked at when the app is complete: endpoints, routes and rules may be made later than the rollout. */
export function requireFunctionRoute(fn: lambda.IFunction, context: Placed): void {
  const resource = cfnElementOf(fn);
  if (resource instanceof lambda.CfnFunction) {
    askWhenComplete(context.scope, (constructsOf) => {
      const { vpcConfig } = resource;
      return vpcConfig === undefined || Token.isUnresolved(vpcConfig) ? [] : problemsOf(fn, vpcConfig as lambda.CfnFunction.VpcConfigProperty, context, constructsOf);
    });
  } else if (fn.isBoundToVpc) {
    context.findings.add({
      id: 'route-unverified',
      level: 'warning',
      message: `function '${fn.node.path}' of hook ${context.event} runs in a VPC that cannot be seen here`,
      remedy: 'make sure that it has a NAT gateway or an interface endpoint for codedeploy, and a security group that lets HTTPS out, or the hook will never report',
    });
  }
}

function problemsOf(fn: lambda.IFunction, { subnetIds = [], securityGroupIds = [] }: lambda.CfnFunction.VpcConfigProperty, context: Placed, constructsOf: ConstructsOf): string[] {
  const otherwise = `place function '${fn.node.path}' where there is a NAT gateway, or set 'reportsLater' where something else reports for it`;
  const places = placesOf(subnetIds, constructsOf(fn)).map((place): Place => ({ ...place, services: ['codedeploy'], otherwise }));
  const routes = places.flatMap((place) => {
    if (cfnElementOf(place.vpc) === undefined && closedSubnets(place).length > 0) {
      noteUnseen(context, place);
      return [];
    }
    return missingRoutes(context, place, constructsOf);
  });
  return [...routes, ...closedGroups(fn, securityGroupIds, context, constructsOf)];
}

/** All groups of a function count together, so that one which is not of this app may let out what the others do not. */
function closedGroups(fn: lambda.IFunction, ids: readonly string[], { event, rolloutName }: Placed, constructsOf: ConstructsOf): string[] {
  const groups = ids.map(resourceOf).filter((resource) => resource instanceof ec2.CfnSecurityGroup);
  if (groups.length === 0 || groups.length < ids.length || groups.some((group) => letsOut(group, 443, constructsOf(fn, group)))) {
    return [];
  }
  const names = groups.map(({ node }) => `'${node.path.replace(/\/Resource$/, '')}'`).join(', ');
  return [
    `function '${fn.node.path}' of hook ${event} of rollout '${rolloutName}' has security group ${names}, which lets nothing out by port 443, so that it could never report; ` +
      "add 'addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443))'",
  ];
}

/** The VPCs of subnets, one by nearly every function; subnets of none that the app knows are left out. */
function placesOf(subnetIds: readonly string[], around: readonly IConstruct[]): readonly Pick<Place, 'vpc' | 'subnets'>[] {
  const made = subnetIds.flatMap((id) => resourceOf(id)?.node.scopes.findLast(isVpc) ?? []);
  const vpcs = [...new Set([...made, ...around.filter(isVpc)])];
  return vpcs
    .map((vpc) => ({ vpc, subnets: [...vpc.isolatedSubnets, ...vpc.publicSubnets, ...vpc.privateSubnets].filter(({ subnetId }) => subnetIds.includes(subnetId)) }))
    .filter(({ subnets }) => subnets.length > 0);
}

const isVpc = (construct: IConstruct): construct is ec2.IVpc => 'isolatedSubnets' in construct && 'selectSubnets' in construct;

/** What an id refers to. */
function resourceOf(id: string): CfnResource | undefined {
  const token = Tokenization.reverseString(id).firstToken;
  return Reference.isReference(token) && CfnResource.isCfnResource(token.target) ? token.target : undefined;
}
