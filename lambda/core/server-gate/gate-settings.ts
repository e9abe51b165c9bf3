/** The environment variables of a gate's function, besides those of every hook. */
import { GATE_ENV } from '../../../lib/model/server/gates';
import { ConfigurationError } from '../failures';
import type { Environment } from '../ports';
import { requiredVariable } from '../settings';
import { quoted } from '../text';

/** What each instance is asked at. */
export interface Base {
  readonly scheme: 'http' | 'https';
  readonly port: number;
}

const LARGEST_PORT = 65_535;

/** Far more than one invocation can check. */
const MOST_INSTANCES = 1_000;
const MOST_AT_ONCE = 100;

/** Undefined where no check asks an instance. @throws ConfigurationError */
export function readBase(environment: Environment): Base | undefined {
  const scheme = environment.variable(GATE_ENV.scheme) ?? '';
  if (scheme === '' && (environment.variable(GATE_ENV.port) ?? '') === '') {
    return undefined;
  }
  if (scheme !== 'http' && scheme !== 'https') {
    throw new ConfigurationError(`environment variable ${GATE_ENV.scheme} must be "http" or "https", got ${quoted(scheme)}; deploy the rollout again`);
  }
  return { scheme, port: whole(environment, GATE_ENV.port, LARGEST_PORT) };
}

export interface SampleLimits {
  /** Most instances of one deployment that are checked. */
  readonly instances: number;
  readonly atOnce: number;
}

/** @throws ConfigurationError */
export const readLimits = (environment: Environment): SampleLimits => ({
  instances: whole(environment, GATE_ENV.instances, MOST_INSTANCES),
  atOnce: whole(environment, GATE_ENV.concurrency, MOST_AT_ONCE),
});

/** The base URL of an instance; an IPv6 address stands in brackets in it. */
export function baseUrlOf({ scheme, port }: Base, address: string): string {
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function whole(environment: Environment, name: string, most: number): number {
  const text = requiredVariable(environment, name);
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > most) {
    throw new ConfigurationError(`environment variable ${name} must be a whole number from 1 to ${most}, got ${quoted(text)}; deploy the rollout again`);
  }
  return value;
}
