/**
 * The lifecycle events of the instances of one deployment that have the same ones: numbers in typed arrays, since a fleet may have ten thousand instances with thirteen
 * events each. Objects are made for those that are asked for.
 */
import type { ServerLifecycleEvent } from '../../../lib/model/server/events';
import type { LifecycleEventStatus } from '../../../lib/model/status';

export interface Diagnostics {
  readonly errorCode: 'Success' | 'ScriptMissing' | 'ScriptNotExecutable' | 'ScriptTimedOut' | 'ScriptFailed' | 'UnknownError';
  readonly scriptName?: string;
  readonly message: string;
  readonly logTail?: string;
}

export interface InstanceEventRecord {
  readonly lifecycleEventName: ServerLifecycleEvent;
  readonly status: LifecycleEventStatus;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly diagnostics?: Diagnostics;
}

export type InstanceTargetStatus = 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Skipped' | 'Unknown' | 'Ready';

export type DeploymentCounts = Readonly<Record<Exclude<InstanceTargetStatus, 'Unknown'>, number>>;

const STATUSES: readonly InstanceTargetStatus[] = ['Pending', 'InProgress', 'Succeeded', 'Failed', 'Skipped', 'Unknown', 'Ready'];
const EVENT_STATUSES = STATUSES as readonly LifecycleEventStatus[];
const CODES = Object.fromEntries(STATUSES.map((status, code) => [status, code])) as Record<InstanceTargetStatus, number>;

export type TargetLabel = 'Blue' | 'Green';

export class TargetLog {
  readonly events: readonly ServerLifecycleEvent[];
  /** Index in the fleet, by row. */
  readonly instances: readonly number[];
  readonly label: TargetLabel | undefined;
  readonly #rows = new Map<number, number>();
  readonly #status: Uint8Array;
  readonly #updated: Float64Array;
  readonly #eventStatus: Uint8Array;
  readonly #start: Float64Array;
  readonly #end: Float64Array;
  readonly #diagnostics = new Map<number, Diagnostics>();
  readonly #counts: number[] = STATUSES.map(() => 0);

  constructor(events: readonly ServerLifecycleEvent[], instances: readonly number[], at: number, label?: TargetLabel) {
    this.events = events;
    this.instances = instances;
    this.label = label;
    const cells = events.length * instances.length;
    this.#status = new Uint8Array(instances.length);
    this.#updated = new Float64Array(instances.length).fill(at);
    this.#eventStatus = new Uint8Array(cells);
    this.#start = new Float64Array(cells).fill(Number.NaN);
    this.#end = new Float64Array(cells).fill(Number.NaN);
    this.#counts[CODES.Pending] = instances.length;
    instances.forEach((instance, row) => this.#rows.set(instance, row));
  }

  row(instance: number): number | undefined {
    return this.#rows.get(instance);
  }

  counts(): DeploymentCounts {
    const of = (status: InstanceTargetStatus): number => this.#counts[CODES[status]];
    return { Pending: of('Pending'), InProgress: of('InProgress'), Succeeded: of('Succeeded'), Failed: of('Failed'), Skipped: of('Skipped'), Ready: of('Ready') };
  }

  status(row: number): InstanceTargetStatus {
    return STATUSES[this.#status[row]];
  }

  /** Whether any event of an instance has started. */
  begun(row: number): boolean {
    return !Number.isNaN(this.#start[row * this.events.length]);
  }

  updatedAt(row: number): number {
    return this.#updated[row];
  }

  setStatus(row: number, status: InstanceTargetStatus, at: number): void {
    this.#counts[this.#status[row]] -= 1;
    this.#counts[CODES[status]] += 1;
    this.#status[row] = CODES[status];
    this.#updated[row] = at;
  }

  start(row: number, column: number, at: number): void {
    const cell = row * this.events.length + column;
    this.#eventStatus[cell] = CODES.InProgress;
    this.#start[cell] = at;
    this.#updated[row] = at;
  }

  end(row: number, column: number, status: 'Succeeded' | 'Failed', at: number, diagnostics?: Diagnostics): void {
    const cell = row * this.events.length + column;
    this.#eventStatus[cell] = CODES[status];
    this.#end[cell] = at;
    this.#updated[row] = at;
    if (diagnostics !== undefined) {
      this.#diagnostics.set(cell, diagnostics);
    }
  }

  /** Ends what runs on an instance, and passes over the rest. */
  close(row: number, running: 'Failed' | 'Skipped', at: number): void {
    for (let cell = row * this.events.length; cell < (row + 1) * this.events.length; cell++) {
      if (this.#eventStatus[cell] === CODES.InProgress) {
        this.#eventStatus[cell] = CODES[running];
        this.#end[cell] = at;
      } else if (this.#eventStatus[cell] === CODES.Pending) {
        this.#eventStatus[cell] = CODES.Skipped;
      }
    }
  }

  records(row: number): readonly InstanceEventRecord[] {
    return this.events.map((lifecycleEventName, column) => {
      const cell = row * this.events.length + column;
      const diagnostics = this.#diagnostics.get(cell);
      return {
        lifecycleEventName,
        status: EVENT_STATUSES[this.#eventStatus[cell]],
        ...(Number.isNaN(this.#start[cell]) ? {} : { startTime: this.#start[cell] }),
        ...(Number.isNaN(this.#end[cell]) ? {} : { endTime: this.#end[cell] }),
        ...(diagnostics === undefined ? {} : { diagnostics }),
      };
    });
  }
}

/** The overview of a deployment whose instances are in several logs; an instance is in one of them only. */
export function totalCounts(logs: readonly TargetLog[]): DeploymentCounts {
  const sum = { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 0, Skipped: 0, Ready: 0 };
  for (const log of logs) {
    const counts = log.counts();
    (Object.keys(sum) as (keyof typeof sum)[]).forEach((status) => (sum[status] += counts[status]));
  }
  return sum;
}

