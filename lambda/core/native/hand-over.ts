/** What a hook hands over to its own next invocation, through ECS: no function runs meanwhile. */
import type { EcsNativeHookAnswer, EcsNativeHookEvent } from '../../../lib/model/ecs-native';
import { ConfigurationError } from '../failures';

/** The work is not over: its state, and when to go on with it. */
export interface HandOver {
  readonly afterMs: number;
  /** JSON that holds no secret: ECS keeps it, and shows it to whoever may describe the deployment. */
  readonly state: unknown;
}

/** Key of ours in `hookDetails`, beside what a service definition may hold there. */
const KEY = 'cdk-greenlight';

/**
 * Most characters of a state. What `hookDetails` may hold is not documented; that of an asynchronous Lambda event (1 MB) is the least that
 * AWS could mean, and this stays far below it.
 */
export const MAX_STATE_LENGTH = 100_000;

/** ECS counts the delay in whole seconds; a delay of none at all is not documented. */
const MIN_DELAY_SECONDS = 1;

/** One hour: nothing that is due later is known to be invoked. */
const MAX_DELAY_SECONDS = 3_600;

interface Carried {
  /** What the state belongs to. */
  readonly of: string;
  readonly state: unknown;
}

/** The state is carried as one text, so that ECS, which merges details, cannot mix two of them. @throws ConfigurationError */
export function handOverAnswer(event: EcsNativeHookEvent, { afterMs, state }: HandOver): EcsNativeHookAnswer {
  const carried: Carried = { of: identityOf(event), state };
  const text = JSON.stringify(carried);
  if (text.length > MAX_STATE_LENGTH) {
    throw new ConfigurationError(
      `the state of the checks has ${text.length} characters, of which ECS carries ${MAX_STATE_LENGTH} at most to the next invocation; spread the checks over several hooks`,
    );
  }
  const callBackDelay = Math.min(MAX_DELAY_SECONDS, Math.max(MIN_DELAY_SECONDS, Math.ceil(afterMs / 1_000)));
  return { hookStatus: 'IN_PROGRESS', callBackDelay, hookDetails: { [KEY]: text } };
}

/**
 * The state that an earlier invocation handed over, where it belongs to this stage of this deployment; otherwise undefined.
 *
 * Details live on for all invocations of a hook in one deployment, so that a later step of the traffic shift may still be handed those of the step before.
 *
 * @throws ConfigurationError where something else stands in its place
 */
export function carriedState(event: EcsNativeHookEvent): { readonly state: unknown } | undefined {
  const text = event.hookDetails?.[KEY];
  if (text === undefined) {
    return undefined;
  }
  const carried = typeof text === 'string' && text.length <= MAX_STATE_LENGTH ? parsed(text) : undefined;
  if (carried === undefined) {
    throw new ConfigurationError(`'hookDetails' of the event holds a '${KEY}' that this hook has not written; take it out of the service definition`);
  }
  return carried.of === identityOf(event) ? { state: carried.state } : undefined;
}

/** Tells one step of a shift from the next one by the weights, since an execution id is not known to stay the same. */
function identityOf({ resourceArn, lifecycleStage, executionDetails }: EcsNativeHookEvent): string {
  const weights = [executionDetails.testTrafficWeights, executionDetails.productionTrafficWeights].map((map) => Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify([resourceArn, lifecycleStage, ...weights]);
}

function parsed(text: string): Carried | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const { of, state } = (value ?? {}) as Partial<Carried>;
    return typeof of === 'string' && state !== undefined ? { of, state } : undefined;
  } catch {
    return undefined;
  }
}
