import type { Duration } from 'aws-cdk-lib/core';

import type { DeploymentCompletion } from '../ecs/ecs-deployments';
import type { ServerRollout } from './server-rollout';

/** Properties of what deploys to servers with each stack update. */
export interface ServerDeploymentTriggerProps {
  /** The rollout, in the same stack. Its revision is what is deployed. */
  readonly rollout: ServerRollout;

  /**
   * Id of an earlier deployment of the same application, such as `d-A1B2C3D4E`, whose revision is deployed in place of that of the rollout: the way back to a release, until it is taken
   * out again. `aws deploy list-deployments --application-name NAME --include-only-statuses Succeeded` shows them.
   *
   * Instances must still be able to read that revision.
   *
   * @default - the revision of the rollout is deployed
   */
  readonly redeploy?: string;

  /**
   * Until when a stack update waits for its deployment. A deployment that fails before that rolls the stack back.
   *
   * `TRAFFIC_SHIFTED` is for copied Auto Scaling groups whose originals are ended after a wait: the stack does not wait for that. Of other rollouts a deployment ends when the
   * traffic is shifted, so that it is an error there.
   *
   * @default DeploymentCompletion.COMPLETED
   */
  readonly completion?: DeploymentCompletion;

  /**
   * How long a stack update waits for its deployment, in whole seconds, from a minute to what CodeDeploy itself gives a deployment: 12 hours in place, 109 hours blue/green. It is cut
   * into segments of fifty minutes, and rounded up to whole ones, since CloudFormation gives a custom resource an hour at most. A deployment that has not ended by then is stopped, and
   * rolled back, and the stack update fails. Where `completion` is `STARTED`, nothing is waited for.
   *
   * The time in which the idle one of two alternating Auto Scaling groups is brought up is counted, too.
   *
   * @default - two hours, the ready wait of the rollout, and the wait before CodeDeploy ends the originals where that is waited for
   * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html
   */
  readonly timeout?: Duration;
}
