/** One deployment to a fleet as it is played: status, instances with their lifecycle events, alarms, stop. In which order the instances come is up to the kinds below it. */
import type { DeploymentStatus } from '../../../lib/model/status';
import { AlarmWatch } from '../alarm-watch';
import type { DeploymentEnd } from '../deployment-plan';
import type { RollbackInfo } from '../deployment-record';
import type { GroupMachine } from '../group-deployments';
import type { ErrorInformation } from '../messages';
import { ServiceError, type Cancel } from '../ports';
import { tooLongMessage } from './fleet-messages';
import type { FleetGroupModel } from './fleet-group';
import type { FleetDeploymentPlan, FleetPorts } from './fleet-plan';
import { Targets, type UnstampedChange } from './targets';
import type { FleetDeploymentRecord } from './fleet-record';
import type { Waves } from './waves';

const TERMINAL: readonly DeploymentStatus[] = ['Succeeded', 'Failed', 'Stopped'];
const HOUR = 3_600_000;

export abstract class FleetDeployment implements GroupMachine {
  readonly plan: FleetDeploymentPlan;
  readonly createTime: number;
  readonly targets: Targets;
  protected readonly ports: FleetPorts;
  protected waves: Waves | undefined;
  #status: DeploymentStatus = 'Created';
  #startTime: number | undefined;
  #completeTime: number | undefined;
  #error: ErrorInformation | undefined;
  #rollbackInfo: RollbackInfo | undefined;
  #stopping = false;
  #timer: Cancel | undefined;
  #stopTimer: Cancel | undefined;
  #limit: Cancel | undefined;
  readonly #watch: AlarmWatch;

  constructor(plan: FleetDeploymentPlan, ports: FleetPorts) {
    this.plan = plan;
    this.ports = ports;
    this.createTime = ports.scheduler.now();
    this.targets = new Targets({
      plan,
      ports,
      phase: () => (this.over ? 'over' : this.#stopping ? 'stopping' : 'playing'),
      emit: (change) => this.#emit(change),
    });
    this.#watch = new AlarmWatch({
      scheduler: ports.scheduler,
      alarms: ports.alarms,
      behaviour: ports.behaviour,
      configuration: plan.alarms,
      deploymentId: plan.deploymentId,
      active: () => !this.#stopping && (this.#status !== 'Ready' || ports.behaviour.alarmsWatchedInReadyWait),
      onRed: (error) => this.stop(error, { event: 'DEPLOYMENT_STOP_ON_ALARM' }, ports.behaviour.alarmStopMs),
    });
  }

  /** As it was when the deployment was created. */
  get group(): FleetGroupModel {
    return this.ports.group;
  }

  get status(): DeploymentStatus {
    return this.#status;
  }

  get startTime(): number | undefined {
    return this.#startTime;
  }

  get completeTime(): number | undefined {
    return this.#completeTime;
  }

  get error(): ErrorInformation | undefined {
    return this.#error;
  }

  get rollbackInfo(): RollbackInfo | undefined {
    return this.#rollbackInfo;
  }

  get over(): boolean {
    return TERMINAL.includes(this.#status);
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  get eventRunning(): boolean {
    return this.targets.atWork > 0;
  }

  /** From when to when the originals live on after the rerouting. */
  get terminationWait(): FleetDeploymentRecord['terminationWait'] {
    return undefined;
  }

  begin(): void {
    const { behaviour, scheduler } = this.ports;
    this.#emit({ kind: 'status', status: 'Created' });
    this.#watch.start();
    this.wait(behaviour.createdToInProgressMs, 'in progress', () => {
      this.#startTime = scheduler.now();
      this.setStatus('InProgress');
      this.#limit = scheduler.after(this.longestHours * HOUR, `longest time of ${this.plan.deploymentId}`, () => {
        this.fail(this.ports.fleetBehaviour.durationExceededCode, tooLongMessage(this.longestHours));
      });
      this.run();
    });
  }

  noteRollback(info: RollbackInfo): void {
    this.#rollbackInfo = info;
    if (info.rollbackDeploymentId !== undefined) {
      this.#emit({ kind: 'rollback', rollbackDeploymentId: info.rollbackDeploymentId });
    }
  }

  /** No instance and no event is begun with from here on; it is over after `delayMs`. */
  stop(error: ErrorInformation, end: DeploymentEnd, delayMs: number): void {
    this.#stopping = true;
    this.#timer?.();
    this.waves?.cancel();
    this.#emit({ kind: 'stopping', error });
    const over = (): void => this.finish('Stopped', error, end);
    if (delayMs === 0) {
      over();
    } else {
      this.#stopTimer = this.ports.scheduler.after(delayMs, `stop ${this.plan.deploymentId}`, over);
    }
  }

  continueFromReady(): boolean {
    return false;
  }

  continueFromTermination(): boolean {
    return false;
  }

  /** Nobody reports for instances but their agents. */
  report(): never {
    const message = `${this.plan.deploymentId} is a deployment to EC2/on-premises, which has no Lambda hooks to report for`;
    throw new ServiceError('UnsupportedActionForDeploymentTypeException', message);
  }

  /** Hours after which the service gives up. */
  protected abstract get longestHours(): number;

  /** Finds its instances, and begins with the first ones. */
  protected abstract run(): void;

  protected fail(code: string, message: string): void {
    this.finish('Failed', { code, message }, { event: 'DEPLOYMENT_FAILURE' });
  }

  protected finish(status: 'Succeeded' | 'Failed' | 'Stopped', error?: ErrorInformation, end: DeploymentEnd = {}): void {
    this.#timer?.();
    this.#stopTimer?.();
    this.#limit?.();
    this.#watch.stop();
    this.waves?.cancel();
    this.#error = error;
    this.#completeTime = this.ports.scheduler.now();
    this.targets.close();
    this.setStatus(status);
    this.ports.ended(this, end);
  }

  protected setStatus(status: DeploymentStatus): void {
    this.#status = status;
    this.#emit({ kind: 'status', status });
  }

  /** What the deployment as a whole waits for; ended by a stop. */
  protected wait(delayMs: number, label: string, action: () => void): void {
    this.#timer = this.ports.scheduler.after(delayMs, `${label} (${this.plan.deploymentId})`, action);
  }

  protected cancelWait(): void {
    this.#timer?.();
  }

  #emit(change: UnstampedChange): void {
    this.ports.emit({ ...change, at: this.ports.scheduler.now(), deploymentId: this.plan.deploymentId });
  }
}
