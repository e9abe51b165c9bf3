/** The part of a rollout's description that tells how its releases come to the instances. */
import type { IConstruct } from 'constructs';

import type { ResourceReference } from '../model/rollout';
import type { BlueGreenDescription, BlueGreenFleet, InPlaceDescription } from '../model/server/rollout';
import type { ServerRolloutProps } from '../server/server-rollout-props';
import { referenceTo } from './references';
import type { BlueGreenConfiguration } from './server-blue-green';

export function describeDeployment(rollout: IConstruct, blueGreen: BlueGreenConfiguration | undefined, { targets }: Pick<ServerRolloutProps, 'targets'>): InPlaceDescription | BlueGreenDescription {
  if (blueGreen === undefined) {
    return { type: 'IN_PLACE' };
  }
  const { fleet, readyWaitMinutes } = blueGreen;
  const groups = targets._autoScalingGroups.map((group) => referenceTo(rollout, group, group.autoScalingGroupName));
  return {
    type: 'BLUE_GREEN',
    ...(readyWaitMinutes === undefined ? {} : { readyWaitMinutes }),
    originals: fleet.type === 'COPIED' ? fleet.originals : { action: 'KEEP_ALIVE' },
    fleet: describeFleet(fleet, groups),
  };
}

function describeFleet(fleet: BlueGreenConfiguration['fleet'], [first, second]: ResourceReference[]): BlueGreenFleet {
  if (fleet.type === 'COPIED') {
    return { type: 'COPIED', autoScalingGroup: first! };
  }
  const { capacity, originals } = fleet;
  return { type: 'ALTERNATING', autoScalingGroups: [first!, second!], capacity, ...(originals.action === 'TERMINATE' ? { terminationWaitMinutes: originals.waitMinutes } : {}) };
}
