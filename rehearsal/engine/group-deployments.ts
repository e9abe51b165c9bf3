/** The service's view of one deployment group of any platform: its deployments, one after the other, and what people and hooks may ask of them. */
import type { DeploymentCreator, DeploymentStatus, HookReportStatus } from '../../lib/model/status';
import { ROLLBACK_CREATOR } from '../../lib/model/status';
import type { AutoRollbackConfiguration, GroupModel } from './deployment-group';
import type { DeploymentEnd } from './deployment-plan';
import type { DeploymentChange, RollbackInfo } from './deployment-record';
import { deploymentId } from './identifiers';
import { deploymentLimitMessage, rollbackOfMessage, rollbackTriggeredMessage, type ErrorInformation } from './messages';
import { ServiceError } from './ports';
import type { AlarmStates, Cancel, HookInvoker, HookReport, RandomFor, Scheduler } from './ports';
import { serviceBehaviour, type ServiceBehaviour } from './service-behaviour';

/** What the deployments of every platform need. */
export interface BasicGroupOptions {
  readonly group: Pick<GroupModel, 'deploymentGroupName'>;
  readonly scheduler: Scheduler;
  readonly random: RandomFor;
  readonly behaviour?: ServiceBehaviour;
}

export interface GroupDeploymentsOptions extends BasicGroupOptions {
  readonly group: GroupModel;
  readonly hooks: HookInvoker;
  readonly alarms: AlarmStates;
}

/** A deployment as its group deals with it. */
export interface GroupMachine {
  readonly plan: { readonly deploymentId: string; readonly creator: DeploymentCreator; readonly rollback: AutoRollbackConfiguration };
  readonly status: DeploymentStatus;
  readonly over: boolean;
  readonly stopping: boolean;
  readonly eventRunning: boolean;
  begin(): void;
  stop(error: ErrorInformation, end: DeploymentEnd, delayMs: number): void;
  continueFromReady(): boolean;
  continueFromTermination(): boolean;
  report(report: HookReport): void;
  noteRollback(info: RollbackInfo): void;
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

export abstract class GroupDeployments<Machine extends GroupMachine, Record, Change = DeploymentChange> {
  protected readonly behaviour: ServiceBehaviour;
  readonly #options: BasicGroupOptions;
  readonly #machines = new Map<string, Machine>();
  readonly #listeners = new Set<(change: Change) => void>();
  /** Id of the deployment whose rollback has been decided and not yet begun. */
  #rollbackPending: string | undefined;

  protected constructor(options: BasicGroupOptions) {
    this.#options = options;
    this.behaviour = options.behaviour ?? serviceBehaviour();
  }

  /** @throws ServiceError DeploymentDoesNotExistException, InvalidDeploymentIdException, DeploymentIdRequiredException */
  get(id: string): Record {
    return this.record(this.machine(id));
  }

  has(id: string): boolean {
    return this.#machines.has(id);
  }

  /** All deployments, the first one first. */
  list(): readonly Record[] {
    return [...this.#machines.keys()].map((id) => this.get(id));
  }

  /** Id of the deployment that runs, or whose rollback is about to begin; a new one is refused meanwhile. */
  active(): string | undefined {
    const running = [...this.#machines.values()].find((machine) => !machine.over && this.excludesOthers(machine));
    return running?.plan.deploymentId ?? (this.behaviour.busyBetweenEndAndRollback ? this.#rollbackPending : undefined);
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
    const machine = this.machine(id);
    if (machine.status === 'Stopped') {
      return { status: 'Succeeded', statusMessage: `deployment ${id} is stopped` };
    }
    if (machine.over) {
      throw alreadyCompleted(machine, 'stopped');
    }
    if (machine.stopping) {
      return { status: 'Pending', statusMessage: `deployment ${id} is being stopped` };
    }
    const { manualStopCode: code, manualStopMessage: message, manualStopMs } = this.behaviour;
    const pending = machine.eventRunning;
    const requested = options.autoRollbackEnabled;
    const end: DeploymentEnd = { event: 'DEPLOYMENT_STOP_ON_REQUEST', ...(requested === undefined ? {} : { requested }) };
    machine.stop({ code, message }, end, pending ? manualStopMs : 0);
    return pending
      ? { status: 'Pending', statusMessage: `deployment ${id} is being stopped` }
      : { status: 'Succeeded', statusMessage: `deployment ${id} is stopped` };
  }

  /** Ends the approval wait or the termination wait. */
  continue(id: string, waitType: string = this.behaviour.defaultDeploymentWaitType): void {
    const machine = this.machine(id);
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
    const machine = this.machine(report.deploymentId);
    // The machine refuses every other status by name; the type only says what is left after that.
    machine.report({ ...report, status: report.status as HookReportStatus });
  }

  onChange(listener: (change: Change) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  protected abstract record(machine: Machine): Record;

  /** Whether no other deployment may be created while this one runs. */
  protected excludesOthers(_machine: Machine): boolean {
    return true;
  }

  /** A deployment that takes this one back. */
  protected abstract rollbackFor(failed: Machine, id: string): Machine;

  /** One that was not a rollback is over. */
  protected abstract played(machine: Machine, end: DeploymentEnd): void;

  /** Id of the next deployment. @throws ServiceError where one runs already */
  protected nextId(): string {
    const active = this.active();
    if (active !== undefined) {
      throw new ServiceError('DeploymentLimitExceededException', deploymentLimitMessage(this.#options.group.deploymentGroupName, active));
    }
    return this.anotherId();
  }

  /** The same for one that may run beside others. */
  protected anotherId(): string {
    return deploymentId(this.#options.random, this.#machines.size + 1);
  }

  protected machine(id: string): Machine {
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

  protected begin(machine: Machine): void {
    this.#machines.set(machine.plan.deploymentId, machine);
    machine.begin();
  }

  protected ended(machine: GroupMachine, end: DeploymentEnd): void {
    const own = this.machine(machine.plan.deploymentId);
    if (own.plan.creator !== ROLLBACK_CREATOR) {
      this.played(own, end);
    }
  }

  /** Something follows after a while, until when no new deployment is taken. */
  protected follows(machine: Machine, delayMs: number, what: string, action: () => void): void {
    const { deploymentId: id } = machine.plan;
    this.#rollbackPending = id;
    this.#options.scheduler.after(delayMs, `${what} of ${id}`, () => {
      this.#rollbackPending = undefined;
      action();
    });
  }

  protected rollBackLater(failed: Machine): void {
    this.follows(failed, this.behaviour.rollbackDelayMs, 'rollback', () => this.#rollBack(failed));
  }

  protected rollsBack({ plan }: Machine, { event, requested }: DeploymentEnd): boolean {
    if (requested === true || (requested === false && this.behaviour.explicitFalseSuppressesRollback)) {
      return requested;
    }
    return event !== undefined && plan.rollback.enabled && plan.rollback.events.includes(event);
  }

  protected emit(change: Change): void {
    for (const listener of this.#listeners) {
      listener(change);
    }
  }

  #rollBack(failed: Machine): void {
    const { deploymentId: failedId } = failed.plan;
    const id = this.anotherId();
    const rollback = this.rollbackFor(failed, id);
    rollback.noteRollback({ rollbackTriggeringDeploymentId: failedId, rollbackMessage: rollbackOfMessage(id, failedId) });
    failed.noteRollback({ rollbackDeploymentId: id, rollbackMessage: rollbackTriggeredMessage(failedId, id) });
    this.begin(rollback);
  }
}

function alreadyCompleted({ plan, status }: GroupMachine, what: string): ServiceError {
  const message = `the deployment ${plan.deploymentId} is already ${status} and cannot be ${what}`;
  return new ServiceError('DeploymentAlreadyCompletedException', message);
}
