/** All children that share the common time, in the order in which they joined. */
import type { Seat } from './child-seat';

export class Seats {
  private readonly seats = new Set<Seat>();

  add(seat: Seat): void {
    this.seats.add(seat);
  }

  delete(seat: Seat): void {
    this.seats.delete(seat);
  }

  has(seat: Seat): boolean {
    return this.seats.has(seat);
  }

  /** Those that would read what they are told now. */
  atWork(): readonly Seat[] {
    return [...this.seats].filter((seat) => seat.isAtWork());
  }

  /** One that works on the present moment. */
  busy(): Seat | undefined {
    return this.find((seat) => seat.busySince() !== undefined);
  }

  /** One for which the world has changed while it waited. */
  poked(): Seat | undefined {
    return this.find((seat) => seat.isPoked());
  }

  /** The one that wants to be woken first. */
  nearest(): Seat | undefined {
    return this.least((seat) => seat.wants());
  }

  /** The one whose turn it is to begin. */
  firstInQueue(): Seat | undefined {
    return this.least((seat) => seat.place());
  }

  waiting(): number {
    return [...this.seats].filter((seat) => seat.isWaiting()).length;
  }

  private find(predicate: (seat: Seat) => boolean): Seat | undefined {
    for (const seat of this.seats) {
      if (predicate(seat)) {
        return seat;
      }
    }
    return undefined;
  }

  /** The first of those with the least number; none where every number is Infinity. */
  private least(number: (seat: Seat) => number): Seat | undefined {
    let found: Seat | undefined;
    let least = Infinity;
    for (const seat of this.seats) {
      if (number(seat) < least) {
        found = seat;
        least = number(seat);
      }
    }
    return found;
  }
}
