/** The service's view of one deployment group: its deployments, one after the other, and what people and hooks may ask of them. */
import type { HookReportStatus } from '../../lib/model/status';
import { ROLLBACK_CREATOR } from '../../lib/model/status';
import { appSpecHooks, resolveRequest } from './create-request';
import type { DeployedStack, DeploymentGroupModel } from './deployment-group';
import type { DeploymentMachine } from './deployment-machine';
import type { DeploymentEnd, DeploymentPlan, MachinePorts } from './deployment-plan';
import type { CreateRequest, DeploymentChange, DeploymentRecord } from './deployment-record';
import { deploymentRecord } from './deployment-view';
import { ForwardDeployment } from './forward-deployment';
import { deploymentId, taskSetId } from './identifiers';
import { deploymentLimitMessage, rollbackOfMessage, rollbackTriggeredMessage, stackRolledBackMessage } from './messages';
import { ServiceError } from './ports';
import type { AlarmStates, Cancel, HookInvoker, ListenerName, RandomFor, ReleaseId, Routing, Scheduler } from './ports';
import { RollbackDeployment } from './rollback-deployment';
import { serviceBehaviour, type ServiceBehaviour } from './service-behaviour';
import { serviceTaskSets, type ServiceRevision, type ServiceTaskSet } from './service-task-sets';
import { TargetGroups } from './target-groups';

export interface DeploymentsOptions {
  readonly group: DeploymentGroupModel;
  readonly scheduler: Scheduler;
  readonly random: RandomFor;
  readonly hooks: HookInvoker;
  readonly alarms: AlarmStates;
  /** The version that runs before the first deployment. */
  readonly initialRelease: ReleaseId;
  readonly behaviour?: ServiceBehaviour;
}

/** What a hook, or somebody in its place, reports. The service accepts fewer statuses than its API has. */
export interface HookStatusReport {
  readonly deploymentId: string;
  readonly lifecycleEventHookExecutionId: string;
  readonly status: string;
  /** Who reports, as the endpoint knows it. */
  readonly accessKeyId?: string;
}

export interface StopAnswer {
  readonly status: 'Pending' | 'Succeeded';
  readonly statusMessage: string;
}

export type DeploymentWaitType = 'READY_WAIT' | 'TERMINATION_WAIT';

const ID_PATTERN = /^d-[A-Za-z0-9]+$/;

export class Deployments {
  /** Where the listeners point now; target groups by name. */
  readonly routing: Routing;
  readonly #options: DeploymentsOptions;
  readonly #behaviour: ServiceBehaviour;
  readonly #ports: MachinePorts;
  readonly #targets: TargetGroups;
  readonly #machines = new Map<string, DeploymentMachine>();
  readonly #listeners = new Set<(change: DeploymentChange) => void>();
  #lastSuccessful: DeploymentPlan | undefined;
  /** Id of the deployment whose rollback has been decided and not yet begun. */
  #rollbackPending: string | undefined;

  constructor(options: DeploymentsOptions) {
    const { group, random, initialRelease } = options;
    this.#options = options;
    this.#behaviour = options.behaviour ?? serviceBehaviour();
    const first = { id: taskSetId(random, 'first'), release: initialRelease };
    this.#targets = new TargetGroups(group.targetGroups, group.testListenerArn !== undefined, first);
    this.routing = this.#targets;
    this.#ports = {
      ...options,
      behaviour: this.#behaviour,
      targets: this.#targets,
      emit: (change) => this.#emit(change),
      ended: (machine, end) => this.#ended(machine, end),
    };
  }

  /**
   * Starts a deployment.
   * @returns its id
   * @throws ServiceError as CreateDeployment refuses: no revision, a description too long, an unknown configuration, one running already
   */
  create(request: CreateRequest): string {
    const { group, random } = this.#options;
    const resolved = resolveRequest(request, group);
    const active = this.active();
    if (active !== undefined) {
      throw new ServiceError('DeploymentLimitExceededException', deploymentLimitMessage(group.deploymentGroupName, active));
    }
    const id = deploymentId(random, this.#machines.size + 1);
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
    this.#begin(machine);
    return id;
  }

  /** @throws ServiceError DeploymentDoesNotExistException, InvalidDeploymentIdException, DeploymentIdRequiredException */
  get(id: string): DeploymentRecord {
    return deploymentRecord(this.#machine(id), this.#options.group);
  }

  has(id: string): boolean {
    return this.#machines.has(id);
  }

  /** All deployments, the first one first. */
  list(): readonly DeploymentRecord[] {
    return [...this.#machines.keys()].map((id) => this.get(id));
  }

  /** Id of the deployment that runs, or whose rollback is about to begin; a new one is refused meanwhile. */
  active(): string | undefined {
    const running = [...this.#machines.values()].find((machine) => !machine.over);
    return running?.plan.deploymentId ?? (this.#behaviour.busyBetweenEndAndRollback ? this.#rollbackPending : undefined);
  }

  /** Whether nothing more happens by itself: no deployment runs, and no rollback is about to begin. */
  get settled(): boolean {
    return this.#rollbackPending === undefined && [...this.#machines.values()].every(({ over }) => over);
  }

  /**
   * Stops a deployment: at once where no lifecycle event runs, otherwise a moment later (`Pending`).
   * Repeated for a stopped one, it answers `Succeeded`.
   */
  stop(id: string, options: { readonly autoRollbackEnabled?: boolean } = {}): StopAnswer {
    const machine = this.#machine(id);
    if (machine.status === 'Stopped') {
      return { status: 'Succeeded', statusMessage: `deployment ${id} is stopped` };
    }
    if (machine.over) {
      throw alreadyCompleted(machine, 'stopped');
    }
    if (machine.stopping) {
      return { status: 'Pending', statusMessage: `deployment ${id} is being stopped` };
    }
    const { manualStopCode: code, manualStopMessage: message, manualStopMs } = this.#behaviour;
    const pending = machine.eventRunning;
    const requested = options.autoRollbackEnabled;
    const end: DeploymentEnd = { event: 'DEPLOYMENT_STOP_ON_REQUEST', ...(requested === undefined ? {} : { requested }) };
    machine.stop({ code, message }, end, pending ? manualStopMs : 0);
    return pending
      ? { status: 'Pending', statusMessage: `deployment ${id} is being stopped` }
      : { status: 'Succeeded', statusMessage: `deployment ${id} is stopped` };
  }

  /** Ends the approval wait or the termination wait. */
  continue(id: string, waitType: string = this.#behaviour.defaultDeploymentWaitType): void {
    const machine = this.#machine(id);
    if (waitType !== 'READY_WAIT' && waitType !== 'TERMINATION_WAIT') {
      const message = `the wait type must be READY_WAIT or TERMINATION_WAIT, got '${waitType}'`;
      throw new ServiceError('InvalidDeploymentWaitTypeException', message);
    }
    if (machine.over) {
      throw alreadyCompleted(machine, 'continued');
    }
    const continued = waitType === 'READY_WAIT' ? machine.continueFromReady() : machine.continueFromTermination();
    if (!continued) {
      const message = `the deployment ${id} is not in its ${waitType}; its status is ${machine.status}`;
      throw new ServiceError('DeploymentIsNotInReadyStateException', message);
    }
  }

  /** @throws ServiceError as PutLifecycleEventHookExecutionStatus refuses */
  putHookStatus(report: HookStatusReport): void {
    const machine = this.#machine(report.deploymentId);
    // The machine refuses every other status by name; the type only says what is left after that.
    machine.report({ ...report, status: report.status as HookReportStatus });
  }

  /**
   * The service's task sets, the primary one first.
   * @param first what the task set runs that was there before every deployment
   */
  serviceTaskSets(first: ServiceRevision): readonly ServiceTaskSet[] {
    return serviceTaskSets(this.#options.group, this.#targets, first, (id) => this.#machine(id).plan.appSpec.Resources[0].TargetService.Properties);
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

  onChange(listener: (change: DeploymentChange) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #machine(id: string): DeploymentMachine {
    if (id === '') {
      throw new ServiceError('DeploymentIdRequiredException', 'a deployment id is required');
    }
    if (!ID_PATTERN.test(id)) {
      throw new ServiceError('InvalidDeploymentIdException', `'${id}' is no deployment id; it looks like d-ABCDEF123`);
    }
    const machine = this.#machines.get(id);
    if (machine === undefined) {
      throw new ServiceError('DeploymentDoesNotExistException', `the deployment ${id} could not be found`);
    }
    return machine;
  }

  #begin(machine: DeploymentMachine): void {
    this.#machines.set(machine.plan.deploymentId, machine);
    machine.begin();
  }

  #ended(machine: DeploymentMachine, end: DeploymentEnd): void {
    const { plan, status } = machine;
    if (plan.creator === ROLLBACK_CREATOR) {
      return;
    }
    if (status === 'Succeeded') {
      this.#lastSuccessful = plan;
    } else if (this.#options.group.stack !== undefined) {
      this.#rollStackBack(machine, this.#options.group.stack);
    } else if (this.#rollsBack(machine, end)) {
      this.#rollbackPending = plan.deploymentId;
      this.#options.scheduler.after(this.#behaviour.rollbackDelayMs, `rollback of ${plan.deploymentId}`, () => this.#rollBack(machine));
    }
  }

  /** Whatever it was that failed: the update of the stack did. */
  #rollStackBack(machine: DeploymentMachine, { id, behaviour }: DeployedStack): void {
    const { deploymentId } = machine.plan;
    this.#rollbackPending = deploymentId;
    this.#options.scheduler.after(behaviour.stackRollbackMs, `rollback of the stack of ${deploymentId}`, () => {
      this.#rollbackPending = undefined;
      machine.rollStackBack(stackRolledBackMessage(id));
    });
  }

  #rollsBack({ plan }: DeploymentMachine, { event, requested, failedEvent }: DeploymentEnd): boolean {
    if (failedEvent === 'BeforeInstall' && !this.#behaviour.rollbackRecordAfterBeforeInstall) {
      return false;
    }
    if (requested === true || (requested === false && this.#behaviour.explicitFalseSuppressesRollback)) {
      return requested;
    }
    return event !== undefined && plan.rollback.enabled && plan.rollback.events.includes(event);
  }

  #rollBack(failed: DeploymentMachine): void {
    const { plan } = failed;
    const behaviour = this.#behaviour;
    const id = deploymentId(this.#options.random, this.#machines.size + 1);
    // The AppSpec of the revision that is gone back to; before the first success there is only the one that failed.
    const appSpec = (this.#lastSuccessful ?? plan).appSpec;
    const revision = plan.previousRevision;
    const rollback = new RollbackDeployment(
      {
        deploymentId: id,
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
    rollback.noteRollback({ rollbackTriggeringDeploymentId: plan.deploymentId, rollbackMessage: rollbackOfMessage(id, plan.deploymentId) });
    this.#rollbackPending = undefined;
    failed.noteRollback({ rollbackDeploymentId: id, rollbackMessage: rollbackTriggeredMessage(plan.deploymentId, id) });
    this.#begin(rollback);
  }

  #emit(change: DeploymentChange): void {
    for (const listener of this.#listeners) {
      listener(change);
    }
  }
}

function alreadyCompleted({ plan, status }: DeploymentMachine, what: string): ServiceError {
  const message = `the deployment ${plan.deploymentId} is already ${status} and cannot be ${what}`;
  return new ServiceError('DeploymentAlreadyCompletedException', message);
}
