/** Sends requests at their times, whatever becomes of those before. One run for each call: nothing here starts a load anew. */
import type { LoadCheckDocument } from '../../../../lib/model/load-document';
import type { Clock } from '../../ports';
import type { LoadEnd, LoadLine, MakeHistogram } from './ports';
import type { Schedule } from './schedule';
import { schedule } from './schedule';
import type { LoadSummary } from './tally';
import { LoadTally } from './tally';

export interface LoadPorts {
  readonly clock: Clock;
  readonly histogram: MakeHistogram;
  readonly line: LoadLine;
}

/** While no place is free, no request tells whether the client itself is late; the clock is then looked at this often. */
const BEAT_MS = 100;

/** Rejects with the signal's reason when it is aborted; whatever is under way has ended then. */
export async function runLoad(document: LoadCheckDocument, ports: LoadPorts, signal: AbortSignal): Promise<LoadSummary> {
  const run = new LoadRun(document, ports);
  const over = new AbortController();
  const wake = () => run.wake();
  signal.addEventListener('abort', wake, { once: true });
  try {
    void run.beat(over.signal);
    return await run.play(signal);
  } finally {
    over.abort(OVER);
    signal.removeEventListener('abort', wake);
    run.cancelAll();
  }
}

/** A request under way. Times are milliseconds since the start. */
interface Shot {
  readonly index: number;
  readonly dueAt: number;
  /** Nobody waits for its answer any longer. */
  readonly deadline: number;
  cancel: () => void;
}

class LoadRun {
  private readonly plan: Schedule;
  private readonly tally: LoadTally;
  private readonly startedAt: number;
  private readonly underWay = new Set<Shot>();
  private next = 0;
  /** All places were taken when it was last looked: what comes due until then has to wait. */
  private full = false;
  /** No request under way has an earlier deadline. */
  private sweepAt = Infinity;
  private pause: AbortController | undefined;

  constructor(
    private readonly document: LoadCheckDocument,
    private readonly ports: LoadPorts,
  ) {
    this.plan = schedule(document.shape);
    this.tally = new LoadTally(document, this.plan, ports.histogram);
    this.startedAt = ports.clock.now();
  }

  async play(signal: AbortSignal): Promise<LoadSummary> {
    for (;;) {
      signal.throwIfAborted();
      const now = this.now();
      this.look(now);
      if (this.isOver()) {
        return this.tally.summary();
      }
      await this.rest(this.nextMoment() - this.now());
    }
  }

  /** Notes how late the client is while all places are taken. */
  async beat(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const dueAt = this.now() + BEAT_MS;
      // Cut short only when the load is over.
      await this.ports.clock.sleep(BEAT_MS, over).catch(() => undefined);
      if (!over.aborted && this.full) {
        this.tally.noteBeat(dueAt, this.now());
      }
    }
  }

  /** Looks again at once. */
  wake(): void {
    this.pause?.abort(WOKEN);
  }

  cancelAll(): void {
    this.underWay.forEach((shot) => shot.cancel());
    this.underWay.clear();
  }

  private now(): number {
    return this.ports.clock.now() - this.startedAt;
  }

  private isOver(): boolean {
    return this.tally.stopped !== undefined || (this.next === this.plan.total && this.underWay.size === 0);
  }

  /**
   * Everything that is due by now leaves together, as far as there are places: timers are coarser than the times between two requests. What has
   * taken too long since it was due is given up, whether it has left or not, as clients would.
   */
  private look(now: number): void {
    this.endOverdue(now);
    const { maxInFlight } = this.document;
    for (; this.next < this.plan.total && this.plan.dueAt(this.next) <= now; this.next += 1) {
      const dueAt = this.plan.dueAt(this.next);
      if (dueAt + this.timeoutOf(this.next) <= now) {
        this.tally.noteNotSent(this.next, now - dueAt, this.full);
      } else if (this.underWay.size < maxInFlight) {
        this.send(this.next, now);
      } else {
        break;
      }
    }
    this.full = this.underWay.size >= maxInFlight;
  }

  private send(index: number, now: number): void {
    const dueAt = this.plan.dueAt(index);
    const shot: Shot = { index, dueAt, deadline: dueAt + this.timeoutOf(index), cancel: () => undefined };
    this.underWay.add(shot);
    this.sweepAt = Math.min(this.sweepAt, shot.deadline);
    this.tally.noteSent(index, now, { late: now - dueAt, waited: this.full });
    shot.cancel = this.ports.line.send(index % this.document.requests.length, (end) => this.ended(shot, end));
  }

  private ended(shot: Shot, end: LoadEnd): void {
    if (!this.underWay.delete(shot)) {
      return;
    }
    const now = this.now();
    this.tally.noteEnd(shot.index, shot.dueAt, now, end);
    const wasFull = this.full;
    if (wasFull && this.tally.stopped === undefined) {
      this.look(now);
    }
    // While no place is free, the loop rests until something is overdue, which is early enough.
    if ((wasFull && !this.full) || this.isOver()) {
      this.wake();
    }
  }

  private endOverdue(now: number): void {
    if (now < this.sweepAt) {
      return;
    }
    this.sweepAt = Infinity;
    for (const shot of this.underWay) {
      if (shot.deadline <= now) {
        this.underWay.delete(shot);
        shot.cancel();
        this.tally.noteEnd(shot.index, shot.dueAt, now, 'timeout');
      } else {
        this.sweepAt = Math.min(this.sweepAt, shot.deadline);
      }
    }
  }

  /** The next moment at which something is due, or overdue. */
  private nextMoment(): number {
    if (this.next === this.plan.total) {
      return this.sweepAt;
    }
    const dueAt = this.plan.dueAt(this.next);
    return Math.min(this.full ? dueAt + this.timeoutOf(this.next) : dueAt, this.sweepAt);
  }

  private timeoutOf(index: number): number {
    const { requests } = this.document;
    return requests[index % requests.length]?.request.timeoutMs ?? 0;
  }

  private async rest(ms: number): Promise<void> {
    const pause = new AbortController();
    this.pause = pause;
    try {
      await this.ports.clock.sleep(Math.max(0, Math.ceil(ms)), pause.signal);
    } catch (error) {
      if (!pause.signal.aborted) {
        throw error;
      }
    } finally {
      this.pause = undefined;
    }
  }
}

/** Made once: an error for each of them would cost more than a request. */
const WOKEN = new Error('woken');
const OVER = new Error('the load is over');
