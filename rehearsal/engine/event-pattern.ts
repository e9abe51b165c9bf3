/**
 * Event patterns of EventBridge. A pattern is read once, and then asked for each event.
 *
 * No small library for it is alive on npm, so that the language is read here; `cidr` is the one operator that is left out.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-content-based-filtering.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
import { valueTest, type ValueTest } from './event-pattern-values';

/** Stands in an event for a value that is not known yet: whatever asks for a value there finds it. */
export const ANY_VALUE = Symbol('any value');

export type EventPattern =
  | { readonly matches: (event: unknown) => boolean }
  /** What of it is not understood, such as `"detail.address": [{"cidr":"10.0.0.0/24"}]`; it matches nothing. */
  | { readonly problem: string };

type Test = (event: unknown) => boolean;

class NotUnderstood extends Error {}

export function eventPattern(pattern: unknown): EventPattern {
  try {
    return { matches: objectTest(pattern, []) };
  } catch (error) {
    if (error instanceof NotUnderstood) {
      return { problem: error.message };
    }
    throw error;
  }
}

/** Whether an event matches a pattern; undefined where the pattern is not understood. */
export function matchesPattern(pattern: unknown, event: unknown): boolean | undefined {
  const read = eventPattern(pattern);
  return 'problem' in read ? undefined : read.matches(event);
}

/** All members have to match. */
function objectTest(pattern: unknown, path: readonly string[]): Test {
  if (!isObject(pattern)) {
    throw notUnderstood(pattern, path);
  }
  const tests = Object.entries(pattern).map(([name, wanted]): Test => {
    const at = [...path, name];
    if (name === '$or') {
      return anyOf(wanted, at, path);
    }
    const test = Array.isArray(wanted) ? leafTest(wanted, at) : objectTest(wanted, at);
    return (event) => test(isObject(event) ? event[name] : undefined);
  });
  const all: Test = (event) => tests.every((test) => test(event));
  // Members of a list of objects are looked for in one and the same object.
  return (event) => (Array.isArray(event) && event.length > 0 ? event.some((one) => all(one)) : all(event));
}

function anyOf(patterns: unknown, at: readonly string[], path: readonly string[]): Test {
  if (!Array.isArray(patterns) || patterns.length === 0) {
    throw notUnderstood(patterns, at);
  }
  const tests = patterns.map((one: unknown) => objectTest(one, path));
  return (event) => tests.some((test) => test(event));
}

function leafTest(wanted: readonly unknown[], path: readonly string[]): Test {
  if (wanted.length === 0) {
    throw notUnderstood(wanted, path);
  }
  const tests = wanted.map((value): ValueTest => valueTest(value) ?? refuse(wanted, path));
  return (actual) => {
    const values = leaves(actual);
    return tests.some(({ absent, present }) => (values.length === 0 ? absent : values.some((value) => value === ANY_VALUE ? !absent : present(value))));
  };
}

/** Where a list stands in the event, any value of it may match; what has members is no value. */
function leaves(actual: unknown): readonly unknown[] {
  if (Array.isArray(actual)) {
    return actual.flatMap(leaves);
  }
  return actual === undefined || isObject(actual) ? [] : [actual];
}

const notUnderstood = (value: unknown, path: readonly string[]): NotUnderstood => new NotUnderstood(`${JSON.stringify(path.join('.'))}: ${JSON.stringify(value)}`);

function refuse(value: unknown, path: readonly string[]): never {
  throw notUnderstood(value, path);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
