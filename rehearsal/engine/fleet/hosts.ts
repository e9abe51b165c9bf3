/** Plays one lifecycle event on one instance: what its agent does, and what the service does at the load balancer. */
import { SERVER_LIFECYCLE_EVENTS, type ServerHookEvent } from '../../../lib/model/lifecycle';
import { scriptRevision, type FileExistsBehavior, type InstanceDeploymentKind, type ServerLifecycleEvent } from '../../../lib/model/server/events';
import { EVENT_TIMEOUT_SECONDS } from '../../../lib/model/limits';
import { EVENT_START_TIMEOUT_SECONDS } from '../../../lib/model/server/quotas';
import type { Scheduler } from '../ports';
import type { Fault, FaultProfile, ScriptFault } from './faults';
import type { Fleet, Instance } from './fleet';
import type { FleetBehaviour } from './fleet-behaviour';
import { AGENT_SILENT_MESSAGE, EVENT_LOST_MESSAGE, NEVER_HEALTHY_MESSAGE } from './fleet-messages';
import type { HostStates } from './host-states';
import type { RevisionModel } from './revision';
import type { HostFiles, ScriptRunner } from './scripts';
import type { Diagnostics } from './target-log';

export interface HostsOptions {
  readonly fleet: Fleet;
  readonly states: HostStates;
  readonly scheduler: Scheduler;
  readonly scripts: ScriptRunner;
  readonly faults: FaultProfile;
  readonly behaviour: FleetBehaviour;
  /** Of the deployment group; empty: none. */
  readonly loadBalancers: readonly string[];
}

/** What of a deployment matters to an instance. */
export interface HostCommand {
  readonly deploymentId: string;
  readonly kind: InstanceDeploymentKind;
  readonly revision: RevisionModel;
  readonly fileExistsBehavior: FileExistsBehavior;
}

type Done = (failure?: Diagnostics) => void;

const SERVICE_EVENTS: readonly ServerLifecycleEvent[] = ['BlockTraffic', 'AllowTraffic'];
const PLACE = Object.fromEntries(SERVER_LIFECYCLE_EVENTS.map((event, place) => [event, place])) as Record<ServerLifecycleEvent, number>;

export class Hosts {
  readonly #options: HostsOptions;

  constructor(options: HostsOptions) {
    this.#options = options;
  }

  /** `done` is called once, at the virtual moment at which the event has ended, and never at once. */
  play(event: ServerLifecycleEvent, index: number, command: HostCommand, done: Done): void {
    const { fleet, faults } = this.#options;
    const instance = fleet.instance(index);
    const own = faults.of(instance, command.revision.release);
    const lost = own.map((fault) => lossAt(fault, event)).find((loss) => loss !== undefined);
    if (lost === 'before') {
      fleet.lose(index);
    }
    if (SERVICE_EVENTS.includes(event)) {
      this.#play(event, instance, command, own, done);
    } else if (fleet.answers(index)) {
      this.#play(event, instance, command, own, this.#unlessLost(event, index, done));
      if (lost === 'during') {
        fleet.lose(index);
      }
    } else {
      this.#later(EVENT_START_TIMEOUT_SECONDS * 1000, event, done, { errorCode: 'UnknownError', message: AGENT_SILENT_MESSAGE });
    }
  }

  /** Of a host that is gone meanwhile nobody hears, until the service gives up. */
  #unlessLost(event: ServerLifecycleEvent, index: number, done: Done): Done {
    const { fleet, scheduler } = this.#options;
    const givenUpAt = scheduler.now() + EVENT_TIMEOUT_SECONDS * 1000;
    return (failure) => {
      if (fleet.answers(index)) {
        done(failure);
      } else {
        scheduler.at(givenUpAt, event, () => done({ errorCode: 'UnknownError', message: EVENT_LOST_MESSAGE }));
      }
    };
  }

  #play(event: ServerLifecycleEvent, instance: Instance, command: HostCommand, faults: readonly Fault[], done: Done): void {
    const { states, behaviour, scripts } = this.#options;
    const { index } = instance;
    const slowness = faults.reduce((times, fault) => (fault.kind === 'slow' ? times * fault.factor : times), 1);
    switch (event) {
      case 'BlockTraffic':
        this.#block(index, done);
        return;
      case 'AllowTraffic':
        this.#allow(index, faults, done);
        return;
      case 'DownloadBundle':
        this.#download(instance, command, slowness, done);
        return;
      case 'Install':
        if (scripts.files !== undefined) {
          this.#reallyInstall(scripts.files, instance, command, slowness, done);
          return;
        }
        this.#after(behaviour.installMs * slowness, event, () => {
          const message = states.install(index, command.revision, command.fileExistsBehavior);
          done(message === undefined ? undefined : { errorCode: 'UnknownError', message });
        });
        return;
      default:
        this.#run(event, instance, command, faults, slowness, done);
    }
  }

  #download(instance: Instance, { revision, deploymentId }: HostCommand, slowness: number, done: Done): void {
    const { states, behaviour, scripts } = this.#options;
    const downloaded = (failure?: Diagnostics): void => {
      if (failure === undefined) {
        states.downloaded(instance.index, revision);
      }
      done(failure);
    };
    if (scripts.files === undefined) {
      this.#after(behaviour.downloadMs * slowness, 'DownloadBundle', downloaded);
    } else {
      scripts.files.download({ instance, revision, deploymentId, slowness }, downloaded);
    }
  }

  #reallyInstall(files: HostFiles, instance: Instance, { revision, deploymentId, fileExistsBehavior }: HostCommand, slowness: number, done: Done): void {
    files.install({ instance, revision, deploymentId, slowness, fileExistsBehavior: revision.fileExistsBehavior ?? fileExistsBehavior }, (failure) => {
      this.#options.states.reallyInstalled(instance.index, revision, failure === undefined);
      done(failure);
    });
  }

  #run(event: ServerHookEvent, instance: Instance, command: HostCommand, faults: readonly Fault[], slowness: number, done: Done): void {
    const { states, scripts, behaviour, fleet } = this.#options;
    const { deploymentId, kind } = command;
    const revision = states.revisionFor(scriptRevision(event, kind), instance.index, command.revision);
    const own = revision?.scripts[event];
    if (revision === undefined || own === undefined || own.length === 0) {
      this.#later(behaviour.emptyEventMs * slowness, event, done);
      return;
    }
    const fault = faults.find((each): each is Extract<Fault, ScriptFault> => each.kind === 'scriptFails' && each.event === event);
    scripts.run({ instance, event, revision, scripts: own, deploymentId, slowness, ...(fault === undefined ? {} : { fault }) }, (failure) => {
      if (event === 'ApplicationStart' && revision.createdFiles !== undefined) {
        fleet.createFiles(instance.index, revision.createdFiles);
      }
      done(failure);
    });
  }

  #block(index: number, done: Done): void {
    const { fleet, loadBalancers, behaviour } = this.#options;
    const registered = loadBalancers.some((name) => fleet.registered(name).has(index));
    // The load balancer sends nothing new from the beginning of the draining.
    fleet.deregister(index, loadBalancers);
    this.#later(registered ? behaviour.blockTrafficMs : behaviour.emptyEventMs, 'BlockTraffic', done);
  }

  #allow(index: number, faults: readonly Fault[], done: Done): void {
    const { fleet, loadBalancers, behaviour } = this.#options;
    if (!fleet.answers(index) || faults.some(({ kind }) => kind === 'unhealthy')) {
      this.#later(behaviour.healthyTimeoutMs, 'AllowTraffic', done, { errorCode: 'UnknownError', message: NEVER_HEALTHY_MESSAGE });
    } else if (fleet.isRegistered(index, loadBalancers)) {
      this.#later(behaviour.emptyEventMs, 'AllowTraffic', done);
    } else {
      this.#after(behaviour.allowTrafficMs, 'AllowTraffic', () => {
        fleet.register(index, loadBalancers);
        done();
      });
    }
  }

  #later(ms: number, event: ServerLifecycleEvent, done: Done, failure?: Diagnostics): void {
    this.#after(ms, event, () => done(failure));
  }

  #after(ms: number, event: ServerLifecycleEvent, action: () => void): void {
    this.#options.scheduler.after(ms, event, action);
  }
}

/** Whether a host is gone before an event, or during it. */
function lossAt(fault: Fault, event: ServerLifecycleEvent): 'before' | 'during' | undefined {
  if (fault.kind !== 'hostLost') {
    return undefined;
  }
  const distance = PLACE[event] - PLACE[fault.event ?? SERVER_LIFECYCLE_EVENTS[0]];
  return distance < 0 ? undefined : distance === 0 && fault.when === 'during' ? 'during' : 'before';
}
