/**
 * The envelope of a hook that ECS itself invokes: it waits for the answer, so that there is nothing to report to and nobody to watch over it.
 * Whatever is no valid answer takes the deployment back, and so does an error: an answer is made all the same, since only it comes with a reason.
 */
import { ECS_NATIVE_EVENT, isRollbackInvocation } from '../../../lib/model/ecs-native';
import type { EcsNativeHookAnswer, EcsNativeHookEvent } from '../../../lib/model/ecs-native';
import type { VerdictRecord } from '../../../lib/model/hook-contract';
import { ENV } from '../../../lib/model/hook-contract';
import { within } from '../deadline';
import { ConfigurationError, describeError } from '../failures';
import type { HandOver } from '../continuation';
import type { HookContext } from '../hook';
import type { WorkBounds } from '../hook-work';
import { failureReason, HAND_OVER_MARGIN_MS, requireBudget, WORK_GRACE_MS, workBudget } from '../hook-work';
import type { Judgement } from '../judgement';
import { judged, reportStatusFor } from '../judgement';
import type { Environment, HookPorts } from '../ports';
import { boundedForEvent } from '../record';
import { retrying } from '../retry';
import { jsonVariable, requiredVariable, runsInRollback } from '../settings';
import { counted, excerpt, quoted } from '../text';
import { handOverAnswer, knownTurn, LONGEST_GAP_MS, REST_MS, turnOfEvent } from './hand-over';
import { parseNativeEvent } from './parse-event';

/** Kept back so that the answer is given before the function is killed. */
const TAIL_MS = 1_000;

/** The event informs; it gets a few attempts, and never the time of the answer. */
const TELEMETRY_ATTEMPTS = 3;

/** What a hook does between its event and its answer. A throw is a failed validation. */
export type NativeWork = (event: EcsNativeHookEvent, bounds: WorkBounds) => Promise<Judgement | HandOver>;

export type NativePorts = Pick<HookPorts, 'clock' | 'random' | 'events' | 'log'>;

export interface NativeHookDefinition {
  readonly by: 'checks' | 'outcome';
  readonly environment: Environment;
  readonly ports: NativePorts;
  readonly work: NativeWork;
}

/** One invocation: who is asked, about what, and until when. */
interface Invocation {
  readonly stage: string;
  readonly deployment: string;
  readonly invocation: number;
  /** When its first invocation began, on the clock of this one. */
  readonly startedAt: number;
  readonly endsAt: number;
}

export function makeNativeHook(definition: NativeHookDefinition): (event: unknown, context: HookContext) => Promise<EcsNativeHookAnswer> {
  const { ports } = definition;
  return async (event, context) => {
    const startedAt = ports.clock.now();
    const remaining = Math.max(0, context.getRemainingTimeInMillis());
    const parsed = parseNativeEvent(event);
    const endsAt = startedAt + remaining;
    if ('problem' in parsed) {
      const invocation = { stage: 'unknown', deployment: 'unknown', invocation: 1, startedAt, endsAt };
      return conclude(definition, invocation, judged('fail', `malformed lifecycle event of ECS: ${parsed.problem}`));
    }
    const { lifecycleStage: stage, resourceArn: deployment } = parsed.event;
    const end = await judge(definition, parsed.event, remaining);
    if ('hookStatus' in end) {
      ports.log.info('not decided yet; ECS is asked to invoke this hook again', { stage, deployment, callBackDelay: end.callBackDelay ?? 0 });
      return end;
    }
    const { invocation, elapsedMs } = knownTurn(parsed.event, ports.clock);
    return conclude(definition, { stage, deployment, invocation, startedAt: startedAt - elapsedMs, endsAt }, end);
  };
}

/** What the work comes to: a judgement, or the answer that hands it over. Every error becomes a failed validation. */
async function judge(definition: NativeHookDefinition, event: EcsNativeHookEvent, remaining: number): Promise<Judgement | EcsNativeHookAnswer> {
  const { environment, ports, work } = definition;
  const budget = workBudget(remaining);
  try {
    requireNative(environment, event);
    if (isRollbackInvocation(event) && !runsInRollback(environment)) {
      const target = `the weight of the revision that the deployment brings is 0 at ${event.lifecycleStage}`;
      return judged('pass', `not run: ECS is taking the deployment back (${target}), which nothing should hold up`);
    }
    requireBudget(remaining, budget);
    const turn = turnOfEvent(event, ports.clock);
    const handOverAt = ports.clock.now() + budget - HAND_OVER_MARGIN_MS;
    const bounds = { turn, handOverAt, recall: { restMs: REST_MS, longestGapMs: LONGEST_GAP_MS } };
    const end = await within(ports.clock, { ms: budget, graceMs: WORK_GRACE_MS }, (signal) => work(event, { ...bounds, signal }));
    return 'play' in end ? handOverAnswer(event, turn, end) : end;
  } catch (error) {
    return judged('fail', failureReason(error, budget));
  }
}

/** A function that was made for something else proves nothing here. */
function requireNative(environment: Environment, { lifecycleStage }: EcsNativeHookEvent): void {
  requiredVariable(environment, ENV.rollout);
  const event = requiredVariable(environment, ENV.event);
  if (event !== ECS_NATIVE_EVENT) {
    throw new ConfigurationError(`this function is the hook of CodeDeploy's ${quoted(event)}, and ECS invoked it; attach what 'onEcsNative' of the hook gives`);
  }
  const stages = jsonVariable(environment, ENV.stages);
  if (!Array.isArray(stages) || !stages.includes(lifecycleStage)) {
    throw new ConfigurationError(
      `this function is not made for stage ${lifecycleStage}; environment variable ${ENV.stages} holds ${excerpt(JSON.stringify(stages) ?? 'nothing')}`,
    );
  }
}

/** The one log line, the event, and the answer. */
async function conclude(definition: NativeHookDefinition, invocation: Invocation, { verdict, reason, checks }: Judgement): Promise<EcsNativeHookAnswer> {
  const { by, environment, ports } = definition;
  const status = reportStatusFor(verdict);
  const record: VerdictRecord = {
    schemaVersion: 1,
    rollout: environment.variable(ENV.rollout) ?? '',
    controller: 'ECS',
    event: invocation.stage,
    deploymentId: invocation.deployment,
    verdict,
    reason,
    report: status,
    by,
    ...(invocation.invocation > 1 ? { invocations: invocation.invocation } : {}),
    durationMs: Math.round(ports.clock.now() - invocation.startedAt),
    checks,
  };
  ports.log.verdict(record);
  await sendEvent(ports, invocation, record);
  return { hookStatus: status === 'Succeeded' ? 'SUCCEEDED' : 'FAILED' };
}

async function sendEvent(ports: NativePorts, { endsAt, deployment }: Invocation, record: VerdictRecord): Promise<void> {
  try {
    const bounds = { until: endsAt - TAIL_MS, attempts: TELEMETRY_ATTEMPTS };
    await within(ports.clock, { ms: Math.max(0, endsAt - TAIL_MS - ports.clock.now()) }, () =>
      retrying(ports, bounds, (signal) => ports.events.send(boundedForEvent(record), signal)),
    );
  } catch (error) {
    const left = counted(TELEMETRY_ATTEMPTS, 'attempt');
    ports.log.warn(`the verdict event was not sent, after at most ${left}; the answer to ECS stands`, { deployment, error: describeError(error) });
  }
}
