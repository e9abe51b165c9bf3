import type { Completion } from '../model/deployment-request';

/** When a deployment counts as done. */
export enum DeploymentCompletion {
  /** When CodeDeploy has taken the deployment. CloudFormation does not learn how it goes on. */
  STARTED = 'STARTED',

  /** When all production traffic is on the new version, and the hook after that has passed. The termination wait goes on without CloudFormation. */
  TRAFFIC_SHIFTED = 'TRAFFIC_SHIFTED',

  /** When the deployment has ended, hooks and termination wait included. */
  COMPLETED = 'COMPLETED',
}

/** How CloudFormation deploys. */
export interface CloudFormationDeploymentOptions {
  /**
   * Until when a stack update waits for its deployment. A deployment that fails before that rolls the stack back.
   *
   * A wait of more than fifty minutes is cut into segments, each a resource of its own, since CloudFormation gives a custom resource an hour
   * at most. How long it may take is computed from the traffic shift, the waits and the hooks.
   *
   * @default DeploymentCompletion.COMPLETED
   */
  readonly completion?: DeploymentCompletion;
}

/** Who starts the deployments of a rollout. */
export class EcsDeployments {
  /**
   * CloudFormation: a stack update that changes the task definition, what else the AppSpec says of the task set, or the hooks, starts one
   * deployment and waits for it. One that changes none of them starts none.
   *
   * @param options what differs from the defaults
   */
  public static byCloudFormation(options: CloudFormationDeploymentOptions = {}): EcsDeployments {
    return new EcsDeployments(options.completion ?? DeploymentCompletion.COMPLETED);
  }

  /**
   * Something else, such as a pipeline or the AWS CLI, with the AppSpec of the rollout: the stack output `CreateDeployment` shows the command.
   * A stack update only registers the task definition; nothing runs it until then.
   */
  public static external(): EcsDeployments {
    return new EcsDeployments();
  }

  private constructor(private readonly completion?: DeploymentCompletion) {}

  /**
   * Until when CloudFormation waits; undefined where it does not deploy.
   *
   * @internal
   */
  public get _completion(): Completion | undefined {
    return this.completion;
  }
}
