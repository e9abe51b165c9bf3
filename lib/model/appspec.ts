/**
 * The AppSpec of an ECS deployment as a document: what CreateDeployment is given, and the only place that names the hooks.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 */
import type { EcsHookEvent } from './lifecycle';

export interface EcsAppSpecDocument {
  readonly version: '0.0';
  readonly Resources: readonly [{ readonly TargetService: EcsTargetService }];
  /** One map with one key for each hook, in the order of the lifecycle; the value is a function name or ARN. */
  readonly Hooks?: readonly Partial<Record<EcsHookEvent, string>>[];
}

export interface EcsTargetService {
  readonly Type: 'AWS::ECS::Service';
  readonly Properties: {
    readonly TaskDefinition: string;
    readonly LoadBalancerInfo: { readonly ContainerName: string; readonly ContainerPort: number };
    readonly PlatformVersion?: string;
    readonly NetworkConfiguration?: {
      readonly AwsvpcConfiguration: {
        readonly Subnets: readonly string[];
        readonly SecurityGroups: readonly string[];
        readonly AssignPublicIp: 'ENABLED' | 'DISABLED';
      };
    };
    readonly CapacityProviderStrategy?: readonly { readonly CapacityProvider: string; readonly Base?: number; readonly Weight?: number }[];
  };
}
