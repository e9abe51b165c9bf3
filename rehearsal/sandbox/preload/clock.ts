/** The child's reading of virtual time. */

const realTime = performance.now.bind(performance);

/** Readings within one turn of the loop after which a program is taken to spin until the clock moves. */
const SPIN_READINGS = 10_000;
/** Then the clock moves by `SPIN_STEP_MS` with every further so many readings: a spin ends, and always at the same moment. */
const READINGS_PER_STEP = 1_000;
const SPIN_STEP_MS = 1;

export class VirtualClock {
  /** Moment at which this process began, to 1/1024 ms: differences of such numbers are exact. */
  readonly origin: number;

  private time: number;
  private flowsSince: number | undefined;
  private readings = 0;
  private turn = 0;

  /** `move` asks for time to pass until the given moment although the program has not come to rest. */
  constructor(
    now: number,
    readonly epochMs: number,
    private readonly move: (to: number) => void,
  ) {
    this.origin = Math.round(now * 1024) / 1024;
    this.time = now;
  }

  /** Virtual milliseconds since the rehearsal began; for our own use. */
  now(): number {
    if (this.flowsSince !== undefined) {
      const real = realTime();
      this.time += real - this.flowsSince;
      this.flowsSince = real;
    }
    return this.time;
  }

  /** The same for the user's program, which may spin on it. */
  read(): number {
    this.readings += 1;
    if (this.readings % READINGS_PER_STEP === 0) {
      this.checkSpin();
    }
    return this.now();
  }

  /** For Node's timers: since the process began, to 1/1024 ms. */
  sinceOrigin(): number {
    return Math.round((this.now() - this.origin) * 1024) / 1024;
  }

  /** Stands still at this moment, or at a later one that has been read already. */
  set(now: number): void {
    const read = this.now();
    this.flowsSince = undefined;
    this.time = Math.max(now, read);
  }

  /** Follows real time from this moment on. */
  flow(now: number): void {
    this.set(now);
    this.flowsSince = realTime();
  }

  isFlowing(): boolean {
    return this.flowsSince !== undefined;
  }

  private checkSpin(): void {
    const turn = performance.nodeTiming.uvMetricsInfo.loopCount;
    if (turn !== this.turn) {
      this.turn = turn;
      this.readings = 0;
    } else if (this.readings > SPIN_READINGS && !this.isFlowing()) {
      this.move(this.now() + SPIN_STEP_MS);
    }
  }
}
