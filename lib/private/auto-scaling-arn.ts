import type { Stack } from 'aws-cdk-lib/core';
import { ArnFormat } from 'aws-cdk-lib/core';

/** The ARN of a group holds an id that CloudFormation does not tell, and then its name. */
export const autoScalingGroupArn = (stack: Stack, name: string): string =>
  stack.formatArn({ service: 'autoscaling', resource: 'autoScalingGroup', resourceName: `*:autoScalingGroupName/${name}`, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
