/** Takes the instances of a fleet in batches, so that the minimum of healthy hosts is kept, and knows when that has failed. */
import { monitorSeconds, requiredInZone } from '../../../lib/model/server/batches';
import { brokenOff, hasSucceeded, mayBegin, mayReroute, requiredHealthy, type FleetProgress, type MinimumHealthyHosts, type ZonalConfiguration } from '../../../lib/model/server/healthy-hosts';

export interface WavesOptions {
  /** Indices of instances in the order of picking. */
  readonly order: readonly number[];
  /** Availability Zone of an instance. */
  readonly zoneOf: (instance: number) => string;
  readonly minimum: MinimumHealthyHosts;
  /** Absent: all zones at the same time. */
  readonly zonal?: ZonalConfiguration;
  readonly zoneOrder: 'byName' | 'asGiven';
  readonly batches: 'whole' | 'rolling';
  /** Instances are only given traffic, which takes none of them down. */
  readonly rerouting?: boolean;
  /** Begins with an instance; `finished` is called for it once, and never at once. */
  readonly begin: (instance: number) => void;
  readonly wait: (ms: number, action: () => void) => void;
  /** Called once. */
  readonly over: (result: WavesResult) => void;
}

/** `invalid`: it could not start. `broken`: too many failed; those that were not begun with are left. `few`: too few succeeded. */
export type WavesResult = 'succeeded' | 'invalid' | 'broken' | 'few';

interface Zone {
  readonly instances: readonly number[];
  readonly required: number;
  failed: number;
  begun: number;
}

export class Waves {
  readonly #options: WavesOptions;
  readonly #zones: readonly Zone[];
  readonly #required: number;
  #zone = 0;
  #failed = 0;
  #inProgress = 0;
  #begun = 0;
  #succeeded = 0;
  #over = false;

  constructor(options: WavesOptions) {
    this.#options = options;
    this.#required = requiredHealthy(options.minimum, options.order.length);
    this.#zones = zonesOf(options);
  }

  start(): void {
    const possible = this.#zones.every((zone) => this.#room(zone) > 0);
    if (possible) {
      this.#beginMore();
    } else {
      this.#end('invalid');
    }
  }

  /** One that was begun with is done. */
  finished(succeeded: boolean): void {
    if (this.#over) {
      return;
    }
    const zone = this.#zones[this.#zone];
    this.#inProgress -= 1;
    if (succeeded) {
      this.#succeeded += 1;
    } else {
      this.#failed += 1;
      zone.failed += 1;
    }
    if (brokenOff(this.#progress()) || brokenOff(this.#zoneProgress(zone))) {
      this.#end('broken');
    } else if (this.#inProgress === 0 || this.#options.batches === 'rolling') {
      this.#beginMore();
    }
  }

  /** Nothing new begins from here on. */
  cancel(): void {
    this.#over = true;
  }

  #beginMore(): void {
    const zone = this.#zones[this.#zone];
    for (let room = this.#room(zone); room > 0; room--) {
      this.#inProgress += 1;
      this.#begun += 1;
      this.#options.begin(zone.instances[zone.begun++]);
    }
    if (this.#inProgress === 0 && zone.begun === zone.instances.length) {
      this.#nextZone();
    }
  }

  #nextZone(): void {
    const { zonal } = this.#options;
    const seconds = zonal === undefined ? 0 : monitorSeconds(zonal, this.#zone, this.#zones.length);
    this.#zone += 1;
    if (this.#zone === this.#zones.length) {
      this.#end(hasSucceeded(this.#succeeded, this.#required) ? 'succeeded' : 'few');
    } else if (seconds === 0) {
      this.#beginMore();
    } else {
      this.#options.wait(seconds * 1000, () => {
        if (!this.#over) {
          this.#beginMore();
        }
      });
    }
  }

  #room(zone: Zone): number {
    const may = this.#options.rerouting === true ? mayReroute : mayBegin;
    return Math.min(may(this.#progress()), may(this.#zoneProgress(zone)));
  }

  #progress(): FleetProgress {
    const total = this.#options.order.length;
    return { total, required: this.#required, failed: this.#failed, inProgress: this.#inProgress, remaining: total - this.#begun };
  }

  #zoneProgress({ instances, required, failed, begun }: Zone): FleetProgress {
    return { total: instances.length, required, failed, inProgress: this.#inProgress, remaining: instances.length - begun };
  }

  #end(result: WavesResult): void {
    this.#over = true;
    this.#options.over(result);
  }
}

function zonesOf({ order, zoneOf, zonal, zoneOrder }: WavesOptions): readonly Zone[] {
  if (zonal === undefined) {
    return [{ instances: order, required: 0, failed: 0, begun: 0 }];
  }
  const byName = new Map<string, number[]>();
  for (const instance of order) {
    const zone = zoneOf(instance);
    const instances = byName.get(zone);
    if (instances === undefined) {
      byName.set(zone, [instance]);
    } else {
      instances.push(instance);
    }
  }
  const names = zoneOrder === 'byName' ? [...byName.keys()].sort() : [...byName.keys()];
  return names.map((name) => {
    const instances = byName.get(name)!;
    return { instances, required: requiredInZone(zonal, instances.length), failed: 0, begun: 0 };
  });
}
