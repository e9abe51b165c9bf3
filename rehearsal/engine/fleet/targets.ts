/** The instances of one deployment, and how their lifecycle events are played one after the other. */
import { IGNORABLE_EVENTS, serverLifecycleEvents, type InstanceDeploymentKind } from '../../../lib/model/server/events';
import type { LifecycleEventStatus } from '../../../lib/model/status';
import type { TrafficChange } from '../deployment-record';
import type { FleetDeploymentPlan, FleetPorts } from './fleet-plan';
import type { FleetChange } from './fleet-record';
import type { HostCommand } from './hosts';
import { Registrations } from './registrations';
import type { RevisionModel } from './revision';
import { TargetLog, type Diagnostics, type InstanceTargetStatus, type TargetLabel } from './target-log';

/** Instances that have the same lifecycle events. */
export interface Section {
  readonly log: TargetLog;
  /** What its hosts are told. */
  readonly command: HostCommand;
  /** What was installed on each when the deployment came to it, by row. */
  readonly before: readonly (RevisionModel | undefined)[];
  /** The same when the deployment was over. */
  after?: readonly (RevisionModel | undefined)[];
}

type WithoutStamp<T> = T extends unknown ? Omit<T, 'at' | 'deploymentId'> : never;

export type UnstampedChange = WithoutStamp<FleetChange>;

/** How far the deployment is, as its instances see it. */
export type Phase = 'playing' | 'stopping' | 'over';

export interface TargetsOptions {
  readonly plan: FleetDeploymentPlan;
  readonly ports: FleetPorts;
  readonly phase: () => Phase;
  readonly emit: (change: UnstampedChange) => void;
}

export class Targets {
  readonly sections: Section[] = [];
  /** Instances that were worked on at the same time, at most. */
  mostAtATime = 0;
  readonly #options: TargetsOptions;
  readonly #registrations = new Registrations();
  #atWork = 0;
  #trafficNoted = true;

  constructor(options: TargetsOptions) {
    this.#options = options;
  }

  /** Instances that are worked on. */
  get atWork(): number {
    return this.#atWork;
  }

  get traffic(): readonly TrafficChange[] {
    return this.#registrations.changes;
  }

  /** Indices of the instances that were begun with. */
  get attempted(): readonly number[] {
    return this.sections.flatMap(({ log }) => log.instances.filter((_, row) => log.begun(row)));
  }

  add(kind: InstanceDeploymentKind, instances: readonly number[], label?: TargetLabel): Section {
    const { group, states, scheduler, fleet } = this.#options.ports;
    const log = new TargetLog(serverLifecycleEvents(kind, group.loadBalancers.length > 0), instances, scheduler.now(), label);
    const { deploymentId, revision, fileExistsBehavior } = this.#options.plan;
    const command = { deploymentId, revision, fileExistsBehavior, kind };
    const section: Section = { log, command, before: instances.map((instance) => states.installed(instance)) };
    this.sections.push(section);
    if (label !== undefined) {
      instances.forEach((instance) => this.#registrations.set(label, instance, fleet.isRegistered(instance, group.loadBalancers)));
    }
    return section;
  }

  /** Plays some events of an instance, from one up to another that is not played. */
  play(section: Section, instance: number, from: number, to: number, done: (succeeded: boolean) => void): void {
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
  playAll(section: Section, done: (failed: number) => void): void {
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
  noteTraffic(): void {
    const change = this.#registrations.note(this.#options.ports.scheduler.now());
    if (change !== undefined) {
      this.#options.emit({ kind: 'traffic', original: change.original, replacement: change.replacement });
    }
  }

  /** Tells where an instance stands. */
  setTarget({ log }: Section, row: number, status: InstanceTargetStatus): void {
    log.setStatus(row, status, this.#options.ports.scheduler.now());
    this.#options.emit({ kind: 'instance', instanceId: this.#id(log, row), status });
  }

  /** An instance is done. */
  closeTarget(section: Section, row: number, succeeded: boolean): void {
    if (!succeeded) {
      section.log.close(row, 'Failed', this.#options.ports.scheduler.now());
    }
    this.setTarget(section, row, succeeded ? 'Succeeded' : 'Failed');
  }

  /** The deployment is over. */
  close(): void {
    this.noteTraffic();
    this.sections.forEach((section) => this.#closeSection(section));
  }

  #event(section: Section, row: number, column: number, to: number, done: (succeeded: boolean) => void): void {
    const { scheduler, hosts } = this.#options.ports;
    const { log } = section;
    log.start(row, column, scheduler.now());
    this.#tell(log, row, column, 'InProgress');
    hosts.play(log.events[column], log.instances[row], section.command, (failure) => {
      if (this.#options.phase() === 'over') {
        return;
      }
      this.#noteRegistration(log, row, column);
      const goesOn = this.#ended(section, row, column, failure);
      if (this.#options.phase() === 'stopping') {
        return;
      }
      if (!goesOn || column + 1 === to) {
        done(goesOn);
      } else {
        scheduler.after(this.#options.ports.fleetBehaviour.commandGapMs, log.events[column], () => {
          if (this.#options.phase() === 'playing') {
            this.#event(section, row, column + 1, to, done);
          }
        });
      }
    });
    this.#noteRegistration(log, row, column);
  }

  /** Once for all that changes at the same moment. */
  #noteRegistration({ events, instances, label }: TargetLog, row: number, column: number): void {
    const { fleet, group, scheduler } = this.#options.ports;
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
    log.end(row, column, status, this.#options.ports.scheduler.now(), failure);
    this.#tell(log, row, column, status);
    return failure === undefined || (this.#options.plan.ignoreApplicationStopFailures && IGNORABLE_EVENTS.includes(log.events[column]));
  }

  #tell(log: TargetLog, row: number, column: number, status: LifecycleEventStatus): void {
    this.#options.emit({ kind: 'instanceEvent', instanceId: this.#id(log, row), event: log.events[column], status });
  }

  #id(log: TargetLog, row: number): string {
    return this.#options.ports.fleet.instance(log.instances[row]).id;
  }

  /** What was not begun with is passed over, and what is at work ends here. */
  #closeSection(section: Section): void {
    const { fleetBehaviour, behaviour, scheduler, health, states } = this.#options.ports;
    const { log } = section;
    log.instances.forEach((instance, row) => {
      const status = log.status(row);
      if (status === 'InProgress') {
        if (log.events.includes('Install')) {
          health.failed(instance);
        }
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
