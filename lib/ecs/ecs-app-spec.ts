import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as lambda from 'aws-cdk-lib/aws-lambda';

import { AppSpecDocument } from '../appspec/app-spec-document';
import { AppSpecPlatform } from '../appspec/app-spec-platform';
import type { AppSpecFinding } from '../model/appspec/rules';
import type { EcsAppSpecDocument, EcsTargetService } from '../model/appspec';
import type { EcsHookEvent } from '../model/lifecycle';
import { ECS_HOOK_EVENTS } from '../model/lifecycle';
import { requireSound } from '../private/app-spec-rules';

/** Network of the tasks of a release. */
export interface EcsTaskSetNetworkOptions {
  /** Subnets of the tasks, at least one. */
  readonly subnets: ec2.ISubnet[];

  /** Security groups of the tasks, at least one. */
  readonly securityGroups: ec2.ISecurityGroup[];

  /**
   * Whether tasks get public addresses.
   *
   * @default false
   */
  readonly assignPublicIp?: boolean;
}

/** What a release changes in its task set besides the task definition. */
export interface EcsTaskSetOptions {
  /**
   * Fargate platform version.
   *
   * @default - the service's
   */
  readonly platformVersion?: ecs.FargatePlatformVersion;

  /**
   * Network of the tasks.
   *
   * @default - the service's
   */
  readonly network?: EcsTaskSetNetworkOptions;

  /**
   * Capacity providers of the tasks.
   *
   * @default - the service's launch type or strategy
   */
  readonly capacityProviderStrategies?: ecs.CapacityProviderStrategy[];
}

/** The Lambda functions of an AppSpec, by lifecycle event. */
export interface EcsAppSpecHooks {
  /**
   * Before the replacement task set is made.
   *
   * @default - no hook
   */
  readonly beforeInstall?: lambda.IFunction;

  /**
   * After the replacement task set is made and healthy.
   *
   * @default - no hook
   */
  readonly afterInstall?: lambda.IFunction;

  /**
   * After the test listener leads to the replacement task set.
   *
   * @default - no hook
   */
  readonly afterAllowTestTraffic?: lambda.IFunction;

  /**
   * Before production traffic is shifted.
   *
   * @default - no hook
   */
  readonly beforeAllowTraffic?: lambda.IFunction;

  /**
   * After all production traffic is shifted.
   *
   * @default - no hook
   */
  readonly afterAllowTraffic?: lambda.IFunction;
}

/** Properties of an AppSpec. */
export interface EcsAppSpecProps {
  /** The revision that a release deploys. */
  readonly taskDefinition: ecs.ITaskDefinition;

  /** Name of the container that the load balancer forwards to. */
  readonly containerName: string;

  /** Port of that container. */
  readonly containerPort: number;

  /**
   * Lambda functions that validate the release.
   *
   * @default - no hooks
   */
  readonly hooks?: EcsAppSpecHooks;

  /**
   * What the release changes in its task set besides the task definition.
   *
   * @default - the service's settings are kept
   */
  readonly taskSet?: EcsTaskSetOptions;
}

/**
 * The AppSpec of an ECS deployment: what is deployed, and which functions validate it. ECS hooks are named here and nowhere else.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 */
export class EcsAppSpec extends AppSpecDocument {
  public readonly platform = AppSpecPlatform.ECS;

  private readonly warnings: readonly AppSpecFinding[];

  constructor(private readonly props: EcsAppSpecProps) {
    super();
    const { network } = props.taskSet ?? {};
    if (network !== undefined && (network.subnets.length === 0 || network.securityGroups.length === 0)) {
      throw new Error(
        `'network' of a task set needs subnets and security groups, got ${network.subnets.length} and ` +
          `${network.securityGroups.length}; name at least one each, or leave it out`,
      );
    }
    this.warnings = requireSound(this._document(), 'ecs');
  }

  /** @internal */
  public _document(): EcsAppSpecDocument {
    const { taskDefinition, containerName, containerPort } = this.props;
    const properties: EcsTargetService['Properties'] = {
      TaskDefinition: taskDefinition.taskDefinitionArn,
      LoadBalancerInfo: { ContainerName: containerName, ContainerPort: containerPort },
      ...renderTaskSet(this.props.taskSet ?? {}),
    };
    const hooks = renderHooks(this.props.hooks ?? {});
    return {
      version: '0.0',
      Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties: properties } }],
      ...(hooks.length === 0 ? {} : { Hooks: hooks }),
    };
  }

  /** @internal */
  protected _warnings(): readonly AppSpecFinding[] {
    return this.warnings;
  }
}

function renderTaskSet({ platformVersion, network, capacityProviderStrategies }: EcsTaskSetOptions): Partial<EcsTargetService['Properties']> {
  return {
    ...(platformVersion === undefined ? {} : { PlatformVersion: platformVersion }),
    ...(network === undefined ? {} : { NetworkConfiguration: { AwsvpcConfiguration: renderNetwork(network) } }),
    ...(capacityProviderStrategies === undefined ? {} : { CapacityProviderStrategy: capacityProviderStrategies.map(renderStrategy) }),
  };
}

const renderNetwork = (network: EcsTaskSetNetworkOptions) => ({
  Subnets: network.subnets.map((subnet) => subnet.subnetId),
  SecurityGroups: network.securityGroups.map((group) => group.securityGroupId),
  AssignPublicIp: network.assignPublicIp === true ? ('ENABLED' as const) : ('DISABLED' as const),
});

const renderStrategy = ({ capacityProvider, base, weight }: ecs.CapacityProviderStrategy) => ({
  CapacityProvider: capacityProvider,
  ...(base === undefined ? {} : { Base: base }),
  ...(weight === undefined ? {} : { Weight: weight }),
});

/** One map with one key for each hook, in the order of the lifecycle. */
function renderHooks(hooks: EcsAppSpecHooks): Partial<Record<EcsHookEvent, string>>[] {
  const functions: Record<EcsHookEvent, lambda.IFunction | undefined> = {
    BeforeInstall: hooks.beforeInstall,
    AfterInstall: hooks.afterInstall,
    AfterAllowTestTraffic: hooks.afterAllowTestTraffic,
    BeforeAllowTraffic: hooks.beforeAllowTraffic,
    AfterAllowTraffic: hooks.afterAllowTraffic,
  };
  return ECS_HOOK_EVENTS.flatMap((event) => {
    const fn = functions[event];
    return fn === undefined ? [] : [{ [event]: fn.functionArn }];
  });
}
