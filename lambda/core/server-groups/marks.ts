/** Tags of a deployment group, by which a resource knows its own again. */
import type { ResourceRequest } from '../../../lib/model/deployment-request';
import { MARK_PREFIX } from '../../../lib/model/deployment-request';
import type { Group } from '../deployment/facts';
import { markOf } from '../deployment/mark';

/** Values by their keys. */
export type GreenlightTags = Readonly<Record<string, string>>;

/** Holds a digest of the stack and of the resource in it. */
export const RESOURCE_TAG = `${MARK_PREFIX}:resource`;

/** Set on a group that was there before the resource. */
export const ADOPTED_TAG = `${MARK_PREFIX}:adopted`;

export const tagsOf = (request: ResourceRequest): GreenlightTags => ({ [RESOURCE_TAG]: markOf(request).resource });

export const isOurs = (tags: GreenlightTags, request: ResourceRequest): boolean => tags[RESOURCE_TAG] === markOf(request).resource;

/** Partition, region and account are the stack's. */
export function groupArn({ StackId }: ResourceRequest, { application, group }: Group): string {
  const [arn, partition, , region, account] = StackId.split(':');
  return [arn, partition, 'codedeploy', region, account, 'deploymentgroup', `${application}/${group}`].join(':');
}

/** Of `APPLICATION/GROUP`; neither name may hold a slash. */
export function groupIn(physicalId: string | undefined): Group | undefined {
  const [application, group, ...more] = (physicalId ?? '').split('/');
  return application && group && more.length === 0 ? { application, group } : undefined;
}

export const idOf = ({ application, group }: Group): string => `${application}/${group}`;
