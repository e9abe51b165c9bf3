/** Randomness that is a function of the seed and of who asks, so that equal seeds give equal rehearsals on every machine. */
import type { RandomFor } from './ports';

/** Uniform in [0, 1) from a seed and an identity; the same pair always gives the same number. */
export function seededRandom(seed: number): RandomFor {
  const start = mix(hash(String(seed), 0x9e3779b9));
  return (identity) => {
    const high = hash(identity, start) >>> 5;
    const low = hash(identity, start ^ 0x85ebca6b) >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  };
}

/** An endless sequence, uniform in [0, 1), from a text: Mulberry32 by Tommy Ettinger, whose period is 2^32 draws. */
export function sequence(seed: string): () => number {
  let state = hash(seed, 0x9e3779b9);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
  };
}

/** A standard normal draw from two uniform ones (Box and Muller). */
export function normal(u1: number, u2: number): number {
  return Math.sqrt(-2 * Math.log(1 - u1)) * Math.cos(2 * Math.PI * u2);
}

/** The value that 99 % of a standard normal distribution stays below. */
const NORMAL_P99 = 2.3263478740408408;

/** A log-normal draw whose median is `p50` and whose 99th percentile is `p99`, both positive and in the same unit. */
export function logNormal(p50: number, p99: number, u1: number, u2: number): number {
  return p50 * Math.exp((Math.log(p99 / p50) / NORMAL_P99) * normal(u1, u2));
}

/** MurmurHash3 (32 bit, one UTF-16 unit a step) with its finalizer. */
function hash(text: string, seed: number): number {
  let h = seed | 0;
  for (let index = 0; index < text.length; index++) {
    let k = Math.imul(text.charCodeAt(index), 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    h ^= k;
    h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  }
  return mix(h ^ text.length);
}

function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
