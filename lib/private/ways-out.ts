/** What instances need before they are launched, to install anything at all: the routes of their subnets. */
import * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { CfnResource } from 'aws-cdk-lib/core';
import { Reference, Tokenization } from 'aws-cdk-lib/core';
import type { IDependable } from 'constructs';

/**
 * Of the subnets that the app makes. CloudFormation makes a NAT gateway for minutes, and would launch instances meanwhile, whose user data then fails: neither the group nor the
 * instance of the CDK waits for it.
 *
 * @see https://github.com/aws/aws-cdk/issues/3107
 */
export function waysOut(launches: CfnResource): IDependable[] {
  const ids = launches instanceof autoscaling.CfnAutoScalingGroup ? (launches.vpcZoneIdentifier ?? []) : launches instanceof ec2.CfnInstance ? [launches.subnetId ?? ''] : [];
  return ids.flatMap((id) => {
    const token = Tokenization.reverse(id, { failConcat: false });
    const subnet = Reference.isReference(token) ? token.target.node.scope : undefined;
    return subnet instanceof ec2.Subnet ? [subnet.internetConnectivityEstablished] : [];
  });
}
