/** Answers that a local server withholds, and who waits for them. */
import type { Seat } from './child-seat';
import type { Seats } from './child-seats';

/** Both ends of a connection to a local server. */
export interface Connection {
  readonly clientPort: number;
  readonly serverPort: number;
}

export interface Hold {
  /** The answer is about to be written. To be called before its first byte. */
  release(): void;
  /** The connection is gone; nobody is told. */
  drop(): void;
}

interface Open {
  readonly id: number;
  readonly connection: Connection;
  readonly onGone: () => void;
  /** Children that know of it: the one behind the connection is among them. */
  readonly told: Set<Seat>;
}

export class Holds {
  private readonly open = new Map<number, Open>();
  private declared = 0;

  constructor(
    private readonly seats: Seats,
    private readonly changed: () => void,
  ) {}

  declare(connection: Connection, onGone: () => void): Hold {
    const hold: Open = { id: ++this.declared, connection, onGone, told: new Set() };
    this.open.set(hold.id, hold);
    this.seats.atWork().forEach((seat) => tell(hold, seat));
    return {
      release: () => this.release(hold),
      drop: () => void this.open.delete(hold.id),
    };
  }

  /** A child goes to work again: it learns what was declared while it stood still. */
  catchUp(seat: Seat): void {
    for (const hold of this.open.values()) {
      if (!hold.told.has(seat)) {
        tell(hold, seat);
      }
    }
  }

  isOpen(id: number): boolean {
    return this.open.has(id);
  }

  /** A child has given up these connections: the server learns it before time moves, however late the socket says so. */
  gone(ids: readonly number[]): void {
    for (const id of ids) {
      const hold = this.open.get(id);
      this.open.delete(id);
      hold?.onGone();
    }
  }

  private release(hold: Open): void {
    if (this.open.delete(hold.id)) {
      for (const seat of hold.told) {
        seat.tell({ op: 'release', id: hold.id });
        seat.pokeIfHeld(hold.id);
      }
      this.changed();
    }
  }
}

function tell(hold: Open, seat: Seat): void {
  hold.told.add(seat);
  seat.tell({ op: 'hold', id: hold.id, ...hold.connection });
}
