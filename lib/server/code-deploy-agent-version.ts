import type { AgentMajor, AgentVersion } from '../model/server/agent';
import { agentVersionProblem } from '../model/server/agent';

/**
 * Versions of the CodeDeploy agent.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/codedeploy-agent.html#codedeploy-agent-version-history
 */
export class CodeDeployAgentVersion {
  /** The newest agent 1, which needs Ruby; what the instance's operating system has of it is installed along. */
  public static readonly V1 = new CodeDeployAgentVersion({ major: 1 });

  /** The newest agent 2, a single program. AWS says that it may not be in all regions yet. */
  public static readonly V2 = new CodeDeployAgentVersion({ major: 2 });

  /**
   * One release, which must be in the agent's bucket of the region: `aws s3 ls s3://aws-codedeploy-REGION/releases/` lists them, and
   * `aws ssm list-document-versions --name AWSCodeDeployAgentV2` those of Systems Manager.
   *
   * @param version as in the name of the file, such as `1.8.1-12` of `codedeploy-agent-1.8.1-12.noarch.rpm`
   * @throws where it is no version, or one that AWS does not support any more (before 1.8.0)
   */
  public static exactly(version: string): CodeDeployAgentVersion {
    const problem = agentVersionProblem(version);
    if (problem !== undefined) {
      throw new Error(problem);
    }
    return new CodeDeployAgentVersion({ major: Number(version[0]) as AgentMajor, exact: version });
  }

  private constructor(
    /** @internal */
    public readonly _version: AgentVersion,
  ) {}
}
