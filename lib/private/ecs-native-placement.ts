/** Where a hook of ECS runs: in the VPC that the user names, or in none. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';

import type { EcsNativeHookOptions } from '../hooks/ecs-native-hook';
import type { BaseUrls } from './base-url';
import type { NativeHookContext } from './hook-context';
import type { Placement, Reach } from './placement';
import { defaultSubnets } from './placement';
import { plainText } from './plain-text';
import { requireRouteToAws } from './vpc-routes';

/** Security group and subnets of the hook, with the rules made; nothing where it runs in no VPC. */
export function placeNativeHook(called: NativeHookContext, options: EcsNativeHookOptions, reach: Reach, urls: BaseUrls): Placement | undefined {
  const vpc = options.vpc ?? reach.vpc;
  if (vpc === undefined) {
    if (options.loadBalancer !== undefined) {
      throw new Error("'loadBalancer' lets the hook's security group in, and the hook runs in no VPC; set 'vpc', or drop 'loadBalancer'");
    }
    return undefined;
  }
  const subnets = options.vpcSubnets ?? reach.vpcSubnets ?? defaultSubnets(vpc, called);
  const description = `Hook ${called.event} of service ${called.rolloutName}`;
  const securityGroup = new ec2.SecurityGroup(called.scope, 'SecurityGroup', { vpc, allowAllOutbound: false, description: plainText(description) });
  const asked = [...(reach.test ? [urls.test] : []), ...(reach.production ? [urls.production] : [])].flatMap((url) => (url === undefined ? [] : [url.port]));
  // Interface endpoints and public endpoints of AWS alike are reached by HTTPS; their addresses are not known here.
  new Set([443, ...(options.loadBalancer === undefined ? asked : []), ...reach.urlPorts]).forEach((port) => {
    securityGroup.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(port), port === 443 ? 'AWS APIs and checked URLs' : 'checked URLs');
  });
  const { loadBalancer } = options;
  if (loadBalancer !== undefined) {
    new Set(asked).forEach((port) => loadBalancer.connections.allowFrom(securityGroup, ec2.Port.tcp(port), plainText(`hook ${called.event} to port ${port}`)));
  }
  requireRouteToAws(called, vpc, subnets, [...new Set(['events', ...reach.services])]);
  return { vpc, subnets, securityGroup, privateAddresses: false };
}
