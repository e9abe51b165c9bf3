import type { HookReturn } from '../../lib/model/hook-contract';
import { MAX_INVOCATIONS } from '../../lib/model/limits';
import { conclude } from './conclude';
import type { HandOver, Turn } from './continuation';
import { firstTurn, sendOn, turnOf } from './continuation';
import { isOver } from './deployment-facts';
import { describeError, HandOverFailure } from './failures';
import type { ParsedHookEvent } from './hook-event';
import { parseHookEvent } from './hook-event';
import type { HookDefinition, Invocation } from './hook-work';
import { handOverReason, judge, workBudget } from './hook-work';
import type { Judgement } from './judgement';
import { judged, reportStatusOf } from './judgement';
import type { Clock } from './ports';
import type { Subject } from './publish';
import { Recent } from './recent';
import { readIdentity } from './settings';
import { ownerOf } from './shared';

/** Of what is left of an invocation, the share in which the next one may be queued; the rest is for reporting that it could not be. */
const SEND_ON_SHARE = 0.4;

/** Of the time for the work, the share in which a function of several rollouts may ask which of them a deployment is of. */
const OWNER_SHARE = 0.25;

const STATUS_UNKNOWN = 'the status of the deployment is unknown; the checks are gone on with';

export interface HookContext {
  getRemainingTimeInMillis(): number;
}

/**
 * The envelope of a hook: its status begins as failed, its work ends in time, and whatever happens is reported once.
 *
 * Resolves with `reported: false` where no report got through; the guardian takes that up. Work that another invocation goes on with is
 * reported by that one.
 */
export function makeHook(definition: HookDefinition): (event: unknown, context: HookContext) => Promise<HookReturn> {
  const { ports, environment, by } = definition;
  const recent = new Recent();
  return async (event, context) => {
    const arrivedAt = ports.clock.now();
    const remaining = Math.max(0, context.getRemainingTimeInMillis());
    const parsed = parseHookEvent(event);
    if (parsed.kind === 'unreportable') {
      ports.log.error(`malformed hook event, and nothing to report to: ${parsed.problem}`);
      return { greenlight: { reported: false, status: 'Failed' } };
    }

    const { hook } = parsed;
    const { turn, problem } = arrivalOf(parsed, event as object, ports.clock);
    const startedAt = arrivedAt - turn.elapsedMs;
    const subject: Subject = { by, identity: readIdentity(environment), hook, invocation: turn.invocation, startedAt, endsAt: arrivedAt + remaining };
    if (problem !== undefined) {
      return end(definition, subject, judged('fail', problem));
    }
    // Lambda delivers an event at least once: what this very process has begun already, it does not begin again.
    if (!recent.isNew(`${turn.invocation} ${hook.LifecycleEventHookExecutionId}`)) {
      ports.log.warn('the same event came a second time, nothing is done', { deploymentId: hook.DeploymentId, invocation: turn.invocation });
      return { greenlight: { reported: false, idle: 'duplicate' } };
    }
    const owner = await ownerOf(ports, environment, hook.DeploymentId, arrivedAt + workBudget(remaining) * OWNER_SHARE);
    if ('problem' in owner) {
      return end(definition, subject, judged('fail', owner.problem));
    }
    const own = { ...definition, environment: owner.environment };
    return perform(own, { ...subject, identity: readIdentity(owner.environment) }, { turn, remaining: subject.endsAt - ports.clock.now() });
  };
}

interface Arrival {
  readonly turn: Turn;
  /** Why nothing can be played. */
  readonly problem?: string;
}

function arrivalOf(parsed: Exclude<ParsedHookEvent, { readonly kind: 'unreportable' }>, event: object, clock: Clock): Arrival {
  if (parsed.kind === 'malformed') {
    return { turn: firstTurn(clock), problem: `malformed hook event: ${parsed.problem}` };
  }
  try {
    return { turn: turnOf(event, clock) };
  } catch (error) {
    if (error instanceof HandOverFailure) {
      return { turn: firstTurn(clock), problem: handOverReason(error) };
    }
    throw error;
  }
}

async function perform(definition: HookDefinition, subject: Subject, invocation: Invocation): Promise<HookReturn> {
  const { ports } = definition;
  if (invocation.turn.invocation > 1 && (await isOver(ports, subject.hook.DeploymentId, { ms: workBudget(invocation.remaining), unknown: STATUS_UNKNOWN }))) {
    ports.log.info('the deployment is over, the checks are not gone on with', { deploymentId: subject.hook.DeploymentId, invocation: invocation.turn.invocation });
    return { greenlight: { reported: false, idle: 'over' } };
  }
  const came = await judge(definition, subject, invocation);
  return 'play' in came ? goOn(definition, subject, invocation.turn, came) : end(definition, subject, came);
}

async function end({ ports, environment }: HookDefinition, subject: Subject, came: Judgement): Promise<HookReturn> {
  const { judgement, reported } = await conclude(ports, environment, subject, came);
  return { greenlight: { reported: reported.end !== 'unreported', status: reportStatusOf(judgement) } };
}

/** Has another invocation go on; where none can, what is known is reported as failed, at once. */
async function goOn(definition: HookDefinition, subject: Subject, turn: Turn, { play, dueInMs, unfinished }: HandOver): Promise<HookReturn> {
  const { ports, self } = definition;
  const { hook } = subject;
  const invocation = turn.invocation + 1;
  const ms = (subject.endsAt - ports.clock.now()) * SEND_ON_SHARE;
  try {
    if (self === undefined || invocation > MAX_INVOCATIONS) {
      throw new HandOverFailure(`a hook takes at most ${self === undefined ? 1 : MAX_INVOCATIONS} invocations`);
    }
    await sendOn(ports, self, { hook, continuation: { schemaVersion: 1, invocation, startedAt: turn.hookStartedAt, play }, ms });
  } catch (error) {
    const reason = `the checks need another invocation, number ${invocation}, which could not be started: ${describeError(error)}; ${unfinished.reason}`;
    return end(definition, subject, { ...unfinished, verdict: 'fail', reason });
  }
  const elapsedMs = Math.round(ports.clock.now() - subject.startedAt);
  ports.log.info(`goes on in invocation ${invocation}`, { deploymentId: hook.DeploymentId, event: subject.identity.event, invocation, elapsedMs, dueInMs: Math.round(dueInMs) });
  return { greenlight: { reported: false, continued: true, invocation, elapsedMs } };
}
