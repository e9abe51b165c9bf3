/** Who runs the scripts of a bundle: a port, and its simulation. */
import type { ServerHookEvent } from '../../../lib/model/lifecycle';
import type { FileExistsBehavior } from '../../../lib/model/server/events';
import type { Scheduler } from '../ports';
import type { ScriptFault } from './faults';
import type { Instance } from './fleet';
import { scriptFailedMessage, scriptTimedOutMessage } from './fleet-messages';
import type { RevisionModel, ScriptModel } from './revision';
import type { Diagnostics } from './target-log';

export interface ScriptExecution {
  readonly instance: Instance;
  readonly event: ServerHookEvent;
  /** The revision that the scripts come from, which need not be that of the deployment. */
  readonly revision: RevisionModel;
  /** At least one. */
  readonly scripts: readonly ScriptModel[];
  readonly deploymentId: string;
  /** Times that everything takes longer on this host. */
  readonly slowness: number;
  /** Set where the scenario has them fail. */
  readonly fault?: ScriptFault;
}

/** What an agent does with the files of a revision on one instance. */
export interface FileWork {
  readonly instance: Instance;
  readonly revision: RevisionModel;
  readonly deploymentId: string;
  /** Times that everything takes longer on this host. */
  readonly slowness: number;
}

/** Whoever runs scripts for real has real files too: a port, without which files are known by their names only. `done` is called as that of scripts is. */
export interface HostFiles {
  /** A deployment before the rehearsal had succeeded. */
  preinstalled(instance: number, revision: RevisionModel): void;
  download(work: FileWork, done: (failure?: Diagnostics) => void): void;
  install(work: FileWork & { readonly fileExistsBehavior: FileExistsBehavior }, done: (failure?: Diagnostics) => void): void;
}

export interface ScriptRunner {
  readonly files?: HostFiles | undefined;
  /** Runs the scripts of one event on one instance; `done` is called once, at the virtual moment at which they have ended, and never at once. */
  run(execution: ScriptExecution, done: (failure?: Diagnostics) => void): void;
}

/** Scripts that take their time, and fail where the scenario says so: the first one of the event then does. */
export function simulatedScripts(scheduler: Scheduler, scriptMs: number): ScriptRunner {
  return {
    run: (execution, done) => {
      const { ms, failure } = simulate(execution, scriptMs);
      scheduler.after(ms, execution.event, () => done(failure));
    },
  };
}

function simulate({ scripts, slowness, fault }: ScriptExecution, scriptMs: number): { readonly ms: number; readonly failure?: Diagnostics } {
  let ms = 0;
  for (const { location, timeoutSeconds, durationMs = scriptMs } of scripts) {
    const takes = durationMs * slowness;
    if (takes > timeoutSeconds * 1000) {
      return { ms: ms + timeoutSeconds * 1000, failure: { errorCode: 'ScriptTimedOut', scriptName: location, message: scriptTimedOutMessage(location, timeoutSeconds) } };
    }
    ms += takes;
    if (fault !== undefined) {
      return { ms, failure: scriptFailure(location, fault) };
    }
  }
  return { ms };
}

function scriptFailure(scriptName: string, { exitCode = 1, log }: ScriptFault): Diagnostics {
  return { errorCode: 'ScriptFailed', scriptName, message: scriptFailedMessage(scriptName, exitCode), ...(log === undefined ? {} : { logTail: log }) };
}
