/** Errors of the Amazon States Language, by name and cause. */

/** An error that a state ended with; may be retried or caught, unless it is one of those that end the execution. */
export class StateError extends Error {
  constructor(
    readonly error: string,
    readonly errorCause: string,
  ) {
    super(`${error}: ${errorCause}`);
    this.name = 'StateError';
  }
}

/**
 * Whether a retrier or catcher with these names takes the error.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function matches(names: readonly string[], error: string): boolean {
  // Always ends the execution, whoever names it.
  if (error === 'States.Runtime') {
    return false;
  }
  if (names.includes(error)) {
    return true;
  }
  if (error === 'States.DataLimitExceeded') {
    return false;
  }
  // Every failed task has this name too, unless it took too long.
  return names.includes('States.ALL') || (names.includes('States.TaskFailed') && error !== 'States.Timeout');
}
