/** The script of a bundle that asks the gate about its instance is not simulated: the function of the gate is invoked, and its answer decides. */
import { SERVER_GATE_EVENTS, type InstanceQuestion } from '../../lib/model/server/gates';
import { scriptFailedMessage, scriptTimedOutMessage } from '../engine/fleet/fleet-messages';
import type { ScriptModel } from '../engine/fleet/revision';
import type { HostFiles, ScriptExecution, ScriptRunner } from '../engine/fleet/scripts';
import type { Diagnostics } from '../engine/fleet/target-log';
import type { InvocationResult, Scheduler } from '../engine/ports';

/** Where the constructs put it in the bundle. */
export const GATE_SCRIPT = 'greenlight/validate-service.sh';

/** Each runs in a process of its own. */
export const ASKED_AT_ONCE = 20;

export interface GatedScriptsOptions {
  readonly scheduler: Scheduler;
  /** Runs all others. */
  readonly others: ScriptRunner;
  /** Invokes the function, and waits for its answer. Rejects only when the simulator itself fails, which it has told already. */
  readonly ask: (question: InstanceQuestion) => Promise<InvocationResult>;
}

type Done = (failure?: Diagnostics) => void;

export class GatedScripts implements ScriptRunner {
  readonly #options: GatedScriptsOptions;
  readonly #queue: (() => void)[] = [];
  #asking = 0;
  #mostWaiting = 0;

  constructor(options: GatedScriptsOptions) {
    this.#options = options;
  }

  get files(): HostFiles | undefined {
    return this.#options.others.files;
  }

  /** Questions that are not answered yet. */
  get asking(): number {
    return this.#asking + this.#queue.length;
  }

  /** Questions that had to wait for others. */
  get waited(): boolean {
    return this.#mostWaiting > 0;
  }

  /** Where the scenario has scripts of the event fail, none is asked. */
  run(execution: ScriptExecution, done: Done): void {
    const { event, scripts, fault } = execution;
    const index = event === SERVER_GATE_EVENTS.instance && fault === undefined ? scripts.findIndex(isGateScript) : -1;
    if (index < 0) {
      this.#options.others.run(execution, done);
      return;
    }
    const after: Done = (failure) => (failure === undefined ? this.#part(execution, scripts.slice(index + 1), done) : done(failure));
    this.#part(execution, scripts.slice(0, index), (failure) => (failure === undefined ? this.#ask(execution, scripts[index]!, after) : done(failure)));
  }

  #part(execution: ScriptExecution, scripts: readonly ScriptModel[], done: Done): void {
    if (scripts.length === 0) {
      done();
    } else {
      this.#options.others.run({ ...execution, scripts }, done);
    }
  }

  #ask({ instance, deploymentId }: ScriptExecution, { location, timeoutSeconds }: ScriptModel, done: Done): void {
    const { scheduler } = this.#options;
    let over = false;
    const end = (failure?: Diagnostics): void => {
      if (!over) {
        over = true;
        cancel();
        done(failure);
      }
    };
    const timedOut: Diagnostics = { errorCode: 'ScriptTimedOut', scriptName: location, message: scriptTimedOutMessage(location, timeoutSeconds) };
    const cancel = scheduler.after(timeoutSeconds * 1000, `time-out of ${location}`, () => end(timedOut));
    this.#inTurn({ deploymentId, instanceId: instance.id }, (result) => end(failureOf(result, location)));
  }

  #inTurn(question: InstanceQuestion, answered: (result: InvocationResult) => void): void {
    if (this.#asking >= ASKED_AT_ONCE) {
      this.#queue.push(() => this.#inTurn(question, answered));
      this.#mostWaiting = Math.max(this.#mostWaiting, this.#queue.length);
      return;
    }
    const { scheduler, ask } = this.#options;
    this.#asking += 1;
    ask(question).then(
      (result) =>
        // What follows happens when the function has ended, and not when we came to hear of it.
        scheduler.at(result.endedAt, 'answer of the gate', () => {
          this.#asking -= 1;
          this.#queue.shift()?.();
          answered(result);
        }),
      () => undefined,
    );
  }
}

export const isGateScript = ({ location }: Pick<ScriptModel, 'location'>): boolean => location.replace(/^\.?\//, '') === GATE_SCRIPT;

/** Anything but a pass is a failure, an error of the function included. */
function failureOf({ end, payload, error }: InvocationResult, location: string): Diagnostics | undefined {
  const { verdict, reason } = end === 'returned' && typeof payload === 'object' && payload !== null ? (payload as { readonly verdict?: unknown; readonly reason?: unknown }) : {};
  if (verdict === 'pass') {
    return undefined;
  }
  const logTail = typeof reason === 'string' ? reason : error === undefined ? 'the function of the gate gave no answer that its script understands' : `${error.errorType}: ${error.errorMessage}`;
  return { errorCode: 'ScriptFailed', scriptName: location, message: scriptFailedMessage(location, 1), logTail };
}
