import { Construct } from 'constructs';

import { DeploymentCompletion } from '../ecs/ecs-deployments';
import { requireKind, requireOneOf } from '../private/kinds';
import { deployToServers, requireDeployable } from '../private/server-deployable';
import type { ServerDeploymentTriggerProps } from './server-deployment-trigger-props';

/**
 * Has CloudFormation deploy the revision of a rollout to servers: a stack update that brings another revision, and the first one where the fleet does not have it yet, starts one
 * CodeDeploy deployment and waits for it. One that fails rolls the stack back, and the failure says which instances failed, where, and what their scripts wrote.
 *
 * An update that brings no other revision starts none, and neither does one whose revision the last successful deployment had already, unless a later one has failed. Where two
 * Auto Scaling groups alternate, the idle one is brought up to as many instances as serve before the deployment begins.
 *
 * What the deployment needs and the rollout does not refer to, such as instances that are found by their tags, is named by `node.addDependency`.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html
 */
export class ServerDeploymentTrigger extends Construct {
  /** Id of the deployment that the last update started, such as `d-A1B2C3D4E`; empty where none was needed. Known when the stack is deployed. */
  public readonly deploymentId: string;

  /**
   * @throws when the rollout has another trigger, is in another stack, or has no revision while none is redeployed; when `completion` is TRAFFIC_SHIFTED and nothing comes after that; when
   * `timeout` is out of its range
   */
  constructor(scope: Construct, id: string, props: ServerDeploymentTriggerProps) {
    super(scope, id);
    const { rollout, redeploy, completion = DeploymentCompletion.COMPLETED, timeout } = props;
    requireKind("'rollout'", rollout, 'validateServiceScript', 'give a ServerRollout');
    requireOneOf("'completion'", completion, DeploymentCompletion);
    const wanted = { redeploy, completion, timeout };
    requireDeployable(this, rollout._deployable, wanted);
    this.deploymentId = deployToServers(this, rollout._deployable, wanted).getAttString('DeploymentId');
  }
}
