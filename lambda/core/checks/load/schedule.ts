/** When requests are due: an open model, in which nobody waits for the answer to somebody else's request. */
import type { LoadShape } from '../../../../lib/model/load-document';
import { measuredRequests } from '../../../../lib/model/load-document';

export interface Schedule {
  /** Requests of the warm-up come first; those from this index on count. */
  readonly warmUp: number;
  readonly total: number;
  /** Milliseconds after the start at which a request is due. */
  dueAt(index: number): number;
}

export function schedule(shape: LoadShape): Schedule {
  const { ratePerSecond, warmUpMs, warmUpRate } = shape;
  const perMs = ratePerSecond / 1_000;
  const linear = warmUpRate === 'LINEAR';
  // A rate that grows evenly from none sends half as many requests.
  const warmUp = Math.ceil((perMs * warmUpMs) / (linear ? 2 : 1));
  const warmUpDue = (index: number) => (linear ? Math.sqrt((2 * warmUpMs * index) / perMs) : index / perMs);
  return {
    warmUp,
    total: warmUp + measuredRequests(shape),
    dueAt: (index) => (index < warmUp ? warmUpDue(index) : warmUpMs + (index - warmUp) / perMs),
  };
}
