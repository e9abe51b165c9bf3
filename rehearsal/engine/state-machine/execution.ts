/** Plays one execution of a state machine on the virtual clock. */
import type { Cancel, Scheduler } from '../ports';
import type { Catcher, ChoiceState, Retrier, State, StateMachineDefinition, TaskState, WaitState } from './definition';
import { MAX_SECONDS } from './definition';
import { matches, StateError } from './errors';
import type { ContextObject, Json } from './paths';
import { fill, follow, place } from './paths';

/** How a function that a task ran came to its end, and when. */
export type TaskEnd = { readonly at: number } & ({ readonly output: Json } | { readonly error: string; readonly cause: string });

export interface ExecutionOptions {
  readonly definition: StateMachineDefinition;
  readonly input: Json;
  readonly context: Pick<ContextObject, 'Execution'>;
  readonly scheduler: Scheduler;
  /** Runs a function of the state machine's tasks. Rejects only when the simulator itself fails. */
  runTask(resource: string, input: Json): Promise<TaskEnd>;
  /** Told when it is over. */
  readonly ended: () => void;
}

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED';

/** Quota of Step Functions: largest input, output or result of a state, in bytes. */
export const MAX_PAYLOAD_BYTES = 262_144;

/** Quota of Step Functions: events in the history of a Standard execution. It ends with the last of them. */
const MAX_HISTORY_EVENTS = 25_000;

/** Events of entering and leaving a state, and of running a function once. */
const STATE_EVENTS = 2;
const TASK_EVENTS = 3;

export class Execution {
  status: ExecutionStatus = 'RUNNING';
  output: Json | undefined;
  /** Name and cause of the error that it failed with. */
  failure: { readonly error: string; readonly cause: string } | undefined;
  endedAt: number | undefined;
  /** Each state that was entered, and when. */
  readonly entered: { readonly at: number; readonly state: string }[] = [];
  readonly #options: ExecutionOptions;
  #events = 1;
  #context: ContextObject;

  constructor(options: ExecutionOptions) {
    this.#options = options;
    this.#context = { ...options.context, State: { Name: '', RetryCount: 0 } };
    const { definition, input, scheduler, context } = options;
    scheduler.after(0, `start of execution ${context.Execution.Name}`, () => this.#enter(definition.startAt, input));
  }

  #enter(name: string, input: Json): void {
    const state = this.#options.definition.states.get(name);
    if (state === undefined) {
      throw new Error(`the state machine has no state '${name}'`);
    }
    this.#context = { ...this.#options.context, State: { Name: name, RetryCount: 0 } };
    this.entered.push({ at: this.#options.scheduler.now(), state: name });
    this.#attempt(() => {
      this.#count(STATE_EVENTS);
      this.#play(state, input);
    });
  }

  /** Whatever goes wrong in a state that may not be retried or caught ends the execution. */
  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof StateError)) {
        throw error;
      }
      this.#end('FAILED', { failure: { error: error.error, cause: error.errorCause } });
    }
  }

  #play(state: State, input: Json): void {
    switch (state.type) {
      case 'Pass': {
        const result = state.result ?? this.#parameters(state.parameters, input);
        return this.#leave(state.next, checkedSize(place(state.resultPath, input, result)));
      }
      case 'Task':
        return this.#run(state, input, new Map());
      case 'Choice':
        return this.#leave(this.#choose(state, input), input);
      case 'Wait':
        this.#options.scheduler.after(this.#seconds(state, input) * 1000, this.#label('wait'), () => this.#leave(state.next, input));
        return undefined;
      case 'Succeed':
        return this.#end('SUCCEEDED', { output: input });
      case 'Fail':
        return this.#end('FAILED', { failure: { error: state.error, cause: state.cause } });
    }
  }

  #leave(next: string | undefined, output: Json): void {
    if (next === undefined) {
      this.#end('SUCCEEDED', { output });
    } else {
      this.#enter(next, output);
    }
  }

  /** @param retries attempts that each retrier has used up since the state was entered */
  #run(state: TaskState, input: Json, retries: Map<Retrier, number>): void {
    this.#count(TASK_EVENTS);
    const { scheduler, runTask } = this.#options;
    const parameters = orError(() => checkedSize(this.#parameters(state.parameters, input)));
    if (parameters instanceof StateError) {
      return this.#failed(state, input, retries, parameters);
    }
    let over = false;
    let cancel: Cancel = () => undefined;
    const settle = (at: number, what: string, action: () => void): Cancel =>
      scheduler.at(at, this.#label(what), () => {
        if (!over) {
          over = true;
          cancel();
          this.#attempt(action);
        }
      });
    if (state.timeoutSeconds < MAX_SECONDS) {
      const late = new StateError('States.Timeout', '');
      cancel = settle(scheduler.now() + state.timeoutSeconds * 1000, 'time-out of a task', () => this.#failed(state, input, retries, late));
    }
    void runTask(state.resource, parameters).then(
      (end) => settle(end.at, 'end of a task', () => this.#ran(state, input, retries, end)),
      // The simulator itself failed, and whoever runs it has heard of that.
      () => undefined,
    );
    return undefined;
  }

  #ran(state: TaskState, input: Json, retries: Map<Retrier, number>, end: TaskEnd): void {
    const output = 'error' in end ? new StateError(end.error, end.cause) : orError(() => checkedSize(place(state.resultPath, input, checkedSize(end.output))));
    if (output instanceof StateError) {
      this.#failed(state, input, retries, output);
    } else {
      this.#leave(state.next, output);
    }
  }

  /** The first retrier that takes the error decides, then the first catcher. */
  #failed(state: TaskState, input: Json, retries: Map<Retrier, number>, failure: StateError): void {
    const retrier = state.retry.find(({ errorEquals }) => matches(errorEquals, failure.error));
    const used = retrier === undefined ? 0 : (retries.get(retrier) ?? 0);
    if (retrier !== undefined && used < retrier.maxAttempts) {
      retries.set(retrier, used + 1);
      const seconds = Math.min(retrier.maxDelaySeconds, retrier.intervalSeconds * retrier.backoffRate ** used);
      this.#options.scheduler.after(seconds * 1000, this.#label('retry'), () => this.#attempt(() => this.#retry(state, input, retries)));
      return;
    }
    const catcher: Catcher | undefined = state.catch.find(({ errorEquals }) => matches(errorEquals, failure.error));
    if (catcher === undefined) {
      throw failure;
    }
    this.#leave(catcher.next, checkedSize(place(catcher.resultPath, input, { Error: failure.error, Cause: failure.errorCause })));
  }

  #retry(state: TaskState, input: Json, retries: Map<Retrier, number>): void {
    const { State, ...context } = this.#context;
    this.#context = { ...context, State: { ...State, RetryCount: State.RetryCount + 1 } };
    this.#run(state, input, retries);
  }

  #choose({ choices, default: otherwise }: ChoiceState, input: Json): string {
    const sources = { input, context: this.#context };
    const chosen = choices.find(({ variable, equals }) => follow(variable, sources, 'Variable') === equals)?.next ?? otherwise;
    if (chosen === undefined) {
      throw new StateError('States.NoChoiceMatched', 'No choice rule matched, and there is no Default');
    }
    return chosen;
  }

  #seconds({ seconds }: WaitState, input: Json): number {
    if (typeof seconds === 'number') {
      return seconds;
    }
    const found = follow(seconds, { input, context: this.#context }, 'SecondsPath');
    if (typeof found !== 'number' || !Number.isInteger(found) || found < 0 || found > MAX_SECONDS) {
      throw new StateError('States.Runtime', `The SecondsPath parameter does not reference an integer value from 0 to ${MAX_SECONDS}: ${seconds.text} == ${JSON.stringify(found)}`);
    }
    return found;
  }

  #parameters(template: Json | undefined, input: Json): Json {
    return template === undefined ? input : fill(template, { input, context: this.#context });
  }

  #count(events: number): void {
    this.#events += events;
    if (this.#events > MAX_HISTORY_EVENTS) {
      throw new StateError('States.Runtime', `The execution reached the maximum number of history events (${MAX_HISTORY_EVENTS}).`);
    }
  }

  #end(status: ExecutionStatus, { output, failure }: Partial<Pick<Execution, 'output' | 'failure'>>): void {
    this.status = status;
    this.output = output;
    this.failure = failure;
    this.endedAt = this.#options.scheduler.now();
    this.#options.ended();
  }

  #label(what: string): string {
    return `${what} (${this.#options.context.Execution.Name})`;
  }
}

function orError(value: () => Json): Json | StateError {
  try {
    return value();
  } catch (error) {
    if (error instanceof StateError) {
      return error;
    }
    throw error;
  }
}

function checkedSize(value: Json): Json {
  const bytes = new TextEncoder().encode(JSON.stringify(value)).length;
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new StateError('States.DataLimitExceeded', `The state/task returned a result with a size exceeding the maximum number of bytes service limit: ${bytes} of ${MAX_PAYLOAD_BYTES}`);
  }
  return value;
}
