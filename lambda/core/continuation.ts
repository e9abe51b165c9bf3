/** A hook that takes several invocations: what each sends to the next one, beside the hook event, and how it comes there. */
import type { HookEvent } from '../../lib/model/hook-contract';
import { CONTINUATION_KEY } from '../../lib/model/hook-contract';
import { HOOK_REPORT_TIMEOUT_SECONDS, MAX_INVOCATIONS } from '../../lib/model/limits';
import { within } from './deadline';
import type { SavedPlay } from './engine/saved-play';
import { invokeOnce } from './invoke-once';
import type { Judgement } from './judgement';
import { Members } from './members';
import type { Clock, HookPorts, SelfInvoker } from './ports';

/** How long an attempt that is aborted may take to say what stood in its way. */
const GRACE_MS = 500;

/** Work that is to be gone on with by another invocation. */
export interface HandOver {
  readonly play: SavedPlay;
  /** Time until there is something to do. */
  readonly dueInMs: number;
  /** What is known where nobody can go on. */
  readonly unfinished: Judgement;
}

export interface Continuation {
  readonly schemaVersion: 1;
  /** Number of the invocation that is to go on: 2 for the first one that is asked to. */
  readonly invocation: number;
  /** Milliseconds since 1970 at which the hook began. */
  readonly startedAt: number;
  /** Where the checks stand; read by whoever plays them. */
  readonly play: SavedPlay;
}

/** Which invocation of its hook this is. */
export interface Turn {
  readonly invocation: number;
  /** Milliseconds since 1970 at which the hook began. */
  readonly hookStartedAt: number;
  /** Milliseconds since then, as the wall clocks of both invocations tell it; a jump makes it no longer than the service waits. */
  readonly elapsedMs: number;
  /** What the invocation before has left; still to be read. */
  readonly from?: unknown;
}

export const firstTurn = (clock: Clock): Turn => ({ invocation: 1, hookStartedAt: clock.epoch(), elapsedMs: 0 });

/** The event that CodeDeploy sends is the first turn. @throws HandOverFailure */
export function turnOf(event: object, clock: Clock): Turn {
  const value = (event as Readonly<Record<string, unknown>>)[CONTINUATION_KEY];
  if (value === undefined) {
    return firstTurn(clock);
  }
  const members = new Members(value, 'the continuation', ['schemaVersion', 'invocation', 'startedAt', 'play']);
  if (members.raw('schemaVersion') !== 1) {
    throw members.wrong('schemaVersion', 1);
  }
  const hookStartedAt = members.number('startedAt', 0, Number.MAX_SAFE_INTEGER);
  return {
    invocation: members.whole('invocation', 2, MAX_INVOCATIONS),
    hookStartedAt,
    elapsedMs: Math.min(HOOK_REPORT_TIMEOUT_SECONDS * 1_000, Math.max(0, clock.epoch() - hookStartedAt)),
    from: members.raw('play'),
  };
}

/**
 * Queues the next invocation. Once Lambda has taken the event, it is Lambda's to deliver it, or to tell the guardian that it could not.
 *
 * Rejects where it is not surely queued; it is tried again only where it surely is not, since two that go on would do everything twice.
 */
export async function sendOn(ports: Pick<HookPorts, 'clock' | 'random'>, self: SelfInvoker, { hook, continuation, ms }: Sending): Promise<void> {
  const payload = { ...hook, [CONTINUATION_KEY]: continuation };
  await within(ports.clock, { ms, graceMs: GRACE_MS }, (signal) => invokeOnce(ports, () => self.invokeLater(payload, signal), signal));
}

export interface Sending {
  readonly hook: HookEvent;
  readonly continuation: Continuation;
  /** Longest time to try. */
  readonly ms: number;
}
