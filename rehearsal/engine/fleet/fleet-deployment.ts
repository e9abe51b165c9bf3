/** One deployment to a fleet as it is played: status, instances with their lifecycle events, alarms, stop. In which order the instances come is up to the kinds below it. */
import { IGNORABLE_EVENTS, serverLifecycleEvents, type InstanceDeploymentKind } from '../../../lib/model/server/events';
import type { DeploymentStatus, LifecycleEventStatus } from '../../../lib/model/status';
import { AlarmWatch } from '../alarm-watch';
import type { DeploymentEnd } from '../deployment-plan';
import type { RollbackInfo, TrafficChange } from '../deployment-record';
import type { GroupMachine } from '../group-deployments';
import type { ErrorInformation } from '../messages';
import { ServiceError, type Cancel } from '../ports';
import { tooLongMessage } from './fleet-messages';
import type { FleetDeploymentPlan, FleetPorts } from './fleet-plan';
import type { FleetChange } from './fleet-record';
import { Registrations } from './registrations';
import type { RevisionModel } from './revision';
import { TargetLog, type Diagnostics, type InstanceTargetStatus, type TargetLabel } from './target-log';
import type { Waves } from './waves';

type WithoutStamp<T> = T extends unknown ? Omit<T, 'at' | 'deploymentId'> : never;

const TERMINAL: readonly DeploymentStatus[] = ['Succeeded', 'Failed', 'Stopped'];
const HOUR = 3_600_000;

/** Instances that have the same lifecycle events. */
export interface Section {
  readonly log: TargetLog;
  readonly kind: InstanceDeploymentKind;
  /** What was installed on each when the deployment came to it, by row. */
  readonly before: readonly (RevisionModel | undefined)[];
  /** The same when the deployment was over. */
  after?: readonly (RevisionModel | undefined)[];
}

export abstract class FleetDeployment implements GroupMachine {
  readonly plan: FleetDeploymentPlan;
  readonly createTime: number;
  readonly sections: Section[] = [];
  /** Instances that were worked on at the same time, at most. */
  mostAtATime = 0;
  protected readonly ports: FleetPorts;
  protected waves: Waves | undefined;
  #status: DeploymentStatus = 'Created';
  #startTime: number | undefined;
  #completeTime: number | undefined;
  #error: ErrorInformation | undefined;
  #rollbackInfo: RollbackInfo | undefined;
  #stopping = false;
  #atWork = 0;
  #timer: Cancel | undefined;
  #stopTimer: Cancel | undefined;
  #limit: Cancel | undefined;
  readonly #registrations = new Registrations();
  #trafficNoted = true;
  readonly #watch: AlarmWatch;

  constructor(plan: FleetDeploymentPlan, ports: FleetPorts) {
    this.plan = plan;
    this.ports = ports;
    this.createTime = ports.scheduler.now();
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
    return this.#atWork > 0;
  }

  get traffic(): readonly TrafficChange[] {
    return this.#registrations.changes;
  }

  get terminationWaitStarted(): boolean {
    return false;
  }

  /** Indices of the instances that it has begun with. */
  get attempted(): readonly number[] {
    return this.sections.flatMap(({ log }) => log.instances.filter((_, row) => log.begun(row)));
  }

  begin(): void {
    const { behaviour, scheduler } = this.ports;
    this.emit({ kind: 'status', status: 'Created' });
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
      this.emit({ kind: 'rollback', rollbackDeploymentId: info.rollbackDeploymentId });
    }
  }

  /** No instance and no event is begun with from here on; it is over after `delayMs`. */
  stop(error: ErrorInformation, end: DeploymentEnd, delayMs: number): void {
    this.#stopping = true;
    this.#timer?.();
    this.waves?.cancel();
    this.emit({ kind: 'stopping', error });
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

  protected addSection(kind: InstanceDeploymentKind, instances: readonly number[], label?: TargetLabel): Section {
    const { group, states, scheduler } = this.ports;
    const log = new TargetLog(serverLifecycleEvents(kind, group.loadBalancers.length > 0), instances, scheduler.now(), label);
    const section: Section = { log, kind, before: instances.map((instance) => states.installed(instance)) };
    this.sections.push(section);
    if (label !== undefined) {
      instances.forEach((instance) => this.#registrations.set(label, instance, this.ports.fleet.isRegistered(instance, group.loadBalancers)));
    }
    return section;
  }

  /** Plays some events of an instance, from one up to another that is not played. */
  protected play(section: Section, instance: number, from: number, to: number, done: (succeeded: boolean) => void): void {
    const row = section.log.row(instance)!;
    this.#atWork += 1;
    this.mostAtATime = Math.max(this.mostAtATime, this.#atWork);
    this.setTarget(section, row, 'InProgress');
    this.#event(section, row, from, to, (succeeded) => {
      this.#atWork -= 1;
      done(succeeded);
    });
  }

  /** Plays all events of all instances of a section at the same time; `done` is called when the last one is done, with how many have failed. */
  protected playAll(section: Section, done: (failed: number) => void): void {
    let left = section.log.instances.length;
    let failed = 0;
    if (left === 0) {
      done(0);
      return;
    }
    section.log.instances.forEach((instance, row) =>
      this.play(section, instance, 0, section.log.events.length, (succeeded) => {
        this.closeTarget(section, row, succeeded);
        left -= 1;
        failed += succeeded ? 0 : 1;
        if (left === 0) {
          done(failed);
        }
      }),
    );
  }

  /** Records which share of the registered instances are originals and replacements, where that has changed. */
  protected noteTraffic(): void {
    const change = this.#registrations.note(this.ports.scheduler.now());
    if (change !== undefined) {
      this.emit({ kind: 'traffic', original: change.original, replacement: change.replacement });
    }
  }

  protected setTarget({ log }: Section, row: number, status: InstanceTargetStatus): void {
    log.setStatus(row, status, this.ports.scheduler.now());
    this.emit({ kind: 'instance', instanceId: this.#id(log, row), status });
  }

  /** An instance is done. */
  protected closeTarget(section: Section, row: number, succeeded: boolean): void {
    if (!succeeded) {
      section.log.close(row, 'Failed', this.ports.scheduler.now());
    }
    this.setTarget(section, row, succeeded ? 'Succeeded' : 'Failed');
  }

  protected fail(code: string, message: string): void {
    this.finish('Failed', { code, message }, { event: 'DEPLOYMENT_FAILURE' });
  }

  protected finish(status: 'Succeeded' | 'Failed' | 'Stopped', error?: ErrorInformation, end: DeploymentEnd = {}): void {
    this.#timer?.();
    this.#stopTimer?.();
    this.#limit?.();
    this.#watch.stop();
    this.waves?.cancel();
    this.noteTraffic();
    this.#error = error;
    this.#completeTime = this.ports.scheduler.now();
    this.sections.forEach((section) => this.#closeSection(section));
    this.setStatus(status);
    this.ports.ended(this, end);
  }

  protected setStatus(status: DeploymentStatus): void {
    this.#status = status;
    this.emit({ kind: 'status', status });
  }

  /** What the deployment as a whole waits for; ended by a stop. */
  protected wait(delayMs: number, label: string, action: () => void): void {
    this.#timer = this.ports.scheduler.after(delayMs, `${label} (${this.plan.deploymentId})`, action);
  }

  protected cancelWait(): void {
    this.#timer?.();
  }

  protected emit(change: WithoutStamp<FleetChange>): void {
    this.ports.emit({ ...change, at: this.ports.scheduler.now(), deploymentId: this.plan.deploymentId });
  }

  #event(section: Section, row: number, column: number, to: number, done: (succeeded: boolean) => void): void {
    const { scheduler, hosts } = this.ports;
    const { log } = section;
    log.start(row, column, scheduler.now());
    this.#tell(log, row, column, 'InProgress');
    hosts.play(log.events[column], log.instances[row], { ...this.plan, kind: section.kind }, (failure) => {
      if (this.over) {
        return;
      }
      this.#noteRegistration(log, row, column);
      const goesOn = this.#ended(section, row, column, failure);
      if (this.#stopping) {
        return;
      }
      if (!goesOn || column + 1 === to) {
        done(goesOn);
      } else {
        scheduler.after(this.ports.fleetBehaviour.commandGapMs, log.events[column], () => {
          if (!this.over && !this.#stopping) {
            this.#event(section, row, column + 1, to, done);
          }
        });
      }
    });
    this.#noteRegistration(log, row, column);
  }

  /** Once for all that changes at the same moment. */
  #noteRegistration({ events, instances, label }: TargetLog, row: number, column: number): void {
    const { fleet, group, scheduler } = this.ports;
    if (label === undefined || (events[column] !== 'BlockTraffic' && events[column] !== 'AllowTraffic')) {
      return;
    }
    this.#registrations.set(label, instances[row], fleet.isRegistered(instances[row], group.loadBalancers));
    if (this.#trafficNoted) {
      this.#trafficNoted = false;
      scheduler.after(0, 'traffic', () => {
        this.#trafficNoted = true;
        this.noteTraffic();
      });
    }
  }

  /** @returns whether the next event comes */
  #ended({ log }: Section, row: number, column: number, failure: Diagnostics | undefined): boolean {
    const status = failure === undefined ? 'Succeeded' : 'Failed';
    log.end(row, column, status, this.ports.scheduler.now(), failure);
    this.#tell(log, row, column, status);
    return failure === undefined || (this.plan.ignoreApplicationStopFailures && IGNORABLE_EVENTS.includes(log.events[column]));
  }

  #tell(log: TargetLog, row: number, column: number, status: LifecycleEventStatus): void {
    this.emit({ kind: 'instanceEvent', instanceId: this.#id(log, row), event: log.events[column], status });
  }

  #id(log: TargetLog, row: number): string {
    return this.ports.fleet.instance(log.instances[row]).id;
  }

  /** What was not begun with is passed over, and what is at work ends here. */
  #closeSection(section: Section): void {
    const { fleetBehaviour, behaviour, scheduler, health, states } = this.ports;
    const { log } = section;
    log.instances.forEach((instance, row) => {
      const status = log.status(row);
      if (status === 'InProgress') {
        health.failed(instance);
        this.setTarget(section, row, fleetBehaviour.instanceStoppedStatus);
      } else if (status === 'Pending' || status === 'Ready') {
        this.setTarget(section, row, 'Skipped');
      }
      if (status !== 'Succeeded') {
        log.close(row, behaviour.runningEventWhenStopped, scheduler.now());
      }
    });
    section.after = log.instances.map((instance) => states.installed(instance));
  }
}
