/** What the three gates of fleets have in common: who they are, how long they have, and how an error becomes a verdict. */
import type { ServerGateEvent } from '../../../lib/model/server/gates';
import type { DeploymentStatus } from '../../../lib/model/status';
import { ROLLBACK_CREATOR } from '../../../lib/model/status';
import { within } from '../deadline';
import type { HookContext } from '../hook';
import type { HookWork } from '../hook-work';
import { failureReason, requireBudget, WORK_GRACE_MS, workBudget } from '../hook-work';
import type { Judgement } from '../judgement';
import { judged } from '../judgement';
import type { Environment } from '../ports';
import type { Subject } from '../publish';
import type { HookIdentity } from '../settings';
import { readIdentity, requireIdentity, runsInRollback } from '../settings';
import { quoted } from '../text';
import type { GateDeployment, GatePorts } from './ports';

/** Of the time for the work, the share in which the deployment may be looked up, and that by the end of which its instances must be known. */
const DEPLOYMENT_SHARE = 0.25;
const INSTANCES_SHARE = 0.5;

export interface GateDefinition {
  readonly environment: Environment;
  readonly ports: GatePorts;
  /** Plays the suite beside the handler. */
  readonly work: HookWork;
}

/** One invocation of a gate; moments are those of the clock. */
export interface GateRun {
  readonly identity: HookIdentity;
  readonly startedAt: number;
  readonly endsAt: number;
  /** Time for the work, in milliseconds; the rest is for the decision. */
  readonly budget: number;
  /** By then the deployment, and by then its instances are known, or it goes on without. */
  readonly deploymentBy: number;
  readonly instancesBy: number;
}

/** `event`: what the gate is called; absent: what its environment says. @throws ConfigurationError where the gate does not know whose it is */
export function beginRun({ ports, environment }: Pick<GateDefinition, 'environment'> & { readonly ports: Pick<GatePorts, 'clock'> }, context: HookContext, event?: ServerGateEvent): GateRun {
  const startedAt = ports.clock.now();
  const remaining = Math.max(0, context.getRemainingTimeInMillis());
  const budget = workBudget(remaining);
  const identity = { ...readIdentity(environment), ...(event === undefined ? {} : { event }) };
  requireIdentity(identity);
  const by = (share: number) => startedAt + budget * share;
  return { identity, startedAt, endsAt: startedAt + remaining, budget, deploymentBy: by(DEPLOYMENT_SHARE), instancesBy: by(INSTANCES_SHARE) };
}

/** What a verdict of the gate is about. `about`: what is checked, in place of an execution of a hook. */
export function subjectOf({ identity, startedAt, endsAt }: GateRun, by: Subject['by'], { deploymentId, about }: { readonly deploymentId: string; readonly about: string }): Subject {
  return { by, identity, hook: { DeploymentId: deploymentId, LifecycleEventHookExecutionId: about }, startedAt, endsAt };
}

/** What the work comes to in its time; every error becomes a failed judgement. */
export async function judgedInTime<T>({ ports }: GateDefinition, { budget, startedAt, endsAt }: GateRun, work: (signal: AbortSignal) => Promise<T>): Promise<T | Judgement> {
  try {
    requireBudget(endsAt - startedAt, budget);
    const ms = budget - (ports.clock.now() - startedAt);
    return await within(ports.clock, { ms, graceMs: WORK_GRACE_MS }, work);
  } catch (error) {
    return judged('fail', failureReason(error, budget, 'the gate'));
  }
}

/** A rollback passes unless checks run there too. @throws ConfigurationError */
export function isExempt(environment: Environment, { creator }: Pick<GateDeployment, 'creator'>): boolean {
  return creator === ROLLBACK_CREATOR && !runsInRollback(environment);
}

export function exempted(deploymentId: string): Judgement {
  return { ...judged('pass', `not run: ${deploymentId} is a rollback (its creator is ${ROLLBACK_CREATOR}), which nothing should hold up`), exempt: true };
}

/** Why a deployment is none that this gate is for; undefined where it is. */
export function whyForeign({ application, deploymentGroup }: GateDeployment, identity: HookIdentity): string | undefined {
  const ours = application === identity.application && deploymentGroup === identity.deploymentGroup;
  return ours ? undefined : `the deployment is of group ${quoted(deploymentGroup)} of application ${quoted(application)}`;
}

/** Why there is nothing to decide about a deployment any more; undefined where it goes on. */
export function whyOver({ status }: GateDeployment): string | undefined {
  return OVER.includes(status) ? `the deployment is over (${status})` : undefined;
}

const OVER: readonly string[] = ['Succeeded', 'Failed', 'Stopped'] satisfies DeploymentStatus[];
