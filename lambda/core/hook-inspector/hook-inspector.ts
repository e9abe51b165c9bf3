/** Looks at every deployment as it starts, and does not let it pass unnoticed that one leaves the rollout's hooks out. */
import { ENV } from '../../../lib/model/hook-contract';
import type { HooksMissingRecord, MissingHook, RequiredHook } from '../../../lib/model/hook-inspector';
import { STOP_WITHOUT_HOOKS } from '../../../lib/model/hook-inspector';
import { STACK_CREATOR } from '../../../lib/model/status';
import { ConfigurationError, describeError, ServiceFailure } from '../failures';
import type { HookContext } from '../hook';
import type { Environment } from '../ports';
import { retrying } from '../retry';
import { readIdentity } from '../settings';
import { environmentOf } from '../shared';
import { quoted } from '../text';
import type { DeploymentStart } from './deployment-start';
import { parseDeploymentStart } from './deployment-start';
import type { Sight } from './look';
import { look } from './look';
import { describeMissing, missingHooks, requiredHooks } from './missing-hooks';
import type { InspectorPorts } from './ports';

/** Shares of an invocation: by then the deployment has been looked up, and by then stopped. The rest is for the event. */
const LOOK_SHARE = 0.5;
const STOP_SHARE = 0.8;

/** Kept back so that the event's failure is thrown, and not cut off. */
const TAIL_MS = 1_000;

const ALREADY_COMPLETED = 'DeploymentAlreadyCompletedException';

export interface InspectorDefinition {
  readonly environment: Environment;
  readonly ports: InspectorPorts;
}

/**
 * The handler of the rollout's rule.
 *
 * Throws where the deployment could not be looked up or stopped, or the event did not get through: Lambda then tries it again. A second invocation does no harm.
 */
export function makeHookInspector({ environment, ports }: InspectorDefinition): (event: unknown, context: HookContext) => Promise<void> {
  return async (event, context) => {
    const startedAt = ports.clock.now();
    const endsAt = startedAt + Math.max(0, context.getRemainingTimeInMillis());
    const by = (share: number) => startedAt + (endsAt - startedAt) * share;
    const required = requiredHooks(environment);
    const enforced = isEnforced(environment);
    const start = parseDeploymentStart(event);
    if (typeof start === 'string') {
      ports.log.error(`not the start of a deployment, nothing is inspected: ${start}`);
      return;
    }
    const own = environmentOf(environment, { application: start.application, group: start.deploymentGroup });
    if (own === undefined) {
      ports.log.warn('a deployment of another group, nothing is inspected', { deploymentId: start.deploymentId });
      return;
    }
    const sight = await look(ports, start, by(LOOK_SHARE));
    const missing = missingFrom(required, sight);
    if (missing.length === 0) {
      ports.log.info(sight.sight === 'rollback' ? 'a rollback, whose hooks are not asked for' : 'the deployment names every hook of the rollout', { deploymentId: start.deploymentId });
      return;
    }
    const stopped = await stop(ports, { start, sight, enforced, until: by(STOP_SHARE) });
    const record = recordOf({ rollout: readIdentity(own).rollout, start, sight, missing, stopped });
    ports.log.hooksMissing(record);
    await retrying(ports, { until: endsAt - TAIL_MS }, (signal) => ports.events.send(record, signal));
    if (record.stop === 'failed' || record.stop === 'withheld') {
      throw new Error(record.reason);
    }
  };
}

/** What cannot be seen counts as missing. */
function missingFrom(required: readonly RequiredHook[], sight: Sight): readonly MissingHook[] {
  switch (sight.sight) {
    case 'rollback':
      return [];
    case 'hooks':
      return missingHooks(required, sight.hooks);
    default:
      return required;
  }
}

interface StopDecision {
  readonly start: DeploymentStart;
  readonly sight: Sight;
  readonly enforced: boolean;
  /** Moment of the clock. */
  readonly until: number;
}

type Stopped = Pick<HooksMissingRecord, 'stop' | 'stopError'>;

async function stop(ports: InspectorPorts, { start, sight, enforced, until }: StopDecision): Promise<Stopped> {
  if (sight.sight === 'unknown') {
    return { stop: 'withheld' };
  }
  if (!enforced) {
    return { stop: 'notRequired' };
  }
  // Its hooks are those of the template that is deployed, and it may be the way back of a stack that is rolled back.
  if ('creator' in sight && sight.creator === STACK_CREATOR) {
    return { stop: 'byStack' };
  }
  try {
    await retrying(ports, { until }, (signal) => ports.deployments.stop(start.deploymentId, signal));
    return { stop: 'requested' };
  } catch (error) {
    const over = error instanceof ServiceFailure && error.code === ALREADY_COMPLETED;
    return over ? { stop: 'over' } : { stop: 'failed', stopError: describeError(error) };
  }
}

interface Findings {
  readonly rollout: string;
  readonly start: DeploymentStart;
  readonly sight: Sight;
  readonly missing: readonly MissingHook[];
  readonly stopped: Stopped;
}

function recordOf({ rollout, start, sight, missing, stopped }: Findings): HooksMissingRecord {
  const unseen = 'why' in sight ? sight.why : undefined;
  const { application, deploymentGroup, deploymentId } = start;
  const what = unseen === undefined ? `leaves out ${missing.map(describeMissing).join(', ')}` : `cannot be seen to name ${missing.map(({ event }) => event).join(', ')}: ${unseen}`;
  return {
    schemaVersion: 1,
    rollout,
    application,
    deploymentGroup,
    deploymentId,
    ...('creator' in sight ? { creator: sight.creator } : {}),
    missing,
    ...(unseen === undefined ? {} : { unseen }),
    reason: `${deploymentId} ${what}; ${consequence(stopped)}`,
    ...stopped,
  };
}

function consequence({ stop: decision, stopError }: Stopped): string {
  switch (decision) {
    case 'requested':
      return 'it is stopped and rolled back';
    case 'over':
      return 'it was over before it could be stopped';
    case 'notRequired':
      return "it goes on, since 'requireHooks' is off";
    case 'byStack':
      return 'it goes on, since CloudFormation started it, by the update policy of the alias';
    case 'withheld':
      return 'it is not stopped, since it could be a rollback';
    default:
      return `it could not be stopped: ${stopError}`;
  }
}

/** @throws ConfigurationError */
function isEnforced(environment: Environment): boolean {
  const value = environment.variable(ENV.requireHooks) ?? '';
  if (value !== '' && value !== STOP_WITHOUT_HOOKS) {
    throw new ConfigurationError(`environment variable ${ENV.requireHooks} must be "${STOP_WITHOUT_HOOKS}" or not set, got ${quoted(value)}`);
  }
  return value === STOP_WITHOUT_HOOKS;
}
