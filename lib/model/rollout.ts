/**
 * The rollout description: what the constructs write into the `Metadata` of the deployment group, and the rehearsal reads.
 *
 * It holds logical ids instead of intrinsic functions, so that it adds no dependency to the template and can close no cycle.
 */
import type { EcsHookEvent, LambdaHookEvent } from './lifecycle';
import type { AutoRollbackEvent } from './status';
import type { TrafficRouting } from './traffic';

/** Key of the description in the `Metadata` of `AWS::CodeDeploy::DeploymentGroup`. */
export const ROLLOUT_METADATA_KEY = 'cdk-greenlight:rollout';

/** A resource of this template (`logicalId`), of another stack of the assembly (`stack` is its artifact id), or one made elsewhere (`value`). */
export type ResourceReference =
  | { readonly logicalId: string; readonly stack?: string }
  | { readonly value: string };

export interface Finding {
  /** Stable id in kebab-case, such as `unguarded`. */
  readonly id: string;
  readonly level: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly remedy: string;
}

/** A listener that a rollout moves, as far as a client needs to know it. */
export interface ListenerDescription {
  readonly listener: ResourceReference;
  readonly port: number;
  readonly protocol: 'HTTP' | 'HTTPS';
  /** Rules of a shared load balancer that forward to this rollout's target groups; absent where the default action does. */
  readonly rules?: readonly { readonly rule: ResourceReference; readonly priority: number; readonly paths?: readonly string[]; readonly hosts?: readonly string[] }[];
}

export type HookKind = 'checks' | 'outcome' | 'function';

export interface HookDescription {
  readonly event: EcsHookEvent;
  /** `checks`: our handler. `outcome`: our adapter, which invokes the user's function. `function`: the user's, which reports by itself. */
  readonly kind: HookKind;
  /** The function that CodeDeploy invokes. */
  readonly function: ResourceReference;
  /** For `outcome`: the user's function behind the adapter. */
  readonly target?: ResourceReference;
  /** Whether a silent end of the function is meant, because the report comes from elsewhere. */
  readonly reportsLater: boolean;
  /** Whether the guardian watches over this hook. */
  readonly guarded: boolean;
}

export interface EcsRolloutDescription {
  readonly schemaVersion: 1;
  readonly platform: 'ECS';
  /** Path of the construct in the app, such as `EcsWeb/Web`: what users name on the command line. */
  readonly name: string;
  readonly application: ResourceReference;
  readonly deploymentGroup: ResourceReference;
  readonly deploymentConfigName: ResourceReference;
  readonly serviceRole: ResourceReference;
  readonly service: ResourceReference;
  readonly container: { readonly name: string; readonly port: number };
  readonly loadBalancer: ResourceReference;
  readonly scheme: 'internal' | 'internet-facing';
  readonly production: ListenerDescription;
  readonly test?: ListenerDescription;
  /** Blue and green as the template names them; in the service they swap with every release. */
  readonly targetGroups: readonly [ResourceReference, ResourceReference];
  readonly traffic: TrafficRouting;
  /** Minutes to wait for ContinueDeployment before the shift; absent: no wait. */
  readonly approvalWaitMinutes?: number;
  /** Minutes that the original task set lives on after the shift; absent: it is kept alive. */
  readonly terminationWaitMinutes?: number;
  readonly rollbackEvents: readonly AutoRollbackEvent[];
  readonly alarms: readonly ResourceReference[];
  /** The rollout's own alarm; one of `alarms`. */
  readonly verdictAlarm: ResourceReference;
  readonly hooks: readonly HookDescription[];
  readonly guardian?: ResourceReference;
  /** The function that a rule invokes when a deployment starts; absent where there are no hooks. */
  readonly hookInspector?: ResourceReference;
  /** Logical id of the stack output that holds the AppSpec as JSON. */
  readonly appSpecOutput: string;
  /** Production requests in a second that the user expects; drives the background traffic of a rehearsal. */
  readonly expectedRequestsPerSecond?: number;
  readonly findings: readonly Finding[];
}

/** A hook of a rollout for Lambda; its members mean what they mean for ECS. */
export type LambdaHookDescription = Omit<HookDescription, 'event'> & { readonly event: LambdaHookEvent };

/**
 * A rollout for Lambda. It stands in the metadata of the deployment group, like one for ECS. What is released is the version that the alias names in a template;
 * hooks, configuration and group are those of the alias's update policy.
 */
export interface LambdaRolloutDescription {
  readonly schemaVersion: 1;
  readonly platform: 'Lambda';
  /** Path of the construct in the app, such as `LambdaOrders/Orders`: what users name on the command line. */
  readonly name: string;
  readonly application: ResourceReference;
  readonly deploymentGroup: ResourceReference;
  readonly deploymentConfigName: ResourceReference;
  readonly serviceRole: ResourceReference;
  /** The function that the alias is of. */
  readonly function: ResourceReference;
  readonly alias: ResourceReference;
  readonly traffic: TrafficRouting;
  readonly rollbackEvents: readonly AutoRollbackEvent[];
  readonly alarms: readonly ResourceReference[];
  /** Those of `alarms` that watch the released version alone, and are made anew for each. */
  readonly versionAlarms?: readonly ResourceReference[];
  /** The rollout's own alarm; one of `alarms`. */
  readonly verdictAlarm: ResourceReference;
  readonly hooks: readonly LambdaHookDescription[];
  readonly guardian?: ResourceReference;
  /** The function that a rule invokes when a deployment starts; absent where there are no hooks. */
  readonly hookInspector?: ResourceReference;
  /** Invocations of the alias in a second that the user expects; drives the background traffic of a rehearsal. */
  readonly expectedRequestsPerSecond?: number;
  readonly findings: readonly Finding[];
}
