/** What may surprise in blue/green releases to servers. */
import type { IConstruct } from 'constructs';

import type { ConstructsOf } from './complete-app';
import { examineAlternation } from './server-alternation-findings';
import { noteCopied, noteReferences } from './server-copied-findings';
import type { ServerSubject } from './server-findings';

export function noteBlueGreenSurprises(rollout: IConstruct, { blueGreen, targets, findings }: ServerSubject): void {
  if (blueGreen?.fleet.type === 'COPIED') {
    noteCopied(rollout, { group: targets._autoScalingGroups[0]!, originals: blueGreen.fleet.originals, findings });
  }
}

/** @returns what is refused, when the app is complete */
export function examineBlueGreen(rollout: IConstruct, { blueGreen, deployable, targets, findings }: ServerSubject, constructsOf: ConstructsOf): string[] {
  const { _autoScalingGroups: autoScalingGroups } = targets;
  if (blueGreen?.fleet.type === 'ALTERNATING') {
    return examineAlternation(rollout, { autoScalingGroups, capacity: blueGreen.fleet.capacity, triggered: deployable.trigger !== undefined, findings });
  }
  if (blueGreen?.fleet.type === 'COPIED') {
    noteReferences(rollout, { group: autoScalingGroups[0]!, originals: blueGreen.fleet.originals, findings }, constructsOf);
  }
  return [];
}
