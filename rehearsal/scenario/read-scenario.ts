import { readFileSync, statSync } from 'node:fs';

import { UserError } from '../report/user-error';
import { MAX_SCENARIO_BYTES, parseScenario } from './parse-scenario';
import type { Scenario } from './scenario';

/** A scenario from a file. @throws UserError where it cannot be read or is not sound */
export function readScenarioFile(file: string): Scenario {
  let text: string;
  try {
    const { size } = statSync(file);
    // Before it is read, so that a wrong name cannot fill the memory.
    if (size > MAX_SCENARIO_BYTES) {
      throw new UserError(
        `${file} is ${size} bytes long, and a scenario may have at most ${MAX_SCENARIO_BYTES}; name a scenario file with --scenario`,
      );
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UserError) {
      throw error;
    }
    const code = (error as NodeJS.ErrnoException).code;
    const why = `scenario file ${file} cannot be read (${code ?? String(error)})`;
    throw new UserError(code === 'ENOENT' ? `no such scenario file: ${file}` : why);
  }
  return parseScenario(file, text);
}
