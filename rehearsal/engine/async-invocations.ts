/**
 * Lambda's queue of asynchronous invocations: retries, the age of an event, throttling, and destinations.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
import { MAX_EVENT_AGE_SECONDS } from '../../lib/model/limits';
import { destinationRecord, type DestinationRecord, type FinalCondition } from './destination-record';
import { requestId } from './identifiers';
import type { Cancel, FunctionRunner, FunctionSpec, HookInvocation, InvocationResult, RandomFor, Scheduler } from './ports';
import { serviceBehaviour, type ServiceBehaviour } from './service-behaviour';

export interface AsyncFunction {
  readonly spec: FunctionSpec;
  readonly config: AsyncConfig;
}

export interface AsyncConfig {
  /** Further attempts after a failed one, 0 to 2; 2 where absent. */
  readonly maximumRetryAttempts?: number;
  /** 60 to 21,600; 21,600 where absent. */
  readonly maximumEventAgeSeconds?: number;
  /** Names of the functions that get a record of how an event ended. */
  readonly onSuccess?: string;
  readonly onFailure?: string;
}

export interface AsyncInvocationsOptions {
  readonly scheduler: Scheduler;
  readonly random: RandomFor;
  readonly runner: FunctionRunner;
  readonly functions: readonly AsyncFunction[];
  /** Whether a role may do this: delivering a record needs lambda:InvokeFunction on the destination. */
  readonly authorize: (roleArn: string, action: string, resource: string) => boolean;
  /** Time of day of virtual zero. */
  readonly epochMs: number;
  readonly behaviour?: ServiceBehaviour;
}

export interface AsyncEvent {
  readonly requestId: string;
  readonly functionName: string;
  readonly payload: unknown;
  readonly acceptedAt: number;
  /** The event whose record this one carries. */
  readonly recordOf?: string;
}

/** What happens to asynchronous events, as it happens. */
export type AsyncChange = { readonly at: number; readonly event: AsyncEvent } & (
  | { readonly kind: 'accepted' }
  | { readonly kind: 'throttled'; readonly retryAt: number }
  | { readonly kind: 'started'; readonly attempt: number }
  | { readonly kind: 'ran'; readonly attempt: number; readonly result: InvocationResult }
  | { readonly kind: 'ended'; readonly condition: FinalCondition; readonly attempts: number }
  | { readonly kind: 'delivered'; readonly destination: string; readonly record: DestinationRecord }
  | { readonly kind: 'undelivered'; readonly destination: string; readonly reason: string }
);

interface Pending {
  readonly event: AsyncEvent;
  readonly target: AsyncFunction;
  readonly expiresAt: number;
  attempts: number;
  throttles: number;
  last?: InvocationResult;
}

type WithoutStamp<T> = T extends unknown ? Omit<T, 'at' | 'event'> : never;

const DEFAULT_RETRIES = 2;
/** Quota of Lambda for an asynchronous payload: a longer record is not delivered. */
const MAX_ASYNC_PAYLOAD_BYTES = 1_048_576;
const FAILED: readonly InvocationResult['end'][] = ['threw', 'timedOut', 'crashed'];

export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions;
  readonly #behaviour: ServiceBehaviour;
  readonly #functions = new Map<string, AsyncFunction>();
  readonly #throttledUntil = new Map<string, { readonly from: number; readonly until: number }[]>();
  readonly #listeners = new Set<(change: AsyncChange) => void>();
  #accepted = 0;
  #running = 0;
  #failure: unknown;
  readonly #waiting: (() => void)[] = [];

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options;
    this.#behaviour = options.behaviour ?? serviceBehaviour();
    this.deploy(options.functions);
  }

  /** From now on these are so: new ones, and those that are there with other settings. */
  deploy(functions: readonly AsyncFunction[]): void {
    functions.forEach((entry) => this.#functions.set(entry.spec.name, entry).set(entry.spec.arn, entry));
  }

  /** Functions that run at this moment: virtual time belongs to them, and not to whoever plays the heap of events. */
  get running(): number {
    return this.#running;
  }

  /** Resolves when no function runs any more; at once where none does. */
  idle(): Promise<void> {
    return this.#running === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What the runner was rejected with, where the simulator itself failed. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Accepts an event; it runs a moment later.
   * @param nameOrArn a function of this rehearsal
   */
  invoke(nameOrArn: string, payload: unknown): HookInvocation & { readonly requestId?: string } {
    return this.#accept(nameOrArn, payload);
  }

  /** Refuses every attempt to run a function from `from` (included) to `until` (not included). */
  throttle(nameOrArn: string, from: number, until: number): void {
    const target = this.#functions.get(nameOrArn);
    if (target === undefined) {
      throw new Error(this.#unknown(nameOrArn));
    }
    const windows = this.#throttledUntil.get(target.spec.name) ?? [];
    this.#throttledUntil.set(target.spec.name, [...windows, { from, until }]);
  }

  onChange(listener: (change: AsyncChange) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #accept(nameOrArn: string, payload: unknown, recordOf?: string): HookInvocation & { readonly requestId?: string } {
    const target = this.#functions.get(nameOrArn);
    if (target === undefined) {
      return { accepted: false, message: this.#unknown(nameOrArn) };
    }
    const { scheduler, random } = this.#options;
    const number = ++this.#accepted;
    const event: AsyncEvent = {
      requestId: requestId(random, `${target.spec.name} ${number}`),
      functionName: target.spec.name,
      payload,
      acceptedAt: scheduler.now(),
      ...(recordOf === undefined ? {} : { recordOf }),
    };
    const ageMs = (target.config.maximumEventAgeSeconds ?? MAX_EVENT_AGE_SECONDS) * 1000;
    const pending: Pending = { event, target, expiresAt: event.acceptedAt + ageMs, attempts: 0, throttles: 0 };
    this.#emit(pending, { kind: 'accepted' });
    this.#schedule(pending, this.#behaviour.asyncDelayMs);
    return { accepted: true, requestId: event.requestId };
  }

  /** The next attempt, or the end of an event that would be too old by then. */
  #schedule(pending: Pending, delayMs: number): void {
    const { scheduler } = this.#options;
    const { functionName } = pending.event;
    const at = scheduler.now() + delayMs;
    if (at >= pending.expiresAt) {
      scheduler.at(pending.expiresAt, `event of ${functionName} is too old`, () => this.#end(pending, 'EventAgeExceeded'));
    } else {
      scheduler.at(at, `invoke ${functionName}`, () => this.#attempt(pending));
    }
  }

  #attempt(pending: Pending): void {
    const now = this.#options.scheduler.now();
    const { functionName, requestId: id, payload } = pending.event;
    const throttled = this.#throttledUntil.get(functionName)?.some(({ from, until }) => now >= from && now < until) ?? false;
    if (throttled) {
      const { throttleBackoffMinMs, throttleBackoffMaxMs } = this.#behaviour;
      const delayMs = Math.min(throttleBackoffMaxMs, throttleBackoffMinMs * 2 ** pending.throttles++);
      this.#emit(pending, { kind: 'throttled', retryAt: Math.min(now + delayMs, pending.expiresAt) });
      this.#schedule(pending, delayMs);
      return;
    }
    pending.attempts++;
    this.#running++;
    this.#emit(pending, { kind: 'started', attempt: pending.attempts });
    this.#options.runner.run(pending.target.spec, { requestId: id, payload }).then(
      (result) => this.#ran(pending, result),
      (error: unknown) => {
        this.#failure ??= error;
        this.#finished();
      },
    );
  }

  /** The runner knows when the function ended; what follows from it happens then, and not when we came to hear of it. */
  #ran(pending: Pending, result: InvocationResult): void {
    const { scheduler } = this.#options;
    scheduler.at(result.endedAt, `end of ${pending.event.functionName}`, () => this.#settle(pending, result));
    this.#finished();
  }

  #finished(): void {
    this.#running--;
    if (this.#running === 0) {
      this.#waiting.splice(0).forEach((resolve) => resolve());
    }
  }

  #settle(pending: Pending, result: InvocationResult): void {
    pending.last = result;
    pending.throttles = 0;
    this.#emit(pending, { kind: 'ran', attempt: pending.attempts, result });
    if (!FAILED.includes(result.end)) {
      this.#end(pending, 'Success');
    } else if (pending.attempts > (pending.target.config.maximumRetryAttempts ?? DEFAULT_RETRIES)) {
      this.#end(pending, 'RetriesExhausted');
    } else {
      this.#schedule(pending, pending.attempts === 1 ? this.#behaviour.asyncFirstRetryMs : this.#behaviour.asyncSecondRetryMs);
    }
  }

  #end(pending: Pending, condition: FinalCondition): void {
    const { event, target, attempts, last } = pending;
    this.#emit(pending, { kind: 'ended', condition, attempts });
    const destination = condition === 'Success' ? target.config.onSuccess : target.config.onFailure;
    if (destination === undefined) {
      return;
    }
    const { authorize, epochMs, scheduler } = this.#options;
    const receiver = this.#functions.get(destination);
    const arn = receiver?.spec.arn ?? destination;
    if (!authorize(target.spec.roleArn, 'lambda:InvokeFunction', arn)) {
      const reason = `the role ${target.spec.roleArn} may not call lambda:InvokeFunction on ${arn}`;
      this.#emit(pending, { kind: 'undelivered', destination, reason });
      return;
    }
    const record = destinationRecord({
      spec: target.spec,
      requestId: event.requestId,
      payload: event.payload,
      condition,
      attempts,
      epochMs,
      now: scheduler.now(),
      result: last,
      responseWithoutAttempt: !this.#behaviour.expiredRecordHasNoResponse,
    });
    const bytes = new TextEncoder().encode(JSON.stringify(record)).length;
    if (bytes > MAX_ASYNC_PAYLOAD_BYTES) {
      const reason = `the record of ${event.functionName} has ${bytes} bytes, and an asynchronous payload may have ${MAX_ASYNC_PAYLOAD_BYTES}`;
      this.#emit(pending, { kind: 'undelivered', destination, reason });
      return;
    }
    const answer = this.#accept(destination, record, event.requestId);
    if (answer.accepted) {
      this.#emit(pending, { kind: 'delivered', destination, record });
    } else {
      this.#emit(pending, { kind: 'undelivered', destination, reason: answer.message });
    }
  }

  #unknown(nameOrArn: string): string {
    const names = [...new Set([...this.#functions.values()].map(({ spec }) => spec.name))].join(', ');
    return `no function '${nameOrArn}' in this rehearsal; there are: ${names || 'none'}`;
  }

  #emit(pending: Pending, change: WithoutStamp<AsyncChange>): void {
    const stamped = { ...change, at: this.#options.scheduler.now(), event: pending.event };
    this.#listeners.forEach((listener) => listener(stamped));
  }
}
