import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Annotations, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import type { AgentSystem, AgentVersion } from '../model/server/agent';
import { agentSupport, agentSystemName, testedReleases } from '../model/server/agent';
import { agentDocument, agentPackage, associate } from '../private/agent-association';
import type { AgentHosts } from '../private/agent-hosts';
import { requireSystem } from '../private/agent-hosts';
import { linuxInstallation } from '../private/agent-linux';
import type { AgentPlan } from '../private/agent-plan';
import { placeOf } from '../private/agent-plan';
import { readAgent, takeCommands, useSystemsManager, writeLogs } from '../private/agent-statements';
import { windowsInstallation } from '../private/agent-windows';
import { waysOut } from '../private/ways-out';
import { CodeDeployAgentInstallation } from './code-deploy-agent-installation';
import type { CodeDeployAgentProps } from './code-deploy-agent-props';

/**
 * The CodeDeploy agent on EC2 instances: installed, configured and with the permissions that it needs, and no other. `docs/server-agent.md` has every command and every statement.
 *
 * What instances may read of revisions is not among them: that comes with the rollout.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/codedeploy-agent-operations-install.html
 */
export class CodeDeployAgent extends Construct {
  /** The log group of the agents; undefined without `logs`. */
  public readonly logGroup?: logs.ILogGroup;

  /**
   * @throws where there are no hosts, where AWS has not tested the agent on a release that it names, where an image or user data is for another operating system, and where Systems Manager is
   * given user data
   */
  constructor(scope: Construct, id: string, props: CodeDeployAgentProps) {
    super(scope, id);
    const hosts = props.hosts.map(({ _hosts }) => _hosts);
    if (hosts.length === 0) {
      throw new Error("'hosts' of a CodeDeploy agent must not be empty; give the Auto Scaling groups or instances that get it");
    }
    const { _system: system } = props.system;
    const installation = props.installation ?? CodeDeployAgentInstallation.userData();
    const version = props.version?._version ?? { major: agentSupport(system, 1) === 'tested' ? 1 : 2 };
    this.requireSupport(system, version);
    if (props.logs !== undefined) {
      this.logGroup = new logs.LogGroup(this, 'Logs', {
        retention: props.logs.retention ?? logs.RetentionDays.ONE_MONTH,
        removalPolicy: props.logs.removalPolicy ?? RemovalPolicy.DESTROY,
      });
    }
    const plan: AgentPlan = {
      system,
      version,
      ...placeOf(Stack.of(this)),
      sha256: installation._userData.sha256,
      enableAuthPolicy: props.enableAuthPolicy ?? false,
      logGroupName: this.logGroup?.logGroupName,
    };
    const statements = installation._way === 'user-data' ? this.installByUserData(hosts, plan) : this.installBySystemsManager(hosts, plan, installation);
    this.grant(hosts, [
      readAgent(Stack.of(this)),
      ...(plan.enableAuthPolicy ? [takeCommands()] : []),
      ...(this.logGroup === undefined ? [] : [writeLogs(this.logGroup)]),
      ...statements,
    ]);
  }

  private requireSupport(system: AgentSystem, { major }: AgentVersion): void {
    const support = agentSupport(system, major);
    const tested = testedReleases(system.family, major).join(', ');
    if (support === 'unsupported') {
      throw new Error(`CodeDeploy agent ${major} is not for ${agentSystemName(system)}: AWS has tested it on the releases ${tested}; take agent 2`);
    }
    if (support === 'unknown') {
      Annotations.of(this).addWarningV2(
        'cdk-greenlight:agent-untested',
        `AWS does not say that it has tested CodeDeploy agent ${major} on ${agentSystemName(system)}; it has on the releases ${tested}`,
      );
    }
  }

  private installByUserData(hosts: readonly AgentHosts[], plan: AgentPlan): iam.PolicyStatement[] {
    const commands = plan.system.family === 'windows' ? windowsInstallation(plan) : linuxInstallation(plan);
    const all = hosts.map((host) => ({ host, userData: host.userData() }));
    all.forEach(({ host, userData }) => requireSystem(host, plan.system, userData));
    hosts.forEach(({ resource }) => resource?.node.addDependency(...waysOut(resource)));
    // Two groups that alternate may have one launch template.
    new Set(all.map(({ userData }) => userData)).forEach((userData) => userData.addCommands(...commands));
    return [];
  }

  private installBySystemsManager(hosts: readonly AgentHosts[], plan: AgentPlan, { _systemsManager }: CodeDeployAgentInstallation): iam.PolicyStatement[] {
    hosts.forEach((host) => requireSystem(host, plan.system, undefined));
    const document = agentDocument(this, plan);
    associate(this, document, hosts, { schedule: _systemsManager.schedule, waitSeconds: _systemsManager.waitForSuccess?.toSeconds() });
    return useSystemsManager(Stack.of(this), document.ref, [agentPackage(plan), ...(plan.logGroupName === undefined ? [] : ['AmazonCloudWatchAgent'])]);
  }

  /** Instances wait for the policy, without which they could not install. An imported role is left as it is, which is a finding. */
  private grant(hosts: readonly AgentHosts[], statements: iam.PolicyStatement[]): void {
    const foreign = new Set(hosts.map(({ role }) => role).filter((role) => !iam.Role.isRole(role)));
    foreign.forEach((role) =>
      Annotations.of(this).addWarningV2(
        'cdk-greenlight:agent-role-not-managed',
        `role '${role.node.path}' is imported, so that nothing was added to what it may do; give it the statements ${statements.map(({ sid }) => sid).join(', ')} of docs/server-agent.md`,
      ),
    );
    const own = hosts.filter(({ role }) => !foreign.has(role));
    if (own.length === 0) {
      return;
    }
    const policy = new iam.Policy(this, 'Policy', { roles: [...new Set(own.map(({ role }) => role))], statements });
    own.forEach(({ resource }) => resource?.node.addDependency(policy));
  }
}
