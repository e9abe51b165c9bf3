/** The failures that the core tells apart. */
import { excerpt } from './text';

/** Something that the constructs or a user configured cannot be played. Reported as Failed. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** Time was up. */
export class Overdue extends Error {
  override readonly name = 'Overdue';
}

/** A value that could not be read, or cannot be sent where it is to go: nothing was asked of the application. */
export class UnusableValue extends Error {
  override readonly name = 'UnusableValue';

  constructor(
    message: string,
    readonly retryable: boolean,
  ) {
    super(message);
  }
}

/** What one invocation leaves to the next cannot be written down, or cannot be read. */
export class HandOverFailure extends Error {
  override readonly name = 'HandOverFailure';
}

/** A call to AWS did not work. */
export class ServiceFailure extends Error {
  override readonly name = 'ServiceFailure';

  constructor(
    /** Such as `codedeploy:GetDeployment`. */
    readonly call: string,
    /** The service's error code, or the transport's (`ECONNREFUSED`). */
    readonly code: string,
    message: string,
    /** Throttled, a fault of the service, or of the way there: worth another try. */
    readonly retryable: boolean,
  ) {
    super(`${call} failed: ${code}: ${message}`);
  }
}

/** Why a request to what is checked could not be measured. */
export type TransportCategory =
  | 'dns'
  | 'connect'
  | 'tls'
  | 'timeout'
  | 'reset'
  /** The header section is larger than the client takes. */
  | 'too-large'
  /** The answer is not HTTP. */
  | 'protocol'
  /** The address is one that a hook must not reach. */
  | 'refused-address';

/** Another attempt may well work, and asks nothing of the application. */
const RETRYABLE: readonly TransportCategory[] = ['dns', 'connect', 'tls', 'timeout', 'reset'];

export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';

  constructor(
    readonly category: TransportCategory,
    message: string,
  ) {
    super(message);
  }

  get retryable(): boolean {
    return RETRYABLE.includes(this.category);
  }
}

/** Their messages are written for people, and need no name before them. */
const OWN_FAILURES = [ConfigurationError, HandOverFailure, ServiceFailure, TransportFailure, Overdue, UnusableValue];

/** An error of any kind in one bounded line. */
export function describeError(error: unknown): string {
  if (OWN_FAILURES.some((failure) => error instanceof failure)) {
    return excerpt((error as Error).message, 1000);
  }
  return error instanceof Error ? excerpt(`${error.name}: ${error.message}`, 300) : excerpt(String(error), 300);
}
