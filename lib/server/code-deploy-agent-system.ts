import type { AgentFamily, AgentSystem } from '../model/server/agent';
import { agentReleaseProblem } from '../model/server/agent';

/**
 * Operating systems that the CodeDeploy agent is installed on.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/codedeploy-agent.html#codedeploy-agent-supported-operating-systems
 */
export class CodeDeployAgentSystem {
  /** Amazon Linux 2. */
  public static readonly AMAZON_LINUX_2 = new CodeDeployAgentSystem('amazon-linux', '2');

  /** Amazon Linux 2023. */
  public static readonly AMAZON_LINUX_2023 = new CodeDeployAgentSystem('amazon-linux', '2023');

  /**
   * Ubuntu Server. From 24.04 on, AWS has tested agent 2 only.
   *
   * @param release such as `24.04`
   * @throws where it is written otherwise
   */
  public static ubuntu(release: string): CodeDeployAgentSystem {
    return new CodeDeployAgentSystem('ubuntu', release);
  }

  /**
   * Red Hat Enterprise Linux. From 10 on, AWS has tested agent 2 only.
   *
   * @param release the major release, such as `9`
   * @throws where it is written otherwise
   */
  public static redHat(release: string): CodeDeployAgentSystem {
    return new CodeDeployAgentSystem('rhel', release);
  }

  /**
   * Windows Server. 2016 and 2025 are for agent 2 only.
   *
   * @param release such as `2022`
   * @throws where it is written otherwise
   */
  public static windowsServer(release: string): CodeDeployAgentSystem {
    return new CodeDeployAgentSystem('windows', release);
  }

  /** @internal */
  public readonly _system: AgentSystem;

  private constructor(family: AgentFamily, release: string) {
    this._system = { family, release };
    const problem = agentReleaseProblem(this._system);
    if (problem !== undefined) {
      throw new Error(problem);
    }
  }
}
