import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as codedeploy from 'aws-cdk-lib/aws-codedeploy';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import { Construct } from 'constructs';

import type { RollbackAlarm } from '../alarms/rollback-alarm';
import { AlarmList } from '../private/alarm-list';
import { requirePlatform } from '../private/applications';
import type { BoundEndpoint } from '../private/bound-endpoint';
import { listenerUrl, productionConnections } from '../private/bound-endpoint';
import { attachDescription } from '../private/description';
import { appSpecHooks, bindHooks } from '../private/ecs-hook-map';
import { deployByCloudFormation } from '../private/ecs-deployment';
import { attachService, claimService, examineService } from '../private/ecs-service';
import { Findings } from '../private/findings';
import { guard } from '../private/guardian';
import type { RolloutContext } from '../private/hook-context';
import { inspectHooks, inspectionOf } from '../private/hook-inspector';
import { keepServiceSettings } from '../private/kept-settings';
import { examineGuards } from '../private/listener-guards';
import { claimGroupName, groupArn, literalName } from '../private/names';
import { examineEndpoint } from '../private/network-endpoint';
import { addOutputs } from '../private/outputs';
import { refusePipelineActions } from '../private/pipeline-actions';
import { PipelineFiles } from '../private/pipeline-files';
import { requireValidProps, terminationWait } from '../private/rollout-props';
import { grantServiceRole, newServiceRole, unchanged } from '../private/service-role';
import { settleService, withSettings } from '../private/service-settings';
import { allowTestAccess } from '../private/test-listener';
import { verdictAlarm } from '../private/verdict-alarm';
import { TrafficShift } from '../rollout/traffic-shift';
import { EcsAppSpec } from './ecs-app-spec';
import { EcsDeployments } from './ecs-deployments';
import { EcsEndpoint } from './ecs-endpoint';
import type { EcsPipelineFilesOptions } from './ecs-pipeline-files-options';
import type { EcsRolloutProps } from './ecs-rollout-props';

/**
 * Releases an ECS service blue/green through CodeDeploy: validated on its test listener, shifted in increments, watched by alarms, and
 * rolled back by itself.
 *
 * A release is started by a stack update that changes what is to run, unless `deployments` says otherwise.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-ecs.html
 */
export class EcsRollout extends Construct implements ec2.IConnectable {
  /** The CodeDeploy application. */
  public readonly application: codedeploy.IEcsApplication;
  /** The deployment group. */
  public readonly deploymentGroup: codedeploy.EcsDeploymentGroup;
  /** How traffic moves. */
  public readonly deploymentConfig: codedeploy.IEcsDeploymentConfig;
  /** The role that CodeDeploy takes on. */
  public readonly role: iam.IRole;
  /** The load balancer. */
  public readonly loadBalancer: elbv2.ILoadBalancerV2;
  /** The listener of production traffic. */
  public readonly productionListener: elbv2.IListener;
  /** The listener on which the new version is tested, if there is one. */
  public readonly testListener?: elbv2.IListener;
  /** Target group that the service starts in; the two swap with every release. */
  public readonly blueTargetGroup: elbv2.ITargetGroup;
  /** Target group of the first new version. */
  public readonly greenTargetGroup: elbv2.ITargetGroup;
  /** The security groups of the load balancer; the default port is that of the production listener. */
  public readonly connections: ec2.Connections;
  /** The rollout's own alarm: a failed validation sets it, and it falls back by itself. */
  public readonly verdictAlarm: cloudwatch.Alarm;
  /** The functions that CodeDeploy invokes, in the order of the lifecycle. */
  public readonly hookFunctions: lambda.IFunction[];
  /** The function that reports for hooks that die without reporting, if there is a hook that it watches over. */
  public readonly guardian?: lambda.Function;
  /** The function that looks at every deployment as it starts, if there are hooks. */
  public readonly hookInspector?: lambda.Function;
  /** The AppSpec of a release as a JSON text. */
  public readonly appSpec: string;
  /** What starts a deployment and waits for it, where CloudFormation deploys. What depends on it comes after the deployment. */
  public readonly deployment?: IConstruct;

  /**
   * The AppSpec for a pipeline's action that deploys, as a JSON text, with `<TASK_DEFINITION>` in the place of the revision; only with EcsDeployments.external().
   * JSON is YAML, so that it can be written as `appspec.yaml`.
   */
  public readonly pipelineAppSpec?: string;

  private readonly endpoint: BoundEndpoint;
  private readonly alarms: AlarmList;
  private readonly pipelineFiles?: PipelineFiles;

  constructor(scope: Construct, id: string, props: EcsRolloutProps) {
    super(scope, id);
    requireValidProps(props);
    requirePlatform(props.application, 'ECS');
    const facts = examineService(props);
    claimService(this, props.service);
    props.breakGlass?._claim(this);
    const findings = new Findings(this);
    const traffic = props.traffic ?? TrafficShift.allAtOnce();
    const { _completion: completion, _keepServiceSettings, _keepTaskDefinitions: keep } = props.deployments ?? EcsDeployments.byCloudFormation();

    this.endpoint = (props.endpoint ?? EcsEndpoint.application())._bind(this, facts);
    this.loadBalancer = this.endpoint.loadBalancer;
    this.productionListener = this.endpoint.production.listener;
    this.testListener = this.endpoint.test?.listener;
    this.blueTargetGroup = this.endpoint.blue;
    this.greenTargetGroup = this.endpoint.green;
    this.connections = productionConnections(this.endpoint);
    examineEndpoint(this, this.endpoint, traffic._routing, findings);
    examineGuards(this, this.endpoint, findings);
    attachService(this, facts, this.endpoint);
    settleService(this, facts, findings);
    allowTestAccess(this.endpoint, props.testAccess);

    const applicationName = props.application?.applicationName ?? props.applicationName ?? literalName(this);
    const groupName = props.deploymentGroupName ?? literalName(this);
    claimGroupName(this, props.application, groupName);
    this.application = props.application ?? new codedeploy.EcsApplication(this, 'Application', { applicationName });
    this.deploymentConfig = traffic._bindEcs(this);
    this.verdictAlarm = verdictAlarm(this, applicationName, groupName);
    this.role = props.role ?? newServiceRole(this, applicationName);
    this.deploymentGroup = this.createGroup(props, groupName);
    this.deploymentGroup.node.addDependency(...rulesOf(this.endpoint));
    if (_keepServiceSettings) {
      keepServiceSettings(facts);
    }
    this.alarms = new AlarmList(this, this.deploymentGroup, findings);
    [this.verdictAlarm, ...(props.rollback?.alarms ?? []).map((alarm) => alarm._bind(this))].forEach((alarm) => this.alarms.add(alarm));

    const context: RolloutContext = {
      rolloutName: this.node.path,
      applicationName,
      groupName,
      groupArn: groupArn(Stack.of(this), applicationName, groupName),
      verdictAlarm: this.verdictAlarm,
      endpoint: this.endpoint,
      traffic: traffic._routing,
      expectedRequestsPerSecond: props.expectedRequestsPerSecond,
      testAccess: props.testAccess,
      breakGlass: props.breakGlass,
      findings,
    };
    const hooks = bindHooks(this, context, props.hooks ?? {});
    this.hookFunctions = hooks.map((hook) => hook.function);
    this.guardian = guard(this, context, hooks);
    this.hookInspector = inspectHooks(this, context, hooks.map(({ event, function: fn }) => ({ event, functionArn: fn.functionArn })), props.requireHooks ?? false);
    const after = grantServiceRole(this, { role: this.role, group: this.deploymentGroup, service: props.service, facts, endpoint: this.endpoint, hooks, findings });

    const appSpec = new EcsAppSpec({ ...facts, hooks: appSpecHooks(hooks), taskSet: props.taskSet })._document();
    this.appSpec = Stack.of(this).toJsonString(completion === undefined ? appSpec : withSettings(appSpec, facts));
    if (completion !== undefined) {
      const configName = this.deploymentConfig.deploymentConfigName;
      const waitsFor = [this.deploymentGroup, ...after, ...(this.hookInspector === undefined ? [] : [inspectionOf(this.hookInspector)])];
      const kept = { keep, taskDefinition: facts.taskDefinition };
      this.deployment = deployByCloudFormation(this, { completion, props, context, hooks, guardian: this.guardian, appSpec: this.appSpec, configName, after: waitsFor, kept });
      refusePipelineActions(
        { applicationName, groupName, stack: Stack.of(this) },
        (action) =>
          `rollout '${this.node.path}' is deployed by CloudFormation and by ${action}, and each would take back what the other has deployed; drop the action, or ` +
          "leave deployments to it by 'deployments: EcsDeployments.external()'",
      );
    }
    this.pipelineFiles = completion === undefined ? new PipelineFiles(this, appSpec, facts) : undefined;
    this.pipelineAppSpec = this.pipelineFiles?.appSpec;
    const outputs = addOutputs(this, { applicationName, groupName, appSpec: this.appSpec });
    attachDescription(this, { props, facts, traffic, context, hooks, alarms: this.alarms, appSpecOutput: outputs.appSpec });
  }

  /** Base URL of the production listener, without a trailing slash, such as `http://web.example.internal:80`. */
  public get productionUrl(): string {
    return listenerUrl(this.endpoint, this.endpoint.production);
  }

  /** Base URL of the test listener, if there is one. */
  public get testUrl(): string | undefined {
    return this.endpoint.test === undefined ? undefined : listenerUrl(this.endpoint, this.endpoint.test);
  }

  /**
   * Blue and green behind an Application Load Balancer, with their metrics.
   *
   * @throws when the rollout's load balancer is a Network Load Balancer
   */
  public get applicationTargetGroups(): elbv2.IApplicationTargetGroup[] {
    if (this.endpoint.kind === 'network') {
      throw new Error(`rollout '${this.node.path}' is behind a Network Load Balancer; use 'networkTargetGroups'`);
    }
    return [this.endpoint.blue, this.endpoint.green];
  }

  /**
   * Blue and green behind a Network Load Balancer, with their metrics.
   *
   * @throws when the rollout's load balancer is an Application Load Balancer
   */
  public get networkTargetGroups(): elbv2.INetworkTargetGroup[] {
    if (this.endpoint.kind === 'application') {
      throw new Error(`rollout '${this.node.path}' is behind an Application Load Balancer; use 'applicationTargetGroups'`);
    }
    return [this.endpoint.blue, this.endpoint.green];
  }

  /**
   * Adds an alarm that stops a deployment, such as one on metrics of the target groups that the rollout has made.
   *
   * @throws when the rollout would have more than 50 alarms, its verdict alarm counted
   */
  public addAlarm(alarm: RollbackAlarm): void {
    this.alarms.add(alarm._bind(this));
  }

  /**
   * Commands of a build step that write the two files which the action `CodeDeployEcsDeployAction` of CodePipeline needs: `appspec.yaml`, with the hooks of this
   * rollout, and `taskdef.json`, with placeholders for images. Both come from the outputs of the deployed stack.
   *
   * They are lines for a POSIX shell with the AWS CLI and jq, as the images of CodeBuild have them, and hold no deploy-time values, so that they can stand in a pipeline of
   * another account. Each fails where it cannot write its file. Tags of the task definition are not carried over.
   *
   * @param options which containers get an image of the pipeline, and where the files go
   * @throws with EcsDeployments.byCloudFormation(), in a nested stack, and where `images` names a container that the task definition has not, or a placeholder with other
   * characters than letters, digits, _ and -
   * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
   */
  public pipelineFileCommands(options: EcsPipelineFilesOptions = {}): string[] {
    return this.requirePipelineFiles().commands(options);
  }

  /**
   * What the commands of `pipelineFileCommands` may do: read the outputs of this stack, and describe task definitions.
   *
   * @throws with EcsDeployments.byCloudFormation(), and in a nested stack
   */
  public pipelineFileStatements(): iam.PolicyStatement[] {
    return this.requirePipelineFiles().statements();
  }

  private requirePipelineFiles(): PipelineFiles {
    if (this.pipelineFiles === undefined) {
      throw new Error(
        `rollout '${this.node.path}' is deployed by CloudFormation, and needs no files for a pipeline; a stage that deploys its stack is enough, or set ` +
          "'deployments' to EcsDeployments.external()",
      );
    }
    return this.pipelineFiles;
  }

  private createGroup(props: EcsRolloutProps, deploymentGroupName: string): codedeploy.EcsDeploymentGroup {
    const { onFailure = true, onAlarm = true, onRequest = false, ignorePollAlarmFailure } = props.rollback ?? {};
    return new codedeploy.EcsDeploymentGroup(this, 'DeploymentGroup', {
      application: this.application,
      deploymentGroupName,
      deploymentConfig: this.deploymentConfig,
      service: props.service,
      role: unchanged(this, this.role),
      blueGreenDeploymentConfig: {
        blueTargetGroup: this.blueTargetGroup,
        greenTargetGroup: this.greenTargetGroup,
        listener: this.productionListener,
        testListener: this.testListener,
        deploymentApprovalWaitTime: props.approvalWait,
        terminationWaitTime: terminationWait(props),
      },
      autoRollback: { failedDeployment: onFailure, deploymentInAlarm: onAlarm, stoppedDeployment: onRequest },
      ignorePollAlarmsFailure: ignorePollAlarmFailure,
    });
  }
}

/** A group names listeners, but not their rules, which must be there when a release starts. */
const rulesOf = ({ production, test }: BoundEndpoint) => [...production.rules, ...(test?.rules ?? [])].map(({ rule }) => rule);
