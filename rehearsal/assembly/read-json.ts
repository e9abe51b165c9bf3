import { readFileSync } from 'node:fs';

import { UserError } from '../report/user-error';

export type JsonObject = { readonly [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON object from a file; `what` names it in the error, such as `template of stack EcsWeb`. */
export function readJsonObject(file: string, what: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
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
