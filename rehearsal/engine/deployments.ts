/** The service's view of the deployment group of an ECS service. */
import { ROLLBACK_CREATOR } from '../../lib/model/status';
import { appSpecHooks, resolveRequest } from './create-request';
import type { DeployedStack, DeploymentGroupModel } from './deployment-group';
import type { DeploymentEnd, EcsDeploymentPlan, EcsMachinePorts } from './deployment-plan';
import type { CreateRequest, EcsDeploymentRecord } from './deployment-record';
import { deploymentRecord } from './deployment-view';
import type { EcsDeployment } from './ecs-deployment';
import { ForwardDeployment } from './forward-deployment';
import { GroupDeployments, type GroupDeploymentsOptions } from './group-deployments';
import { taskSetId } from './identifiers';
import { stackRolledBackMessage } from './messages';
import type { ListenerName, ReleaseId, Routing } from './ports';
import { RollbackDeployment } from './rollback-deployment';
import { serviceTaskSets, type ServiceRevision, type ServiceTaskSet } from './service-task-sets';
import { TargetGroups } from './target-groups';

export interface DeploymentsOptions extends GroupDeploymentsOptions {
  readonly group: DeploymentGroupModel;
  /** The version that runs before the first deployment. */
  readonly initialRelease: ReleaseId;
}

export class Deployments extends GroupDeployments<EcsDeployment, EcsDeploymentRecord> {
  /** Where the listeners point now; target groups by name. */
  readonly routing: Routing;
  readonly #options: DeploymentsOptions;
  readonly #ports: EcsMachinePorts;
  readonly #targets: TargetGroups;
  #lastSuccessful: EcsDeploymentPlan | undefined;

  constructor(options: DeploymentsOptions) {
    super(options);
    const { group, random, initialRelease } = options;
    this.#options = options;
    const first = { id: taskSetId(random, 'first'), release: initialRelease };
    this.#targets = new TargetGroups(group.targetGroups, group.testListenerArn !== undefined, first);
    this.routing = this.#targets;
    this.#ports = {
      ...options,
      behaviour: this.behaviour,
      targets: this.#targets,
      emit: (change) => this.emit(change),
      ended: (machine, end) => this.ended(machine, end),
    };
  }

  /**
   * Starts a deployment.
   * @returns its id
   * @throws ServiceError as CreateDeployment refuses: no revision, a description too long, an unknown configuration, one running already
   */
  create(request: CreateRequest): string {
    const { group } = this.#options;
    const resolved = resolveRequest(request, group);
    const id = this.nextId();
    const original = this.#targets.primary;
    const { traffic, ...plan } = resolved;
    const machine = new ForwardDeployment(
      {
        ...plan,
        deploymentId: id,
        creator: request.creator ?? (group.stack === undefined ? 'user' : 'CloudFormation'),
        release: request.release,
        ...(request.revision === undefined ? {} : { revision: request.revision }),
        ...(request.description === undefined ? {} : { description: request.description }),
        ...(this.#lastSuccessful?.revision === undefined ? {} : { previousRevision: this.#lastSuccessful.revision }),
        original,
        replacement: this.#targets.other(original),
        replacementMadeBy: id,
      },
      traffic,
      this.#ports,
    );
    this.begin(machine);
    return id;
  }

  /**
   * The service's task sets, the primary one first.
   * @param first what the task set runs that was there before every deployment
   */
  serviceTaskSets(first: ServiceRevision): readonly ServiceTaskSet[] {
    return serviceTaskSets(this.#options.group, this.#targets, first, (id) => this.machine(id).plan.appSpec.Resources[0].TargetService.Properties);
  }

  /** Target group of the primary task set. */
  get primaryTargetGroup(): string {
    return this.#targets.primary;
  }

  /** Somebody else than CodeDeploy lets a listener forward to one target group; one that is neither of the pair goes by its ARN. */
  writeListener(listener: ListenerName, targetGroup: string): void {
    this.#targets.write(listener, targetGroup);
  }

  /** The forward of a listener, as the load balancer tells it. */
  forward(listener: ListenerName): ReturnType<Routing['targets']> {
    return this.#targets.forward(listener);
  }

  protected override record(machine: EcsDeployment): EcsDeploymentRecord {
    return deploymentRecord(machine, this.#options.group);
  }

  protected override played(machine: EcsDeployment, end: DeploymentEnd): void {
    const { plan, status } = machine;
    const { stack } = this.#options.group;
    const tooEarly = end.failedEvent === 'BeforeInstall' && !this.behaviour.rollbackRecordAfterBeforeInstall;
    if (status === 'Succeeded') {
      this.#lastSuccessful = plan;
    } else if (stack !== undefined) {
      this.#rollStackBack(machine, stack);
    } else if (!tooEarly && this.rollsBack(machine, end)) {
      this.rollBackLater(machine);
    }
  }

  protected override rollbackFor({ plan }: EcsDeployment, deploymentId: string): EcsDeployment {
    const behaviour = this.behaviour;
    // The AppSpec of the revision that is gone back to; before the first success there is only the one that failed.
    const appSpec = (this.#lastSuccessful ?? plan).appSpec;
    const revision = plan.previousRevision;
    return new RollbackDeployment(
      {
        deploymentId,
        creator: ROLLBACK_CREATOR,
        deploymentConfigName: behaviour.rollbackConfigName,
        release: { id: this.#targets.taskSet(plan.original)?.release ?? this.#options.initialRelease, startupMs: 0 },
        appSpec,
        hooks: behaviour.rollbackRunsHooks ? appSpecHooks(appSpec) : {},
        ...(revision === undefined ? {} : { revision }),
        ...(plan.revision === undefined ? {} : { previousRevision: plan.revision }),
        rollback: plan.rollback,
        alarms: behaviour.rollbackIgnoresAlarms ? { ...plan.alarms, enabled: false } : plan.alarms,
        original: plan.original,
        replacement: plan.replacement,
        replacementMadeBy: plan.deploymentId,
      },
      this.#ports,
    );
  }

  /** Whatever it was that failed: the update of the stack did. */
  #rollStackBack(machine: EcsDeployment, { id, behaviour }: DeployedStack): void {
    this.follows(machine, behaviour.stackRollbackMs, 'rollback of the stack', () => machine.rollStackBack(stackRolledBackMessage(id)));
  }
}
