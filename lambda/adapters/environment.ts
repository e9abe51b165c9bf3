import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { SUITE_FILE } from '../../lib/model/suite';
import type { Environment } from '../core/ports';

/** `directory`: where the handler lies, and the suite beside it. */
export function lambdaEnvironment(directory: string): Environment {
  return {
    variable: (name) => process.env[name],
    suite: () => readFileSync(join(directory, SUITE_FILE), 'utf8'),
    payload: (file) => readFileSync(join(directory, file), 'utf8'),
  };
}
