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

  /**
   * Whether network, platform version, container, container port and task definition family can be changed on the service itself, in code, and are then shipped
   * by a deployment.
   *
   * UpdateService refuses them for a service that CodeDeploy deploys. A custom resource therefore keeps what a service of this app was made with, and the
   * service in the template goes on saying that, while the AppSpec says what the code wants. The resource refuses what no deployment can carry, another target
   * group say, before anything is deployed.
   *
   * Turning it off writes the wanted settings into the service again, which ECS refuses where they are not those that it was made with.
   *
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
   * @default true
   */
  readonly keepServiceSettings?: boolean;
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
    return new EcsDeployments(options.completion ?? DeploymentCompletion.COMPLETED, options.keepServiceSettings ?? true);
  }

  /**
   * Something else, such as a pipeline or the AWS CLI, with the AppSpec of the rollout: the stack output `CreateDeployment` shows the command.
   * A stack update only registers the task definition; nothing runs it until then. What ECS refuses to change in the service, it refuses.
   */
  public static external(): EcsDeployments {
    return new EcsDeployments(undefined, false);
  }

  private constructor(
    private readonly completion: DeploymentCompletion | undefined,
    private readonly keepServiceSettings: boolean,
  ) {}

  /**
   * Until when CloudFormation waits; undefined where it does not deploy.
   *
   * @internal
   */
  public get _completion(): Completion | undefined {
    return this.completion;
  }

  /**
   * Whether the service's template keeps what the service was made with.
   *
   * @internal
   */
  public get _keepServiceSettings(): boolean {
    return this.keepServiceSettings;
  }
}
