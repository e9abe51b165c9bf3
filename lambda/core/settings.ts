/** The environment variables of a handler, read when it is called: a mistake in them is then reported, and is no crash at init. */
import { ENV } from '../../lib/model/hook-contract';
import { ConfigurationError } from './failures';
import type { Environment } from './ports';
import { quoted } from './text';

/** Who this hook is. Empty strings where a variable is missing. */
export interface HookIdentity {
  readonly event: string;
  readonly rollout: string;
  readonly application: string;
  readonly deploymentGroup: string;
  readonly verdictAlarm: string;
}

export function readIdentity(environment: Environment): HookIdentity {
  const read = (name: string) => environment.variable(name) ?? '';
  return {
    event: read(ENV.event),
    rollout: read(ENV.rollout),
    application: read(ENV.application),
    deploymentGroup: read(ENV.deploymentGroup),
    verdictAlarm: read(ENV.verdictAlarm),
  };
}

/** Fails when a variable that every hook needs is missing; names all of them. */
export function requireIdentity(identity: HookIdentity): void {
  const keys = ['event', 'rollout', 'application', 'deploymentGroup', 'verdictAlarm'] as const;
  const missing = keys.filter((key) => identity[key] === '').map((key) => ENV[key]);
  if (missing.length > 0) {
    throw new ConfigurationError(`environment variable ${missing.join(', ')} is not set; deploy the rollout again, or set it on the function`);
  }
}

export function requiredVariable(environment: Environment, name: string): string {
  const value = environment.variable(name);
  if (value === undefined || value === '') {
    throw new ConfigurationError(`environment variable ${name} is not set; deploy the rollout again, or set it on the function`);
  }
  return value;
}

/** A variable that holds JSON; undefined where it is not set. */
export function jsonVariable(environment: Environment, name: string): unknown {
  const text = environment.variable(name);
  if (text === undefined || text === '') {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigurationError(`environment variable ${name} must hold JSON, got ${text.length} characters that are not; deploy the rollout again`);
  }
}

/** Whether checks run in rollback deployments too. */
export function runsInRollback(environment: Environment): boolean {
  const value = environment.variable(ENV.inRollback);
  if (value !== undefined && value !== '' && value !== 'run' && value !== 'skip') {
    throw new ConfigurationError(`environment variable ${ENV.inRollback} must be "run", "skip" or not set, got ${quoted(value)}`);
  }
  return value === 'run';
}
