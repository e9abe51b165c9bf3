/**
 * Break-glass: a parameter that turns the enforcement of a rollout off for one deployment.
 *
 * `next` is bound to its deployment by writing that one's id in its place, before anything is let through, so that every hook of the deployment
 * finds it and no other deployment does. It is for a deployment that was created after it was written: both moments come from AWS, and no clock of
 * ours decides. Whatever cannot be read, written or understood leaves the enforcement on.
 */
import type { BreakGlassSettings, Override } from '../../../lib/model/break-glass';
import { NEXT_VALID_MINUTES, NO_OVERRIDE } from '../../../lib/model/break-glass';
import { ENV } from '../../../lib/model/hook-contract';
import { isOver } from '../deployment-facts';
import { ConfigurationError, describeError } from '../failures';
import type { GrantedOverride } from '../judgement';
import type { Environment, HookPorts, StoredOverride } from '../ports';
import { retrying } from '../retry';
import { jsonVariable } from '../settings';
import { parseOverride } from './parse-override';

const ATTEMPTS = 4;

/** Time for a look at a deployment that another override names, in milliseconds; a quarter of it is what a look-up takes. */
const OTHER_LOOKUP_MS = 8_000;

export type BreakGlassPorts = Pick<HookPorts, 'clock' | 'random' | 'log' | 'deployments' | 'overrides'>;

export interface Consultation {
  readonly deploymentId: string;
  /** Moment of the clock after which nothing new is begun. */
  readonly until: number;
}

/** Undefined where the rollout has no such parameter. @throws ConfigurationError */
export function breakGlassSettings(environment: Environment): BreakGlassSettings | undefined {
  const value = jsonVariable(environment, ENV.breakGlass);
  if (value === undefined) {
    return undefined;
  }
  const { parameter, topic, last } = (value ?? {}) as Partial<Record<keyof BreakGlassSettings, unknown>>;
  if (typeof parameter !== 'string' || parameter === '' || (topic !== undefined && typeof topic !== 'string')) {
    throw new ConfigurationError(`environment variable ${ENV.breakGlass} must hold { parameter, topic, last }; deploy the rollout again`);
  }
  return { parameter, ...(topic === undefined ? {} : { topic }), ...(last === true ? { last } : {}) };
}

/** Who has turned the enforcement off for this deployment; undefined where nobody has. Never rejects. */
export async function consult(ports: BreakGlassPorts, environment: Environment, consultation: Consultation): Promise<GrantedOverride | undefined> {
  const { deploymentId } = consultation;
  try {
    const settings = breakGlassSettings(environment);
    const override = settings === undefined ? undefined : await overrideIn(ports, settings.parameter, consultation);
    return override === undefined || settings?.topic === undefined ? override : { ...override, topic: settings.topic };
  } catch (error) {
    ports.log.warn('the break-glass parameter could not be used, the checks are enforced', { deploymentId, error: describeError(error) });
    return undefined;
  }
}

async function overrideIn(ports: BreakGlassPorts, parameter: string, consultation: Consultation): Promise<Override | undefined> {
  const { deploymentId, until } = consultation;
  const stored = await retrying(ports, { until, attempts: ATTEMPTS }, (signal) => ports.overrides.read(parameter, signal));
  const value = parseOverride(stored.value);
  switch (value.kind) {
    case 'off':
      return undefined;
    case 'unreadable':
      ports.log.warn(`the break-glass parameter cannot be read, the checks are enforced: ${value.problem}`, { deploymentId, parameter });
      return undefined;
    case 'deployment':
      if (value.deploymentId !== deploymentId) {
        await putBackAfter(ports, parameter, { other: value.deploymentId, stored, until });
        return undefined;
      }
      return { by: value.by, reason: value.reason, parameter };
    case 'next': {
      const { by, reason } = value;
      return (await claimed(ports, { parameter, stored, value: `${deploymentId} ${by} ${reason}` }, consultation)) ? { by, reason, parameter } : undefined;
    }
  }
}

interface Claim {
  readonly parameter: string;
  readonly stored: StoredOverride;
  /** What is to stand there instead. */
  readonly value: string;
}

/** Binds `next` to this deployment. The version that comes of it tells whether somebody else has written meanwhile. */
async function claimed(ports: BreakGlassPorts, { parameter, stored, value }: Claim, { deploymentId, until }: Consultation): Promise<boolean> {
  const createdAt = await retrying(ports, { until, attempts: ATTEMPTS }, (signal) => ports.deployments.createdAt(deploymentId, signal));
  const refuse = (why: string): boolean => {
    ports.log.warn(`the override is not for this deployment, the checks are enforced: ${why}`, { deploymentId, parameter });
    return false;
  };
  if (createdAt === undefined || createdAt < stored.modifiedAt) {
    return refuse('it was written after the deployment was created; name the deployment by its id, or release again');
  }
  if (createdAt - stored.modifiedAt > NEXT_VALID_MINUTES * 60_000) {
    return refuse(`it was written more than ${NEXT_VALID_MINUTES} minutes before the deployment was created; write it again`);
  }
  const version = await write(ports, parameter, { value, until });
  if (version === stored.version + 1) {
    return true;
  }
  await write(ports, parameter, { value: NO_OVERRIDE, until });
  return refuse('somebody else has written it at the same moment, so that it was taken back; write it again');
}

/** An override of a deployment that is over has done what it was for. One that cannot be looked up may be another rollout's. */
async function putBackAfter(ports: BreakGlassPorts, parameter: string, { other, stored, until }: { other: string; stored: StoredOverride; until: number }): Promise<void> {
  const unknown = 'the override names another deployment, whose status is unknown; it is left as it is';
  if (await isOver(ports, other, { ms: OTHER_LOOKUP_MS, unknown })) {
    await putBack(ports, parameter, { stored, until });
    ports.log.info('the override of an earlier deployment was taken back', { parameter, deploymentId: other });
  }
}

/** After the last hook of the deployment: the override is not needed any more. Never rejects. */
export async function putBackAfterLast(ports: BreakGlassPorts, environment: Environment, { deploymentId, until }: Consultation): Promise<void> {
  try {
    const settings = breakGlassSettings(environment);
    if (settings?.last !== true) {
      return;
    }
    const stored = await retrying(ports, { until, attempts: ATTEMPTS }, (signal) => ports.overrides.read(settings.parameter, signal));
    const value = parseOverride(stored.value);
    if (value.kind === 'deployment' && value.deploymentId === deploymentId) {
      await putBack(ports, settings.parameter, { stored, until });
    }
  } catch (error) {
    ports.log.warn('the override could not be taken back; it names this deployment only, and the next one takes it back', { deploymentId, error: describeError(error) });
  }
}

async function putBack(ports: BreakGlassPorts, parameter: string, { stored, until }: { readonly stored: StoredOverride; readonly until: number }): Promise<void> {
  const version = await write(ports, parameter, { value: NO_OVERRIDE, until });
  if (version !== stored.version + 1) {
    ports.log.warn('an override that was written at the same moment may have been taken back with the one before it; write it again', { parameter });
  }
}

function write(ports: BreakGlassPorts, parameter: string, { value, until }: { readonly value: string; readonly until: number }): Promise<number> {
  return retrying(ports, { until, attempts: ATTEMPTS }, (signal) => ports.overrides.write(parameter, value, signal));
}
