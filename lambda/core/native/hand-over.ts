/** What a hook hands over to its own next invocation, through ECS: no function runs meanwhile. */
import type { EcsNativeHookAnswer, EcsNativeHookEvent } from '../../../lib/model/ecs-native';
import type { HandOver, Turn } from '../continuation';
import { firstTurn } from '../continuation';
import { LONGEST_PLAY_MS } from '../engine/read-play';
import { HandOverFailure } from '../failures';
import { Members } from '../members';
import type { Clock } from '../ports';

/** A rest at least this long is ECS's to wait out. */
export const REST_MS = 20_000;

/** Key of ours in `hookDetails`, beside what a service definition may hold there. */
const KEY = 'cdk-greenlight';

/**
 * Most characters of what is handed over. What `hookDetails` may hold is not documented; the least that AWS could mean is the payload of an
 * asynchronous Lambda event (1 MB), and this stays far below it.
 */
const MAX_LENGTH = 250_000;

/** ECS is shown whole seconds only; a delay of none at all is not documented. */
const MIN_DELAY_SECONDS = 1;

/** One hour: that ECS waits for longer is not documented. */
const MAX_DELAY_SECONDS = 3_600;

/** The longest delay, and time for ECS to be late. */
export const LONGEST_GAP_MS = (MAX_DELAY_SECONDS + 900) * 1_000;

const MOST_INVOCATIONS = 1_000_000;

/** It is carried as one text, so that ECS, which merges details, cannot mix two of them. @throws HandOverFailure */
export function handOverAnswer(event: EcsNativeHookEvent, { invocation, hookStartedAt }: Turn, { play, dueInMs }: HandOver): EcsNativeHookAnswer {
  const text = JSON.stringify({ schemaVersion: 1, of: identityOf(event), invocation: invocation + 1, startedAt: hookStartedAt, play });
  if (text.length > MAX_LENGTH) {
    throw new HandOverFailure(`the checks would hand over ${text.length} characters, of which at most ${MAX_LENGTH} are sent; spread them over several hooks`);
  }
  const callBackDelay = Math.min(MAX_DELAY_SECONDS, Math.max(MIN_DELAY_SECONDS, Math.ceil(dueInMs / 1_000)));
  return { hookStatus: 'IN_PROGRESS', callBackDelay, hookDetails: { [KEY]: text } };
}

/**
 * Which invocation this is. What an earlier one handed over counts where it belongs to this stage of this deployment: details live on for all
 * invocations of a hook in one deployment, so that a later step of the traffic shift may still be handed those of the step before.
 *
 * @throws HandOverFailure where something else stands in its place
 */
export function turnOfEvent(event: EcsNativeHookEvent, clock: Clock): Turn {
  const text = event.hookDetails?.[KEY];
  if (text === undefined) {
    return firstTurn(clock);
  }
  const carried = new Members(parsed(text), `'${KEY}' in the hook details`, ['schemaVersion', 'of', 'invocation', 'startedAt', 'play']);
  if (carried.raw('schemaVersion') !== 1) {
    throw carried.wrong('schemaVersion', 1);
  }
  if (carried.raw('of') !== identityOf(event)) {
    return firstTurn(clock);
  }
  const hookStartedAt = carried.number('startedAt', 0, Number.MAX_SAFE_INTEGER);
  return {
    invocation: carried.whole('invocation', 2, MOST_INVOCATIONS),
    hookStartedAt,
    elapsedMs: Math.min(LONGEST_PLAY_MS, Math.max(0, clock.epoch() - hookStartedAt)),
    from: carried.raw('play'),
  };
}

/** The same for a record of what happened: the first one where that cannot be told. */
export function knownTurn(event: EcsNativeHookEvent, clock: Clock): Turn {
  try {
    return turnOfEvent(event, clock);
  } catch {
    return firstTurn(clock);
  }
}

/** Tells one step of a shift from the next one by the weights, since an execution id is not known to stay the same. */
function identityOf({ resourceArn, lifecycleStage, executionDetails }: EcsNativeHookEvent): string {
  const sorted = (weights: Readonly<Record<string, number>>) => Object.entries(weights).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([resourceArn, lifecycleStage, sorted(executionDetails.testTrafficWeights), sorted(executionDetails.productionTrafficWeights)]);
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string' || text.length > MAX_LENGTH) {
    const got = typeof text === 'string' ? `${text.length} characters` : typeof text;
    throw new HandOverFailure(`'${KEY}' in the hook details must be a text of at most ${MAX_LENGTH} characters, got ${got}; take it out of the service definition`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new HandOverFailure(`'${KEY}' in the hook details is not what this hook writes there (${text.length} characters that are no JSON); take it out of the service definition`);
  }
}
