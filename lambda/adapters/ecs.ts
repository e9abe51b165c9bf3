import type { PrimaryTaskSet, ServiceReader } from '../core/deployment/facts';
import { ServiceFailure } from '../core/failures';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { ECS } from './aws-endpoint';
import type { JsonObject, JsonRpc } from './json-rpc';
import { jsonClient, objectOf, objects } from './json-rpc';

const RPC: JsonRpc = { service: ECS, version: '1.1', target: 'AmazonEC2ContainerServiceV20141113' };

/** @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeServices.html */
export function ecs(call: AwsCall = awsCall(ECS)): ServiceReader {
  const client = jsonClient(call, RPC);
  return {
    primary: async ({ cluster, service }, signal) => {
      const { services, failures } = await client('DescribeServices', { cluster, services: [service] }, signal);
      const [found] = objects(services);
      const reason = objects(failures)[0]?.['reason'];
      if (found === undefined && reason !== 'MISSING') {
        throw new ServiceFailure('ecs:DescribeServices', 'UnexpectedAnswer', `the answer holds neither the service nor why it is not there (${String(reason ?? 'no reason')})`, true);
      }
      return found === undefined || found['status'] !== 'ACTIVE' ? undefined : primaryOf(found);
    },
  };
}

function primaryOf({ taskSets }: JsonObject): PrimaryTaskSet | undefined {
  const primary = objects(taskSets).find(({ status }) => status === 'PRIMARY');
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
    ...(typeof platformVersion === 'string' ? { platformVersion } : {}),
    ...(vpc === undefined ? {} : { network: { subnets: texts(vpc['subnets']), securityGroups: texts(vpc['securityGroups']), assignPublicIp: String(vpc['assignPublicIp'] ?? 'DISABLED') } }),
    ...(strategy.length === 0 ? {} : { capacityProviders: strategy.map(({ capacityProvider, base, weight }) => ({ provider: String(capacityProvider), base: Number(base ?? 0), weight: Number(weight ?? 0) })) }),
    ...(balancer === undefined ? {} : { loadBalancer: { container: String(balancer['containerName']), port: Number(balancer['containerPort']) } }),
  };
}

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []);
