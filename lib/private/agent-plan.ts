/** What is installed, with the names that only the stack knows, which may be tokens. */
import type { Stack } from 'aws-cdk-lib/core';

import type { AgentSystem, AgentVersion } from '../model/server/agent';

export interface AgentPlan {
  readonly system: AgentSystem;
  readonly version: AgentVersion;
  readonly region: string;
  /** `amazonaws.com`, and in China `amazonaws.com.cn`. */
  readonly urlSuffix: string;
  /** Of the file that is downloaded. */
  readonly sha256?: string | undefined;
  readonly enableAuthPolicy: boolean;
  /** Name of the log group. */
  readonly logGroupName?: string | undefined;
}

/** @see https://docs.aws.amazon.com/codedeploy/latest/userguide/resource-kit.html#resource-kit-bucket-names */
export const agentBucket = (region: string): string => `aws-codedeploy-${region}`;

/** Agent 2 lies beside agent 1, so that nobody gets it who did not ask for it. */
export const latestFolder = ({ major }: AgentVersion): string => (major === 1 ? 'latest' : 'latestv2');

export const bucketUrl = ({ region, urlSuffix }: Pick<AgentPlan, 'region' | 'urlSuffix'>, bucket: string, key: string): string => `https://${bucket}.s3.${region}.${urlSuffix}/${key}`;

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/download-CloudWatch-Agent-on-EC2-Instance-commandline-first.html */
export const cloudWatchAgentUrl = (plan: AgentPlan, key: string): string => bucketUrl(plan, `amazoncloudwatch-agent-${plan.region}`, key);

export const placeOf = (stack: Stack): Pick<AgentPlan, 'region' | 'urlSuffix'> => ({ region: stack.region, urlSuffix: stack.urlSuffix });
