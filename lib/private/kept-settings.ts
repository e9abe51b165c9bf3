/**
 * Keeps what a service was made with in its template's properties, so that CloudFormation never asks ECS to change what only a deployment can,
 * while the deployment carries what the code wants.
 *
 * The properties of the service become attributes of a custom resource that has the wanted ones as its own properties, and answers those that the
 * service was made with. It refers to neither service nor group, since the service depends on it.
 */
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { IResolvable } from 'aws-cdk-lib/core';
import { CustomResource, Duration, Fn, Lazy, Token } from 'aws-cdk-lib/core';

import { RESOURCE_TIMEOUT_SECONDS } from '../model/deployment-request';
import type { KeptSetting } from '../model/service-settings';
import { KEPT_DIGEST_LENGTH, keptText, MAX_KEPT_CHARACTERS, SERVICE_SETTINGS_RESOURCE_TYPE } from '../model/service-settings';
import { askWhenComplete } from './complete-app';
import { DeploymentProvider } from './deployment-provider';
import type { ServiceFacts } from './ecs-service';
import { cfnElementOf } from './references';

/** Contract: changing it makes the service's settings be kept anew. Below the service, whose settings they are, whatever becomes of the rollout. */
const SETTINGS_ID = 'GreenlightSettings';

/** What of the service the template takes from the resource. */
type Routed = Pick<ecs.CfnService, 'taskDefinition' | 'networkConfiguration' | 'platformVersion' | 'loadBalancers'>;

const WANTED = new WeakMap<ecs.CfnService, { readonly wanted: Routed; readonly routed: Routed }>();

/** A property as the code wants it, where the template may say what is kept; one that was set since then is as it was set. */
export function wantedOf<Name extends keyof Routed>(service: ecs.CfnService, name: Name): Routed[Name] {
  const known = WANTED.get(service);
  return known !== undefined && service[name] === known.routed[name] ? known.wanted[name] : service[name];
}

/**
 * Routes the settings of a service of this app; an imported one is left alone. To be called when the deployment group is made, since its L2 looks for
 * the family in the service.
 */
export function keepServiceSettings({ owned }: ServiceFacts): void {
  const service = owned && cfnElementOf(owned);
  if (owned === undefined || !(service instanceof ecs.CfnService)) {
    return;
  }
  const { taskDefinition, networkConfiguration, platformVersion, loadBalancers } = service;
  const wanted: Routed = { taskDefinition, networkConfiguration, platformVersion, loadBalancers };
  const provider = DeploymentProvider.of(owned);
  const settings = new CustomResource(owned, SETTINGS_ID, {
    serviceToken: provider.serviceToken,
    serviceTimeout: Duration.seconds(RESOURCE_TIMEOUT_SECONDS),
    resourceType: SERVICE_SETTINGS_RESOURCE_TYPE,
    properties: { ...identityOf(service), ...settingsOf(service) },
  });
  settings.node.addDependency(provider.ready);
  const routed = routes(wanted, settings);
  Object.assign(service, routed);
  WANTED.set(service, { wanted, routed: { ...routed } });
  askWhenComplete(owned, () => examineSize(owned, readWanted(service, (value) => settings.stack.resolve(value))));
}

const identityOf = ({ logicalId, cluster, serviceName, launchType, schedulingStrategy, role }: ecs.CfnService): object => ({
  Service: logicalId,
  Cluster: cluster,
  ServiceName: serviceName,
  LaunchType: launchType,
  SchedulingStrategy: schedulingStrategy,
  Role: role,
});

/** Settled late, like the properties that they are read from. */
function settingsOf(service: ecs.CfnService): object {
  const late = (of: (wanted: Wanted) => unknown): IResolvable => Lazy.uncachedAny({ produce: (context) => of(readWanted(service, (value) => context.resolve(value))) });
  return {
    TaskDefinition: late(({ taskDefinition }) => taskDefinition),
    Subnets: late(({ vpc }) => vpc?.subnets),
    SecurityGroups: late(({ vpc }) => vpc?.securityGroups),
    AssignPublicIp: late(({ vpc }) => vpc?.assignPublicIp),
    PlatformVersion: late(({ platformVersion }) => platformVersion),
    ContainerName: late(({ balancer }) => balancer?.containerName),
    ContainerPort: late(({ balancer }) => balancer?.containerPort),
    TargetGroupArn: late(({ balancer }) => balancer?.targetGroupArn),
    CapacityProviderStrategy: late(({ capacity }) =>
      capacity?.map(({ capacityProvider, base, weight }) => ({ CapacityProvider: capacityProvider, Base: base, Weight: weight })),
    ),
  };
}

/** The properties with everything in them resolved that the CDK settles. */
interface Wanted {
  readonly taskDefinition?: unknown;
  readonly platformVersion?: unknown;
  readonly vpc?: Partial<ecs.CfnService.AwsVpcConfigurationProperty>;
  readonly balancer?: ecs.CfnService.LoadBalancerProperty;
  readonly capacity?: readonly ecs.CfnService.CapacityProviderStrategyItemProperty[];
}

function readWanted(service: ecs.CfnService, resolve: (value: unknown) => unknown): Wanted {
  const network = resolve(wantedOf(service, 'networkConfiguration')) as ecs.CfnService.NetworkConfigurationProperty | undefined;
  const balancers = resolve(wantedOf(service, 'loadBalancers')) as readonly ecs.CfnService.LoadBalancerProperty[] | undefined;
  return {
    taskDefinition: resolve(wantedOf(service, 'taskDefinition')),
    platformVersion: resolve(wantedOf(service, 'platformVersion')),
    vpc: network?.awsvpcConfiguration as Wanted['vpc'],
    balancer: balancers?.[0],
    capacity: resolve(service.capacityProviderStrategy) as Wanted['capacity'],
  };
}

/** Shortest ids that ECS takes; those of a template are not known. */
const SHORTEST = { Subnets: 'subnet-12345678', SecurityGroups: 'sg-12345678' } as const;

/** Whether what is known does not fit into the physical id, as subnets and groups always do that have names of the usual length beside them. */
function examineSize(service: ecs.BaseService, { taskDefinition, platformVersion, vpc, balancer, capacity }: Wanted): string[] {
  const known = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise);
  const list = (value: unknown, name: keyof typeof SHORTEST): string => (Array.isArray(value) ? value.map((item) => known(item, SHORTEST[name])).join(',') : '');
  const digest = 'x'.repeat(KEPT_DIGEST_LENGTH);
  const settings = {
    TaskDefinition: known(taskDefinition),
    Subnets: list(vpc?.subnets, 'Subnets'),
    SecurityGroups: list(vpc?.securityGroups, 'SecurityGroups'),
    AssignPublicIp: known(vpc?.assignPublicIp),
    PlatformVersion: known(platformVersion),
    ContainerName: known(balancer?.containerName),
    ContainerPort: `${balancer?.containerPort}`,
  };
  const { length } = keptText([{ id: digest, targetGroup: digest, settings, ...(capacity === undefined ? {} : { capacity: digest }) }]);
  return length <= MAX_KEPT_CHARACTERS
    ? []
    : [
        `the settings of service '${service.node.path}' take at least ${length} characters, at most ${MAX_KEPT_CHARACTERS} can be kept; name fewer subnets or security groups, or shorten ` +
          "the family or the container's name, or set 'keepServiceSettings: false' in EcsDeployments.byCloudFormation",
      ];
}

function routes({ networkConfiguration, platformVersion, loadBalancers }: Routed, settings: CustomResource): Routed {
  const kept = (name: KeptSetting): string => settings.getAttString(name);
  const list = (name: KeptSetting): string[] => Fn.split(',', kept(name));
  return {
    // A validator of the CDK takes whatever a bare attribute here belongs to for a task definition, and misses its properties.
    taskDefinition: Fn.select(0, list('TaskDefinition')),
    platformVersion: platformVersion && kept('PlatformVersion'),
    networkConfiguration: lazily<ecs.CfnService.NetworkConfigurationProperty>(networkConfiguration, (network) => ({
      ...network,
      awsvpcConfiguration: replaced(network.awsvpcConfiguration as ecs.CfnService.AwsVpcConfigurationProperty, {
        subnets: list('Subnets'),
        securityGroups: list('SecurityGroups'),
        assignPublicIp: kept('AssignPublicIp'),
      }),
    })),
    loadBalancers: lazily<readonly ecs.CfnService.LoadBalancerProperty[]>(loadBalancers, ([first, ...others]) =>
      first === undefined ? [] : [replaced(first, { containerName: kept('ContainerName'), containerPort: Token.asNumber(settings.getAtt('ContainerPort')) }), ...others],
    ),
  };
}

const lazily = <T>(value: unknown, route: (resolved: T) => unknown): IResolvable =>
  Lazy.uncachedAny({
    produce: (context) => {
      const resolved = context.resolve(value) as T | undefined;
      return resolved === undefined ? undefined : route(resolved);
    },
  });

/** With these values instead of its own; what it has not is not added. */
const replaced = <T extends object>(properties: T, values: Partial<T>): T =>
  Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, value === undefined ? value : (values[name as keyof T] ?? value)])) as T;
