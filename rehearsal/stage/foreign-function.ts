/** A released function that no template of the assembly makes: it runs from folders on the command line, with settings that are taken for granted. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { LambdaRolloutModel } from '../assembly/lambda-rollout-model';
import { UserError } from '../report/user-error';
import type { StagedFunction } from './functions';

const MEMORY_MB = 1024;

/** Files of a handler in the root of the code, as the consoles and guides of Lambda name them. */
const HANDLERS: readonly { readonly file: string; readonly handler: string; readonly runtime: string }[] = [
  ...['index.mjs', 'index.js', 'index.cjs'].map((file) => ({ file, handler: 'index.handler', runtime: 'nodejs22.x' })),
  { file: 'lambda_function.py', handler: 'lambda_function.lambda_handler', runtime: 'python3.13' },
  { file: 'index.py', handler: 'index.handler', runtime: 'python3.13' },
];

/** @throws UserError without folders, or where they hold no handler that can be run here */
export function foreignFunction({ released, timeoutMs }: LambdaRolloutModel, folders: { readonly blue: string; readonly green: string } | undefined, runsPython: boolean): StagedFunction {
  const { name, arn } = released;
  if (folders === undefined) {
    throw new UserError(`function ${name} is not made in this assembly, so its code cannot be rehearsed; name folders with the code of both versions by --blue and --green, or add the stack that makes it to the app`);
  }
  const found = HANDLERS.find(({ file }) => existsSync(join(folders.blue, file)) && existsSync(join(folders.green, file)));
  if (found === undefined) {
    throw new UserError(`the folders of --blue and --green must both hold one of ${HANDLERS.map(({ file }) => file).join(', ')}, since no template tells the handler of function ${name}`);
  }
  const { handler, runtime } = found;
  if (runtime.startsWith('python') && !runsPython) {
    throw new UserError(`function ${name} is written in Python, and there is no python3 on the PATH that could run it; install Python`);
  }
  return {
    spec: { name, arn, directory: folders.blue, handler, runtime, timeoutMs, memoryMb: MEMORY_MB, environment: {}, roleArn: '', inVpc: false },
    asynchronous: { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 },
    logGroup: `/aws/lambda/${name}`,
    notModelled: [],
  };
}

/** What is said of it in a report. */
export const FOREIGN = {
  settings: (name: string): string => `function ${name} is made elsewhere: handler and runtime by the files in its folders, ${MEMORY_MB} MB, no environment variables`,
  role: (name: string): string => `the role of function ${name}, which no template makes: whatever it asks of AWS is denied`,
} as const;
