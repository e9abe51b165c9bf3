/**
 * Provisioned concurrency of one version: asking for it, and what has come of it.
 *
 * It is the version's own, and never the alias's: Lambda gives a version one setting, and refuses that of an alias as long as traffic is shifted.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
 */
import { excerpt } from '../text';

/** A published version of a function. */
export interface Version {
  readonly functionName: string;
  /** Its number. */
  readonly version: string;
}

export interface Allocation {
  /** `IN_PROGRESS`, `READY` or `FAILED`. */
  readonly status: string;
  readonly requested: number;
  /** What is there already. */
  readonly available: number;
  /** Why it has failed. */
  readonly reason?: string;
}

/** Every call rejects with `ServiceFailure`. */
export interface ProvisionedConcurrencyService {
  /** Undefined where the version has none. */
  read(version: Version, signal: AbortSignal): Promise<Allocation | undefined>;
  request(version: Version, executions: number, signal: AbortSignal): Promise<Allocation>;
  /** Where there is none, or no such version any more, nothing is done. */
  release(version: Version, signal: AbortSignal): Promise<void>;
}

export interface Wanted extends Version {
  readonly executions: number;
  /** Whether it has been asked for: what failed before that was another try. */
  readonly asked: boolean;
}

export interface Provisioned {
  readonly allocation: Allocation;
  readonly asked: boolean;
}

/** Looks, and asks where there is none, less or more than is wanted, or one that failed before anybody asked. */
export async function provision(service: ProvisionedConcurrencyService, wanted: Wanted, call: <T>(make: (signal: AbortSignal) => Promise<T>) => Promise<T>): Promise<Provisioned> {
  const { executions, asked } = wanted;
  const found = await call((signal) => service.read(wanted, signal));
  if (found !== undefined && found.requested === executions && (asked || found.status !== 'FAILED')) {
    return { allocation: found, asked };
  }
  return { allocation: await call((signal) => service.request(wanted, executions, signal)), asked: true };
}

export type Progress = 'ready' | 'pending' | 'failed';

export function progressOf({ status }: Allocation): Progress {
  switch (status) {
    case 'READY':
      return 'ready';
    case 'FAILED':
      return 'failed';
    default:
      return 'pending';
  }
}

/** In one line, for people. */
export function describeAllocation({ functionName, version }: Version, { status, requested, available, reason }: Allocation): string {
  const subject = `${functionName}:${version}`;
  return status === 'FAILED'
    ? `Lambda could not allocate the provisioned concurrency of ${subject}: ${excerpt(reason ?? 'no reason', 500)}`
    : `${available} of ${requested} provisioned execution environments of ${subject} are available (${excerpt(status)})`;
}
