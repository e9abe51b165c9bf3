/** What deployments in place and to a replacement fleet share: the checks before they start, and instances in batches. */
import type { ErrorInformation } from '../messages';
import { FleetDeployment } from './fleet-deployment';
import { NO_INSTANCES_MESSAGE, OVER_MAX_MESSAGE, TOO_FEW_INSTANCES_MESSAGE, TOO_MANY_FAILED_MESSAGE } from './fleet-messages';
import type { Section } from './targets';
import { Waves, type WavesResult } from './waves';

export interface Batches {
  readonly section: Section;
  /** Indices in the order of picking. */
  readonly order: readonly number[];
  /** Columns of the events to play. */
  readonly from: number;
  readonly to: number;
  readonly zonal: boolean;
  readonly rerouting: boolean;
  /** The instance is done. */
  readonly each: (instance: number, row: number, succeeded: boolean) => void;
  /** All of them are, and enough have succeeded. */
  readonly done: () => void;
}

export abstract class WaveDeployment extends FleetDeployment {
  /** Why it cannot start with so many instances. */
  protected refusal(instances: number): ErrorInformation | undefined {
    if (instances === 0) {
      return { code: 'NO_INSTANCES', message: NO_INSTANCES_MESSAGE };
    }
    return instances > this.ports.group.instancesPerDeployment ? { code: 'OVER_MAX_INSTANCES', message: OVER_MAX_MESSAGE } : undefined;
  }

  protected inBatches({ section, order, from, to, zonal, rerouting, each, done }: Batches): void {
    const { fleet, fleetBehaviour } = this.ports;
    const waves = new Waves({
      order,
      zoneOf: (instance) => fleet.instance(instance).zone,
      minimum: this.plan.minimum,
      ...(zonal && this.plan.zonal !== undefined ? { zonal: this.plan.zonal } : {}),
      zoneOrder: fleetBehaviour.zoneOrder,
      batches: fleetBehaviour.batches,
      rerouting,
      begin: (instance) =>
        this.targets.play(section, instance, from, to, (succeeded) => {
          each(instance, section.log.row(instance)!, succeeded);
          waves.finished(succeeded);
        }),
      wait: (ms, action) => this.wait(ms, 'monitoring of a zone', action),
      over: (result) => (result === 'succeeded' ? done() : this.#unhealthy(result)),
    });
    this.waves = waves;
    waves.start();
  }

  #unhealthy(result: WavesResult): void {
    if (result === 'invalid') {
      this.fail('HEALTH_CONSTRAINTS_INVALID', TOO_FEW_INSTANCES_MESSAGE);
    } else {
      this.fail(this.ports.fleetBehaviour.tooManyFailedCode, TOO_MANY_FAILED_MESSAGE);
    }
  }
}
