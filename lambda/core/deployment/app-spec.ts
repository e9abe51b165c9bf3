/** What two AppSpecs have in common, and whether a task set already runs what one asks for. */
import { isDeepStrictEqual } from 'node:util';

import type { EcsAppSpecDocument, EcsTargetService } from '../../../lib/model/appspec';
import type { PrimaryTaskSet } from './facts';

type Properties = EcsTargetService['Properties'];

/** The version that the service resolves for itself: what runs bears another name. */
const LATEST = 'LATEST';

/** Reads an AppSpec as far as a deployment is decided by it; undefined where the text is none. */
export function readAppSpec(text: string): EcsAppSpecDocument | undefined {
  try {
    const document = JSON.parse(text) as EcsAppSpecDocument;
    return typeof document.Resources[0].TargetService.Properties.TaskDefinition === 'string' ? document : undefined;
  } catch {
    return undefined;
  }
}

/** Whether both ask for the same, whatever order their keys and sets stand in. */
export function sameAppSpec(one: EcsAppSpecDocument, other: EcsAppSpecDocument): boolean {
  return sameRevision(one, other) && sameHooks(one, other);
}

/** Whether they differ in their hooks and in nothing else. */
export function onlyHooksDiffer(one: EcsAppSpecDocument, other: EcsAppSpecDocument): boolean {
  return sameRevision(one, other) && !sameHooks(one, other);
}

/**
 * Whether the PRIMARY task set runs what the AppSpec asks for. What the AppSpec leaves out, the service keeps.
 *
 * @param before what was asked for until now, where a change is to be told from it that the task set cannot show
 */
export function runsAlready(wanted: EcsAppSpecDocument, primary: PrimaryTaskSet, before: EcsAppSpecDocument | undefined): boolean {
  const properties = propertiesOf(wanted);
  return (
    sameTaskDefinition(properties.TaskDefinition, primary.taskDefinition) &&
    sameLoadBalancer(properties, primary) &&
    samePlatform(properties, primary, before === undefined ? undefined : propertiesOf(before)) &&
    (properties.NetworkConfiguration === undefined || isDeepStrictEqual(network(properties), primary.network && sortedNetwork(primary.network))) &&
    (properties.CapacityProviderStrategy === undefined || isDeepStrictEqual(strategy(properties), primary.capacityProviders && [...primary.capacityProviders].sort(byProvider)))
  );
}

export function taskDefinitionOf(document: EcsAppSpecDocument): string {
  return propertiesOf(document).TaskDefinition;
}

const propertiesOf = (document: EcsAppSpecDocument): Properties => document.Resources[0].TargetService.Properties;

function sameRevision(one: EcsAppSpecDocument, other: EcsAppSpecDocument): boolean {
  return isDeepStrictEqual(revision(propertiesOf(one)), revision(propertiesOf(other)));
}

/** Everything but the hooks, with sets in order. */
function revision(properties: Properties): object {
  const { TaskDefinition, LoadBalancerInfo, PlatformVersion } = properties;
  return { TaskDefinition, LoadBalancerInfo, PlatformVersion, network: network(properties), strategy: strategy(properties) };
}

function sameHooks(one: EcsAppSpecDocument, other: EcsAppSpecDocument): boolean {
  return isDeepStrictEqual(hooks(one), hooks(other));
}

const hooks = (document: EcsAppSpecDocument): object => Object.assign({}, ...(document.Hooks ?? [])) as object;

/** A revision may be named by `family:revision` instead of its ARN. */
function sameTaskDefinition(wanted: string, running: string): boolean {
  return wanted === running || running.endsWith(`:task-definition/${wanted}`);
}

function sameLoadBalancer({ LoadBalancerInfo }: Properties, { loadBalancer }: PrimaryTaskSet): boolean {
  return loadBalancer === undefined || isDeepStrictEqual({ ...loadBalancer }, { container: LoadBalancerInfo.ContainerName, port: LoadBalancerInfo.ContainerPort });
}

/** `LATEST` is met by whatever runs, unless it has only now been asked for. */
function samePlatform({ PlatformVersion }: Properties, { platformVersion }: PrimaryTaskSet, before: Properties | undefined): boolean {
  if (PlatformVersion === LATEST) {
    return before === undefined || before.PlatformVersion === LATEST || platformVersion === LATEST;
  }
  return PlatformVersion === undefined || PlatformVersion === platformVersion;
}

function network({ NetworkConfiguration }: Properties): object | undefined {
  const vpc = NetworkConfiguration?.AwsvpcConfiguration;
  return vpc && sortedNetwork({ subnets: vpc.Subnets, securityGroups: vpc.SecurityGroups, assignPublicIp: vpc.AssignPublicIp });
}

function sortedNetwork({ subnets, securityGroups, assignPublicIp }: NonNullable<PrimaryTaskSet['network']>): object {
  return { subnets: [...subnets].sort(), securityGroups: [...securityGroups].sort(), assignPublicIp };
}

/** Base and weight are 0 where they are left out. */
function strategy({ CapacityProviderStrategy }: Properties): object | undefined {
  return CapacityProviderStrategy?.map(({ CapacityProvider, Base, Weight }) => ({ provider: CapacityProvider, base: Base ?? 0, weight: Weight ?? 0 })).sort(byProvider);
}

const byProvider = (one: { readonly provider: string }, other: { readonly provider: string }): number => one.provider.localeCompare(other.provider);
