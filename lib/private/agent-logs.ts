/**
 * What the CloudWatch agent is told to collect.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/codedeploy-agent-operations-cloudwatch-agent.html
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-view-logs.html
 */
import type { AgentPlan } from './agent-plan';

interface LogFiles {
  readonly agent: string;
  readonly deployments: string;
  /** One for each deployment, in folders of deployment group and deployment. */
  readonly scripts: string;
}

const LINUX: LogFiles = {
  agent: '/var/log/aws/codedeploy-agent/codedeploy-agent.log',
  deployments: '/opt/codedeploy-agent/deployment-root/deployment-logs/codedeploy-agent-deployments.log',
  scripts: '/opt/codedeploy-agent/deployment-root/*/*/logs/scripts.log',
};

const WINDOWS = String.raw`C:\ProgramData\Amazon\CodeDeploy`;

function filesOf({ system, version }: Pick<AgentPlan, 'system' | 'version'>): LogFiles {
  if (system.family !== 'windows') {
    return LINUX;
  }
  return {
    // Agent 2 has the name that it has on Linux.
    agent: `${WINDOWS}\\log\\${version.major === 1 ? 'codedeploy-agent-log.txt' : 'codedeploy-agent.log'}`,
    deployments: `${WINDOWS}\\deployment-logs\\codedeploy-agent-deployments.log`,
    scripts: `${WINDOWS}\\*\\*\\logs\\scripts.log`,
  };
}

/**
 * Retention is that of the log group, which the stack makes; the agent would need a permission to set it.
 *
 * Without `publish_multi_logs` only the file that was changed last is followed, and two applications on a host may be deployed at the same time.
 */
export function logConfiguration(plan: Pick<AgentPlan, 'system' | 'version'>, logGroupName: string): string {
  const { agent, deployments, scripts } = filesOf(plan);
  const collect = (file: string, stream: string) => ({ file_path: file, log_group_name: logGroupName, log_stream_name: `{instance_id}/${stream}` });
  const list = [collect(agent, 'agent'), collect(deployments, 'deployments'), { ...collect(scripts, 'scripts'), publish_multi_logs: true }];
  return JSON.stringify({ logs: { logs_collected: { files: { collect_list: list } } } });
}
