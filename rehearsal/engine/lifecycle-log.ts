/** The lifecycle events of one deployment: listed as Pending from the beginning, played in order. */
import type { EcsHookEvent, EcsLifecycleEvent } from '../../lib/model/lifecycle';
import type { LifecycleEventStatus } from '../../lib/model/status';
import type { HookExecution, LifecycleEventRecord } from './deployment-record';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export class LifecycleLog {
  readonly #events: Mutable<LifecycleEventRecord>[];
  readonly #changed: (event: EcsLifecycleEvent, status: LifecycleEventStatus) => void;

  constructor(names: readonly EcsLifecycleEvent[], changed: (event: EcsLifecycleEvent, status: LifecycleEventStatus) => void) {
    this.#events = names.map((lifecycleEventName) => ({ lifecycleEventName, status: 'Pending' }));
    this.#changed = changed;
  }

  get running(): EcsLifecycleEvent | undefined {
    return this.#events.find(({ status }) => status === 'InProgress')?.lifecycleEventName;
  }

  get next(): EcsLifecycleEvent | undefined {
    return this.#events.find(({ status }) => status === 'Pending')?.lifecycleEventName;
  }

  get started(): boolean {
    return this.#events.some(({ startTime }) => startTime !== undefined);
  }

  start(name: EcsLifecycleEvent, at: number): void {
    this.#change(name, { status: 'InProgress', startTime: at });
  }

  end(name: EcsLifecycleEvent, status: 'Succeeded' | 'Failed' | 'Skipped', at: number): void {
    this.#change(name, { status, endTime: at });
  }

  skipRest(): void {
    for (const { lifecycleEventName } of this.#events.filter(({ status }) => status === 'Pending')) {
      this.#change(lifecycleEventName, { status: 'Skipped' });
    }
  }

  hookInvoked(name: EcsHookEvent, hook: HookExecution): void {
    this.#find(name).hook = hook;
  }

  hookReported(name: EcsHookEvent, report: Pick<HookExecution, 'report' | 'reportedAt' | 'reportedBy'>): void {
    const event = this.#find(name);
    if (event.hook !== undefined) {
      event.hook = { ...event.hook, ...report };
    }
  }

  /** The event that this execution id was handed out for. */
  byExecution(executionId: string): LifecycleEventRecord | undefined {
    return this.#events.find(({ hook }) => hook?.executionId === executionId);
  }

  records(): readonly LifecycleEventRecord[] {
    return this.#events.map((event) => ({ ...event }));
  }

  #change(name: EcsLifecycleEvent, change: Partial<LifecycleEventRecord> & { status: LifecycleEventStatus }): void {
    Object.assign(this.#find(name), change);
    this.#changed(name, change.status);
  }

  #find(name: EcsLifecycleEvent): Mutable<LifecycleEventRecord> {
    const event = this.#events.find(({ lifecycleEventName }) => lifecycleEventName === name);
    if (event === undefined) {
      throw new Error(`this deployment has no lifecycle event '${name}'`);
    }
    return event;
  }
}
