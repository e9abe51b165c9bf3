/**
 * How the settings with which a service was made go on being what its template says, while deployments carry what the code wants.
 *
 * The service takes its settings from the attributes of a custom resource, which answers those that the service was made with, and keeps them
 * in its physical id: CloudFormation hands that id on with every request, so that nothing else has to be asked.
 */

/** Keeps the settings of one service. */
export const SERVICE_SETTINGS_RESOURCE_TYPE = 'Custom::GreenlightServiceSettings';

/** Longest physical id that is written; CloudFormation takes 1 kB. */
export const MAX_KEPT_CHARACTERS = 1000;

/** Length of the digests in a physical id. */
export const KEPT_DIGEST_LENGTH = 12;

/** What tells one service from another: CloudFormation replaces a service when one of them changes. */
export const SERVICE_IDENTITY = ['Service', 'Cluster', 'ServiceName', 'LaunchType', 'SchedulingStrategy', 'Role'] as const;

/** What a deployment carries. Each is a property of the resource, and an attribute of the same name. */
export const KEPT_SETTINGS = ['TaskDefinition', 'Subnets', 'SecurityGroups', 'AssignPublicIp', 'PlatformVersion', 'ContainerName', 'ContainerPort'] as const;

export type KeptSetting = (typeof KEPT_SETTINGS)[number];

/** CloudFormation hands every value on as a string, and lists as lists. */
export interface ServiceSettingsProperties {
  readonly ServiceToken: string;
  readonly ServiceTimeout?: string;
  /** Logical id of the service, as a text: the resource refers neither to the service nor to its group. */
  readonly Service: string;
  readonly Cluster?: string;
  readonly ServiceName?: string;
  readonly LaunchType?: string;
  readonly SchedulingStrategy?: string;
  readonly Role?: string;
  /** Family, as the CDK writes it. */
  readonly TaskDefinition: string;
  /** The network, where the tasks have one of their own. */
  readonly Subnets?: readonly string[];
  readonly SecurityGroups?: readonly string[];
  readonly AssignPublicIp?: string;
  readonly PlatformVersion?: string;
  readonly ContainerName: string;
  readonly ContainerPort: string;
  /** What no deployment can change. */
  readonly TargetGroupArn: string;
  /** What is left on the service, and changed in the AppSpec. */
  readonly CapacityProviderStrategy?: readonly Readonly<Record<string, string>>[];
}

/** What the resource answers; lists are joined by commas. */
export type ServiceSettingsAttributes = Readonly<Partial<Record<KeptSetting, string>>>;

/** A service in the physical id. */
export interface KeptService {
  /** Digest of what tells it from another. */
  readonly id: string;
  readonly settings: ServiceSettingsAttributes;
  /** Digest of the target group. */
  readonly targetGroup: string;
  /** Digest of the capacity providers, where it has any. */
  readonly capacity?: string;
  /** Digest of all that the template asked for last, of a service that was replaced. */
  readonly last?: string;
}

/** What each setting is called in a physical id, which is short. */
export const KEPT_NAMES: Readonly<Record<KeptSetting, string>> = {
  TaskDefinition: 'family',
  Subnets: 'subnets',
  SecurityGroups: 'groups',
  AssignPublicIp: 'ip',
  PlatformVersion: 'platform',
  ContainerName: 'container',
  ContainerPort: 'port',
};

/** The physical id: the newest service first, then the one that it replaced. */
export function keptText(services: readonly KeptService[]): string {
  return JSON.stringify(services.map(({ id, settings, targetGroup, capacity, last }) => ({ id, ...named(settings), tg: targetGroup, cp: capacity, was: last })));
}

const named = (settings: ServiceSettingsAttributes): object => Object.fromEntries(KEPT_SETTINGS.map((name) => [KEPT_NAMES[name], settings[name]]));
