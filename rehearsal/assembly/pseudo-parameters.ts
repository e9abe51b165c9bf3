import { identifier } from './naming';
import type { Stack } from './stack';

export function partitionOf(region: string): string {
  return region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** The value of a pseudo parameter; undefined where there is none of that name. */
export function pseudoParameter(stack: Stack, name: string): unknown {
  const partition = partitionOf(stack.region);
  switch (name) {
    case 'AWS::Region':
      return stack.region;
    case 'AWS::AccountId':
      return stack.account;
    case 'AWS::Partition':
      return partition;
    case 'AWS::URLSuffix':
      return partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    case 'AWS::StackName':
      return stack.stackName;
    case 'AWS::StackId':
      return `arn:${partition}:cloudformation:${stack.region}:${stack.account}:stack/${stack.stackName}/${identifier.uuid(stack.id)}`;
    case 'AWS::NotificationARNs':
      return [];
    default:
      return undefined;
  }
}
