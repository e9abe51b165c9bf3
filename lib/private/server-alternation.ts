/** What brings one of two Auto Scaling groups down after a blue/green deployment: a rule, a state machine, and the function that it asks. */
import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { Findings } from './findings';

export interface AlternatingFleets {
  readonly applicationName: string;
  readonly groupName: string;
  readonly groupArn: string;
  readonly autoScalingGroups: readonly autoscaling.IAutoScalingGroup[];
  /** From the end of a deployment that succeeded; undefined: the originals are left running. */
  readonly terminationWait: Duration | undefined;
  readonly findings: Findings;
}

/** Makes them below the rollout, as `Fleets`. */
export function settleFleets(_rollout: Construct, _fleets: AlternatingFleets): Construct {
  throw new Error('settleFleets is being built');
}
