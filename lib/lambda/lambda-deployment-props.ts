import type * as lambda from 'aws-cdk-lib/aws-lambda';

import type { DeploymentCompletion } from '../ecs/ecs-deployments';
import type { LambdaRollout } from './lambda-rollout';

/** Properties of a deployment of an imported alias. */
export interface LambdaDeploymentProps {
  /** The rollout of the alias, in the same stack. Its hooks, traffic shift and alarms are those of the deployment. */
  readonly rollout: LambdaRollout;

  /**
   * The published version that the alias is to name, of the function that the alias is of: `currentVersion` of a function of this stack, or an imported one,
   * such as `lambda.Version.fromVersionArn`, whose number may be a parameter of the stack.
   *
   * A version that this stack publishes should have `removalPolicy: RemovalPolicy.RETAIN`: otherwise each release has CloudFormation delete the one before, which cannot be gone back
   * to by hand then, and the last one cannot be deleted with the stack, since Lambda keeps versions that an alias names.
   */
  readonly version: lambda.IVersion;

  /**
   * Until when a stack update waits for its deployment. A deployment that fails before that rolls the stack back.
   *
   * An alias has no termination wait: `TRAFFIC_SHIFTED` and `COMPLETED` come to the same, a moment apart. A wait of more than fifty minutes is cut into segments, each a resource of its
   * own, since CloudFormation gives a custom resource an hour at most. How long it may take is computed from the traffic shift and the hooks.
   *
   * @default DeploymentCompletion.COMPLETED
   */
  readonly completion?: DeploymentCompletion;
}
