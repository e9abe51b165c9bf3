/** Whether a hook in a VPC has a way to the AWS services that it reports to. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Stack } from 'aws-cdk-lib/core';

import { askWhenComplete } from './complete-app';
import type { HookContext } from './hook-context';
import { cfnElementOf } from './references';

/** The hook that is placed. */
type Placed = Pick<HookContext, 'findings' | 'rolloutName' | 'scope'> & { readonly event: string };

/**
 * Subnets without a route out need interface endpoints. They may be added to the VPC later than the rollout, so that this is looked at
 * when the app is complete. Endpoints of an imported VPC cannot be seen: a finding says which ones must be there.
 */
export function requireRouteToAws(context: Placed, vpc: ec2.IVpc, selection: ec2.SubnetSelection, services: readonly string[]): void {
  const isolated = new Set(vpc.isolatedSubnets.map((subnet) => subnet.node.path));
  if (!vpc.selectSubnets(selection).subnets.some((subnet) => isolated.has(subnet.node.path))) {
    return;
  }
  if (cfnElementOf(vpc) === undefined) {
    context.findings.add({
      id: 'endpoints-unverified',
      level: 'warning',
      message: `hook ${context.event} runs in isolated subnets of an imported VPC, whose endpoints cannot be seen here`,
      remedy: `make sure that it has interface endpoints for ${services.join(', ')}, or the hook will never report`,
    });
    return;
  }
  askWhenComplete(context.scope, (constructsOf) => {
    const endpoints = constructsOf(context.scope, vpc)
      .filter((child) => child instanceof ec2.CfnVPCEndpoint)
      .filter((endpoint) => endpoint.vpcId === vpc.vpcId);
    const missing = services.filter((service) => !endpoints.some((endpoint) => namesService(endpoint, service)));
    return missing.length === 0
      ? []
      : [
          `hook ${context.event} of rollout '${context.rolloutName}' runs in isolated subnets of VPC '${vpc.node.path}' without interface ` +
            `endpoints for ${missing.join(', ')}, so that it could never report; add them by 'addInterfaceEndpoint', or place the hook by ` +
            "'vpcSubnets' where there is a NAT gateway",
        ];
  });
}

/** The name is `com.amazonaws.REGION.SERVICE`, where the region is a reference unless the stack names it. */
function namesService(endpoint: ec2.CfnVPCEndpoint, service: string): boolean {
  return JSON.stringify(Stack.of(endpoint).resolve(endpoint.serviceName)).replace(/["\]})]+$/, '').endsWith(`.${service}`);
}
