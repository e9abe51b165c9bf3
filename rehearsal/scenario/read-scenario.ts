import { boundedFile } from '../documents/bounded-file';
import { MAX_SCENARIO_BYTES, parseScenario } from './parse-scenario';
import type { Scenario } from './scenario';

const SCENARIO = { what: 'scenario', most: MAX_SCENARIO_BYTES, remedy: 'name a scenario file with --scenario' };

/** A scenario from a file. @throws UserError where it cannot be read or is not sound */
export function readScenarioFile(file: string): Scenario {
  return parseScenario(file, boundedFile(file, SCENARIO).toString());
}
