/** The function that settles two Auto Scaling groups of which one serves: a step for its state machine. */
import type { FleetStepEvent, FleetStepReturn } from '../../../lib/model/server/fleets';
import { FLEET_ENV } from '../../../lib/model/server/fleets';
import { ConfigurationError } from '../failures';
import type { Environment } from '../ports';
import { jsonVariable, requiredVariable } from '../settings';
import { quoted } from '../text';
import type { FleetPorts, FleetSettings } from './ports';
import { fleetStep } from './step';

/** For `terminationWait`: the originals are left running. */
const KEEP = 'keep';

export function makeFleetStep(environment: Environment, ports: FleetPorts): (event: FleetStepEvent) => Promise<FleetStepReturn> {
  return async (event) => fleetStep(event, fleetSettings(environment), ports);
}

/** @throws ConfigurationError */
export function fleetSettings(environment: Environment): FleetSettings {
  return {
    application: requiredVariable(environment, FLEET_ENV.application),
    group: requiredVariable(environment, FLEET_ENV.deploymentGroup),
    fleets: twoOf(jsonVariable(environment, FLEET_ENV.autoScalingGroups)),
    terminationWait: secondsIn(requiredVariable(environment, FLEET_ENV.terminationWait)),
  };
}

function twoOf(names: unknown): readonly [string, string] {
  const [one, other, ...more] = Array.isArray(names) ? (names as unknown[]) : [];
  if (typeof one !== 'string' || typeof other !== 'string' || one === '' || other === '' || one === other || more.length > 0) {
    throw new ConfigurationError(`${FLEET_ENV.autoScalingGroups} must be the JSON of the names of two groups, got ${quoted(String(JSON.stringify(names)))}`);
  }
  return [one, other];
}

function secondsIn(text: string): number | undefined {
  if (!/^(\d{1,8}|keep)$/.test(text)) {
    throw new ConfigurationError(`${FLEET_ENV.terminationWait} must be a number of seconds or '${KEEP}', got ${quoted(text)}`);
  }
  return text === KEEP ? undefined : Number(text);
}
