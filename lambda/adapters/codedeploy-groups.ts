/** Deployment groups of EC2/on-premises: read, pointed at the Auto Scaling group that serves, and kept as a resource of CloudFormation. */
import type { Group } from '../core/deployment/facts';
import { ServiceFailure } from '../core/failures';
import type { GroupSettings, KeptGroup, ServerGroupService, TagSelection } from '../core/server-groups/group-ports';
import type { GreenlightTags } from '../core/server-groups/marks';
import type { ServerGroupFacts } from '../core/server-groups/ports';
import type { AwsCall } from './aws-call';
import { awsCall } from './aws-call';
import { CODE_DEPLOY } from './aws-endpoint';
import { CODE_DEPLOY_RPC, codeDeploy } from './codedeploy';
import type { JsonClient, JsonObject } from './json-rpc';
import { jsonClient, objectOf, objects } from './json-rpc';

/** Members of the settings that an answer is read for. */
const SETTINGS: readonly (keyof GroupSettings)[] = [
  'deploymentConfigName',
  'serviceRoleArn',
  'deploymentStyle',
  'blueGreenDeploymentConfiguration',
  'loadBalancerInfo',
  'alarmConfiguration',
  'autoRollbackConfiguration',
  'triggerConfigurations',
  'outdatedInstancesStrategy',
  'terminationHookEnabled',
];

/** What says that no instances are selected by tags. */
const NO_SELECTION: Readonly<Record<TagSelection, object>> = {
  filters: { ec2TagFilters: [], onPremisesInstanceTagFilters: [] },
  sets: { ec2TagSet: { ec2TagSetList: [] }, onPremisesTagSet: { onPremisesTagSetList: [] } },
};

/** A resource has 50 tags at most; more pages than this are no answer of the service. */
const MAX_TAG_PAGES = 10;

const MISSING: readonly string[] = ['ApplicationDoesNotExistException', 'DeploymentGroupDoesNotExistException'];

/**
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeploymentGroup.html
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_UpdateDeploymentGroup.html
 */
export function codeDeployGroups(call: AwsCall = awsCall(CODE_DEPLOY)): ServerGroupService {
  const client = jsonClient(call, CODE_DEPLOY_RPC);
  const infoOf = async ({ application, group }: Group, signal: AbortSignal): Promise<JsonObject | undefined> => {
    const answer = await unlessMissing(() => client('GetDeploymentGroup', { applicationName: application, deploymentGroupName: group }, signal));
    return answer === undefined ? undefined : (objectOf(answer['deploymentGroupInfo']) ?? {});
  };
  return {
    ...groupTags(client),
    groupOf: (deploymentId, signal) => codeDeploy(call).groupOf(deploymentId, signal),
    read: async (group, signal) => optional(await infoOf(group, signal), factsOf),
    find: async (group, signal) => optional(await infoOf(group, signal), keptGroupOf),

    create: async ({ application, group }, settings, tags, signal) => {
      await client('CreateDeploymentGroup', { applicationName: application, deploymentGroupName: group, ...settings, tags: tagList(tags) }, signal);
    },

    update: async ({ application, group }, settings, selection, signal) => {
      await client('UpdateDeploymentGroup', { applicationName: application, currentDeploymentGroupName: group, ...settings, ...NO_SELECTION[selection] }, signal);
    },

    remove: async ({ application, group }, signal) => {
      await unlessMissing(() => client('DeleteDeploymentGroup', { applicationName: application, deploymentGroupName: group }, signal));
    },

    // What an update leaves out is kept by the service.
    pointTo: async ({ application, group }, autoScalingGroup, signal) => {
      await client('UpdateDeploymentGroup', { applicationName: application, currentDeploymentGroupName: group, autoScalingGroups: [autoScalingGroup] }, signal);
    },
  };
}

async function unlessMissing<T>(make: () => Promise<T>): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof ServiceFailure && MISSING.includes(error.code)) {
      return undefined;
    }
    throw error;
  }
}

const optional = <T>(info: JsonObject | undefined, read: (info: JsonObject) => T): T | undefined => (info === undefined ? undefined : read(info));

/** @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TagResource.html */
function groupTags(client: JsonClient): Pick<ServerGroupService, 'tags' | 'tag' | 'untag'> {
  return {
    tags: async (arn, signal) => {
      const found: Record<string, string> = {};
      let token: unknown;
      for (let page = 1; page <= MAX_TAG_PAGES; page++) {
        const answer = await client('ListTagsForResource', { ResourceArn: arn, ...(token === undefined ? {} : { NextToken: token }) }, signal);
        Object.assign(found, Object.fromEntries(objects(answer['Tags']).map(({ Key, Value }) => [String(Key), String(Value ?? '')])));
        token = answer['NextToken'];
        if (token === undefined) {
          return found;
        }
      }
      throw new ServiceFailure('codedeploy:ListTagsForResource', 'UnexpectedAnswer', `more than ${MAX_TAG_PAGES} pages`, true);
    },

    tag: async (arn, tags, signal) => {
      await client('TagResource', { ResourceArn: arn, Tags: tagList(tags) }, signal);
    },

    untag: async (arn, keys, signal) => {
      await client('UntagResource', { ResourceArn: arn, TagKeys: keys }, signal);
    },
  };
}

const tagList = (tags: GreenlightTags): readonly object[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

function keptGroupOf(info: JsonObject): KeptGroup {
  const { id, autoScalingGroups, lastAttempted } = factsOf(info);
  const told = SETTINGS.filter((name) => info[name] !== undefined).map((name) => [name, info[name]] as const);
  const greenFleet = objectOf(objectOf(info['blueGreenDeploymentConfiguration'])?.['greenFleetProvisioningOption'])?.['action'];
  const selectsByTags = selectionIn(info);
  return {
    id,
    platform: String(info['computePlatform'] ?? 'Server'),
    settings: { ...Object.fromEntries(told), autoScalingGroups },
    autoScalingGroups,
    ...(typeof greenFleet === 'string' ? { greenFleet } : {}),
    attempted: lastAttempted !== undefined,
    ...(selectsByTags === undefined ? {} : { selectsByTags }),
  };
}

function selectionIn(info: JsonObject): TagSelection | undefined {
  const has = (list: unknown): boolean => Array.isArray(list) && list.length > 0;
  if (has(info['ec2TagFilters']) || has(info['onPremisesInstanceTagFilters'])) {
    return 'filters';
  }
  return has(objectOf(info['ec2TagSet'])?.['ec2TagSetList']) || has(objectOf(info['onPremisesTagSet'])?.['onPremisesTagSetList']) ? 'sets' : undefined;
}

function factsOf(info: JsonObject): ServerGroupFacts {
  const { deploymentGroupId: id, autoScalingGroups, deploymentStyle, lastSuccessfulDeployment, lastAttemptedDeployment } = info;
  if (typeof id !== 'string') {
    throw new ServiceFailure('codedeploy:GetDeploymentGroup', 'UnexpectedAnswer', 'the answer holds no deployment group', true);
  }
  const lastSuccessful = deploymentIn(lastSuccessfulDeployment);
  const lastAttempted = deploymentIn(lastAttemptedDeployment);
  return {
    id,
    autoScalingGroups: objects(autoScalingGroups).flatMap(({ name }) => (typeof name === 'string' ? [name] : [])),
    blueGreen: objectOf(deploymentStyle)?.['deploymentType'] === 'BLUE_GREEN',
    ...(lastSuccessful === undefined ? {} : { lastSuccessful }),
    ...(lastAttempted === undefined ? {} : { lastAttempted }),
  };
}

function deploymentIn(value: unknown): string | undefined {
  const id = objectOf(value)?.['deploymentId'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}
