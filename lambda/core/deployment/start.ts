/** The last steps before a deployment begins, or before none does. */
import { unlessLate } from './late';
import type { Action, Release, Situation } from './situation';
import { fail, minutes, noted, pause, secondsSince, segmentIsOver, succeed } from './situation';
import type { AnyDeployTask } from './task';

/**
 * How long a deployment may be there before the lists show it, in seconds, with the time of the call that started it. No source says; and the group
 * refuses a second deployment only while the first one runs.
 */
export const LISTED_WITHIN_SECONDS = 30;
const LISTED_PAUSE_SECONDS = 15;

/** How long a service may be there before it is shown with its task set, or an alias before it is shown, in seconds. */
const SHOWN_WITHIN_SECONDS = 120;
const SHOWN_PAUSE_SECONDS = 10;

/** Between the two looks of a rollback. */
export const SECOND_LOOK_SECONDS = 10;

/** Nothing is begun while an earlier try may come to light, or that there is no time to follow. */
export function start(s: Situation, task: AnyDeployTask, release: Release): Action {
  const asked = s.memory.since['asked'] !== undefined && secondsSince(s, 'asked') < LISTED_WITHIN_SECONDS;
  if (segmentIsOver(s)) {
    return fail(`after ${minutes(s.elapsed)}: no deployment was started: ${s.memory.refusal ?? 'there is no time left to follow it'}`);
  }
  return asked ? pause(s, LISTED_PAUSE_SECONDS) : unlessLate(s, task, { do: 'start', ...release, memory: s.memory });
}

/** Looked at twice: the request that is taken back may at this moment be starting its deployment. */
export function nothingToTakeBack(before: Situation, why: string): Action {
  const s = noted(before, 'quiet');
  const once = secondsSince(s, 'quiet') < SECOND_LOOK_SECONDS && !segmentIsOver(s);
  return once ? pause(s, SECOND_LOOK_SECONDS) : succeed('', why);
}

export function notShown(before: Situation, what: string, reason: string): Action {
  const s = noted(before, what);
  return secondsSince(s, what) < SHOWN_WITHIN_SECONDS && !segmentIsOver(s) ? pause(s, SHOWN_PAUSE_SECONDS) : fail(reason);
}
