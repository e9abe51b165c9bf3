import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import type { RollbackAlarm } from '../alarms/rollback-alarm';
import { noteAlarms } from '../private/alarm-findings';
import { AlarmList } from '../private/alarm-list';
import { AliasAlarms } from '../private/alias-alarms';
import type { DeployableRollout } from '../private/alias-deployment';
import { releaseByUpdates } from '../private/alias-update';
import { requirePlatform } from '../private/applications';
import { Findings } from '../private/findings';
import { guard } from '../private/guardian';
import type { LambdaRolloutContext } from '../private/hook-context';
import { inspectHooks } from '../private/hook-inspector';
import { aliasOfNoApp, noteNothingReleases, refuseVersionWork } from '../private/imported-alias';
import { keepNewestVersions } from '../private/kept-versions';
import { examineAlias, isOwn, refuseReleasedFunction } from '../private/lambda-alias';
import { attachLambdaDescription } from '../private/lambda-description';
import { noteLambdaSurprises } from '../private/lambda-findings';
import { bindLambdaHooks, requiredHooks } from '../private/lambda-hook-map';
import { LambdaRolloutSet } from '../private/lambda-rollout-set';
import { grantLambdaServiceRole } from '../private/lambda-service-role';
import { claimGroupName, groupArn, literalName } from '../private/names';
import { provisionedConcurrencyOf, provisionedHooks, releaseProvisioned } from '../private/provisioned-concurrency';
import { requireValidProps } from '../private/rollout-props';
import { newServiceRole, unchanged } from '../private/service-role';
import { requireTriggers, triggerConfigurations } from '../private/triggers';
import { verdictAlarm } from '../private/verdict-alarm';
import { TrafficShift } from '../rollout/traffic-shift';
import type { LambdaRolloutForAllProps } from './lambda-rollout-for-all-props';
import type { LambdaRolloutProps } from './lambda-rollout-props';

/**
 * Releases the versions of a Lambda function by an alias through CodeDeploy: validated before traffic moves, shifted in increments, watched by alarms, and rolled back by itself.
 *
 * A stack update that gives the alias another version is a release: CloudFormation starts the deployment, waits for it, and rolls the update back where it fails. When the alias
 * is made there is no deployment. An imported alias is released by a `LambdaDeployment`.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html#cfn-attributes-updatepolicy-codedeploylambdaaliasupdate
 */
export class LambdaRollout extends Construct {
  /**
   * Releases many aliases of one stack, each by a rollout of its own, which share application, configuration, service role, hook functions and guardian: two resources for each alias.
   *
   * A failed validation stops the release of its own alias only. Hooks learn from the deployment which alias it is about; one that cannot find out reports Failed. An alias that needs
   * something else is left out, and released by a `LambdaRollout` of its own with the same `application`.
   *
   * @param scope in the stack of the aliases
   * @param id what stands before the name of each alias in the name of its rollout
   * @param props the aliases, and what their rollouts share
   * @returns the rollouts, in the order of the aliases
   * @throws when the aliases are none, of several stacks, or not such as a rollout takes
   */
  public static forAll(scope: Construct, id: string, props: LambdaRolloutForAllProps): LambdaRollout[] {
    const set = new LambdaRolloutSet(scope, id, props);
    return set.members.map((member) => new LambdaRollout(set, member.id, member.props));
  }

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

  /**
   * What a `LambdaDeployment` needs of it.
   *
   * @internal
   */
  public readonly _deployable: DeployableRollout;

  private readonly alarms: AlarmList;
  private readonly aliasAlarms: AliasAlarms;

  constructor(scope: Construct, id: string, props: LambdaRolloutProps) {
    super(scope, id);
    const set = LambdaRolloutSet.of(scope, props);
    requireValidProps(props);
    requirePlatform(props.application, 'Lambda');
    requireTriggers(this, props.triggers ?? []);
    const provisioned = provisionedConcurrencyOf(props);
    const released = examineAlias(this, props.alias);
    props.breakGlass?._claim(this);
    const findings = new Findings(this);
    const traffic = props.traffic ?? TrafficShift.allAtOnce();

    this.alias = props.alias;
    const applicationName = set?.applicationName ?? props.application?.applicationName ?? props.applicationName ?? literalName(this);
    const groupName = props.deploymentGroupName ?? literalName(this);
    claimGroupName(this, props.application, groupName);
    this.application = props.application ?? new codedeploy.LambdaApplication(this, 'Application', { applicationName });
    this.deploymentConfig = set?.deploymentConfig ?? traffic._bindLambda(this);
    this.verdictAlarm = verdictAlarm(this, applicationName, groupName, set?.alarmName(groupName));
    this.role = props.role ?? newServiceRole(this, applicationName);
    const group = this.createGroup(props, groupName, isOwn(released) ? (released.alias as lambda.Alias) : aliasOfNoApp());
    this.deploymentGroup = group;
    this.alarms = new AlarmList(this, group, findings);
    this.aliasAlarms = new AliasAlarms(this, released);
    [this.verdictAlarm, ...(props.rollback?.alarms ?? []).map((alarm) => alarm._bind(this, this.aliasAlarms))].forEach((alarm) => this.alarms.add(alarm));

    const context: LambdaRolloutContext = {
      rolloutName: this.node.path,
      applicationName,
      groupName,
      groupArn: groupArn(Stack.of(this), applicationName, groupName),
      verdictAlarm: this.verdictAlarm,
      releasedFunction: released.function,
      releasedAlias: released.alias.aliasName,
      traffic: traffic._routing,
      expectedRequestsPerSecond: props.expectedRequestsPerSecond,
      breakGlass: props.breakGlass,
      findings,
    };
    const hooks = set?.hooks ?? bindLambdaHooks(this, context, provisionedHooks(props.hooks ?? {}, provisioned));
    refuseReleasedFunction(hooks, released.alias);
    this.hookFunctions = hooks.map((hook) => hook.function);
    this.guardian = set === undefined ? guard(this, context, hooks) : set.guardian;
    this.hookInspector = set === undefined ? inspectHooks(this, context, requiredHooks(hooks), props.requireHooks ?? false) : set.hookInspector;
    if (set === undefined) {
      grantLambdaServiceRole(this, { role: this.role, group, released, hooks, triggers: props.triggers ?? [], findings });
    }
    this._deployable = { rollout: this, released, context, hooks, guardian: this.guardian, config: this.deploymentConfig };
    if (isOwn(released)) {
      releaseByUpdates({ rollout: this, released, context, hooks, set });
      releaseProvisioned(this, provisioned, released);
      keepNewestVersions(this, props.keepVersions, released);
    } else {
      refuseVersionWork(released.alias, props);
      noteNothingReleases(this, released.alias, findings, () => this._deployable.deployment !== undefined);
    }
    const validated = set === undefined ? Object.values(props.hooks ?? {}).some((hook) => hook !== undefined) : hooks.length > 0;
    noteLambdaSurprises(this, { released, alarms: this.alarms, context, provisioned: provisioned !== undefined, validated });
    noteAlarms(this, { alarms: this.aliasAlarms, released, context, hooks, provisioned: provisioned !== undefined });
    attachLambdaDescription(this, { props, released, context, hooks, alarms: this.alarms, aliasAlarms: this.aliasAlarms, set });
  }

  /** The alarms that `LambdaAlarm` made for this rollout, in the order in which they were given: for actions of theirs, such as a notification. */
  public get lambdaAlarms(): cloudwatch.Alarm[] {
    return this.aliasAlarms.all().map(({ alarm }) => alarm);
  }

  /**
   * Adds an alarm that stops a deployment, such as `LambdaAlarm.errorRate()`.
   *
   * @throws when the rollout would have more than 50 alarms, its verdict alarm counted
   */
  public addAlarm(alarm: RollbackAlarm): void {
    this.alarms.add(alarm._bind(this, this.aliasAlarms));
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
