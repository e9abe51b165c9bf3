/**
 * What a Windows instance runs: AWS's commands, in a scope of their own in which every error ends the script.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/codedeploy-agent-operations-install-windows.html
 */
import { agentVersionPattern } from '../model/server/agent';
import { logConfiguration } from './agent-logs';
import type { AgentPlan } from './agent-plan';
import { agentBucket, cloudWatchAgentUrl, latestFolder } from './agent-plan';

const FOLDER = String.raw`C:\ProgramData\Amazon\CodeDeploy`;
const CLOUDWATCH_AGENT = String.raw`C:\Program Files\Amazon\AmazonCloudWatchAgent\amazon-cloudwatch-agent-ctl.ps1`;
const CLOUDWATCH_FOLDER = String.raw`C:\ProgramData\Amazon\AmazonCloudWatchAgent`;

/** For user data: everything. */
export const windowsInstallation = (plan: AgentPlan): string[] => block([...install(plan), ...configure(plan, installCloudWatchAgent(plan))]);

/** For Systems Manager, which has installed the packages. */
export const windowsConfiguration = (plan: AgentPlan): string[] => block(configure(plan, []));

/** What is thrown ends user data, for which EC2Launch logs it and `cfn-signal` tells of it, and fails the command of Systems Manager. */
const block = (lines: readonly string[]): string[] => [
  '& {',
  "$ErrorActionPreference = 'Stop'",
  // Progress bars make downloads many times slower in PowerShell 5.
  "$ProgressPreference = 'SilentlyContinue'",
  `$versionFile = '${FOLDER}\\.version'`,
  "$work = (New-Item -ItemType Directory -Force -Path (Join-Path $env:TEMP 'codedeploy-agent')).FullName",
  'function Install-Msi($msi) {',
  '$log = "$msi.log"',
  "$run = Start-Process -FilePath msiexec.exe -ArgumentList '/i', \"`\"$msi`\"\", '/quiet', '/norestart', '/l', \"`\"$log`\"\" -Wait -PassThru",
  // 3010: done, and a restart is due.
  'if ($run.ExitCode -notin 0, 3010) { throw "msiexec ended with $($run.ExitCode) for $msi, see $log" }',
  '}',
  ...lines,
  '}',
];

/** Windows Installer refuses to install again what is there, so that it is asked only where it is not. */
function install(plan: AgentPlan): string[] {
  const { region, sha256, version } = plan;
  const key = version.exact === undefined ? `${latestFolder(version)}/codedeploy-agent.msi` : `releases/codedeploy-agent-${version.exact}.msi`;
  return [
    `if (-not ((Test-Path $versionFile) -and ((Get-Content -Raw $versionFile) -match '${agentVersionPattern(version)}'))) {`,
    "$msi = Join-Path $work 'codedeploy-agent.msi'",
    `Read-S3Object -BucketName ${agentBucket(region)} -Key ${key} -File $msi -Region ${region} | Out-Null`,
    ...(sha256 === undefined ? [] : [`if ((Get-FileHash -Algorithm SHA256 -Path $msi).Hash -ne '${sha256}') { throw 'the CodeDeploy agent that was downloaded has another SHA-256 than ${sha256}' }`]),
    'Install-Msi $msi',
    '}',
  ];
}

function configure(plan: AgentPlan, cloudWatchAgent: readonly string[]): string[] {
  return [
    `if ((Get-Content -Raw $versionFile) -notmatch '${agentVersionPattern(plan.version)}') { throw "another CodeDeploy agent is installed than ${plan.version.exact ?? plan.version.major}: $(Get-Content -Raw $versionFile)" }`,
    ...(plan.enableAuthPolicy ? enableAuthPolicy() : []),
    'Start-Service -Name codedeployagent',
    "(Get-Service -Name codedeployagent).WaitForStatus('Running', '00:05:00')",
    ...(plan.logGroupName === undefined ? [] : [...cloudWatchAgent, ...collectLogs(plan, plan.logGroupName)]),
  ];
}

/** Other settings stay as the package has them. */
const enableAuthPolicy = (): string[] => [
  `$settings = @(Get-Content '${FOLDER}\\conf.yml')`,
  "if ($settings -notcontains ':enable_auth_policy: true') {",
  `Set-Content -Encoding ascii -Path '${FOLDER}\\conf.yml' -Value (@($settings | Where-Object { $_ -notmatch '^:enable_auth_policy:' }) + ':enable_auth_policy: true')`,
  'Restart-Service -Name codedeployagent',
  '}',
];

const installCloudWatchAgent = (plan: AgentPlan): string[] => [
  `if (-not (Test-Path '${CLOUDWATCH_AGENT}')) {`,
  "$msi = Join-Path $work 'amazon-cloudwatch-agent.msi'",
  // Older systems would offer TLS 1.0 only.
  '[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12',
  `Invoke-WebRequest -UseBasicParsing -OutFile $msi -Uri ${cloudWatchAgentUrl(plan, 'windows/amd64/latest/amazon-cloudwatch-agent.msi')}`,
  'Install-Msi $msi',
  '}',
];

/** Appended to what the CloudWatch agent collects already, under a name of its own, so that a second run replaces it. */
const collectLogs = (plan: AgentPlan, logGroupName: string): string[] => [
  `Set-Content -Encoding ascii -Path '${CLOUDWATCH_FOLDER}\\codedeploy-agent-logs.json' -Value '${logConfiguration(plan, logGroupName)}'`,
  `& '${CLOUDWATCH_AGENT}' -a append-config -m ec2 -s -c 'file:${CLOUDWATCH_FOLDER}\\codedeploy-agent-logs.json'`,
  'if (-not $?) { throw "the CloudWatch agent did not take its configuration" }',
];
