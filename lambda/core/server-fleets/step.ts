/** One step of settling two Auto Scaling groups: looks, acts where it is time to, and says when to ask again. */
import type { FleetStepEvent, FleetStepReturn } from '../../../lib/model/server/fleets';
import { REFILL_CREATORS } from '../../../lib/model/status';
import type { DeploymentFacts } from '../deployment/facts';
import { isOver } from '../deployment/facts';
import { ConfigurationError, ServiceFailure } from '../failures';
import { retrying } from '../retry';
import type { FleetFacts, FleetPorts, FleetSettings } from './ports';
import type { Moment, Settling } from './settle';
import { settleFleets } from './settle';

/** Time and tries of one call; the state machine asks again. */
const CALL = { ms: 15_000, attempts: 3 } as const;

/** The longest that a Wait state takes, in seconds. @see https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html */
const MAX_WAIT_SECONDS = 99_999_999;

/** How far back the releases of a group are looked for, in milliseconds, where its last deployments are none. */
const ATTEMPTS_MS = 90 * 86_400_000;

/** Until the group shows that it has been pointed at another fleet, and how often that is tried. */
const POINTED_SECONDS = 10;
const MAX_POINTED = 5;

/** What a step leaves to the next one. */
interface FleetMemory {
  /** How often the group has been pointed at the fleet that serves. */
  readonly pointed?: number;
}

export async function fleetStep({ event, startedAt, memory }: FleetStepEvent, settings: FleetSettings, ports: FleetPorts): Promise<FleetStepReturn> {
  const { deploymentId } = event.detail;
  const moment: Moment = { now: ports.clock.epoch(), startedAt: Date.parse(startedAt), deploymentId };
  let facts: FleetFacts = { deployments: {} };
  let next = settleFleets(settings, facts, moment);
  while (next.do === 'look') {
    const { look } = next;
    const found = await call(ports, (signal) => find(settings, ports, look, moment, signal));
    facts = { ...facts, ...found, deployments: { ...facts.deployments, ...found.deployments }, originalsTouched: { ...facts.originalsTouched, ...found.originalsTouched } };
    next = settleFleets(settings, facts, moment);
  }
  return act(next, { deploymentId, memory, settings, ports });
}

interface Acting {
  readonly deploymentId: string;
  readonly memory: FleetMemory;
  readonly settings: FleetSettings;
  readonly ports: FleetPorts;
}

async function act(next: Exclude<Settling, { readonly do: 'look' }>, { deploymentId, memory, settings, ports }: Acting): Promise<FleetStepReturn> {
  const end = (why: string, level: 'info' | 'warn' = 'info'): FleetStepReturn => {
    ports.log[level]('settled', { deploymentId, why });
    return { done: true, memory, why };
  };
  switch (next.do) {
    case 'end':
      return end(next.why, next.amiss === true ? 'warn' : 'info');
    case 'wait':
      ports.log.info('waits', { deploymentId, seconds: next.seconds, why: next.why });
      return { done: false, waitSeconds: Math.min(MAX_WAIT_SECONDS, next.seconds), memory: {} };
    case 'scale down':
      await call(ports, (signal) => ports.autoScalingGroups.scale(next.name, 0, signal));
      return end(`${next.name} was brought down from ${next.from}: ${next.serving} serves`);
    case 'point': {
      const { application, group } = settings;
      const pointed = (memory.pointed ?? 0) + 1;
      if (pointed > MAX_POINTED) {
        throw new ConfigurationError(`deployment group ${group} was pointed at ${next.to} ${MAX_POINTED} times, and does not name it alone`);
      }
      await call(ports, (signal) => ports.serverGroups.pointTo({ application, group }, next.to, signal));
      ports.log.info('pointed', { deploymentId, autoScalingGroup: next.to });
      return { done: false, waitSeconds: POINTED_SECONDS, memory: { pointed } };
    }
  }
}

const call = <T>(ports: FleetPorts, work: (signal: AbortSignal) => Promise<T>): Promise<T> => retrying(ports, { until: ports.clock.now() + CALL.ms, attempts: CALL.attempts }, work);

async function find(settings: FleetSettings, ports: FleetPorts, look: Extract<Settling, { readonly do: 'look' }>['look'], { now }: Moment, signal: AbortSignal): Promise<Partial<FleetFacts>> {
  const { application, group, fleets } = settings;
  switch (look.at) {
    case 'serverGroup':
      return { serverGroup: (await ports.serverGroups.read({ application, group }, signal)) ?? 'missing' };
    case 'running': {
      const found = await ports.deployments.search({ application, group, running: true }, signal);
      return { running: found.filter((deployment) => !isOver(deployment) && !REFILL_CREATORS.includes(deployment.creator)).map(({ id }) => id) };
    }
    case 'fleets':
      return { fleets: await ports.autoScalingGroups.describe(fleets, signal) };
    case 'originals':
      return { originalsTouched: { [look.id]: await ports.originals.touched(look.id, signal) } };
    case 'attempts':
      return { attempts: await ports.deployments.search({ application, group, since: now - ATTEMPTS_MS }, signal) };
    case 'deployment':
      return { deployments: { [look.id]: await known(ports.deployments.read(look.id, signal)) } };
  }
}

async function known(read: Promise<DeploymentFacts>): Promise<DeploymentFacts | 'missing'> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ServiceFailure && error.code === 'DeploymentDoesNotExistException') {
      return 'missing';
    }
    throw error;
  }
}
