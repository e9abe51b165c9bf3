/**
 * Event patterns of EventBridge, as far as they list values.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */

/** Whether an event matches a pattern; undefined where the pattern asks for more than one of several values, such as a prefix or `$or`. */
export function matchesPattern(pattern: unknown, event: unknown): boolean | undefined {
  if (!isObject(pattern)) {
    return undefined;
  }
  const answers = Object.entries(pattern).map(([name, wanted]) => (name.startsWith('$') ? undefined : matchesMember(wanted, isObject(event) ? event[name] : undefined)));
  return answers.includes(undefined) ? undefined : !answers.includes(false);
}

function matchesMember(wanted: unknown, actual: unknown): boolean | undefined {
  if (!Array.isArray(wanted)) {
    return matchesPattern(wanted, actual);
  }
  if (wanted.some((value) => typeof value === 'object' && value !== null)) {
    return undefined;
  }
  const values: readonly unknown[] = Array.isArray(actual) ? actual : [actual];
  return values.some((value) => wanted.includes(value));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
