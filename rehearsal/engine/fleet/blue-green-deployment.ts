/** A deployment to replacement instances, which then get the traffic of the originals. */
import { MAX_BLUE_GREEN_HOURS } from '../../../lib/model/server/quotas';
import type { TargetSelection } from '../../../lib/model/server/tag-groups';
import { approvalExpiredMessage } from '../messages';
import type { BlueGreenModel } from './fleet-group';
import type { FleetDeploymentRecord } from './fleet-record';
import { NO_REPLACEMENTS_MESSAGE, originalsNotBlockedMessage, unevenFleetsMessage } from './fleet-messages';
import type { FleetDeploymentPlan, FleetPorts } from './fleet-plan';
import type { Section } from './targets';
import { WaveDeployment } from './wave-deployment';

const MINUTE = 60_000;

/** The two environments of a blue/green deployment. */
export interface Environments {
  /** Indices of the instances, found when the deployment starts. */
  originals(): readonly number[];
  /** Milliseconds until the replacements are there. */
  readonly provisionMs: number;
  /** Indices of the replacements; called once, after that time. */
  replacements(): readonly number[];
  /** What the group's targets are after a success; absent: what they were. */
  readonly replacedBy?: TargetSelection;
  /** Ends the originals. */
  terminate(originals: readonly number[]): void;
}

export class BlueGreenDeployment extends WaveDeployment {
  readonly #environments: Environments;
  readonly #options: BlueGreenModel;
  #originals: Section | undefined;
  #replacements: Section | undefined;
  #installed: number[] = [];
  #wait: 'ready' | 'termination' | undefined;
  #terminationWait: { readonly start: number; readonly end?: number } | undefined;

  constructor(plan: FleetDeploymentPlan, options: BlueGreenModel, environments: Environments, ports: FleetPorts) {
    super(plan, ports);
    this.#options = options;
    this.#environments = environments;
  }

  override get terminationWait(): FleetDeploymentRecord['terminationWait'] {
    return this.#terminationWait;
  }

  get replacedBy(): TargetSelection | undefined {
    return this.#environments.replacedBy;
  }

  get originals(): readonly number[] {
    return this.#originals?.log.instances ?? [];
  }

  get replacements(): readonly number[] {
    return this.#replacements?.log.instances ?? [];
  }

  override continueFromReady(): boolean {
    if (this.#wait !== 'ready' || this.stopping) {
      return false;
    }
    this.#wait = undefined;
    this.cancelWait();
    this.setStatus('InProgress');
    this.#reroute();
    return true;
  }

  override continueFromTermination(): boolean {
    if (this.#wait !== 'termination' || this.stopping) {
      return false;
    }
    this.cancelWait();
    this.#terminate();
    return true;
  }

  protected override get longestHours(): number {
    return MAX_BLUE_GREEN_HOURS;
  }

  protected override run(): void {
    const originals = this.#environments.originals();
    this.#originals = this.targets.add('blueGreenOriginal', originals, 'Blue');
    this.targets.noteTraffic();
    if (this.#environments.provisionMs === 0) {
      this.#install();
    } else {
      this.wait(this.#environments.provisionMs, 'provisioning', () => this.#install());
    }
  }

  #install(): void {
    const { fleetBehaviour, health } = this.ports;
    const order = this.#environments.replacements();
    const section = this.targets.add('blueGreenReplacement', order, 'Green');
    this.#replacements = section;
    const refusal = order.length === 0 ? { code: 'NO_INSTANCES', message: NO_REPLACEMENTS_MESSAGE } : this.refusal(order.length);
    if (refusal !== undefined) {
      this.fail(refusal.code, refusal.message);
    } else if (fleetBehaviour.unevenFleets === 'refused' && order.length !== this.originals.length) {
      this.fail('NO_INSTANCES', unevenFleetsMessage(this.originals.length, order.length));
    } else {
      this.inBatches({
        section,
        order,
        from: 0,
        to: section.log.events.indexOf('BeforeAllowTraffic'),
        zonal: false,
        rerouting: false,
        each: (instance, row, succeeded) => {
          if (succeeded) {
            this.#installed.push(instance);
            this.targets.setTarget(section, row, 'Ready');
          } else {
            health.failed(instance);
            this.targets.closeTarget(section, row, false);
          }
        },
        done: () => this.#ready(),
      });
    }
  }

  #ready(): void {
    const { behaviour } = this.ports;
    const minutes = this.#options.readyWaitMinutes;
    if (minutes === undefined) {
      this.#reroute();
      return;
    }
    this.#wait = 'ready';
    this.setStatus('Ready');
    this.wait(minutes * MINUTE, 'ready wait', () => {
      const event = behaviour.approvalExpiryRollbackEvent;
      const error = { code: behaviour.approvalExpiryCode, message: approvalExpiredMessage(minutes) };
      this.finish('Stopped', error, event === 'none' ? {} : { event });
    });
  }

  /** Each replacement is registered with the load balancer, by the same minimum as before. */
  #reroute(): void {
    const section = this.#replacements!;
    const { health } = this.ports;
    this.inBatches({
      section,
      order: this.#installed,
      from: section.log.events.indexOf('BeforeAllowTraffic'),
      to: section.log.events.length,
      zonal: false,
      rerouting: true,
      each: (instance, row, succeeded) => {
        if (succeeded) {
          health.succeeded(instance, this.plan.revision);
        } else {
          health.failed(instance);
        }
        this.targets.closeTarget(section, row, succeeded);
      },
      done: () => this.#block(),
    });
  }

  /** All originals at once, whatever the minimum is; none may fail. */
  #block(): void {
    const { originalsNotBlockedCode } = this.ports.fleetBehaviour;
    this.targets.playAll(this.#originals!, (failed) => (failed === 0 ? this.#blocked() : this.fail(originalsNotBlockedCode, originalsNotBlockedMessage(failed))));
  }

  #blocked(): void {
    const minutes = this.#options.terminationWaitMinutes;
    if (minutes === undefined) {
      this.finish('Succeeded');
      return;
    }
    this.#terminationWait = { start: this.ports.scheduler.now() };
    this.#wait = 'termination';
    this.wait(minutes * MINUTE, 'termination wait', () => this.#terminate());
  }

  #terminate(): void {
    this.#wait = undefined;
    this.#terminationWait = { start: this.#terminationWait!.start, end: this.ports.scheduler.now() };
    this.wait(this.ports.fleetBehaviour.terminateMs, 'termination', () => {
      this.#environments.terminate(this.originals);
      this.finish('Succeeded');
    });
  }
}
