import type { PrimaryTaskSet, ServiceReader } from '../core/deployment/facts';
import { ServiceFailure } from '../core/failures';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { ECS } from './aws-endpoint';
import type { JsonClient, JsonObject, JsonRpc } from './json-rpc';
import { jsonClient, objectOf, objects } from './json-rpc';

export const ECS_RPC: JsonRpc = { service: ECS, version: '1.1', target: 'AmazonEC2ContainerServiceV20141113' };

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html */
export function ecs(call: AwsCall = awsCall(ECS)): ServiceReader {
  const client = jsonClient(call, ECS_RPC);
  return {
    primary: async (service, signal) => {
      const found = await describeService(client, service, signal);
      return found === undefined ? undefined : primaryOf(found);
    },
  };
}

/** The service; undefined where it is not there. */
export async function describeService(client: JsonClient, { cluster, service }: { readonly cluster: string; readonly service: string }, signal: AbortSignal): Promise<JsonObject | undefined> {
  const { services, failures } = await client('DescribeServices', { cluster, services: [service] }, signal);
  const [found] = objects(services);
  const reason = objects(failures)[0]?.['reason'];
  if (found === undefined && reason !== 'MISSING') {
    throw new ServiceFailure('ecs:DescribeServices', 'UnexpectedAnswer', `the answer holds neither the service nor why it is not there (${String(reason ?? 'no reason')})`, true);
  }
  return found?.['status'] === 'ACTIVE' ? found : undefined;
}

function primaryOf({ taskSets }: JsonObject): PrimaryTaskSet | undefined {
  const primary = objects(taskSets).find(({ status }) => status === 'PRIMARY');
  // One that is scaled to nothing is about to drain.
  const beside = objects(taskSets).some(({ status, scale }) => status === 'ACTIVE' && objectOf(scale)?.['value'] !== 0);
  const taskDefinition = primary?.['taskDefinition'];
  if (primary === undefined || typeof taskDefinition !== 'string') {
    return undefined;
  }
  const { platformVersion, networkConfiguration, capacityProviderStrategy, loadBalancers } = primary;
  const vpc = objectOf(objectOf(networkConfiguration)?.['awsvpcConfiguration']);
  const strategy = objects(capacityProviderStrategy);
  const [balancer] = objects(loadBalancers);
  return {
    taskDefinition,
    ...(beside ? { beside } : {}),
    ...(typeof platformVersion === 'string' ? { platformVersion } : {}),
    ...(vpc === undefined ? {} : { network: { subnets: texts(vpc['subnets']), securityGroups: texts(vpc['securityGroups']), assignPublicIp: String(vpc['assignPublicIp'] ?? 'DISABLED') } }),
    ...(strategy.length === 0 ? {} : { capacityProviders: strategy.map(({ capacityProvider, base, weight }) => ({ provider: String(capacityProvider), base: Number(base ?? 0), weight: Number(weight ?? 0) })) }),
    ...(balancer === undefined ? {} : { loadBalancer: { container: String(balancer['containerName']), port: Number(balancer['containerPort']) } }),
  };
}

export const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []);
