/**
 * Where the agent keeps things on an instance.
 *
 * @see https://github.com/aws/aws-codedeploy-agent/blob/master/conf/codedeployagent.yml
 */

/** Working directory of the agent, and so of the scripts: its init script changes to it. */
export const AGENT_FOLDER = '/opt/codedeploy-agent';

const DEPLOYMENTS = `${AGENT_FOLDER}/deployment-root`;

export const archiveFolder = (groupId: string, deploymentId: string): string => `${DEPLOYMENTS}/${groupId}/${deploymentId}/deployment-archive`;

/** Lists what the last installation of a deployment group has made. */
export const cleanupFile = (groupId: string): string => `${DEPLOYMENTS}/deployment-instructions/${groupId}-cleanup`;

/** Folders of ours in an instance, which no instance of AWS has. */
export const OURS = '/run/greenlight';
export const CONTROL_FOLDER = `${OURS}/control`;
export const BUNDLES_FOLDER = `${OURS}/bundles`;
export const SYSTEM_FOLDER = `${OURS}/system`;

/** What systemd gives a service. */
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
