/** What can be said of a rollout's properties before anything is made. */
import { Duration } from 'aws-cdk-lib/core';

import type { EcsRolloutProps } from '../ecs/ecs-rollout-props';
import { MAX_WAIT_MINUTES } from '../model/limits';
import { nameProblems } from './names';
import { requireDuration, requireKnown } from './numbers';

/** Some of these a rollout that CloudFormation performs does not have, and others one of a Lambda alias. */
type Checked = Pick<EcsRolloutProps, 'applicationName' | 'deploymentGroupName' | 'approvalWait' | 'terminationWait' | 'expectedRequestsPerSecond'> & { readonly application?: object };

/** Throws for the first thing that the service would reject. */
export function requireValidProps(props: Checked): void {
  const [problem] = [...nameProblems('applicationName', props.applicationName), ...nameProblems('deploymentGroupName', props.deploymentGroupName)];
  if (problem !== undefined) {
    throw new Error(problem);
  }
  if (props.application !== undefined && props.applicationName !== undefined) {
    throw new Error(
      `'applicationName' names a new application, got '${props.applicationName}' together with ` +
        `'application'; set one of them`,
    );
  }
  if (props.approvalWait !== undefined) {
    requireDuration('approvalWait', props.approvalWait, 'minutes', 1, MAX_WAIT_MINUTES, 'leave it out for no wait');
  }
  if (props.terminationWait !== undefined) {
    requireDuration('terminationWait', props.terminationWait, 'minutes', 0, MAX_WAIT_MINUTES);
  }
  const rate = props.expectedRequestsPerSecond;
  if (rate === undefined) {
    return;
  }
  requireKnown("'expectedRequestsPerSecond'", rate);
  if (!(rate > 0 && Number.isFinite(rate))) {
    throw new Error(`'expectedRequestsPerSecond' must be above 0, got ${rate}; leave it out where it is not known`);
  }
}

/** Long enough for an alarm to see all traffic on the new version while the original one is still there to go back to. */
export const terminationWait = (props: Pick<EcsRolloutProps, 'terminationWait'>): Duration => props.terminationWait ?? Duration.minutes(10);
