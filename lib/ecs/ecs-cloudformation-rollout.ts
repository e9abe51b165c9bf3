import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { CfnCodeDeployBlueGreenHook, CfnTrafficRoute } from 'aws-cdk-lib/core';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

import type { RollbackAlarm } from '../alarms/rollback-alarm';
import { ANY_GROUP, BLUE_GREEN_TRANSFORM } from '../model/cloudformation-rollout';
import type { BoundEndpoint, BoundListener } from '../private/bound-endpoint';
import { listenerUrl, productionConnections } from '../private/bound-endpoint';
import { bindHooks } from '../private/ecs-hook-map';
import { examineContainer } from '../private/ecs-service';
import { Findings } from '../private/findings';
import { guard } from '../private/guardian';
import type { BoundHook, RolloutContext } from '../private/hook-context';
import { BlueGreenHook, lifecycleEventHooks, logicalIdIn, roleName } from '../private/hook-section';
import { groupArn, literalName } from '../private/names';
import { examineEndpoint } from '../private/network-endpoint';
import { RollbackTriggers } from '../private/rollback-triggers';
import { requireValidProps, terminationWait } from '../private/rollout-props';
import { claimStack, requireDefaultActions } from '../private/stack-claims';
import { attachStackDescription } from '../private/stack-description';
import { noteStackSurprises } from '../private/stack-findings';
import { requireStackLimits } from '../private/stack-limits';
import { grantStackRole, newStackRole } from '../private/stack-role';
import { requireService, stackService, startTestOnBlue } from '../private/stack-service';
import { allowTestAccess } from '../private/test-listener';
import { verdictAlarm } from '../private/verdict-alarm';
import { TrafficShift } from '../rollout/traffic-shift';
import type { EcsCloudFormationRolloutProps } from './ecs-cloudformation-rollout-props';
import { EcsEndpoint } from './ecs-endpoint';

/**
 * Releases an ECS service blue/green through CloudFormation itself: validated on its test listener, shifted in increments, and rolled back with its stack.
 *
 * A stack update that replaces the task definition, or what else the task set holds, is a release: CloudFormation makes a green task set, moves traffic, and removes the
 * blue one, as part of the update. There is no application, no deployment group and no resource of ours that deploys; for this AWS sets narrow limits to the stack, which are
 * errors at synthesis here. `EcsRollout` has none of them.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/blue-green.html
 */
export class EcsCloudFormationRollout extends Construct implements ec2.IConnectable {
  /** The service, with the EXTERNAL deployment controller. */
  public readonly service: ecs.CfnService;
  /** What the service runs when the stack is made. */
  public readonly taskSet: ecs.CfnTaskSet;
  /** Makes that task set the primary one. */
  public readonly primaryTaskSet: ecs.CfnPrimaryTaskSet;
  /** The hook of the template, by which CloudFormation deploys. */
  public readonly hook: CfnCodeDeployBlueGreenHook;
  /** The role under which CodeDeploy invokes the hooks. */
  public readonly role: iam.IRole;
  /** The load balancer. */
  public readonly loadBalancer: elbv2.ILoadBalancerV2;
  /** The listener of production traffic. */
  public readonly productionListener: elbv2.IListener;
  /** The listener on which the new version is tested, if there is one. */
  public readonly testListener?: elbv2.IListener;
  /** Target group that the service starts in. */
  public readonly blueTargetGroup: elbv2.ITargetGroup;
  /** Target group of the first new version. */
  public readonly greenTargetGroup: elbv2.ITargetGroup;
  /** The security groups of the load balancer; the default port is that of the production listener. */
  public readonly connections: ec2.Connections;
  /** The security groups of the tasks, or of the container instances that they share. */
  public readonly taskConnections: ec2.Connections;
  /** The rollout's own alarm: a failed validation sets it, and it falls back by itself. */
  public readonly verdictAlarm: cloudwatch.Alarm;
  /** The functions that CodeDeploy invokes, in the order of the lifecycle. */
  public readonly hookFunctions: lambda.IFunction[];
  /** The function that reports for hooks that die without reporting, if there is a hook that it watches over. */
  public readonly guardian?: lambda.Function;

  private readonly endpoint: BoundEndpoint;
  private readonly triggers: RollbackTriggers;

  constructor(scope: Construct, id: string, props: EcsCloudFormationRolloutProps) {
    super(scope, id);
    requireValidProps(props);
    requireService(this, props);
    claimStack(this);
    props.breakGlass?._claim(this);
    const findings = new Findings(this);
    const traffic = props.traffic ?? TrafficShift.allAtOnce();
    const trafficRoutingConfig = traffic._bindHook();
    const container = examineContainer(props.taskDefinition, props);

    this.endpoint = (props.endpoint ?? EcsEndpoint.application())._bind(this, { ...container, vpc: props.cluster.vpc, movedByCloudFormation: true });
    requireDefaultActions(this, this.endpoint);
    startTestOnBlue(this, this.endpoint);
    this.loadBalancer = this.endpoint.loadBalancer;
    this.productionListener = this.endpoint.production.listener;
    this.testListener = this.endpoint.test?.listener;
    this.blueTargetGroup = this.endpoint.blue;
    this.greenTargetGroup = this.endpoint.green;
    this.connections = productionConnections(this.endpoint);
    examineEndpoint(this, this.endpoint, traffic._routing, findings);
    allowTestAccess(this.endpoint, props.testAccess);
    const { service, taskSet, primaryTaskSet, connections } = stackService(this, props, container, this.endpoint);
    this.service = service;
    this.taskSet = taskSet;
    this.primaryTaskSet = primaryTaskSet;
    this.taskConnections = connections;

    const name = literalName(this);
    this.verdictAlarm = verdictAlarm(this, name, name, name);
    this.triggers = new RollbackTriggers(this);
    [this.verdictAlarm, ...(props.rollbackAlarms ?? []).map((alarm) => alarm._bind(this))].forEach((alarm) => this.triggers.add(alarm));

    const context: RolloutContext = {
      rolloutName: this.node.path,
      applicationName: name,
      groupName: name,
      groupArn: groupArn(Stack.of(this), ANY_GROUP.application, ANY_GROUP.group),
      deployedBy: 'CLOUDFORMATION',
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
    this.role = props.role ?? newStackRole(this);
    grantStackRole(this, this.role, hooks, findings);

    Stack.of(this).addTransform(BLUE_GREEN_TRANSFORM);
    this.hook = new BlueGreenHook(this, 'Hook', {
      serviceRole: roleName(this.role),
      trafficRoutingConfig,
      additionalOptions: { terminationWaitTimeInMinutes: terminationWait(props).toMinutes() },
      lifecycleEventHooks: lifecycleEventHooks(hooks),
      applications: [this.application(props.taskDefinition)],
    });
    requireStackLimits(this);
    noteStackSurprises(this, props.taskDefinition, this.triggers, findings);
    this.describe(props, container, { context, hooks });
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
   * Adds an alarm that rolls a release back, such as one on metrics of the target groups that the rollout has made.
   *
   * @throws when the rollout would have more than five alarms, its verdict alarm counted
   */
  public addAlarm(alarm: RollbackAlarm): void {
    this.triggers.add(alarm._bind(this));
  }

  /** Blue is in the template; green is made by the transform under the ids that are told here. */
  private application(taskDefinition: ecs.TaskDefinition) {
    const { production, test, blue, green } = this.endpoint;
    const route = (what: string, { listener }: BoundListener): CfnTrafficRoute => ({
      type: elbv2.CfnListener.CFN_RESOURCE_TYPE_NAME,
      logicalId: logicalIdIn(this, what, listener),
    });
    const pair = (id: string) => [id, `${id}Green`];
    return {
      target: { type: ecs.CfnService.CFN_RESOURCE_TYPE_NAME, logicalId: this.service.logicalId },
      ecsAttributes: {
        taskDefinitions: pair(logicalIdIn(this, 'task definition', taskDefinition)),
        taskSets: pair(this.taskSet.logicalId),
        trafficRouting: {
          prodTrafficRoute: route('production listener', production),
          testTrafficRoute: test === undefined ? ({} as CfnTrafficRoute) : route('test listener', test),
          targetGroups: [logicalIdIn(this, 'blue target group', blue), logicalIdIn(this, 'green target group', green)],
        },
      },
    };
  }

  private describe(props: EcsCloudFormationRolloutProps, container: ReturnType<typeof examineContainer>, bound: { readonly context: RolloutContext; readonly hooks: readonly BoundHook[] }): void {
    attachStackDescription(this, {
      ...bound,
      container: { name: container.containerName, port: container.containerPort },
      taskDefinition: props.taskDefinition,
      terminationWaitMinutes: terminationWait(props).toMinutes(),
      alarms: this.triggers,
    });
  }
}
