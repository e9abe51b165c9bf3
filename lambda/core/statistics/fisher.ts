/**
 * Fisher's exact test, one-sided: how often chance alone gives the first of two groups at least so many hits, when all that both had are dealt out
 * anew. Exact for counts up to 2^53; tails go down to the smallest numbers there are, and below by their logarithm.
 */
import { logBinomial } from './binomial';

/** Hits among all that were counted: errors among requests. */
export interface Count {
  readonly hits: number;
  readonly total: number;
}

export interface Tail {
  readonly p: number;
  /** Natural logarithm of p, which is still known where p itself is too small for a number. */
  readonly lnP: number;
}

const CERTAIN: Tail = { p: 1, lnP: 0 };

/** The chance that `first` has so many hits or more, if its rate is that of `second`. @throws RangeError for what is no count */
export function fisherGreater(first: Count, second: Count): Tail {
  requireCount(first);
  requireCount(second);
  const hits = first.hits + second.hits;
  const least = Math.max(0, hits - second.total);
  if (first.hits <= least) {
    return CERTAIN;
  }
  const deal: Deal = { first: first.total, second: second.total, hits };
  const mean = (first.total / (first.total + second.total)) * hits;
  if (first.hits > mean) {
    const lnP = Math.min(0, lnDeal(first.hits, deal) + Math.log(tailSum(first.hits, deal, 1)));
    return { p: Math.exp(lnP), lnP };
  }
  // The larger part of the distribution: the sum of the smaller part is the exact one.
  const below = Math.exp(lnDeal(first.hits - 1, deal)) * tailSum(first.hits - 1, deal, -1);
  return { p: Math.max(0, 1 - below), lnP: below === 0 ? 0 : Math.log1p(-Math.min(1, below)) };
}

/** So many hits are dealt out to a group of `first` and one of `second`. */
interface Deal {
  readonly first: number;
  readonly second: number;
  readonly hits: number;
}

/** Logarithm of the hypergeometric probability of `x` hits in the first group: three binomial ones, in which what is large cancels out. */
function lnDeal(x: number, { first, second, hits }: Deal): number {
  const p = hits / (first + second);
  const q = (first + second - hits) / (first + second);
  return logBinomial(x, first, p, q) + logBinomial(hits - x, second, p, q) - logBinomial(hits, first + second, p, q);
}

/** Sum of the probabilities from `x` on, outwards, as a multiple of that of `x`: each is known from its neighbour. */
function tailSum(x: number, { first, second, hits }: Deal, direction: 1 | -1): number {
  let term = 1;
  let sum = 1;
  for (let at = x; term > 0; at += direction) {
    term *=
      direction === 1
        ? ((first - at) / (at + 1)) * ((hits - at) / (second - hits + at + 1))
        : (at / (first - at + 1)) * ((second - hits + at) / (hits - at + 1));
    const next = sum + term;
    if (next === sum) {
      break;
    }
    sum = next;
  }
  return sum;
}

function requireCount({ hits, total }: Count): void {
  if (!Number.isSafeInteger(hits) || !Number.isSafeInteger(total) || hits < 0 || hits > total) {
    throw new RangeError(`a count is a whole number of hits from 0 to the total, got ${hits} of ${total}`);
  }
}
