/** Instances of a deployment: which there are, as CodeDeploy has them, and where they are, as EC2 does. */
import { describeError, ServiceFailure } from '../failures';
import type { Clock, Random } from '../ports';
import { retrying } from '../retry';
import type { GateDeployment, GatePorts, InstanceFacts, InstanceTarget } from './ports';
import { MAX_DESCRIBED, MAX_TARGETS } from './ports';

/** More than a deployment of ten thousand instances has. */
const MAX_PAGES = 500;

/** The instance that was asked for is none of the deployment's. */
const NO_TARGET: readonly string[] = ['DeploymentTargetDoesNotExistException', 'InvalidDeploymentTargetIdException'];

/** Statuses in which an instance gets no traffic of this deployment: the deployment may succeed without it. */
const GIVEN_UP: readonly string[] = ['Failed', 'Skipped'];

/** What an instance is before it has succeeded. */
const ON_ITS_WAY: readonly string[] = ['Pending', 'InProgress', 'Ready', 'Unknown'];

/** Between two looks at an instance whose success was told before its target has it. */
const LOOK_AGAIN_MS = 2_000;

export interface LookUp {
  /** Moment of the clock after which nothing new is begun. */
  readonly until: number;
  readonly signal?: AbortSignal;
}

type Timed = { readonly clock: Clock; readonly random: Random };

/** The deployment, or why it could not be looked up. */
export async function lookUpDeployment(ports: Timed & Pick<GatePorts, 'fleet'>, deploymentId: string, bounds: LookUp): Promise<GateDeployment | { readonly problem: string }> {
  try {
    return await retrying(ports, bounds, (signal) => ports.fleet.read(deploymentId, signal));
  } catch (error) {
    return { problem: `the deployment could not be looked up: ${describeError(error)}` };
  }
}

export interface Replacements {
  /** Ids of those that are to get traffic. */
  readonly ids: readonly string[];
  /** How many were given up on. */
  readonly leftOut: number;
}

/** The replacements of a deployment. Rejects with `ServiceFailure`. */
export async function findReplacements(ports: Timed & Pick<GatePorts, 'targets'>, deploymentId: string, bounds: LookUp): Promise<Replacements> {
  const ids = await allTargets(ports, deploymentId, bounds);
  const targets = await inBatches(ids, MAX_TARGETS, (batch) => retrying(ports, bounds, (signal) => ports.targets.read(deploymentId, batch, signal)));
  const told = new Set(targets.map(({ id }) => id));
  const untold = ids.filter((id) => !told.has(id));
  if (untold.length > 0) {
    // One that is not told of might be a replacement that nobody checks.
    throw new ServiceFailure('codedeploy:BatchGetDeploymentTargets', 'UnexpectedAnswer', `nothing was told of ${untold.length} of ${ids.length} targets, such as ${untold[0]}`, false);
  }
  const green = targets.filter(({ label }) => label === 'Green');
  const going = green.filter(({ status }) => !GIVEN_UP.includes(status));
  return { ids: going.map(({ id }) => id), leftOut: green.length - going.length };
}

async function allTargets(ports: Timed & Pick<GatePorts, 'targets'>, deploymentId: string, bounds: LookUp): Promise<readonly string[]> {
  const ids = new Set<string>();
  let next: string | undefined;
  for (let page = 1; page <= MAX_PAGES; page++) {
    const from = next;
    const answer = await retrying(ports, bounds, (signal) => ports.targets.page(deploymentId, from, signal));
    answer.ids.forEach((id) => ids.add(id));
    next = answer.next;
    if (next === undefined) {
      return [...ids];
    }
  }
  throw new ServiceFailure('codedeploy:ListDeploymentTargets', 'UnexpectedAnswer', `more than ${MAX_PAGES} pages`, false);
}

/** An instance as the deployment has it; undefined where it is none of its. Rejects with `ServiceFailure`. */
export async function findTarget(ports: Timed & Pick<GatePorts, 'targets'>, { deploymentId, instanceId }: Named, bounds: LookUp): Promise<InstanceTarget | undefined> {
  try {
    const targets = await retrying(ports, bounds, (signal) => ports.targets.read(deploymentId, [instanceId], signal));
    return targets.find(({ id }) => id === instanceId);
  } catch (error) {
    if (error instanceof ServiceFailure && NO_TARGET.includes(error.code)) {
      return undefined;
    }
    throw error;
  }
}

export interface Named {
  readonly deploymentId: string;
  readonly instanceId: string;
}

/** The same, once it has come to its end or time is up: an event may be faster than what it tells. */
export async function findEndedTarget(ports: Timed & Pick<GatePorts, 'targets'>, named: Named, bounds: LookUp): Promise<InstanceTarget | undefined> {
  for (;;) {
    const target = await findTarget(ports, named, bounds);
    if (target === undefined || !ON_ITS_WAY.includes(target.status) || ports.clock.now() + LOOK_AGAIN_MS >= bounds.until) {
      return target;
    }
    await ports.clock.sleep(LOOK_AGAIN_MS, bounds.signal);
  }
}

/** Facts of instances, in the order of the ids; one that EC2 does not know any more is `gone`. Rejects with `ServiceFailure`. */
export async function describeInstances(ports: Timed & Pick<GatePorts, 'instances'>, ids: readonly string[], bounds: LookUp): Promise<readonly InstanceFacts[]> {
  const found = await inBatches(ids, MAX_DESCRIBED, (batch) => retrying(ports, bounds, (signal) => ports.instances.describe(batch, signal)));
  const byId = new Map(found.map((instance) => [instance.id, instance]));
  return ids.map((id) => byId.get(id) ?? { id, state: 'gone' });
}

async function inBatches<T>(ids: readonly string[], size: number, read: (batch: readonly string[]) => Promise<readonly T[]>): Promise<readonly T[]> {
  const found: T[] = [];
  for (let first = 0; first < ids.length; first += size) {
    found.push(...(await read(ids.slice(first, first + size))));
  }
  return found;
}
