import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

import type { NativeBinding } from '../private/ecs-native-hook';
import { completeLate } from '../private/late-construct';

/**
 * A stage of a deployment that ECS itself controls, at which a hook can run.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html
 */
export enum EcsNativeStage {
  /** A deployment begins while more than one service revision is active. */
  RECONCILE_SERVICE = 'RECONCILE_SERVICE',

  /** Before the tasks of the new revision start. CodeDeploy's BeforeInstall. */
  PRE_SCALE_UP = 'PRE_SCALE_UP',

  /** The tasks of the new revision are healthy, and get no traffic. CodeDeploy's AfterInstall. */
  POST_SCALE_UP = 'POST_SCALE_UP',

  /** Test traffic moves to the new revision. In a rollback the stage is played again; the hook then passes at once. */
  TEST_TRAFFIC_SHIFT = 'TEST_TRAFFIC_SHIFT',

  /** The new revision has all test traffic. CodeDeploy's AfterAllowTestTraffic. */
  POST_TEST_TRAFFIC_SHIFT = 'POST_TEST_TRAFFIC_SHIFT',

  /** Before production traffic moves: once, and on linear and canary deployments before each step. CodeDeploy's BeforeAllowTraffic. */
  PRE_PRODUCTION_TRAFFIC_SHIFT = 'PRE_PRODUCTION_TRAFFIC_SHIFT',

  /** Production traffic moves: once, and on linear and canary deployments at each step. In a rollback it is played again; the hook then passes at once. */
  PRODUCTION_TRAFFIC_SHIFT = 'PRODUCTION_TRAFFIC_SHIFT',

  /** The new revision has all production traffic. CodeDeploy's AfterAllowTraffic. */
  POST_PRODUCTION_TRAFFIC_SHIFT = 'POST_PRODUCTION_TRAFFIC_SHIFT',
}

/** Where and when a hook runs in deployments that ECS itself controls. */
export interface EcsNativeHookOptions {
  /** The stages at which the hook runs, at least one. */
  readonly stages: EcsNativeStage[];

  /**
   * Base URL of the test listener, such as `https://test.example.com:8443` or one with the load balancer's DNS name: where checks of the test
   * listener go.
   *
   * Where a listener rule tells test traffic by a header, it is the URL of that listener, and the checks send the header.
   *
   * @default - no check may ask the test listener
   */
  readonly baseUrl?: string;

  /**
   * Base URL of the production listener: where checks of the production listener go.
   *
   * @default - no check may ask the production listener
   */
  readonly productionUrl?: string;

  /**
   * What stands behind the base URLs, such as the load balancer: the hook's security group is let into it on their ports.
   *
   * Takes effect in a VPC only, since a hook outside of one has no security group.
   *
   * @default - nothing is opened; use `connections`
   */
  readonly loadBalancer?: ec2.IConnectable;

  /**
   * VPC that the function runs in: needed for an internal load balancer. Then attach the hook by `attachTo`.
   *
   * @default - the VPC of the hook's own options; without one the function runs outside of any
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets that the function runs in.
   *
   * @default - those of the hook's own options, else private subnets with a route out, else isolated subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Id of the hook's construct within the service.
   *
   * @default - made of the stages, such as `PostTestTrafficShiftHook`
   */
  readonly hookId?: string;
}

/**
 * A hook for deployments that ECS itself controls: what `service.addLifecycleHook` takes.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html
 */
export class EcsNativeHook implements ecs.IDeploymentLifecycleHookTarget, ec2.IConnectable {
  /** @internal */
  public static _of(make: (service: IConstruct) => NativeBinding): EcsNativeHook {
    return new EcsNativeHook(make);
  }

  private bound: { readonly to: IConstruct; readonly binding: NativeBinding } | undefined;

  private constructor(private readonly make: (service: IConstruct) => NativeBinding) {}

  /**
   * Makes the function within the service at once, and adds the hook to it.
   *
   * The same as `service.addLifecycleHook(hook)`, which asks for the function only while the app is synthesized: too late for security groups and
   * for resources of other stacks. Once attached, `connections` and `handler` are there.
   *
   * @param service a service with the ECS deployment controller and the strategy BLUE_GREEN, LINEAR or CANARY
   */
  public attachTo(service: ecs.BaseService): void {
    this.bindTo(service);
    service.addLifecycleHook(this);
  }

  /** Called by the service while the app is synthesized. */
  public bind(scope: IConstruct): ecs.DeploymentLifecycleHookTargetConfig {
    const late = this.bound === undefined;
    const binding = this.bindTo(scope);
    if (late) {
      completeLate(binding.construct, binding.placed);
    }
    return { targetArn: binding.function.functionArn, role: binding.invokeRole, lifecycleStages: binding.stages };
  }

  /** The function; there once the hook is attached. */
  public get handler(): lambda.IFunction {
    return this.attached('handler').function;
  }

  /** The role under which ECS invokes the function; there once the hook is attached. */
  public get invokeRole(): iam.IRole {
    return this.attached('invokeRole').invokeRole;
  }

  /** Security group of the function; there once a hook in a VPC is attached. */
  public get connections(): ec2.Connections {
    const { securityGroup } = this.attached('connections');
    if (securityGroup === undefined) {
      throw new Error("the hook runs in no VPC and has no security group; set 'vpc', or drop the use of 'connections'");
    }
    return new ec2.Connections({ securityGroups: [securityGroup] });
  }

  private bindTo(service: IConstruct): NativeBinding {
    const { bound } = this;
    if (bound !== undefined && bound.to !== service) {
      throw new Error(`the hook is attached to '${bound.to.node.path}' already, and '${service.node.path}' needs one of its own; call 'onEcsNative' once for each service`);
    }
    const binding = bound?.binding ?? this.make(service);
    this.bound = { to: service, binding };
    return binding;
  }

  private attached(member: string): NativeBinding {
    if (this.bound === undefined) {
      throw new Error(`'${member}' is there once the hook is attached to a service; call 'attachTo' before`);
    }
    return this.bound.binding;
  }
}
