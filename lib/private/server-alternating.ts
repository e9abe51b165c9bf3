/** A rollout whose Auto Scaling groups alternate: what brings the idle one down again. */
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import { Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { Findings } from './findings';
import { groupArn } from './names';
import { settleFleets } from './server-alternation';
import type { BlueGreenConfiguration } from './server-blue-green';

export interface AlternatingInput {
  readonly blueGreen: BlueGreenConfiguration | undefined;
  readonly applicationName: string;
  readonly groupName: string;
  readonly autoScalingGroups: readonly autoscaling.IAutoScalingGroup[];
  readonly findings: Findings;
}

/** @returns undefined where no groups alternate */
export function alternate(rollout: Construct, { blueGreen, applicationName, groupName, ...rest }: AlternatingInput): Construct | undefined {
  if (blueGreen?.fleet.type !== 'ALTERNATING') {
    return undefined;
  }
  const { originals } = blueGreen.fleet;
  return settleFleets(rollout, {
    applicationName,
    groupName,
    groupArn: groupArn(Stack.of(rollout), applicationName, groupName),
    terminationWait: originals.action === 'TERMINATE' ? Duration.minutes(originals.waitMinutes) : undefined,
    ...rest,
  });
}
