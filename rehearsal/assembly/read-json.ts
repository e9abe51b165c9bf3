import { readFileSync, statSync } from 'node:fs';

import { UserError } from '../report/user-error';

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Most bytes of a file that is read: fifty templates of the largest size that CloudFormation takes, in one manifest or asset manifest, are far below. */
export const MAX_JSON_BYTES = 64 * 1024 * 1024;

/** A JSON object from a file; `what` names it in the error, such as `template of stack EcsWeb`. */
export function readJsonObject(file: string, what: string): JsonObject {
  let text: string;
  try {
    const { size } = statSync(file);
    if (size > MAX_JSON_BYTES) {
      throw new UserError(`${what} has ${size} bytes, and at most ${MAX_JSON_BYTES} are read: ${file}; name the output directory of 'cdk synth'`);
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UserError) {
      throw error;
    }
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? String(error)})`;
    throw new UserError(`${what} ${why}: ${file}; synthesize the app again with 'cdk synth'`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${what} is not valid JSON: ${file}: ${(error as Error).message}; synthesize the app again with 'cdk synth'`);
  }
  if (!isObject(value)) {
    throw new UserError(`${what} must be a JSON object: ${file}; synthesize the app again with 'cdk synth'`);
  }
  return value;
}
