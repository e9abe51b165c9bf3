/** What a load asks of the world besides a clock. */
import type { TransportFailure } from '../../failures';
import type { Environment, OutgoingRequest } from '../../ports';

export interface LoadGenerator {
  /** Looks up where the requests go, once; sends nothing yet. Rejects with `TransportFailure`. */
  open(requests: readonly OutgoingRequest[], options: LineOptions, signal: AbortSignal): Promise<LoadLine>;
}

export interface LineOptions {
  readonly environment: Environment;
  /** Connections that are kept open. */
  readonly maxInFlight: number;
}

export interface LoadLine {
  /** Sends one of the requests. `done` is told once, in a later turn; never after the returned function was called, which ends the request. */
  send(request: number, done: (end: LoadEnd) => void): () => void;
  /** Ends every connection. */
  close(): void;
}

/** The whole answer was read and thrown away, or there was none. */
export type LoadEnd = { readonly status: number } | { readonly failure: TransportFailure };

/** Times in milliseconds, in memory that does not grow with their number. */
export interface Histogram {
  record(ms: number): void;
  readonly count: number;
  /** The time of this rank, of which 1 is the shortest; within 0.1 %, never below it. */
  atRank(rank: number): number;
}

export type MakeHistogram = () => Histogram;
