/**
 * Provisioned concurrency of the versions of one function: what was asked for, and how far it has come.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
 */
import { serviceBehaviour } from '../service-behaviour';

/** How an allocation of a version goes, as a scenario tells it. */
export interface Provisioning {
  /** Until it is ready, or has failed. */
  readonly afterMs: number;
  /** Why it fails; absent: it does not. */
  readonly fails?: string;
}

/** As GetProvisionedConcurrencyConfig tells it. */
export interface ProvisionedState {
  readonly version: string;
  readonly requested: number;
  readonly allocated: number;
  readonly status: 'IN_PROGRESS' | 'READY' | 'FAILED';
  readonly reason?: string;
  /** When it was asked for. */
  readonly modifiedAt: number;
}

interface Requested {
  readonly executions: number;
  readonly at: number;
  readonly provisioning: Provisioning;
}

export interface ProvisionedConcurrencyOptions {
  readonly now: () => number;
  /** What is told of it; the rest is as the service does it. */
  readonly provisioning: (version: string) => Partial<Provisioning>;
}

export class ProvisionedConcurrency {
  readonly #requested = new Map<string, Requested>();

  constructor(private readonly options: ProvisionedConcurrencyOptions) {}

  /** Takes a version for provisioned since long. */
  adopt(version: string, executions: number): void {
    this.#requested.set(version, { executions, at: 0, provisioning: { afterMs: 0 } });
  }

  /** Begins to allocate. The same number again changes nothing, unless it has failed. */
  request(version: string, executions: number): ProvisionedState {
    const before = this.state(version);
    if (before === undefined || before.requested !== executions || before.status === 'FAILED') {
      this.#requested.set(version, { executions, at: this.options.now(), provisioning: { afterMs: serviceBehaviour().provisioningMs, ...this.options.provisioning(version) } });
    }
    return this.state(version)!;
  }

  release(version: string): void {
    this.#requested.delete(version);
  }

  /** Undefined where the version has none. */
  state(version: string): ProvisionedState | undefined {
    const found = this.#requested.get(version);
    if (found === undefined) {
      return undefined;
    }
    const { executions: requested, at: modifiedAt, provisioning } = found;
    const over = this.options.now() >= modifiedAt + provisioning.afterMs;
    const common = { version, requested, modifiedAt };
    if (over && provisioning.fails !== undefined) {
      return { ...common, status: 'FAILED', allocated: 0, reason: provisioning.fails };
    }
    return over ? { ...common, status: 'READY', allocated: requested } : { ...common, status: 'IN_PROGRESS', allocated: 0 };
  }

  all(): readonly ProvisionedState[] {
    return [...this.#requested.keys()].map((version) => this.state(version)!);
  }
}
