/** The batches of a deployment to a fleet in which every instance succeeds. */
import type { MinimumHealthyHosts, ZonalConfiguration } from './healthy-hosts';
import { mayBegin, requiredHealthy } from './healthy-hosts';

/** How many instances there are, by Availability Zone; one entry with any name where zones do not count. */
export type FleetSize = Readonly<Record<string, number>>;

export interface Batch {
  /** Absent where the configuration is not zonal. */
  readonly zone?: string;
  readonly instances: number;
  /** Seconds that the service waits after this batch, which is the last of its zone; absent: none. */
  readonly monitorSeconds?: number;
}

export const fleetTotal = (fleet: FleetSize): number => Object.values(fleet).reduce((sum, count) => sum + count, 0);

/**
 * The batches in their order; empty where the deployment fails at once. Zones come in the order of their names, which is not documented.
 */
export function predictBatches(fleet: FleetSize, minimum: MinimumHealthyHosts, zonal?: ZonalConfiguration): readonly Batch[] {
  const total = fleetTotal(fleet);
  const required = requiredHealthy(minimum, total);
  const limit = mayBegin({ total, required, failed: 0, inProgress: 0, remaining: total });
  if (zonal === undefined) {
    return cut(total, limit).map((instances) => ({ instances }));
  }
  const zones = Object.keys(fleet).sort().filter((zone) => fleet[zone] > 0);
  const batches = zones.map((zone) => cut(fleet[zone], Math.min(limit, zoneLimit(zonal, fleet[zone]))).map((instances) => ({ zone, instances })));
  // What one zone's minimum forbids fails the deployment in all of them.
  return batches.some(({ length }) => length === 0) ? [] : batches.flatMap((ofZone, index) => monitored(ofZone, index, zones.length, zonal));
}

/** How many instances of a zone of this size must be healthy. */
export function requiredInZone(zonal: ZonalConfiguration, total: number): number {
  return requiredHealthy(zonal.minimumHealthyHostsPerZone ?? { type: 'FLEET_PERCENT', value: 0 }, total);
}

/** Seconds to wait after the zone with this index among so many; 0 after the last. */
export function monitorSeconds(zonal: ZonalConfiguration, index: number, zones: number): number {
  if (index === zones - 1) {
    return 0;
  }
  const { monitorDurationSeconds = 0, firstZoneMonitorDurationSeconds = monitorDurationSeconds } = zonal;
  return index === 0 ? firstZoneMonitorDurationSeconds : monitorDurationSeconds;
}

function zoneLimit(zonal: ZonalConfiguration, total: number): number {
  return mayBegin({ total, required: requiredInZone(zonal, total), failed: 0, inProgress: 0, remaining: total });
}

function cut(total: number, limit: number): number[] {
  return limit === 0 ? [] : Array.from({ length: Math.ceil(total / limit) }, (_, index) => Math.min(limit, total - index * limit));
}

function monitored(batches: readonly Batch[], index: number, zones: number, zonal: ZonalConfiguration): readonly Batch[] {
  const seconds = monitorSeconds(zonal, index, zones);
  return seconds === 0 ? batches : [...batches.slice(0, -1), { ...batches[batches.length - 1], monitorSeconds: seconds }];
}
