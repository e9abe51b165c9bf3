/** What a configuration means for the fleet of a rollout, as far as its size is known. */
import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

import type { Finding } from '../model/rollout';
import { fleetFindings } from '../model/server/fleet-findings';
import { instancesPerDeployment } from '../model/server/quotas';
import type { ConstructsOf } from './complete-app';
import type { FleetBounds } from './server-fleet';
import { alternatingBounds, fleetBounds, spread } from './server-fleet';
import type { ServerSubject } from './server-findings';

type Size = 'min' | 'desired' | 'max';

/**
 * The least, the wanted and the most instances of the fleet are looked at. What fails at each of them, and so always, is refused; what fails at some of them is a warning.
 *
 * @returns what is refused
 */
export function examineFleet(rollout: Construct, subject: ServerSubject, constructsOf: ConstructsOf): string[] {
  const { targets, config, blueGreen, findings } = subject;
  const groups = targets._autoScalingGroups;
  const { region } = Stack.of(rollout);
  const quota = instancesPerDeployment(Token.isUnresolved(region) ? undefined : region);
  const known = groups.length === 0 ? undefined : fleetBounds(groups, constructsOf(rollout, ...groups));
  const bounds = blueGreen?.fleet.type === 'ALTERNATING' ? alternatingBounds(blueGreen.fleet.capacity, known, quota) : known;
  const tagged = targets._ec2TagGroups.length + targets._onPremisesTagGroups.length > 0;
  noteZones(subject, bounds);
  if (bounds === undefined) {
    return [];
  }
  const at = (size: Size): readonly Finding[] => {
    const zonesKnown = bounds.zones !== undefined;
    const { zonal } = config;
    const found = fleetFindings({ fleet: spread(bounds, size), minimum: config.minimum, ...(zonal === undefined || !zonesKnown ? {} : { zonal }), inPlace: blueGreen === undefined, quota });
    // Of a fleet to which tags add, no more is known than that it is not smaller.
    return found.filter(({ id }) => (tagged ? id === 'fleet-over-quota' : zonesKnown || zonal === undefined || id !== 'whole-fleet-at-once'));
  };
  const refused = always(at);
  if (refused.length === 0) {
    sometimes(bounds, at).forEach((finding) => findings.add(finding));
  }
  return refused.map(({ message, remedy }) => `${message}; ${remedy}`);
}

/** A fleet that is too small at its largest, or too large at its smallest. */
function always(at: (size: Size) => readonly Finding[]): readonly Finding[] {
  const errors = (size: Size, ...ids: string[]) => at(size).filter(({ id, level }) => level === 'error' && ids.includes(id));
  return [...errors('max', 'fleet-empty', 'healthy-hosts-unreachable'), ...errors('min', 'fleet-over-quota')];
}

function sometimes(bounds: FleetBounds, at: (size: Size) => readonly Finding[]): readonly Finding[] {
  const found: Finding[] = at('desired').map((finding) => ({ ...finding, level: 'warning' }));
  const more = (size: Size, label: string, wanted: string) =>
    at(size)
      .filter(({ id }) => id === wanted && !found.some((other) => other.id === id))
      .forEach(({ message, ...finding }) => found.push({ ...finding, level: 'warning', message: `at its ${label} size, ${message}` }));
  if (bounds.min > 0) {
    more('min', 'smallest', 'healthy-hosts-unreachable');
  }
  more('max', 'largest', 'fleet-over-quota');
  return found;
}

/** Zones are those of subnets that the app makes. */
function noteZones({ targets, config: { zonal }, findings }: ServerSubject, bounds: FleetBounds | undefined): void {
  if (zonal === undefined) {
    return;
  }
  if (targets._onPremisesTagGroups.length > 0) {
    findings.add({
      id: 'on-premises-without-zone',
      level: 'warning',
      message: "'zonal' goes over Availability Zones, and on-premises instances are in none; what it does with them is not documented",
      remedy: 'make a second rollout for the on-premises instances, without zones',
    });
  }
  if (bounds?.zones === undefined || targets._ec2TagGroups.length > 0) {
    findings.add({
      id: 'zones-unknown',
      level: 'info',
      message: "'zonal' goes over Availability Zones, and those of the targets are not known at synth: nobody has seen whether each has enough instances for its minimum",
      remedy: 'make sure that each zone has more instances than its minimum',
    });
  }
}
