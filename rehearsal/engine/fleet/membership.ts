/** Which instances are a deployment group's own: those of its tags and Auto Scaling groups, and after a blue/green deployment those that have replaced them. */
import { isTarget, type TargetSelection } from '../../../lib/model/server/tag-groups';
import { instanceId } from '../identifiers';
import type { RandomFor } from '../ports';
import type { Fleet, Instance } from './fleet';
import type { TargetInstances } from './fleet-request';

export class Membership {
  readonly #fleet: Fleet;
  #selection: TargetSelection;

  constructor(fleet: Fleet, selection: TargetSelection) {
    this.#fleet = fleet;
    this.#selection = selection;
  }

  get selection(): TargetSelection {
    return this.#selection;
  }

  /** The replacements are the group's instances from now on. */
  replaceBy(selection: TargetSelection): void {
    this.#selection = selection;
  }

  /** Whether launches in the group of an instance, and ends, are this deployment group's business. */
  isHooked({ autoScalingGroup }: Instance): boolean {
    return autoScalingGroup !== undefined && this.#selection.autoScalingGroups.includes(autoScalingGroup);
  }

  /** Indices of the instances in service. */
  instances(selection: TargetSelection = this.#selection): readonly number[] {
    return this.#fleet.instances.filter((instance) => instance.state === 'inService' && isTarget(selection, instance)).map(({ index }) => index);
  }
}

export function selectionOf({ autoScalingGroups = [], ec2TagSet = [] }: TargetInstances): TargetSelection {
  return { autoScalingGroups, ec2TagGroups: ec2TagSet, onPremisesTagGroups: [] };
}

/** The name that the service gives to a copy. */
export const copiedGroupName = (deploymentGroup: string, deploymentId: string): string => `CodeDeploy_${deploymentGroup}_${deploymentId}`;

/** As many instances in a new Auto Scaling group as there are models, in their zones. @returns their indices */
export function copyGroup(fleet: Fleet, models: readonly number[], name: string, random: RandomFor): readonly number[] {
  return models.map((model, number) => {
    const { zone, tags } = fleet.instance(model);
    return fleet.add({
      id: instanceId(random, `${name} ${number}`),
      zone,
      platform: 'ec2',
      tags: { ...tags, 'aws:autoscaling:groupName': name },
      autoScalingGroup: name,
    }).index;
  });
}
