/** Numbers of thresholds on a load. */
import { requireKnown, requireWhole } from './numbers';

/** Most requests that any load can send. */
const MAX_SAMPLES = 4_500_000;

export function requirePercent(prop: string, value: number): void {
  requireKnown(`'${prop}'`, value);
  if (!(value >= 0 && value < 100)) {
    throw new Error(`'${prop}' must be a number from 0 to below 100, got ${value}; it is counted in percent`);
  }
}

export function requireSamples(minSamples: number): void {
  requireWhole('minSamples', minSamples, 1, MAX_SAMPLES, 'a threshold without samples would decide by nothing');
}
