/** Finds the handler in an asset as the Lambda runtime does, and turns what it throws into Lambda's words. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import type { LambdaError } from '../protocol';

export type Handler = (event: unknown, context: object, callback: (error?: unknown, result?: unknown) => void) => unknown;

type Module = Record<string, unknown>;

/** Loads `folder/file.export` from the task root. Throws what the user's code throws, or an error with Lambda's name. */
export async function loadHandler(taskRoot: string, handler: string): Promise<Handler> {
  const [, name, exported] = /^([^.]*)\.(.*)$/.exec(path.basename(handler)) ?? [];
  if (!name || !exported) {
    throw named('Runtime.MalformedHandlerName', `handler must be of the form 'file.export', got '${handler}'`);
  }
  const base = path.resolve(taskRoot, path.dirname(handler), name);
  const file = [base, `${base}.js`, `${base}.mjs`, `${base}.cjs`].find((candidate) => candidate !== base && existsSync(candidate));
  if (file === undefined) {
    throw named('Runtime.ImportModuleError', `cannot find module '${name}' of handler '${handler}' in ${taskRoot}`);
  }
  const loaded = await load(file, taskRoot);
  const found = exported.split('.').reduce<unknown>((value, key) => (value as Module | undefined)?.[key], loaded);
  if (typeof found !== 'function') {
    throw named('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  return found as Handler;
}

async function load(file: string, taskRoot: string): Promise<Module> {
  if (isModule(file, taskRoot)) {
    return (await import(pathToFileURL(file).href)) as Module;
  }
  return createRequire(file)(file) as Module;
}

function isModule(file: string, taskRoot: string): boolean {
  if (!file.endsWith('.js')) {
    return file.endsWith('.mjs');
  }
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    if (existsSync(manifest)) {
      return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }).type === 'module';
    }
    if (folder === path.resolve(taskRoot) || folder === path.dirname(folder)) {
      return false;
    }
  }
}

export function toLambdaError(thrown: unknown): LambdaError {
  if (thrown instanceof Error || (typeof thrown === 'object' && thrown !== null && 'message' in thrown)) {
    const { name, message, stack } = thrown as { name?: unknown; message: unknown; stack?: unknown };
    return { errorType: String(name ?? 'Error'), errorMessage: String(message), trace: typeof stack === 'string' ? stack.split('\n') : [] };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}

/** Names an error as Lambda does, keeping its own trace. */
export function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
