import type * as logs from 'aws-cdk-lib/aws-logs';
import type { RemovalPolicy } from 'aws-cdk-lib/core';

import type { CodeDeployAgentHosts } from './code-deploy-agent-hosts';
import type { CodeDeployAgentInstallation } from './code-deploy-agent-installation';
import type { CodeDeployAgentSystem } from './code-deploy-agent-system';
import type { CodeDeployAgentVersion } from './code-deploy-agent-version';

/** Where the logs of the agents go. */
export interface CodeDeployAgentLogs {
  /**
   * How long they are kept.
   *
   * @default - one month
   */
  readonly retention?: logs.RetentionDays;

  /**
   * What becomes of the log group when it leaves the stack.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** What a `CodeDeployAgent` is made from. */
export interface CodeDeployAgentProps {
  /** What gets the agent, at least one; all have the same operating system. */
  readonly hosts: CodeDeployAgentHosts[];

  /** Their operating system. */
  readonly system: CodeDeployAgentSystem;

  /**
   * Which agent.
   *
   * @default CodeDeployAgentVersion.V1 where AWS has tested it on the operating system, otherwise V2
   */
  readonly version?: CodeDeployAgentVersion;

  /**
   * How it gets there.
   *
   * @default CodeDeployAgentInstallation.userData()
   */
  readonly installation?: CodeDeployAgentInstallation;

  /**
   * The agent signs its calls by the role of its instance, which VPC endpoints of CodeDeploy demand: sets `:enable_auth_policy:` and gives the role the four permissions for it. The VPC needs
   * endpoints for `codedeploy`, `codedeploy-commands-secure` and S3.
   *
   * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/vpc-endpoints.html
   * @default false
   */
  readonly enableAuthPolicy?: boolean;

  /**
   * The CloudWatch agent is installed, where it is not yet, and sends the agent's log, the log of deployments and the output of scripts to a log group of the stack; what it collects already
   * stays as it is.
   *
   * @default - the logs stay on the instances
   */
  readonly logs?: CodeDeployAgentLogs;
}
