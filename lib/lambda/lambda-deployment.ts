import { Construct } from 'constructs';

import { DeploymentCompletion } from '../ecs/ecs-deployments';
import { claimDeployment, moveAlias } from '../private/alias-deployment';
import { requireReleasable } from '../private/released-version';
import type { LambdaDeploymentProps } from './lambda-deployment-props';

/**
 * Has CloudFormation move an imported alias to a version, through the rollout of the alias: a stack update that names another version, and the first one where the alias does not name the
 * wanted version yet, starts one CodeDeploy deployment and waits for it. One that fails rolls the stack back.
 *
 * From which version the deployment begins is looked up when it is started. Where the alias names the wanted version already, there is no deployment, and no hook runs.
 *
 * An alias that is made in the app needs none: `LambdaRollout` gives it an update policy.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html
 */
export class LambdaDeployment extends Construct {
  /** Id of the deployment that the last update started, such as `d-A1B2C3D4E`; empty where none was needed. Known when the stack is deployed. */
  public readonly deploymentId: string;

  /**
   * @throws when the alias is made in this app, another deployment moves it, or the rollout is in another stack; when the version is not published, of another function, account or
   * region, or made in another stack of the app
   */
  constructor(scope: Construct, id: string, props: LambdaDeploymentProps) {
    super(scope, id);
    const { rollout, version, completion = DeploymentCompletion.COMPLETED } = props;
    const deployable = rollout._deployable;
    claimDeployment(this, deployable);
    requireReleasable(this, version, rollout.alias);
    this.deploymentId = moveAlias(this, deployable, { version: version.version, completion }).getAttString('DeploymentId');
  }
}
