/** A latency that is known before anybody asks: log-normal, from a seed, and a stall every few seconds. */

/** @typedef {{ seed: number, p50Ms: number, sigma: number, stallEveryMs: number, stallMs: number, ratePerSecond: number, warmUpMs: number, durationMs: number }} Injection */

/** Half of the distance between two stalls passes before the first one. */
const untilStallEnds = ({ stallEveryMs, stallMs }, atMs) => {
  const since = (atMs + stallEveryMs / 2) % stallEveryMs;
  return since < stallMs ? stallMs - since : 0;
};

/** The service's own times, in the order in which requests arrive. @param {Injection} injection */
export function ownTimes({ seed, p50Ms, sigma }) {
  const next = mulberry32(seed);
  return () => p50Ms * Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()));
}

/** What a request takes that arrives at this time after the first one, and whose own time is this. @param {Injection} injection */
export const latencyAt = (injection, atMs, ownMs) => untilStallEnds(injection, atMs) + ownMs;

/** What an observer sees whose requests are due at even distances, whatever becomes of those before: the latencies of all that count, sorted. */
export function openModel(injection) {
  const { ratePerSecond, warmUpMs, durationMs } = injection;
  const own = ownTimes(injection);
  const seen = [];
  for (let index = 0; (index * 1_000) / ratePerSecond < warmUpMs + durationMs; index++) {
    const dueAt = (index * 1_000) / ratePerSecond;
    const latency = latencyAt(injection, dueAt, own());
    if (dueAt >= warmUpMs) {
      seen.push(latency);
    }
  }
  return seen.sort((a, b) => a - b);
}

/** What one client sees that sends its next request when the last one has been answered, as often as it can. */
export function closedLoop(injection) {
  const { warmUpMs, durationMs } = injection;
  const own = ownTimes(injection);
  const seen = [];
  for (let now = 0; now < warmUpMs + durationMs; ) {
    const latency = latencyAt(injection, now, own());
    if (now >= warmUpMs) {
      seen.push(latency);
    }
    now += latency;
  }
  return seen.sort((a, b) => a - b);
}

/** By nearest rank. @param {number[]} sorted */
export const percentileOf = (sorted, percentile) => sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)];

/** Mulberry32 by Tommy Ettinger. */
function mulberry32(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
  };
}
