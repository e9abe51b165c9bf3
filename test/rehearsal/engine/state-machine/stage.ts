/** An execution on a virtual clock, whose functions do what a test tells them to. */
import { setImmediate } from 'node:timers/promises';
import { stateMachineDefinition } from '../../../../rehearsal/engine/state-machine/definition';
import { Execution, type TaskEnd } from '../../../../rehearsal/engine/state-machine/execution';
import type { Json } from '../../../../rehearsal/engine/state-machine/paths';
import { EventScheduler } from '../../../../rehearsal/engine/scheduler';

export const FUNCTION = 'arn:aws:lambda:eu-central-1:111122223333:function:step';

/** What a function does: it takes so many seconds, and gives an output or an error. */
export type Script = { readonly seconds?: number } & ({ readonly output: Json } | { readonly error: string; readonly cause?: string });

export interface Played {
  readonly execution: Execution;
  /** Seconds at which the function was called, with what. */
  readonly calls: readonly { readonly at: number; readonly input: Json }[];
  /** `second state`, for each state that was entered. */
  readonly states: readonly string[];
}

/** Plays to the end; the last script goes on for all further calls. */
export async function play(definition: unknown, input: Json, scripts: readonly Script[] = []): Promise<Played> {
  const scheduler = new EventScheduler();
  const calls: { at: number; input: Json }[] = [];
  const execution = new Execution({
    definition: stateMachineDefinition(definition),
    input,
    context: { Execution: { Id: 'arn:execution', Name: 'first', StartTime: '2026-01-05T09:00:00.000Z' } },
    scheduler,
    runTask: async (_resource, given): Promise<TaskEnd> => {
      const script = scripts[Math.min(calls.length, scripts.length - 1)];
      calls.push({ at: scheduler.now() / 1000, input: given });
      const at = scheduler.now() + (script.seconds ?? 0) * 1000;
      return 'error' in script ? { at, error: script.error, cause: script.cause ?? '' } : { at, output: script.output };
    },
    ended: () => undefined,
  });
  do {
    await setImmediate();
  } while (execution.status === 'RUNNING' && scheduler.runNext());
  return { execution, calls, states: execution.entered.map(({ at, state }) => `${at / 1000} ${state}`) };
}

export const machine = (states: object, startAt = Object.keys(states)[0]): object => ({ StartAt: startAt, States: states });

export const task = (more: object = {}): object => ({ Type: 'Task', Resource: FUNCTION, End: true, ...more });
