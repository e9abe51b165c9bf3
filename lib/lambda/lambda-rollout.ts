import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import type { RollbackAlarm } from '../alarms/rollback-alarm';
import { AlarmList } from '../private/alarm-list';
import { releaseByUpdates } from '../private/alias-update';
import { Findings } from '../private/findings';
import { guard } from '../private/guardian';
import type { LambdaRolloutContext } from '../private/hook-context';
import { inspectHooks } from '../private/hook-inspector';
import { examineAlias, refuseReleasedFunction } from '../private/lambda-alias';
import { attachLambdaDescription } from '../private/lambda-description';
import { noteLambdaSurprises } from '../private/lambda-findings';
import { bindLambdaHooks, requiredHooks } from '../private/lambda-hook-map';
import { grantLambdaServiceRole } from '../private/lambda-service-role';
import { claimGroupName, groupArn, literalName } from '../private/names';
import { requireValidProps } from '../private/rollout-props';
import { newServiceRole, unchanged } from '../private/service-role';
import { requireTriggers, triggerConfigurations } from '../private/triggers';
import { verdictAlarm } from '../private/verdict-alarm';
import { TrafficShift } from '../rollout/traffic-shift';
import type { LambdaRolloutProps } from './lambda-rollout-props';

/**
 * Releases the versions of a Lambda function by an alias through CodeDeploy: validated before traffic moves, shifted in increments, watched by alarms, and rolled back by itself.
 *
 * A stack update that gives the alias another version is a release: CloudFormation starts the deployment, waits for it, and rolls the update back where it fails. When the alias
 * is made there is no deployment.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html#cfn-attributes-updatepolicy-codedeploylambdaaliasupdate
 */
export class LambdaRollout extends Construct {
  /** The CodeDeploy application. */
  public readonly application: codedeploy.ILambdaApplication;
  /** The deployment group. */
  public readonly deploymentGroup: codedeploy.ILambdaDeploymentGroup;
  /** How traffic moves. */
  public readonly deploymentConfig: codedeploy.ILambdaDeploymentConfig;
  /** The alias whose traffic is shifted. */
  public readonly alias: lambda.IAlias;
  /** The role that CodeDeploy takes on. */
  public readonly role: iam.IRole;
  /** The rollout's own alarm: a failed validation sets it, and it falls back by itself. */
  public readonly verdictAlarm: cloudwatch.Alarm;
  /** The functions that CodeDeploy invokes, in the order of the lifecycle. */
  public readonly hookFunctions: lambda.IFunction[];
  /** The function that reports for hooks that die without reporting, if there is a hook that it watches over. */
  public readonly guardian?: lambda.Function;
  /** The function that looks at every deployment as it starts, if there are hooks. */
  public readonly hookInspector?: lambda.Function;

  private readonly alarms: AlarmList;

  constructor(scope: Construct, id: string, props: LambdaRolloutProps) {
    super(scope, id);
    requireValidProps(props);
    requireTriggers(this, props.triggers ?? []);
    const released = examineAlias(this, props.alias);
    props.breakGlass?._claim(this);
    const findings = new Findings(this);
    const traffic = props.traffic ?? TrafficShift.allAtOnce();

    this.alias = props.alias;
    const applicationName = props.application?.applicationName ?? props.applicationName ?? literalName(this);
    const groupName = props.deploymentGroupName ?? literalName(this);
    claimGroupName(this, props.application, groupName);
    this.application = props.application ?? new codedeploy.LambdaApplication(this, 'Application', { applicationName });
    this.deploymentConfig = traffic._bindLambda(this);
    this.verdictAlarm = verdictAlarm(this, applicationName, groupName);
    this.role = props.role ?? newServiceRole(this, applicationName);
    const group = this.createGroup(props, groupName, released.alias as lambda.Alias);
    this.deploymentGroup = group;
    this.alarms = new AlarmList(this, group, findings);
    [this.verdictAlarm, ...(props.rollback?.alarms ?? []).map((alarm) => alarm._bind(this))].forEach((alarm) => this.alarms.add(alarm));

    const context: LambdaRolloutContext = {
      rolloutName: this.node.path,
      applicationName,
      groupName,
      groupArn: groupArn(Stack.of(this), applicationName, groupName),
      verdictAlarm: this.verdictAlarm,
      releasedFunction: released.function,
      traffic: traffic._routing,
      expectedRequestsPerSecond: props.expectedRequestsPerSecond,
      breakGlass: props.breakGlass,
      findings,
    };
    const hooks = bindLambdaHooks(this, context, props.hooks ?? {});
    refuseReleasedFunction(hooks, released.alias);
    this.hookFunctions = hooks.map((hook) => hook.function);
    this.guardian = guard(this, context, hooks);
    this.hookInspector = inspectHooks(this, context, requiredHooks(hooks), props.requireHooks ?? false);
    grantLambdaServiceRole(this, { role: this.role, group, released, hooks, triggers: props.triggers ?? [], findings });
    releaseByUpdates({ rollout: this, released, context, hooks });
    noteLambdaSurprises(this, { released, hooks, alarms: this.alarms, findings });
    attachLambdaDescription(this, { props, released, context, hooks, alarms: this.alarms });
  }

  /**
   * Adds an alarm that stops a deployment, such as one on the errors of the alias.
   *
   * @throws when the rollout would have more than 50 alarms, its verdict alarm counted
   */
  public addAlarm(alarm: RollbackAlarm): void {
    this.alarms.add(alarm._bind(this));
  }

  private createGroup(props: LambdaRolloutProps, deploymentGroupName: string, alias: lambda.Alias): codedeploy.LambdaDeploymentGroup {
    const { onFailure = true, onAlarm = true, onRequest = false, ignorePollAlarmFailure } = props.rollback ?? {};
    const group = new codedeploy.LambdaDeploymentGroup(this, 'DeploymentGroup', {
      application: this.application,
      deploymentGroupName,
      deploymentConfig: this.deploymentConfig,
      alias,
      role: unchanged(this, this.role),
      autoRollback: { failedDeployment: onFailure, deploymentInAlarm: onAlarm, stoppedDeployment: onRequest },
      ignorePollAlarmsFailure: ignorePollAlarmFailure,
    });
    (group.node.defaultChild as codedeploy.CfnDeploymentGroup).triggerConfigurations = triggerConfigurations(props.triggers ?? []);
    return group;
  }
}
