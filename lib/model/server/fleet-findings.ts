/** What a configuration means for a fleet of a known size, before anything is deployed. */
import type { Finding } from '../rollout';
import type { FleetSize } from './batches';
import { fleetTotal, requiredInZone } from './batches';
import type { MinimumHealthyHosts, ZonalConfiguration } from './healthy-hosts';
import { concurrency, failsAtOnce, requiredHealthy } from './healthy-hosts';

export interface FleetConfiguration {
  readonly fleet: FleetSize;
  readonly minimum: MinimumHealthyHosts;
  readonly zonal?: ZonalConfiguration;
  /** In place; otherwise the originals keep the traffic while the replacements are installed. */
  readonly inPlace: boolean;
  /** Instances that a deployment may have. */
  readonly quota: number;
}

/** What is wrong, or worth knowing; empty where nothing is. */
export function fleetFindings(configuration: FleetConfiguration): readonly Finding[] {
  const { fleet, minimum, inPlace, quota } = configuration;
  const total = fleetTotal(fleet);
  if (total === 0) {
    return [{ id: 'fleet-empty', level: 'error', message: 'the fleet has 0 instances, and a deployment to it fails with NO_INSTANCES', remedy: 'give it 1 instance at least' }];
  }
  const findings: Finding[] = [];
  if (total > quota) {
    findings.push({
      id: 'fleet-over-quota',
      level: 'error',
      message: `the fleet has ${total} instances, and a deployment may have ${quota}; it fails with OVER_MAX_INSTANCES`,
      remedy: 'ask AWS to raise the quota of instances in a deployment, or make several deployment groups',
    });
  }
  if (failsAtOnce(minimum, total)) {
    findings.push(impossible(minimum, total));
  } else {
    findings.push(...zoneFindings(configuration));
    if (inPlace && takesAllDown(configuration, total)) {
      findings.push(allDown(minimum, total));
    }
  }
  return findings;
}

function takesAllDown({ fleet, minimum, zonal }: FleetConfiguration, total: number): boolean {
  const zones = Object.values(fleet).filter((count) => count > 0).length;
  return concurrency(minimum, total) === total && (zonal === undefined || zones === 1);
}

function zoneFindings({ fleet, zonal }: FleetConfiguration): Finding[] {
  if (zonal === undefined) {
    return [];
  }
  return Object.keys(fleet)
    .sort()
    .filter((zone) => fleet[zone] > 0 && requiredInZone(zonal, fleet[zone]) >= fleet[zone])
    .map((zone) => ({
      id: 'healthy-hosts-unreachable',
      level: 'error',
      message: `zone ${zone} has ${count(fleet[zone])}, and the minimum of healthy hosts in a zone is ${requiredInZone(zonal, fleet[zone])}; nothing may be taken down, and every deployment fails`,
      remedy: 'lower the minimum of the zones, or give the zone more instances',
    }));
}

function impossible(minimum: MinimumHealthyHosts, total: number): Finding {
  const required = requiredHealthy(minimum, total);
  const rounded = minimum.type === 'FLEET_PERCENT' ? ` (${minimum.value} %, rounded up)` : '';
  return {
    id: 'healthy-hosts-unreachable',
    level: 'error',
    message: `the fleet has ${count(total)}, and the minimum of healthy hosts is ${required}${rounded}; nothing may be taken down, and every deployment fails with HEALTH_CONSTRAINTS_INVALID`,
    remedy: total === 1 ? 'use CodeDeployDefault.OneAtATime, or give the fleet more instances' : `lower the minimum to ${total - 1} at most, or give the fleet more instances`,
  };
}

function allDown(minimum: MinimumHealthyHosts, total: number): Finding {
  return total === 1
    ? {
        id: 'whole-fleet-at-once',
        level: 'warning',
        message: 'the fleet has 1 instance, and each deployment takes it down',
        remedy: 'give the fleet a second instance, or deploy blue/green',
      }
    : {
        id: 'whole-fleet-at-once',
        level: 'warning',
        message: `the fleet has ${total} instances, and each deployment takes all of them down at the same time, since the minimum of healthy hosts is ${requiredHealthy(minimum, total)}`,
        remedy: `set a minimum from 1 to ${total - 1}, or deploy blue/green`,
      };
}

const count = (instances: number): string => `${instances} ${instances === 1 ? 'instance' : 'instances'}`;
