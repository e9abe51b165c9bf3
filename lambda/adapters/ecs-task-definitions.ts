/** Revisions of task definitions, as the deployment provider finds and deregisters them. */
import { ServiceFailure } from '../core/failures';
import type { TaskDefinitionService } from '../core/task-definitions/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { ECS } from './aws-endpoint';
import { describeService, ECS_RPC, texts } from './ecs';
import type { JsonClient, JsonObject } from './json-rpc';
import { jsonClient, objects } from './json-rpc';

/** Most that ListTaskDefinitions shows at once. */
const PAGE = 100;

/** A page may hold less than was asked for; those that are read are the newest in any case. */
const MAX_PAGES = 5;

/**
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitions.html
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html
 */
export function ecsTaskDefinitions(call: AwsCall = awsCall(ECS)): TaskDefinitionService {
  const client = jsonClient(call, ECS_RPC);
  return {
    inUse: async (service, signal) => {
      const found = await describeService(client, service, signal);
      return found && inUseBy(found);
    },

    newest: (family, count, signal) => list(client, signal, family, count),

    deregister: async (taskDefinition, signal) => {
      await client('DeregisterTaskDefinition', { taskDefinition }, signal);
    },
  };
}

/** A service that is there and names nothing that it runs is no ground to deregister anything. */
function inUseBy({ taskDefinition, taskSets }: JsonObject): readonly string[] {
  const ofSets = texts(objects(taskSets).map((set) => set['taskDefinition']));
  if (ofSets.length === 0) {
    throw new ServiceFailure('ecs:DescribeServices', 'UnexpectedAnswer', 'the answer holds no task set with a task definition', true);
  }
  return [...new Set([...ofSets, ...texts([taskDefinition])])];
}

async function list(client: JsonClient, signal: AbortSignal, family: string, count: number): Promise<readonly string[]> {
  const found: string[] = [];
  let token: unknown;
  let pages = 0;
  do {
    const query = { familyPrefix: family, status: 'ACTIVE', sort: 'DESC', maxResults: PAGE };
    const answer = await client('ListTaskDefinitions', token === undefined ? query : { ...query, nextToken: token }, signal);
    found.push(...texts(answer['taskDefinitionArns']));
    token = answer['nextToken'] ?? undefined;
    pages += 1;
  } while (token !== undefined && found.length < count && pages < MAX_PAGES);
  return found;
}
