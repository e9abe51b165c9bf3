import { closeSync, openSync, readSync } from 'node:fs';

import { UserError } from '../report/user-error';
import { MAX_SCENARIO_BYTES, parseScenario } from './parse-scenario';
import type { Scenario } from './scenario';

/** A scenario from a file. @throws UserError where it cannot be read or is not sound */
export function readScenarioFile(file: string): Scenario {
  let bytes: Buffer;
  try {
    bytes = firstBytes(file, MAX_SCENARIO_BYTES + 1);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = `scenario file ${file} cannot be read (${code ?? String(error)})`;
    throw new UserError(code === 'ENOENT' ? `no such scenario file: ${file}` : why);
  }
  if (bytes.length > MAX_SCENARIO_BYTES) {
    throw new UserError(`${file} is longer than the ${MAX_SCENARIO_BYTES} bytes that a scenario may have; name a scenario file with --scenario`);
  }
  return parseScenario(file, bytes.toString());
}

/** No more of a file than this, whatever it is: a wrong name, such as that of a device, must not fill the memory. */
function firstBytes(file: string, most: number): Buffer {
  const bytes = Buffer.alloc(most);
  const descriptor = openSync(file, 'r');
  try {
    let length = 0;
    for (let read = -1; read !== 0 && length < most; length += read) {
      read = readSync(descriptor, bytes, length, most - length, null);
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
