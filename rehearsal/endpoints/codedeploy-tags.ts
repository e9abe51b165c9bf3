/**
 * Tags of deployment groups of EC2/on-premises; those of applications, and of other platforms, are the template's.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TagResource.html
 */
import type { ServerGroup } from '../engine/fleet/server-groups';
import { ServiceError } from '../engine/ports';
import type { AwsPlace, Operation } from './aws-service';
import { notModelled } from './aws-service';
import { codeDeployArn, pageOf, required } from './codedeploy-lookup';
import type { ServersBackend } from './codedeploy-servers';
import type { Fields } from './fields';

const MAX_TAGS = 50;
const PAGE_SIZE = 100;

export function tagOperations(place: AwsPlace, servers: ServersBackend): Record<string, Operation> {
  const tagged = (input: Fields): { readonly group: ServerGroup; readonly arn: string } => {
    const arn = required(input, 'ResourceArn', 'ResourceArnRequiredException', 'the ARN of the resource');
    return { group: groupAt(place, servers, arn), arn };
  };
  return {
    TagResource: (input, caller) => {
      const { group, arn } = tagged(input);
      caller.authorize('codedeploy:TagResource', arn);
      const added = Object.fromEntries((input.structures('Tags') ?? []).map((tag) => [tag.string('Key') ?? '', tag.string('Value') ?? '']));
      const tags = { ...group.tags, ...added };
      if (Object.hasOwn(added, '') || Object.keys(tags).length > MAX_TAGS) {
        throw new ServiceError('InvalidTagsToAddException', `a resource may have ${MAX_TAGS} tags, each with a key`);
      }
      group.tags = tags;
      return {};
    },
    UntagResource: (input, caller) => {
      const { group, arn } = tagged(input);
      caller.authorize('codedeploy:UntagResource', arn);
      const keys = input.strings('TagKeys') ?? [];
      group.tags = Object.fromEntries(Object.entries(group.tags).filter(([key]) => !keys.includes(key)));
      return {};
    },
    ListTagsForResource: (input, caller) => {
      const { group, arn } = tagged(input);
      caller.authorize('codedeploy:ListTagsForResource', arn);
      const page = pageOf(Object.entries(group.tags).map(([Key, Value]) => ({ Key, Value })), input.string('NextToken'), PAGE_SIZE);
      return { Tags: page.items, NextToken: page.nextToken };
    },
  };
}

function groupAt(place: AwsPlace, { applications, groups }: ServersBackend, arn: string): ServerGroup {
  const prefix = codeDeployArn(place, 'deploymentgroup', '');
  if (!arn.startsWith('arn:')) {
    throw new ServiceError('InvalidArnException', `'${arn}' is not an ARN`);
  }
  const [applicationName, deploymentGroupName] = arn.startsWith(prefix) ? arn.slice(prefix.length).split('/') : [];
  if (applicationName === undefined || deploymentGroupName === undefined || !applications.includes(applicationName)) {
    throw notModelled(`tags of ${arn}`);
  }
  const found = groups.find({ applicationName, deploymentGroupName });
  if (found === undefined) {
    throw new ServiceError('DeploymentGroupDoesNotExistException', `No Deployment Group found for name: ${deploymentGroupName}`);
  }
  return found;
}
