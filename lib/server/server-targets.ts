import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import { Token } from 'aws-cdk-lib/core';

import { MAX_AUTO_SCALING_GROUPS } from '../model/server/quotas';
import type { TagGroup } from '../model/server/tag-groups';
import { tagGroupProblems } from '../model/server/tag-groups';
import { requireKind, requireList } from '../private/kinds';

/** A tag of instances: with a key only, whatever its value; with a value only, whatever its key. */
export interface ServerTag {
  /**
   * The key, 1 to 128 characters, known at synth.
   *
   * @default - any key
   */
  readonly key?: string;

  /**
   * The value, up to 256 characters, known at synth.
   *
   * @default - any value
   */
  readonly value?: string;
}

/**
 * Which instances a rollout deploys to. What is joined by `and` is added up: an instance is a target when one of the parts selects it.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/instances-tagging.html
 */
export class ServerTargets {
  /**
   * Instances of Auto Scaling groups, up to ten. Instances that they launch later are deployed to before they are in service.
   *
   * @throws for a group that is named twice, and for none
   */
  public static autoScalingGroups(...groups: autoscaling.IAutoScalingGroup[]): ServerTargets {
    if (groups.length === 0) {
      throw new Error("'autoScalingGroups' names no group, and would select nothing; name one or leave it out");
    }
    groups.forEach((group) => requireKind("what 'autoScalingGroups' names", group, 'autoScalingGroupName', 'name each Auto Scaling group as an argument of its own'));
    return new ServerTargets(groups, [], []);
  }

  /**
   * EC2 instances by their tags. An instance needs one tag of a group, and that of each group: `ec2Tags([{ key: 'Role', value: 'web' }, { key: 'Role', value: 'api' }], [{ key: 'Stage', value: 'prod' }])`
   * selects what is web or api, and in production.
   *
   * @param groups up to three groups of up to ten tags
   * @throws for what the service would refuse
   */
  public static ec2Tags(...groups: ServerTag[][]): ServerTargets {
    return new ServerTargets([], tagGroups('ec2Tags', groups), []);
  }

  /**
   * On-premises instances that are registered with CodeDeploy, by their tags there; groups mean what they mean for `ec2Tags`.
   *
   * @param groups up to three groups of up to ten tags
   * @throws for what the service would refuse
   */
  public static onPremisesTags(...groups: ServerTag[][]): ServerTargets {
    return new ServerTargets([], [], tagGroups('onPremisesTags', groups));
  }

  private constructor(
    private readonly asgs: readonly autoscaling.IAutoScalingGroup[],
    private readonly ec2: readonly TagGroup[],
    private readonly onPremises: readonly TagGroup[],
  ) {
    if (asgs.length > MAX_AUTO_SCALING_GROUPS) {
      throw new Error(`a rollout may have ${MAX_AUTO_SCALING_GROUPS} Auto Scaling groups at most, got ${asgs.length}; make a second rollout for the others`);
    }
    const twice = asgs.find((group, index) => asgs.findIndex((other) => isSame(other, group)) !== index);
    if (twice !== undefined) {
      const first = asgs.find((group) => isSame(group, twice))!;
      throw new Error(`Auto Scaling group '${twice.node.path}' is named twice${first === twice ? '' : `, as '${first.node.path}' too: both are '${twice.autoScalingGroupName}'`}; name it once`);
    }
  }

  /**
   * These targets, and others.
   *
   * @throws when both have tags of the same kind: groups of one deployment group must all match, so that two selections by tags cannot be added up
   */
  public and(other: ServerTargets): ServerTargets {
    requireKind("what 'and' adds", other, '_ec2TagGroups', 'add such as ServerTargets.ec2Tags(...)');
    requireOne('ec2Tags', this.ec2, other.ec2);
    requireOne('onPremisesTags', this.onPremises, other.onPremises);
    return new ServerTargets([...this.asgs, ...other.asgs], [...this.ec2, ...other.ec2], [...this.onPremises, ...other.onPremises]);
  }

  /** @internal */
  public get _autoScalingGroups(): readonly autoscaling.IAutoScalingGroup[] {
    return this.asgs;
  }

  /** @internal */
  public get _ec2TagGroups(): readonly TagGroup[] {
    return this.ec2;
  }

  /** @internal */
  public get _onPremisesTagGroups(): readonly TagGroup[] {
    return this.onPremises;
  }
}

/** Two imports of one name are the same group. */
const isSame = (one: autoscaling.IAutoScalingGroup, other: autoscaling.IAutoScalingGroup): boolean =>
  one === other || (!Token.isUnresolved(one.autoScalingGroupName) && one.autoScalingGroupName === other.autoScalingGroupName);

function requireOne(name: string, ours: readonly TagGroup[], theirs: readonly TagGroup[]): void {
  if (ours.length > 0 && theirs.length > 0) {
    throw new Error(`'${name}' is given twice, and an instance would need tags of both; name all of its groups in one '${name}', or make a second rollout for what only the other selects`);
  }
}

function tagGroups(name: string, groups: ServerTag[][]): TagGroup[] {
  if (groups.length === 0) {
    throw new Error(`'${name}' names no tag, and would select nothing; name one or leave it out`);
  }
  groups.forEach((group) => requireList(`each group of '${name}'`, group, `put tags of which one is enough into a list, such as ${name}([{ key: 'Role', value: 'web' }])`));
  const unknown = groups.flat().flatMap(({ key, value }) => [key, value]).find((text) => text !== undefined && Token.isUnresolved(text));
  if (unknown !== undefined) {
    throw new Error(`tags of '${name}' must be known at synth, got a deploy-time value; write the text`);
  }
  const [problem] = tagGroupProblems(groups, name);
  if (problem !== undefined) {
    throw new Error(problem);
  }
  return groups.map((group) => group.map(({ key, value }) => ({ ...(key === undefined ? {} : { key }), ...(value === undefined ? {} : { value }) })));
}
