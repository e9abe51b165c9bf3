/** What endpoints of both kinds of load balancer check and compute alike. */
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Token } from 'aws-cdk-lib/core';

import type { EndpointContext } from './bound-endpoint';
import { requireWhole } from './numbers';

const MAX_PORT = 65_535;

/**
 * Port of target groups that a rollout makes. It stands for targets that are registered without one, and ECS registers each task with its own; if it
 * followed the container's port, another port would replace both groups.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html
 */
export const TARGET_GROUP_PORT = 80;

export function requirePorts(productionPort: number, testPort: number | undefined): void {
  requireWhole('productionPort', productionPort, 1, MAX_PORT);
  if (testPort === undefined) {
    return;
  }
  requireWhole('testPort', testPort, 1, MAX_PORT);
  if (testPort === productionPort) {
    throw new Error(
      `'testPort' must differ from 'productionPort', got ${productionPort} for both; a load balancer has ` +
        `one listener for each port`,
    );
  }
}

export function requireTargetTypeOption(asked: elbv2.TargetType | undefined, context: EndpointContext): void {
  if (asked !== undefined && context.targetType !== undefined && asked !== context.targetType) {
    throw new Error(
      `'targetType' is '${asked}', but the network mode of the service's tasks asks for '${context.targetType}'; ` +
        `leave it out to follow the network mode`,
    );
  }
}

export function vpcOf(told: ec2.IVpc | undefined, loadBalancer: { readonly vpc?: ec2.IVpc } | undefined, context: EndpointContext): ec2.IVpc {
  const vpc = told ?? loadBalancer?.vpc ?? context.vpc;
  if (vpc === undefined) {
    throw new Error("the endpoint's VPC is not known; set 'vpc', since neither the load balancer nor an imported service tells it");
  }
  return vpc;
}

/** Port of a health check where it is not the traffic port. */
export function healthCheckPort(healthCheck: elbv2.HealthCheck | undefined): number | undefined {
  const port = healthCheck?.port;
  return port === undefined || Token.isUnresolved(port) || !/^\d+$/.test(port) ? undefined : Number(port);
}
