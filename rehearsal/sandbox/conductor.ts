/**
 * Moves virtual time for the engine, its children and its servers together. Time stands still while anybody still works on the
 * present moment; it moves to the next event or to the next timer of a child, whichever is nearer, and nobody else moves it.
 */
import { performance } from 'node:perf_hooks';

import type { EventScheduler } from '../engine/scheduler';

import { Bounds } from './bounds';
import type { ChildSeat, ChildWire } from './child-seat';
import { Seat } from './child-seat';
import { Seats } from './child-seats';
import { Holds } from './holds';
import type { Connection, Hold } from './holds';
import { Pause, watch, WorkUnderWay } from './waiting';

export type { ChildSeat, ChildWire } from './child-seat';
export type { Connection, Hold } from './holds';

export interface ConductorOptions {
  readonly scheduler: EventScheduler;
  /** Date of virtual time 0, in milliseconds since 1970. */
  readonly epochMs: number;
  /** Virtual time follows wall time so many times faster. @default time jumps to the next event */
  readonly pace?: { readonly factor: number };
  /** A child's wait shorter than this is really waited, so that a real upstream sees its requests spaced as sent. @default 0 */
  readonly dwellMs?: number;
  /** Wall time after which a child whose event loop never empties falls back to real time. @default 10,000 */
  readonly patienceMs?: number;
  /** Wall time without anything to do, or with an answer of ours outstanding, after which `run` fails. @default 30,000 */
  readonly stuckMs?: number;
}

/** A request that is being forwarded to a real upstream. */
export interface Forward {
  /** Ends the measurement; `action` is an event at the arrival plus the measured latency. Returns a function that cancels it. */
  finish(label: string, action: () => void): () => void;
  abandon(): void;
}

/** Work of ours that has to end before time may move. */
export type Done = () => void;

/** With a pace there is always more to come from outside: it is enough to look again now and then. */
const LOOK_AGAIN_MS = 60_000;

export class Conductor {
  readonly scheduler: EventScheduler;
  readonly epochMs: number;

  private readonly holds: Holds;
  private readonly bounds = new Bounds();
  private readonly seats = new Seats();
  private readonly pause = new Pause();
  private readonly work = new WorkUnderWay(() => this.nudge());
  private readonly patienceMs: number;
  private readonly stuckMs: number;
  private readonly dwellMs: number;
  private readonly paced: boolean;
  private places = 0;
  private running = false;
  private failure: { readonly error: unknown } | undefined;
  private unpace: () => void = () => undefined;

  constructor(private readonly options: ConductorOptions) {
    const factor = options.pace?.factor;
    if (factor !== undefined && !(factor > 0 && Number.isFinite(factor))) {
      throw new RangeError(`the factor of real time must be a positive number, got ${factor}`);
    }
    this.scheduler = options.scheduler;
    this.epochMs = options.epochMs;
    this.patienceMs = options.patienceMs ?? 10_000;
    this.stuckMs = options.stuckMs ?? 30_000;
    this.dwellMs = options.dwellMs ?? 0;
    this.paced = factor !== undefined;
    this.holds = new Holds(this.seats, () => this.nudge());
  }

  /** Virtual milliseconds since the rehearsal began. */
  now(): number {
    return this.scheduler.now();
  }

  /** Virtual time as a date. */
  date(): Date {
    return new Date(this.epochMs + this.now());
  }

  /**
   * Plays until the promise settles or the predicate holds. Rejects when the promise does, when a part of the simulator failed,
   * and when nothing is left that could make time pass.
   */
  async run(until: PromiseLike<unknown> | (() => boolean)): Promise<void> {
    if (this.running) {
      throw new Error('the conductor is running already; wait for the first run to end');
    }
    this.running = true;
    this.startPace();
    try {
      await this.play(watch(until, () => this.nudge()));
    } finally {
      this.running = false;
      this.unpace();
    }
  }

  /** Looks again at once: call it when something outside the conductor's sight has changed. */
  nudge(): void {
    this.pause.cut();
  }

  /** The simulator itself failed: `run` rejects with this error. */
  fail(error: unknown): void {
    this.failure ??= { error };
    this.nudge();
  }

  /**
   * Time stands still until the returned function is called. For work of our own between two awaits.
   * @param longestMs wall time after which `run` fails; whoever gives another one sees to it himself that the work ends. @default `stuckMs`
   */
  busy(label: string, longestMs: number = this.stuckMs): Done {
    return this.work.begin(label, longestMs);
  }

  /** Virtual time at which a request from outside arrives: with a pace, the clock is first brought up to the present. */
  arrive(): number {
    if (this.running && this.paced && this.obstacle() === undefined && this.seats.firstInQueue() === undefined) {
      const target = this.target();
      const present = Math.min(this.bounds.earliest(this.now()), target?.at ?? Infinity);
      const next = this.scheduler.nextAt() ?? Infinity;
      if (present > this.now() && present < next && Number.isFinite(present)) {
        this.scheduler.advanceTo(present);
        this.nudge();
      }
    }
    return this.now();
  }

  /** Declares that the answer on a connection is withheld: the child behind it stops counting it as work under way. */
  hold(connection: Connection, onGone: () => void): Hold {
    return this.holds.declare(connection, onGone);
  }

  /** Registers a request before its first byte leaves for a real upstream: time may not pass its arrival by more than really elapsed. */
  forward(): Forward {
    const arrival = this.now();
    const started = performance.now();
    const remove = this.bounds.add(() => quantum(arrival + performance.now() - started));
    const end = () => {
      remove();
      this.nudge();
    };
    return {
      finish: (label, action) => {
        const cancel = this.scheduler.at(quantum(arrival + performance.now() - started), label, action);
        end();
        return cancel;
      },
      abandon: end,
    };
  }

  /** Takes a child into the common time. It counts as busy until it asks to advance. */
  attach(wire: ChildWire): ChildSeat {
    const seat: Seat = new Seat(wire, this.scheduler, {
      dwellMs: this.dwellMs,
      bounds: this.bounds,
      changed: () => this.nudge(),
      held: (id) => this.holds.isOpen(id),
      catchUp: () => this.holds.catchUp(seat),
      gone: (ids) => this.holds.gone(ids),
      left: () => this.seats.delete(seat),
      place: () => ++this.places,
    });
    this.seats.add(seat);
    return seat;
  }

  private async play(finished: () => boolean): Promise<void> {
    for (;;) {
      // One full turn of the loop, so that whatever the last step set off is known before time moves.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.failure) {
        throw this.failure.error;
      }
      if (finished()) {
        return;
      }
      const obstacle = this.obstacle();
      if (obstacle) {
        await this.pause.wait(obstacle.waitMs);
        obstacle.lookAgain();
        continue;
      }
      if (!this.letOneWork()) {
        await this.step();
      }
    }
  }

  private async step(): Promise<void> {
    const target = this.target();
    if (target === undefined) {
      await this.waitForOutside();
      return;
    }
    const wait = this.bounds.wallUntil(target.at, this.now());
    if (wait > 0) {
      await this.pause.wait(wait);
      return;
    }
    target.go();
  }

  /** The nearest thing to do; at equal times the engine's events come first, then children in the order in which they joined. */
  private target(): { readonly at: number; readonly go: () => void } | undefined {
    const next = this.scheduler.nextAt();
    const seat = this.seats.nearest();
    if (seat && (next === undefined || seat.wants() < next)) {
      const at = Math.max(seat.wants(), this.now());
      return {
        at,
        go: () => {
          this.scheduler.advanceTo(at);
          seat.grant();
        },
      };
    }
    return next === undefined ? undefined : { at: next, go: () => this.scheduler.runNext() };
  }

  /** One child at a time: first those for which the world has changed while they waited, then those that begin. */
  private letOneWork(): boolean {
    const poked = this.seats.poked();
    if (poked) {
      poked.grant();
      return true;
    }
    const first = this.seats.firstInQueue();
    first?.takeTurn();
    return first !== undefined;
  }

  /** What still works on the present moment, and for how long it may. */
  private obstacle(): { readonly waitMs: number; readonly lookAgain: () => void } | undefined {
    const now = performance.now();
    const workDue = this.work.due();
    if (workDue !== undefined) {
      return { waitMs: workDue - now, lookAgain: () => this.failWhenOverdue() };
    }
    const busy = this.seats.busy();
    if (busy) {
      return { waitMs: (busy.busySince() ?? now) + this.patienceMs - now, lookAgain: () => busy.losePatience(this.patienceMs) };
    }
    const first = this.seats.firstInQueue();
    return first === undefined || first.hasCome() ? undefined : { waitMs: this.stuckMs, lookAgain: () => this.failUnlessCome(first) };
  }

  private failWhenOverdue(): void {
    const label = this.work.overdue();
    if (label !== undefined) {
      this.fail(new Error(`the simulator did not finish '${label}' within ${this.stuckMs / 1000} s`));
    }
  }

  private failUnlessCome(seat: Seat): void {
    if (this.seats.has(seat) && seat.overdue(this.stuckMs)) {
      this.fail(new Error(`a process did not come up within ${this.stuckMs / 1000} s`));
    }
  }

  private async waitForOutside(): Promise<void> {
    if (this.paced) {
      await this.pause.wait(LOOK_AGAIN_MS);
      return;
    }
    const before = performance.now();
    await this.pause.wait(this.stuckMs);
    if (performance.now() - before >= this.stuckMs && this.target() === undefined && this.obstacle() === undefined) {
      const waiting = `${this.seats.waiting()} process(es) wait for nothing that has a time`;
      this.fail(new Error(`the rehearsal is stuck at ${this.now()} ms: no event is scheduled, and ${waiting}`));
    }
  }

  private startPace(): void {
    const factor = this.options.pace?.factor;
    if (factor === undefined) {
      return;
    }
    const virtual = this.now();
    const wall = performance.now();
    this.unpace = this.bounds.add(() => quantum(virtual + (performance.now() - wall) * factor), factor);
  }
}

/** Measured times are kept to 1/1024 ms: sums of such numbers are exact, so that a timer never misses its moment by a rounding error. */
export function quantum(ms: number): number {
  return Math.round(ms * 1024) / 1024;
}
