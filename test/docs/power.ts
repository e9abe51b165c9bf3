/** How often a comparison of rates finds a difference that is there: by the code that decides, over all outcomes there can be. */
import { judgeRates } from '../../lambda/core/checks/metric/rates';
import { logBinomial } from '../../lambda/core/statistics/binomial';
import { RATES } from '../lambda/core/checks/metric/fixtures';

export interface Comparison {
  /** Requests of each version. */
  readonly requests: number;
  /** True error rates. */
  readonly before: number;
  readonly after: number;
  /** Looks that share the significance of the defaults. */
  readonly looks: number;
}

/** Outcomes less likely than that are left out; what they could add is far below a thousandth. */
const NEGLIGIBLE = 1e-9;

export function power({ requests, before, after, looks }: Comparison): number {
  const fails = (newer: number, older: number): boolean => {
    const counts = { replacement: { hits: newer, total: requests }, original: { hits: older, total: requests } };
    return judgeRates({ document: RATES, minSamples: 1, ...counts, number: 1, planned: looks, closed: false, originally: '', span: '' }).outcome === 'fail';
  };
  const chance = (hits: number, rate: number): number => Math.exp(logBinomial(hits, requests, rate, 1 - rate));
  let [found, critical] = [0, 0];
  let beyond = 1;
  for (let older = 0; older <= requests; older++) {
    const likely = chance(older, before);
    if (older > requests * before && likely < NEGLIGIBLE) {
      break;
    }
    // The more errors the old version has, the more the new one must have.
    while (critical <= requests && !fails(critical, older)) {
      beyond -= chance(critical, after);
      critical += 1;
    }
    found += likely * Math.max(0, beyond);
  }
  return found;
}

/** The smallest number of requests of each version, rounded up to two digits, from which on a difference is found so often. */
export function requestsFor(comparison: Omit<Comparison, 'requests'>, wanted: number): number {
  const enough = (requests: number): boolean => power({ ...comparison, requests }) >= wanted;
  let [low, high] = [1, 2];
  while (!enough(high)) {
    [low, high] = [high, high * 2];
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    [low, high] = enough(middle) ? [low, middle] : [middle, high];
  }
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(high)) - 1);
  // Power rises with a saw's teeth: a figure just above may be below again.
  let rounded = Math.ceil(high / unit) * unit;
  while (!enough(rounded)) {
    rounded += unit;
  }
  return rounded;
}
