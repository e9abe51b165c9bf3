/**
 * Which instances a deployment group is for: by tags, which may be in several groups, and by Auto Scaling group.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/instances-tagging.html
 */
import { MAX_TAGS_PER_GROUP, MAX_TAG_GROUPS, MAX_TAG_KEY_LENGTH, MAX_TAG_VALUE_LENGTH } from './quotas';

/** A tag to look for: with a key only, whatever its value; with a value only, whatever its key. */
export interface TagFilter {
  readonly key?: string;
  readonly value?: string;
}

/** Tags of which an instance needs one. */
export type TagGroup = readonly TagFilter[];

export interface TargetSelection<AutoScalingGroup = string> {
  readonly autoScalingGroups: readonly AutoScalingGroup[];
  /** Groups of each of which an EC2 instance needs a tag; empty: no EC2 instance is selected by tags. */
  readonly ec2TagGroups: readonly TagGroup[];
  /** The same for on-premises instances. */
  readonly onPremisesTagGroups: readonly TagGroup[];
}

/** What is known of an instance where targets are selected. */
export interface SelectableInstance {
  readonly platform: 'ec2' | 'onPremises';
  readonly tags: Readonly<Record<string, string>>;
  /** Name of the Auto Scaling group that it is in. */
  readonly autoScalingGroup?: string;
}

/** Whether an instance has a tag of each group; none is selected by no groups at all. */
export function inTagGroups(groups: readonly TagGroup[], tags: SelectableInstance['tags']): boolean {
  return groups.length > 0 && groups.every((group) => group.some((filter) => hasTag(filter, tags)));
}

/** Whether an instance belongs to a deployment group: its targets are the union of what its parts select. */
export function isTarget({ autoScalingGroups, ec2TagGroups, onPremisesTagGroups }: TargetSelection, instance: SelectableInstance): boolean {
  const { platform, tags, autoScalingGroup } = instance;
  return (
    (autoScalingGroup !== undefined && autoScalingGroups.includes(autoScalingGroup)) || inTagGroups(platform === 'ec2' ? ec2TagGroups : onPremisesTagGroups, tags)
  );
}

/** What the service would reject in tag groups, each with value, range and remedy; `name` is how the user calls them. */
export function tagGroupProblems(groups: readonly TagGroup[], name: string): string[] {
  const problems: string[] = [];
  if (groups.length > MAX_TAG_GROUPS) {
    problems.push(`'${name}' may have ${MAX_TAG_GROUPS} tag groups at most, got ${groups.length}; put tags of which one is enough into the same group`);
  }
  groups.forEach((group, index) => {
    const place = `${name}[${index}]`;
    if (group.length === 0 || group.length > MAX_TAGS_PER_GROUP) {
      problems.push(`'${place}' must have from 1 to ${MAX_TAGS_PER_GROUP} tags, got ${group.length}; ${group.length === 0 ? 'add one' : 'give the instances a tag that they share'}`);
    }
    group.forEach((filter, tag) => problems.push(...filterProblems(filter, `${place}[${tag}]`)));
  });
  return problems;
}

function filterProblems({ key, value }: TagFilter, place: string): string[] {
  const problems: string[] = [];
  if (key === undefined && value === undefined) {
    problems.push(`'${place}' must have a key, a value or both, got neither; name the tag`);
  }
  if (key !== undefined && (key.length === 0 || key.length > MAX_TAG_KEY_LENGTH)) {
    problems.push(`the key of '${place}' must have from 1 to ${MAX_TAG_KEY_LENGTH} characters, got ${key.length}; leave it out for any key`);
  }
  if (value !== undefined && value.length > MAX_TAG_VALUE_LENGTH) {
    problems.push(`the value of '${place}' must have up to ${MAX_TAG_VALUE_LENGTH} characters, got ${value.length}; shorten it`);
  }
  return problems;
}

function hasTag({ key, value }: TagFilter, tags: SelectableInstance['tags']): boolean {
  if (key === undefined) {
    return value !== undefined && Object.values(tags).includes(value);
  }
  return Object.hasOwn(tags, key) && (value === undefined || tags[key] === value);
}
