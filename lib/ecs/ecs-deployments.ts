import type { Completion } from '../model/deployment-request';
import { KEPT_TASK_DEFINITIONS } from '../model/task-definitions-request';
import { requireWhole } from '../private/numbers';

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
   * How many revisions of the task definition are kept ACTIVE: the newest ones, counted over the whole family. After a release that has
   * succeeded, older ones are deregistered, at most twenty of them; the next release goes on. What is deregistered cannot be deployed again.
   *
   * Kept besides, however old: what any task set of the service runs, and the revision that the stack wanted before, to which a stack update that
   * fails later goes back. Others that run revisions of the family by number, such as scheduled tasks or services of other stacks, are not known
   * here: give them a family of their own, or keep enough. A release never fails for this: what goes wrong is a warning in the log of the step function.
   *
   * From 2 to 100.
   *
   * @default - all revisions are kept
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html
   */
  readonly keepTaskDefinitions?: number;

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
   * @throws when `keepTaskDefinitions` is no whole number from 2 to 100
   */
  public static byCloudFormation(options: CloudFormationDeploymentOptions = {}): EcsDeployments {
    const { completion = DeploymentCompletion.COMPLETED, keepServiceSettings = true, keepTaskDefinitions } = options;
    if (keepTaskDefinitions !== undefined) {
      const { min, max } = KEPT_TASK_DEFINITIONS;
      requireWhole('keepTaskDefinitions', keepTaskDefinitions, min, max, 'leave it out to keep all revisions');
    }
    return new EcsDeployments(completion, keepServiceSettings, keepTaskDefinitions);
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
    private readonly keepTaskDefinitions?: number,
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
   * How many revisions are kept; undefined where all are.
   *
   * @internal
   */
  public get _keepTaskDefinitions(): number | undefined {
    return this.keepTaskDefinitions;
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
