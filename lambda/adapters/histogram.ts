import { createHistogram } from 'node:perf_hooks';

import type { MakeHistogram } from '../core/checks/load/ports';

/** Microseconds: fine enough for the fastest answer, and a quarter of an hour is the longest that a function can wait. */
const PER_MS = 1_000;
const HIGHEST = 900_000 * PER_MS;

/** Node's own HdrHistogram, about 200 kB whatever it holds. Three figures: within 0.1 %. */
export const histogram: MakeHistogram = () => {
  const held = createHistogram({ lowest: 1, highest: HIGHEST, figures: 3 });
  return {
    record: (ms) => held.record(Math.min(HIGHEST, Math.max(1, Math.round(ms * PER_MS)))),
    get count() {
      return held.count;
    },
    atRank: (rank) => (held.count === 0 ? Number.NaN : held.percentile(Math.min(100, (100 * rank) / held.count)) / PER_MS),
  };
};
