/**
 * Reads the AppSpec of an ECS deployment, JSON or YAML, whatever the case of its keys, and refuses what the service would refuse.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
 */
import { parseDocument } from 'yaml';
import type { EcsAppSpecDocument, EcsTargetService } from '../../lib/model/appspec';
import { ECS_HOOK_EVENTS } from '../../lib/model/lifecycle';
import { ServiceError } from '../engine/ports';
import { isRecord } from './fields';

type Properties = EcsTargetService['Properties'];

/** @throws ServiceError `InvalidRevisionException`, with what is wrong and what to write instead. */
export function readAppSpec(content: string): EcsAppSpecDocument {
  const root = section(parse(content), 'the AppSpec');
  const resources = list(member(root, 'Resources'), 'Resources');
  if (resources.length !== 1) {
    throw invalid(`Resources must hold exactly one resource, got ${resources.length}; an ECS deployment replaces one service`);
  }
  const entries = Object.entries(section(resources[0], 'the resource'));
  if (entries.length !== 1) {
    throw invalid(`the resource must have exactly one name, got ${entries.length}; write TargetService`);
  }
  const resource = section(entries[0][1], 'the resource');
  const type = text(member(resource, 'Type'), 'Type');
  if (type !== 'AWS::ECS::Service') {
    throw invalid(`Type must be 'AWS::ECS::Service', got '${type}'`);
  }
  const hooks = readHookList(member(root, 'Hooks'), ECS_HOOK_EVENTS, 'an ECS');
  return {
    version: '0.0',
    Resources: [
      { TargetService: { Type: 'AWS::ECS::Service', Properties: readProperties(section(member(resource, 'Properties'), 'Properties')) } },
    ],
    ...(hooks.length > 0 ? { Hooks: hooks } : {}),
  };
}

export function parse(content: string): unknown {
  // JSON is YAML. `version: 0.0` is a number there; nothing else in the document is.
  const document = parseDocument(content, { uniqueKeys: true, logLevel: 'silent' });
  if (document.errors.length > 0) {
    throw invalid(`it is neither JSON nor YAML: ${document.errors[0].message.split('\n')[0]}`);
  }
  return document.toJS({ maxAliasCount: 0 });
}

function readProperties(properties: Record<string, unknown>): Properties {
  const loadBalancer = section(member(properties, 'LoadBalancerInfo'), 'LoadBalancerInfo');
  const port = Number(member(loadBalancer, 'ContainerPort') ?? Number.NaN);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw invalid(
      `ContainerPort must be a whole number from 0 to 65535, got ${JSON.stringify(member(loadBalancer, 'ContainerPort') ?? null)}`,
    );
  }
  const platform = member(properties, 'PlatformVersion');
  const network = member(properties, 'NetworkConfiguration');
  const strategy = member(properties, 'CapacityProviderStrategy');
  return {
    TaskDefinition: text(member(properties, 'TaskDefinition'), 'TaskDefinition'),
    LoadBalancerInfo: { ContainerName: text(member(loadBalancer, 'ContainerName'), 'ContainerName'), ContainerPort: port },
    ...(isAbsent(platform) ? {} : { PlatformVersion: text(platform, 'PlatformVersion') }),
    ...(isAbsent(network) ? {} : { NetworkConfiguration: readNetwork(section(network, 'NetworkConfiguration')) }),
    ...(isAbsent(strategy) ? {} : { CapacityProviderStrategy: list(strategy, 'CapacityProviderStrategy').map(readProvider) }),
  };
}

function readNetwork(network: Record<string, unknown>): NonNullable<Properties['NetworkConfiguration']> {
  const vpc = section(member(network, 'AwsvpcConfiguration'), 'AwsvpcConfiguration');
  const publicIp = text(member(vpc, 'AssignPublicIp'), 'AssignPublicIp');
  if (publicIp !== 'ENABLED' && publicIp !== 'DISABLED') {
    throw invalid(`AssignPublicIp must be ENABLED or DISABLED, got '${publicIp}'`);
  }
  const texts = (name: string): string[] => list(member(vpc, name), name).map((item) => text(item, name));
  return { AwsvpcConfiguration: { Subnets: texts('Subnets'), SecurityGroups: texts('SecurityGroups'), AssignPublicIp: publicIp } };
}

function readProvider(item: unknown): NonNullable<Properties['CapacityProviderStrategy']>[number] {
  const provider = section(item, 'CapacityProviderStrategy');
  const number = (name: string): Record<string, number> => {
    const value = member(provider, name);
    return isAbsent(value) ? {} : { [name]: Number(value) };
  };
  return { CapacityProvider: text(member(provider, 'CapacityProvider'), 'CapacityProvider'), ...number('Base'), ...number('Weight') };
}

/** The hooks of an AppSpec, in its order. */
export function readHookList<Event extends string>(value: unknown, events: readonly Event[], platform: string): Partial<Record<Event, string>>[] {
  if (isAbsent(value)) {
    return [];
  }
  const seen = new Set<string>();
  return list(value, 'Hooks').flatMap((item) =>
    Object.entries(section(item, 'a hook')).map(([key, target]) => {
      const event = events.find((name) => name.toLowerCase() === key.toLowerCase());
      if (event === undefined) {
        throw invalid(`'${key}' is not a hook of ${platform} deployment; use one of ${events.join(', ')}`);
      }
      if (seen.has(event)) {
        throw invalid(`the hook ${event} appears twice; each event takes one function`);
      }
      seen.add(event);
      return { [event]: text(target, `the hook ${event}`) } as Partial<Record<Event, string>>;
    }),
  );
}

export function member(of: Record<string, unknown>, name: string): unknown {
  return Object.entries(of).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

export function section(value: unknown, what: string): Record<string, unknown> {
  if (!isRecord(value)) {
    throw invalid(isAbsent(value) ? `${what} is missing` : `${what} must be a map`);
  }
  return value;
}

export function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw invalid(isAbsent(value) ? `${what} is missing` : `${what} must be a list`);
  }
  return value;
}

export function text(value: unknown, what: string): string {
  if (typeof value !== 'string' || value.trim() === '') {
    throw invalid(`${what} must not be empty`);
  }
  return value;
}

const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined;

export const invalid = (why: string): ServiceError => new ServiceError('InvalidRevisionException', `the AppSpec cannot be used: ${why}`);
