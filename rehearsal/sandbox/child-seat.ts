/** One child's place in the common time: whether it works, waits for a moment, is parked or runs in real time. */
import { performance } from 'node:perf_hooks';

import type { Scheduler } from '../engine/ports';

import type { Bounds } from './bounds';
import type { AdvanceAsk, Stamp, Tell } from './protocol';

/** How to reach the child. */
export interface ChildWire {
  /** Answers the question in which the child is blocked. */
  answer(message: Stamp): void;
  tell(message: Tell): void;
}

/** What the runner of a child says about it. */
export interface ChildSeat {
  /** The child asks to advance. */
  advance(ask: AdvanceAsk): void;
  /** In real time: its next timer, null where it has none. */
  wake(to: number | null): void;
  /** It runs in real time from now on. */
  flow(reason: string): void;
  /** It is blocked between two invocations; time passes without it. */
  park(): void;
  /**
   * It has something to do: `begin` is called in its turn, and has to let it work. Children work one at a time, in the order in which
   * they were started, so that what they do at one moment has one order.
   */
  enter(begin: (stamp: Stamp) => void): void;
  /** It goes on in its turn. The stamp goes into the answer that lets it. */
  resume(): Stamp;
  /** Why it last ran in real time; forgotten with the reading. */
  takeRealTime(): string | undefined;
  /** The process has ended. */
  leave(): void;
}

interface SeatHost {
  readonly dwellMs: number;
  readonly bounds: Bounds;
  changed(): void;
  held(id: number): boolean;
  catchUp(): void;
  gone(ids: readonly number[]): void;
  left(): void;
  /** Number of the next place in the queue. */
  place(): number;
}

type State =
  | { readonly kind: 'queued'; readonly order: number; readonly since: number; readonly begin?: (stamp: Stamp) => void }
  | { readonly kind: 'busy'; readonly since: number }
  | { readonly kind: 'waiting'; readonly to: number; readonly held: readonly number[]; poked: boolean }
  | { readonly kind: 'flowing'; to: number }
  | { readonly kind: 'parked' };

export class Seat implements ChildSeat {
  private state: State;
  private told = 0;
  private realTime: string | undefined;
  private unbound: () => void = () => undefined;

  constructor(
    private readonly wire: ChildWire,
    private readonly scheduler: Scheduler,
    private readonly host: SeatHost,
  ) {
    this.state = { kind: 'queued', order: host.place(), since: performance.now() };
  }

  advance(ask: AdvanceAsk): void {
    this.unbound();
    const now = this.scheduler.now();
    const to = ask.to ?? Infinity;
    this.state = { kind: 'waiting', to, held: ask.held, poked: ask.held.some((id) => !this.host.held(id)) };
    if (to - now < this.host.dwellMs) {
      this.bind();
    }
    this.host.gone(ask.gone);
    this.host.changed();
  }

  wake(to: number | null): void {
    if (this.state.kind === 'flowing') {
      this.state.to = to ?? Infinity;
      this.host.changed();
    }
  }

  flow(reason: string): void {
    if (this.state.kind === 'busy') {
      this.state = { kind: 'flowing', to: Infinity };
      this.realTime = reason;
      this.bind();
      this.host.changed();
    }
  }

  park(): void {
    this.become({ kind: 'parked' });
  }

  enter(begin: (stamp: Stamp) => void): void {
    const order = this.state.kind === 'queued' ? this.state.order : this.host.place();
    this.become({ kind: 'queued', order, since: performance.now(), begin });
  }

  resume(): Stamp {
    this.become({ kind: 'busy', since: performance.now() });
    this.host.catchUp();
    return { now: this.scheduler.now(), told: this.told };
  }

  takeRealTime(): string | undefined {
    const reason = this.realTime;
    this.realTime = undefined;
    return reason;
  }

  leave(): void {
    this.become({ kind: 'parked' });
    this.host.left();
  }

  tell(message: Tell): void {
    this.told += 1;
    this.wire.tell(message);
  }

  /** Moment at which it wants to be woken; Infinity where it does not wait for one. */
  wants(): number {
    return this.state.kind === 'waiting' || this.state.kind === 'flowing' ? this.state.to : Infinity;
  }

  /** Its place among those who wait for their turn; Infinity where it does not. */
  place(): number {
    return this.state.kind === 'queued' ? this.state.order : Infinity;
  }

  /** Whether its turn can be taken: its process has come up. */
  hasCome(): boolean {
    return this.state.kind !== 'queued' || this.state.begin !== undefined;
  }

  overdue(afterMs: number): boolean {
    return this.state.kind === 'queued' && !this.hasCome() && performance.now() - this.state.since >= afterMs;
  }

  /** Its turn has come. */
  takeTurn(): void {
    if (this.state.kind === 'queued') {
      this.state.begin?.(this.resume());
    }
  }

  isAtWork(): boolean {
    return this.state.kind === 'busy' || this.state.kind === 'flowing';
  }

  isWaiting(): boolean {
    return this.state.kind === 'waiting';
  }

  /** Wall time since which it works on the present moment; undefined where it does not stand in the way of time. */
  busySince(): number | undefined {
    return this.state.kind === 'busy' ? this.state.since : undefined;
  }

  isPoked(): boolean {
    return this.state.kind === 'waiting' && this.state.poked;
  }

  pokeIfHeld(id: number): void {
    if (this.state.kind === 'waiting' && this.state.held.includes(id)) {
      this.state.poked = true;
    }
  }

  /** Lets it work at the time that is now. */
  grant(): void {
    if (this.state.kind === 'flowing') {
      this.state.to = Infinity;
      this.tell({ op: 'time', now: this.scheduler.now() });
      return;
    }
    this.wire.answer(this.resume());
  }

  /** Falls back to real time if it has been busy for so long without a pause. */
  losePatience(patienceMs: number): void {
    if (this.state.kind === 'busy' && performance.now() - this.state.since >= patienceMs) {
      this.tell({ op: 'flow', now: this.scheduler.now() });
      this.flow(`its event loop did not come to rest within ${patienceMs / 1000} s`);
    }
  }

  private become(state: State): void {
    this.unbound();
    this.state = state;
    this.host.changed();
  }

  /** From here on time may pass only as fast as the wall clock. */
  private bind(): void {
    const virtual = this.scheduler.now();
    const wall = performance.now();
    const remove = this.host.bounds.add(() => virtual + performance.now() - wall);
    this.unbound = () => {
      remove();
      this.unbound = () => undefined;
    };
  }
}
