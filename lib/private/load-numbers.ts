/** Numbers of thresholds on a load. */
import { MAX_LOAD_PERCENT, MAX_LOAD_SAMPLES } from '../model/load-document';
import { requireKnown, requireWhole } from './numbers';

export function requirePercent(prop: string, value: number): void {
  requireKnown(`'${prop}'`, value);
  if (!(value >= 0 && value <= MAX_LOAD_PERCENT)) {
    throw new Error(`'${prop}' must be a number from 0 to ${MAX_LOAD_PERCENT}, got ${value}; it is counted in percent`);
  }
}

export function requireSamples(minSamples: number): void {
  requireWhole('minSamples', minSamples, 1, MAX_LOAD_SAMPLES, 'a threshold without samples would decide by nothing');
}
