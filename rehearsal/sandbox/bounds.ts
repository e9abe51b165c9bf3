/** Moments that virtual time may not pass yet; each moves on with wall time. */

interface Bound {
  readonly at: () => number;
  /** Virtual milliseconds that it moves in a millisecond of wall time. */
  readonly factor: number;
}

export class Bounds {
  private readonly bounds = new Set<Bound>();

  /** Returns a function that takes the bound away. */
  add(at: () => number, factor = 1): () => void {
    const bound = { at, factor };
    this.bounds.add(bound);
    return () => this.bounds.delete(bound);
  }

  /** The nearest bound, never before `now`; Infinity without any. */
  earliest(now: number): number {
    let earliest = Infinity;
    for (const bound of this.bounds) {
      earliest = Math.min(earliest, bound.at());
    }
    return Math.max(earliest, now);
  }

  /** Wall time until virtual time may reach `at`; 0 where it may now. */
  wallUntil(at: number, now: number): number {
    let wait = 0;
    if (at > now) {
      for (const bound of this.bounds) {
        wait = Math.max(wait, (at - bound.at()) / bound.factor);
      }
    }
    return wait;
  }
}
