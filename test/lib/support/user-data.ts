import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Stack } from 'aws-cdk-lib/core';

/** User data as an instance gets it: the suffix of URLs is that of most regions, and what else only CloudFormation knows is `LOGS`, the name of a log group. */
export function userDataText(stack: Stack, userData: ec2.UserData): string {
  const rendered: unknown = stack.resolve(userData.render());
  if (typeof rendered === 'string') {
    return rendered;
  }
  const [, parts] = (rendered as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : (part as { Ref: string }).Ref === 'AWS::URLSuffix' ? 'amazonaws.com' : 'LOGS')).join('');
}
