/**
 * Reference paths of the Amazon States Language, the templates of `Parameters` that are filled by them, and where a result goes.
 *
 * @see https://states-language.net/spec.html#path
 */
import { StateError } from './errors';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What `$$` leads to. */
export interface ContextObject {
  readonly Execution: { readonly Id: string; readonly Name: string; readonly StartTime: string };
  /** `RetryCount`: how often this state has been tried before, since it was entered. */
  readonly State: { readonly Name: string; readonly RetryCount: number };
}

/** A path that leads to one place: names and numbers, no wildcards. */
export interface ReferencePath {
  readonly text: string;
  /** Whether it begins at the context object instead of at the input. */
  readonly context: boolean;
  readonly steps: readonly (string | number)[];
}

const STEP = /\.([\p{L}_][\p{L}\p{N}_-]*)|\['([^'\\]*)'\]|\[(\d+)\]/uy;

/** Members of the context object that this player fills. */
export const CONTEXT_PATHS = ['$$.Execution.Id', '$$.Execution.Name', '$$.Execution.StartTime', '$$.State.Name', '$$.State.RetryCount'];

/** @returns the path; undefined where the text is none of this subset */
export function referencePath(text: string): ReferencePath | undefined {
  const context = text.startsWith('$$');
  if (!text.startsWith('$') || (context && !CONTEXT_PATHS.includes(text))) {
    return undefined;
  }
  const steps: (string | number)[] = [];
  STEP.lastIndex = context ? 2 : 1;
  while (STEP.lastIndex < text.length) {
    const match = STEP.exec(text);
    if (match === null) {
      return undefined;
    }
    const [, name, quoted, index] = match;
    steps.push(index === undefined ? (name ?? quoted ?? '') : Number(index));
  }
  return { text, context, steps };
}

export const isObject = (value: Json | undefined): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns undefined where there is nothing at the path */
export function look({ steps }: ReferencePath, from: Json): Json | undefined {
  let at: Json | undefined = from;
  for (const step of steps) {
    if (typeof step === 'number') {
      at = Array.isArray(at) ? (at as readonly Json[])[step] : undefined;
    } else {
      at = isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
    }
  }
  return at;
}

export interface Sources {
  readonly input: Json;
  readonly context: ContextObject;
}

/** @param field for the message @throws StateError where there is nothing at the path */
export function follow(path: ReferencePath, { input, context }: Sources, field: string): Json {
  const found = look(path, path.context ? (context as unknown as Json) : input);
  if (found === undefined) {
    throw new StateError('States.Runtime', `The JSONPath '${path.text}' specified for the field '${field}' could not be found in the input '${JSON.stringify(input)}'`);
  }
  return found;
}

/** Fields whose names end in `.$` become fields without it, with what their path leads to; at any depth. */
export function fill(template: Json, sources: Sources): Json {
  if (Array.isArray(template)) {
    return (template as readonly Json[]).map((item) => fill(item, sources));
  }
  if (!isObject(template)) {
    return template;
  }
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) => {
      const path = name.endsWith('.$') ? referencePath(String(value)) : undefined;
      return path === undefined ? [name, fill(value, sources)] : [name.slice(0, -2), follow(path, sources, name)];
    }),
  );
}

/**
 * Puts a result into the input at a path, making objects on the way.
 * @param path undefined for `null`: the input stays as it is
 */
export function place(path: ReferencePath | undefined, input: Json, result: Json): Json {
  return path === undefined ? input : placeAt(path, path.steps, input, result);
}

function placeAt(path: ReferencePath, [step, ...rest]: ReferencePath['steps'], into: Json | undefined, result: Json): Json {
  if (step === undefined) {
    return result;
  }
  const fits = typeof step === 'string' && (into === undefined || isObject(into));
  if (!fits) {
    throw new StateError('States.ResultPathMatchFailure', `Unable to apply ReferencePath ${path.text} to the input '${JSON.stringify(into ?? null)}'`);
  }
  return { ...into, [step]: placeAt(path, rest, into !== undefined && Object.hasOwn(into, step) ? into[step] : undefined, result) };
}
