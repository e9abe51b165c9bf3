/** What the decisions are made of, and the ports that find it out. */
import type { EcsHookEvent } from '../../../lib/model/lifecycle';
import type { ServerGateEvent } from '../../../lib/model/server/gates';
import type { DeploymentStatus, LifecycleEventStatus } from '../../../lib/model/status';
import type { FunctionVersionService } from '../function-versions/ports';
import type { Clock, Log, Random } from '../ports';
import type { ProvisionedConcurrencyService } from '../provisioned-concurrency/allocation';
import type { ServerGroupService, StackResourceReader } from '../server-groups/group-ports';
import type { AutoScalingGroupFacts, AutoScalingGroups, ServerGroupFacts } from '../server-groups/ports';
import type { TaskDefinitionService } from '../task-definitions/ports';
import type { AliasName } from './segment';
import type { FailedServers, OriginalTargets, ServerDeploymentFacts, ServerDeployments } from './server-facts';

/** A deployment group of an application. */
export interface Group {
  readonly application: string;
  readonly group: string;
}

/** A deployment as CodeDeploy tells it. */
export interface DeploymentFacts {
  readonly id: string;
  readonly status: string;
  readonly creator?: string;
  readonly description?: string;
  /** Milliseconds since 1970, by the clock of CodeDeploy. */
  readonly createdAt?: number;
  readonly error?: { readonly code: string; readonly message: string };
  /** The deployment that rolls this one back. */
  readonly rollbackId?: string;
  /** Whether the deployment is configured to be rolled back by the service. */
  readonly rollsBack: boolean;
  /** Of deployments to EC2/on-premises only. */
  readonly servers?: ServerDeploymentFacts;
}

const OVER: readonly string[] = ['Succeeded', 'Failed', 'Stopped'] satisfies DeploymentStatus[];

/** What has none of the known ends goes on. */
export const isOver = ({ status }: DeploymentFacts): boolean => OVER.includes(status);

/** A lifecycle event of the deployment's one target. */
export interface LifecycleEventFacts {
  readonly name: string;
  readonly status: LifecycleEventStatus | string;
  readonly diagnostics?: string;
}

/** The PRIMARY task set of an ECS service. */
export interface PrimaryTaskSet {
  readonly taskDefinition: string;
  readonly platformVersion?: string;
  readonly network?: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[]; readonly assignPublicIp: string };
  readonly capacityProviders?: readonly { readonly provider: string; readonly base: number; readonly weight: number }[];
  readonly loadBalancer?: { readonly container: string; readonly port: number };
  /** Set where another task set is ACTIVE beside it, which may have a share of the traffic. */
  readonly beside?: true;
}

/** An alias of a function. */
export interface AliasFacts {
  /** The version that it names. */
  readonly version: string;
  /** Shares of other versions, from 0 to 1, by their numbers; empty where the one that it names has everything. */
  readonly weights: Readonly<Record<string, number>>;
}

/** A listener of a load balancer. */
export interface ListenerFacts {
  readonly port: number;
  /** Where its default action forwards to; absent where that does something else. */
  readonly forwards?: readonly { readonly arn: string; readonly weight: number }[];
}

/** Where something is not there, and where something could not be read that the decision can do without. */
export type Missing = 'missing';
export interface Unread {
  readonly unread: string;
}

export interface Said {
  readonly reason: string;
}

/** An event of the stack: of the stack itself, or of the request's resource in it. */
export interface StackEventFacts {
  readonly of: 'stack' | 'resource';
  readonly status: string;
  /** The resource's properties, a JSON text; not every event has it. */
  readonly properties?: string;
}

/** What one step knows so far. */
export interface Facts {
  /** Status of the stack. */
  readonly stack?: string;
  /** Events of the stack and of the resource, newest first, back to the beginning of what CloudFormation is about. */
  readonly history?: readonly StackEventFacts[] | Unread;
  /** The deployment of this request. */
  readonly marked?: string | Missing;
  /** Deployments of the group that have not ended. */
  readonly running?: readonly string[];
  readonly primary?: PrimaryTaskSet | Missing;
  readonly alias?: AliasFacts | Missing;
  /** The same after a deployment that failed. */
  readonly leftAlias?: AliasFacts | Missing | Unread;
  readonly deployments: Readonly<Record<string, DeploymentFacts | Missing>>;
  readonly events?: readonly LifecycleEventFacts[] | Unread;
  /** What the hook's log says of its verdict. */
  readonly verdict?: Said | Missing | Unread;
  /** What the guardian's log says of a hook that ended without a verdict of its own. */
  readonly guardian?: Said | Missing | Unread;
  /** The deployment group of a fleet. */
  readonly serverGroup?: ServerGroupFacts | Missing;
  /** Deployments of the group to look through for the last ones that are releases. */
  readonly attempts?: readonly DeploymentFacts[] | Unread;
  /** Two Auto Scaling groups that alternate; each that exists. */
  readonly fleets?: readonly AutoScalingGroupFacts[];
  /** Whether traffic was taken from the originals, or may have been: of blue/green deployments that have failed, by their ids. */
  readonly originalsTouched?: Readonly<Record<string, boolean>>;
  /** Instances on which a deployment has failed. */
  readonly failedServers?: FailedServers | Unread;
  /** Listeners by the ARN of their load balancer; none where that is not there. */
  readonly listeners?: Readonly<Record<string, readonly ListenerFacts[]>>;
}

/** One thing to find out. */
export type Look =
  | { readonly at: 'stack' }
  | { readonly at: 'history'; readonly optional: true }
  | { readonly at: 'marked' }
  | { readonly at: 'running' }
  | { readonly at: 'primary' }
  | { readonly at: 'alias' }
  | { readonly at: 'leftAlias'; readonly optional: true }
  | { readonly at: 'deployment'; readonly id: string }
  | { readonly at: 'listeners'; readonly loadBalancerArn: string }
  | { readonly at: 'serverGroup' }
  | { readonly at: 'attempts'; readonly optional: boolean }
  | { readonly at: 'originals'; readonly id: string }
  | { readonly at: 'fleets' }
  | { readonly at: 'failedServers'; readonly id: string; readonly optional: true }
  | { readonly at: 'events'; readonly id: string; readonly optional: boolean }
  | { readonly at: 'verdict' | 'guardian'; readonly id: string; readonly event: EcsHookEvent | ServerGateEvent; readonly logGroup: string; readonly since: number; readonly optional: true };

export interface DeploymentSearch extends Group {
  /** Created since, in milliseconds since 1970. */
  readonly since?: number;
  /** Those that have not ended, and no others. */
  readonly running?: true;
}

/** CodeDeploy. Every call rejects with `ServiceFailure`. */
export interface DeploymentService {
  search(search: DeploymentSearch, signal: AbortSignal): Promise<readonly DeploymentFacts[]>;
  read(id: string, signal: AbortSignal): Promise<DeploymentFacts>;
  /** Lifecycle events of its one target; none where it came to no target. */
  events(id: string, signal: AbortSignal): Promise<readonly LifecycleEventFacts[]>;
  /** The new deployment's id. */
  create(deployment: Group & { readonly description: string; readonly appSpec: string }, signal: AbortSignal): Promise<string>;
  /** Stops it, and has the service roll it back. */
  stop(id: string, signal: AbortSignal): Promise<void>;
}

/** Rejects with `ServiceFailure`. */
export interface ServiceReader {
  /** The PRIMARY task set; undefined where the service is not there, or has none. */
  primary(service: { readonly cluster: string; readonly service: string }, signal: AbortSignal): Promise<PrimaryTaskSet | undefined>;
}

/** Rejects with `ServiceFailure`. */
export interface AliasReader {
  /** Undefined where the function, or its alias, is not there. */
  alias(alias: AliasName, signal: AbortSignal): Promise<AliasFacts | undefined>;
}

/** Rejects with `ServiceFailure`. */
export interface StackReader {
  /** Such as `UPDATE_IN_PROGRESS`; undefined where there is no such stack. */
  statusOf(stackId: string, signal: AbortSignal): Promise<string | undefined>;
  /** Events of a stack itself and of one resource of it, newest first, until one of the stack has a status for which `begins` holds; not all of them where they are many. */
  history(resource: { readonly stackId: string; readonly logicalId: string }, begins: (status: string) => boolean, signal: AbortSignal): Promise<readonly StackEventFacts[]>;
}

/** Rejects with `ServiceFailure`. */
export interface HookLogReader {
  /** The last reason that the log of a hook, or of its guardian, gives for its verdict on an event of the deployment. */
  reason(hook: { readonly logGroup: string; readonly deploymentId: string; readonly event: EcsHookEvent | ServerGateEvent; readonly since: number }, signal: AbortSignal): Promise<string | undefined>;
}

/** Rejects with `ServiceFailure`. */
export interface ListenerReader {
  /** Every listener of a load balancer; undefined where that is not there. */
  listeners(loadBalancerArn: string, signal: AbortSignal): Promise<readonly ListenerFacts[] | undefined>;
}

/** Sends an answer to a presigned URL. Rejects with `ServiceFailure`, in whose words the URL is not. */
export interface ResponseSink {
  put(url: string, body: string, signal: AbortSignal): Promise<{ readonly status: number; readonly body: string }>;
}

export interface DeploymentPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  readonly deployments: DeploymentService;
  readonly serverDeployments: ServerDeployments;
  readonly originals: OriginalTargets;
  readonly services: ServiceReader;
  readonly aliases: AliasReader;
  readonly stacks: StackReader;
  readonly hookLogs: HookLogReader;
  readonly listeners: ListenerReader;
  readonly responses: ResponseSink;
  readonly taskDefinitions: TaskDefinitionService;
  readonly functionVersions: FunctionVersionService;
  readonly concurrency: ProvisionedConcurrencyService;
  readonly serverGroups: ServerGroupService;
  readonly autoScalingGroups: AutoScalingGroups;
  readonly stackResources: StackResourceReader;
}

export function failedEvent(events: readonly LifecycleEventFacts[] | Unread): LifecycleEventFacts | undefined {
  return isUnread(events) ? undefined : events.find(({ status }) => status === 'Failed');
}

export function isSaid(fact: Facts['verdict']): fact is Said {
  return typeof fact === 'object' && 'reason' in fact;
}

export function isUnread(fact: unknown): fact is Unread {
  return typeof fact === 'object' && fact !== null && 'unread' in fact;
}
