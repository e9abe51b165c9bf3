/** What has become of the requests of a load, as far as they count. */
import type { LoadCheckDocument } from '../../../../lib/model/load-document';
import { describeError } from '../../failures';
import { counted } from '../../text';
import type { Histogram, LoadEnd, MakeHistogram } from './ports';
import { exceeds, rankOf } from './ranks';
import type { Schedule } from './schedule';

/** From here on, a request was sent so late that the client is to blame for what was measured. */
export const LATE_MS = 25;

const LEAST_SERVER_ERROR = 500;

export interface LoadSummary {
  /** Requests that were to count. */
  readonly planned: number;
  /** Requests that count: answered, failed, or never sent. */
  readonly samples: number;
  readonly answered: number;
  /** Errors by what they were, such as `status 503`, `timeout` or `not sent`. */
  readonly errors: ReadonlyMap<string, number>;
  readonly failed: number;
  /** From the moment at which a request was due to the end of its answer; of those that were answered. */
  readonly latency: Histogram;
  /** How late the client was where nothing but itself held it up: at requests that found a place free, and now and then while none was. */
  readonly lateness: Histogram;
  /** How often that was `LATE_MS` or more. */
  readonly late: number;
  /** Requests that were due when all places were taken. */
  readonly waited: number;
  readonly sent: number;
  /** From the end of the warm-up to the last sending, and to the last answer; at least as long as the load was to last. */
  readonly sendingMs: number;
  readonly answeringMs: number;
  /** Of the first request that got no answer. */
  readonly firstFailure?: string;
  /** Why the load was ended early. */
  readonly stopped?: string;
}

export class LoadTally {
  /** Why the rest needs not be sent. */
  stopped: string | undefined;

  private readonly latency: Histogram;
  private readonly lateness: Histogram;
  private readonly errors = new Map<string, number>();
  /** For each threshold, how many requests were too slow for it, or failed. */
  private readonly missed: number[];
  private answered = 0;
  private failed = 0;
  private late = 0;
  private waited = 0;
  private sent = 0;
  private lastSentAt = 0;
  private lastAnswerAt = 0;
  private firstFailure: string | undefined;

  constructor(
    private readonly document: Pick<LoadCheckDocument, 'shape' | 'expectedStatuses' | 'thresholds' | 'abort'>,
    private readonly plan: Pick<Schedule, 'warmUp' | 'total'>,
    histogram: MakeHistogram,
  ) {
    this.latency = histogram();
    this.lateness = histogram();
    this.missed = document.thresholds.map(() => 0);
  }

  /** A request leaves `late` after it was due; it had to wait where all places were taken. */
  noteSent(index: number, now: number, { late, waited }: { readonly late: number; readonly waited: boolean }): void {
    if (this.counts(index)) {
      this.sent += 1;
      this.lastSentAt = now;
      this.noteLate(late, waited);
    }
  }

  /** A request whose time was up before it could leave. */
  noteNotSent(index: number, late: number, waited: boolean): void {
    if (this.counts(index)) {
      this.noteLate(late, waited);
      this.fail('not sent');
    }
  }

  /** The client looked at the clock later than it meant to, while all places were taken. */
  noteBeat(dueAt: number, now: number): void {
    if (dueAt >= this.document.shape.warmUpMs && this.stopped === undefined) {
      this.noteLate(now - dueAt, false);
    }
  }

  noteEnd(index: number, dueAt: number, now: number, end: LoadEnd | 'timeout'): void {
    if (!this.counts(index)) {
      return;
    }
    if (end === 'timeout') {
      this.fail('timeout');
    } else if ('failure' in end) {
      this.firstFailure ??= describeError(end.failure);
      this.fail(end.failure.category);
    } else if (!this.isExpected(end.status)) {
      this.fail(`status ${end.status}`);
    } else {
      this.answered += 1;
      this.lastAnswerAt = now;
      this.latency.record(now - dueAt);
      this.miss(now - dueAt);
    }
  }

  summary(): LoadSummary {
    const { warmUpMs, durationMs } = this.document.shape;
    return {
      planned: this.planned,
      samples: this.answered + this.failed,
      answered: this.answered,
      errors: this.errors,
      failed: this.failed,
      latency: this.latency,
      lateness: this.lateness,
      late: this.late,
      waited: this.waited,
      sent: this.sent,
      sendingMs: this.stopped === undefined ? Math.max(durationMs, this.lastSentAt - warmUpMs) : this.lastSentAt - warmUpMs,
      answeringMs: this.stopped === undefined ? Math.max(durationMs, this.lastAnswerAt - warmUpMs) : this.lastAnswerAt - warmUpMs,
      ...(this.firstFailure === undefined ? {} : { firstFailure: this.firstFailure }),
      ...(this.stopped === undefined ? {} : { stopped: this.stopped }),
    };
  }

  private get planned(): number {
    return this.plan.total - this.plan.warmUp;
  }

  private counts(index: number): boolean {
    return index >= this.plan.warmUp && this.stopped === undefined;
  }

  private isExpected(status: number): boolean {
    return this.document.expectedStatuses?.includes(status) ?? status < LEAST_SERVER_ERROR;
  }

  private noteLate(late: number, waited: boolean): void {
    if (waited) {
      this.waited += 1;
      return;
    }
    this.lateness.record(late);
    this.late += late >= LATE_MS ? 1 : 0;
  }

  private fail(category: string): void {
    this.failed += 1;
    this.errors.set(category, (this.errors.get(category) ?? 0) + 1);
    this.miss(Infinity);
    const { abort } = this.document;
    const samples = this.answered + this.failed;
    if (abort?.kind === 'errorRate' && samples >= abort.minSamples && exceeds(this.failed, samples, abort.abovePercent)) {
      this.stopped = `more than ${abort.abovePercent} % of the requests failed`;
    }
  }

  /** A failed request is slower than any answer. */
  private miss(latencyMs: number): void {
    const { abort, thresholds } = this.document;
    thresholds.forEach((threshold, index) => {
      if (threshold.kind === 'latency' && latencyMs >= threshold.belowMs) {
        const missed = (this.missed[index] = (this.missed[index] ?? 0) + 1);
        if (abort?.kind === 'outOfReach' && missed > this.planned - rankOf(threshold.percentile, this.planned)) {
          this.stopped ??= `${counted(missed, 'request')} took ${threshold.belowMs} ms or longer or failed, which is too many for p${threshold.percentile} of ${this.planned}`;
        }
      }
      if (threshold.kind === 'errorRate' && abort?.kind === 'outOfReach' && exceeds(this.failed, this.planned, threshold.atMostPercent)) {
        this.stopped ??= `${counted(this.failed, 'request')} failed, which is more than ${threshold.atMostPercent} % of all ${this.planned}`;
      }
    });
  }
}
