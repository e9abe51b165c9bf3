/** What comes of a script that has run, in the words of the agent. */
import { outputLeftOpenMessage, scriptFailedMessage, scriptTimedOutMessage } from '../../engine/fleet/fleet-messages';
import type { ScriptModel } from '../../engine/fleet/revision';
import type { Diagnostics } from '../../engine/fleet/target-log';
import type { Ended } from './server-sandbox';

export type ScriptEnd = Ended;

/** A rehearsal waits no longer for a script, whatever its own time-out. */
export const MOST_SCRIPT_SECONDS = 120;

export interface ScriptResult {
  /** Virtual time that it has taken. */
  readonly ms: number;
  readonly failure?: Omit<Diagnostics, 'scriptName'>;
}

export function scriptEnd(end: ScriptEnd, { location, timeoutSeconds, runAs, durationMs }: ScriptModel, slowness: number, mostSeconds: number): ScriptResult {
  const ms = (durationMs ?? end.wallMs) * slowness;
  const limitMs = timeoutSeconds * 1000;
  switch (end.kind) {
    case 'gone':
      return { ms, failure: { errorCode: 'UnknownError', message: `The simulated instance has ended: ${end.reason}` } };
    case 'timedOut':
      return timeoutSeconds <= mostSeconds
        ? timedOut(location, timeoutSeconds)
        : { ms, failure: { errorCode: 'ScriptTimedOut', message: `Script at specified location: ${location} was not complete in ${mostSeconds} seconds, which is as long as a rehearsal waits for a script that may take ${timeoutSeconds} seconds` } };
    case 'leftOpen':
      return { ms, failure: { errorCode: 'UnknownError', message: outputLeftOpenMessage(location, end.output === 'out' ? 'STDOUT' : 'STDERR') } };
    case 'exited':
      if (ms > limitMs) {
        return timedOut(location, timeoutSeconds);
      }
      return end.status === 0 ? { ms } : { ms, failure: { errorCode: 'ScriptFailed', message: scriptFailedMessage(location, end.status, runAs) } };
  }
}

const timedOut = (location: string, timeoutSeconds: number): ScriptResult => ({ ms: timeoutSeconds * 1000, failure: { errorCode: 'ScriptTimedOut', message: scriptTimedOutMessage(location, timeoutSeconds) } });
