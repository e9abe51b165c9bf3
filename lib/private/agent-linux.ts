/**
 * What a Linux instance runs: AWS's commands, in a subshell of their own that ends at the first that fails.
 *
 * POSIX, since user data may name any shell. AWS documents neither signature nor checksum of the agent: what can be checked is the certificate of the bucket, a SHA-256 of one's own, and the
 * version that is there in the end.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/codedeploy-agent-operations-install-linux.html
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/codedeploy-agent-operations-install-ubuntu.html
 */
import { agentVersionPattern } from '../model/server/agent';
import { logConfiguration } from './agent-logs';
import type { AgentPlan } from './agent-plan';
import { agentBucket, bucketUrl, cloudWatchAgentUrl, latestFolder } from './agent-plan';

const CONFIGURATION = '/etc/codedeploy-agent/conf/codedeployagent.yml';
const CLOUDWATCH_AGENT = '/opt/aws/amazon-cloudwatch-agent';

/** A download that fails is tried again, and ends: wget waits for 15 minutes without being told. */
const WGET = 'wget --no-verbose --tries=5 --timeout=60';

/** apt-get is run by the system too, when an instance starts for the first time; it then waits for its lock. */
const APT = 'apt-get -o DPkg::Lock::Timeout=600';

/** For user data: everything. */
export const linuxInstallation = (plan: AgentPlan): string[] => block([...install(plan), ...configure(plan, installCloudWatchAgent(plan))]);

/** For Systems Manager, which has installed the packages. */
export const linuxConfiguration = (plan: AgentPlan): string[] => block(configure(plan, []));

/** The status goes to whoever runs the rest of the script: `cfn-signal` sends it, cloud-init logs it. Nothing after it would run on a host without agent. */
const block = (lines: readonly string[]): string[] => [
  '(',
  'set -eu',
  'work=$(mktemp -d)',
  `trap 'status=$?; rm -rf "$work"; [ "$status" -eq 0 ] || echo "the CodeDeploy agent could not be set up, status $status" >&2' EXIT`,
  'cd "$work"',
  ...lines,
  ')',
  'codedeploy_agent_status=$?',
  '[ "$codedeploy_agent_status" -eq 0 ] || exit "$codedeploy_agent_status"',
];

const isUbuntu = ({ system }: AgentPlan): boolean => system.family === 'ubuntu';

function install(plan: AgentPlan): string[] {
  const { region, sha256, version } = plan;
  const url = bucketUrl(plan, agentBucket(region), `${latestFolder(version)}/install`);
  return [
    ...(isUbuntu(plan)
      ? ['export DEBIAN_FRONTEND=noninteractive', `${APT} update`, `${APT} install -y ${version.major === 1 ? 'ruby-full ' : ''}wget`]
      : [`yum install -y ${version.major === 1 ? 'ruby ' : ''}wget`]),
    `${WGET} -O install ${url}`,
    ...(sha256 === undefined ? [] : [`echo '${sha256}  install' | sha256sum -c -`]),
    'chmod +x ./install',
    ...runInstaller(plan),
  ];
}

/** The installer of agent 1 takes the region from the environment, and without it from the metadata service of the instance. */
function runInstaller(plan: AgentPlan): string[] {
  const { region, version } = plan;
  const { architecture, file } = packageFile(plan);
  const command = `AWS_REGION=${region} ./install auto${file === undefined ? '' : ` -v releases/${file}`}`;
  if (!isUbuntu(plan) || version.major === 2) {
    return [...architecture, command];
  }
  // On Ubuntu 20.04 and later the installer of agent 1 fails where it writes to a terminal, says the page.
  return [...architecture, `if ! ${command} > install.log 2>&1; then`, 'cat install.log >&2', 'exit 1', 'fi'];
}

/** Packages of agent 2 are for one processor. */
function packageFile(plan: AgentPlan): { readonly architecture: readonly string[]; readonly file?: string } {
  const { exact, major } = plan.version;
  if (exact === undefined) {
    return { architecture: [] };
  }
  if (isUbuntu(plan)) {
    return major === 1 ? { architecture: [], file: `codedeploy-agent_${exact}_all.deb` } : { architecture: ['arch=$(dpkg --print-architecture)'], file: `codedeploy-agent_${exact}_"$arch".deb` };
  }
  return major === 1 ? { architecture: [], file: `codedeploy-agent-${exact}.noarch.rpm` } : { architecture: ['arch=$(uname -m)'], file: `codedeploy-agent-${exact}."$arch".rpm` };
}

/** Says so where another version is there, as one of the machine image that the package manager does not replace by an older one. */
function configure(plan: AgentPlan, cloudWatchAgent: readonly string[]): string[] {
  const pattern = agentVersionPattern(plan.version);
  return [
    `if ! grep -Eq '${pattern}' /opt/codedeploy-agent/.version; then`,
    `echo "another CodeDeploy agent is installed than ${plan.version.exact ?? plan.version.major}: $(cat /opt/codedeploy-agent/.version)" >&2`,
    'exit 1',
    'fi',
    ...(plan.enableAuthPolicy ? enableAuthPolicy() : []),
    'systemctl start codedeploy-agent',
    'systemctl is-active codedeploy-agent',
    ...(plan.logGroupName === undefined ? [] : [...cloudWatchAgent, ...collectLogs(plan, plan.logGroupName)]),
  ];
}

/** Other settings stay as the package has them. */
const enableAuthPolicy = (): string[] => [
  `if ! grep -qx ':enable_auth_policy: true' ${CONFIGURATION}; then`,
  `sed -i '/^:enable_auth_policy:/d' ${CONFIGURATION}`,
  `printf '\\n:enable_auth_policy: true\\n' >> ${CONFIGURATION}`,
  'systemctl restart codedeploy-agent',
  'fi',
];

/** Amazon Linux has it in its own repository; for the others it lies in a bucket. */
function installCloudWatchAgent(plan: AgentPlan): string[] {
  return [`if [ ! -x ${CLOUDWATCH_AGENT}/bin/amazon-cloudwatch-agent-ctl ]; then`, ...cloudWatchPackage(plan), 'fi'];
}

function cloudWatchPackage(plan: AgentPlan): string[] {
  if (plan.system.family === 'amazon-linux') {
    return ['yum install -y amazon-cloudwatch-agent'];
  }
  const [folder, file, command] = isUbuntu(plan) ? ['ubuntu', 'amazon-cloudwatch-agent.deb', 'dpkg -i -E'] : ['redhat', 'amazon-cloudwatch-agent.rpm', 'rpm -U'];
  return [
    'case "$(uname -m)" in x86_64) processor=amd64 ;; aarch64) processor=arm64 ;; *) echo "no CloudWatch agent for $(uname -m)" >&2; exit 1 ;; esac',
    `${WGET} -O ${file} ${cloudWatchAgentUrl(plan, `${folder}/"$processor"/latest/${file}`)}`,
    `${command} ./${file}`,
  ];
}

/** Appended to what the CloudWatch agent collects already, under a name of its own, so that a second run replaces it. */
const collectLogs = (plan: AgentPlan, logGroupName: string): string[] => [
  `cat > ${CLOUDWATCH_AGENT}/etc/codedeploy-agent-logs.json <<'CODEDEPLOY_AGENT_LOGS'`,
  logConfiguration(plan, logGroupName),
  'CODEDEPLOY_AGENT_LOGS',
  `${CLOUDWATCH_AGENT}/bin/amazon-cloudwatch-agent-ctl -a append-config -m ec2 -s -c file:${CLOUDWATCH_AGENT}/etc/codedeploy-agent-logs.json`,
];
