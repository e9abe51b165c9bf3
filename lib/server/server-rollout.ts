import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import type { RollbackAlarm } from '../alarms/rollback-alarm';
import { AlarmList } from '../private/alarm-list';
import { Findings } from '../private/findings';
import { letRead } from '../private/instance-roles';
import { instanceScript } from '../private/instance-script';
import { claimGroupName, groupArn, literalName, literalNameWith } from '../private/names';
import { alternate } from '../private/server-alternating';
import { nameSuffix } from '../private/server-blue-green';
import { BlueGreenGroup } from '../private/server-blue-green-group';
import { bindConfig } from '../private/server-config';
import type { DeployableServers } from '../private/server-deployable';
import { attachServerDescription } from '../private/server-description';
import { noteServerSurprises } from '../private/server-findings';
import { bindGates, heldBy } from '../private/server-gates';
import { InPlaceGroup } from '../private/server-group';
import { bindLoadBalancers } from '../private/server-load-balancers';
import { addCreateDeployment } from '../private/server-output';
import { requireServerProps } from '../private/server-props';
import { grantServerServiceRole } from '../private/server-service-role';
import { newServiceRole } from '../private/service-role';
import { verdictAlarm } from '../private/verdict-alarm';
import { ServerDeployment } from './server-deployment';
import type { ServerRolloutProps } from './server-rollout-props';

/**
 * Releases an application to EC2 instances and on-premises servers through CodeDeploy: in place batch by batch, without traffic where there is a load balancer, or blue/green to
 * instances that take the place of the original ones; watched by alarms, and rolled back by itself.
 *
 * Several rollouts may have the same instances, each with an application of its own. Making the stack deploys nothing; a deployment is started by a trigger, by the command of the
 * output `CreateDeployment` (in place, and where an Auto Scaling group is copied), or by a pipeline. Instances need the CodeDeploy agent.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-server.html
 */
export class ServerRollout extends Construct {
  /** The CodeDeploy application. */
  public readonly application: codedeploy.IServerApplication;
  /** The deployment group; its resource is its `node.defaultChild`. */
  public readonly deploymentGroup: codedeploy.IServerDeploymentGroup;
  /** How many instances are deployed to at a time. */
  public readonly deploymentConfig: codedeploy.IServerDeploymentConfig;
  /** The role that CodeDeploy takes on. */
  public readonly role: iam.IRole;
  /** The rollout's own alarm: a failed validation sets it, and it falls back by itself. */
  public readonly verdictAlarm: cloudwatch.Alarm;
  /**
   * Text of the script by which an instance asks the gate `instance`; undefined where there is no such gate. Bundles that are not made of a folder must have it, executable, at
   * `ValidateService`.
   */
  public readonly validateServiceScript?: string;

  /**
   * What its deployments need.
   *
   * @internal
   */
  public readonly _deployable: DeployableServers;

  private readonly alarms: AlarmList;

  constructor(scope: Construct, id: string, props: ServerRolloutProps) {
    super(scope, id);
    requireServerProps(this, props);
    const { _config: config, _blueGreen: asked } = props.deployment ?? ServerDeployment.inPlace();
    const loadBalancers = bindLoadBalancers(props.loadBalancers ?? []);
    const findings = new Findings(this);
    const applicationName = props.application?.applicationName ?? props.applicationName ?? literalName(this);
    const groupName = props.deploymentGroupName ?? (asked === undefined ? literalName(this) : literalNameWith(this, nameSuffix(asked.fleet.type)));
    claimGroupName(this, props.application, groupName);

    this.application = props.application ?? new codedeploy.ServerApplication(this, 'Application', { applicationName });
    this.deploymentConfig = bindConfig(this, config);
    this.verdictAlarm = verdictAlarm(this, applicationName, groupName);
    this.role = props.role ?? newServiceRole(this, applicationName);
    const { targets, triggers = [], revision: given } = props;
    const gates = bindGates(this, { gates: props.gates ?? {}, blueGreen: asked !== undefined, revision: given !== undefined, applicationName, groupName, groupArn: groupArn(Stack.of(this), applicationName, groupName), verdictAlarm: this.verdictAlarm, targets, findings });
    this.validateServiceScript = gates.script === undefined ? undefined : instanceScript(gates.script);
    const blueGreen = heldBy(gates, asked);
    const made = { props, application: this.application, deploymentConfig: this.deploymentConfig, deploymentGroupName: groupName, role: this.role, loadBalancers };
    const group = blueGreen === undefined ? new InPlaceGroup(this, made) : new BlueGreenGroup(this, { ...made, blueGreen, applicationName });
    this.deploymentGroup = group.construct;
    this.alarms = new AlarmList(this, group, findings);
    [this.verdictAlarm, ...(props.rollback?.alarms ?? []).map((alarm) => alarm._bind(this))].forEach((alarm) => this.alarms.add(alarm));

    const suspends = (props.processesToSuspend ?? []).length > 0;
    const granted = grantServerServiceRole(this, { role: this.role, autoScalingGroups: targets._autoScalingGroups, loadBalancers, suspends, blueGreen, deploymentGroupName: groupName, triggers, findings });
    const revision = given?._bind(this, gates.scriptInBundle ? undefined : gates.script);
    revision?.findings.forEach((finding) => findings.add(finding));
    const readable = revision === undefined ? undefined : letRead(this, targets, revision, findings);
    group.resource.node.addDependency(...[granted, readable, ...gates.policies].filter((policy) => policy !== undefined));
    const alternating = alternate(this, { blueGreen, applicationName, groupName, autoScalingGroups: targets._autoScalingGroups, findings });
    if (revision !== undefined && alternating === undefined) {
      addCreateDeployment(this, { applicationName, groupName, revision: revision.revision }, props);
    }
    this._deployable = { rollout: this, props, applicationName, groupName, config: this.deploymentConfig, blueGreen, revision, gateLogs: gates.gateLogs, findings };
    noteServerSurprises(this, { targets, config, blueGreen, deployable: this._deployable, loadBalancers, revision, gated: Object.keys(gates.functions).length > 0, alarms: this.alarms, findings });
    attachServerDescription(this, group.resource, { props, groupName, config, blueGreen, loadBalancers, revision, gates, alarms: this.alarms, findings });
  }

  /**
   * Adds an alarm that stops a deployment.
   *
   * @throws when the rollout would have more than 50 alarms, its verdict alarm counted
   */
  public addAlarm(alarm: RollbackAlarm): void {
    this.alarms.add(alarm._bind(this));
  }
}
