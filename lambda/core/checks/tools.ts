import type { HookEvent } from '../../../lib/model/hook-contract';
import type { Clock, Environment, HttpClient, Random, RunBounded } from '../ports';
import type { Engines } from './engines';
import type { ValueSources } from './runtime-values';

/** What every suite is played with. What only some kinds measure with is handed to those kinds. */
export interface CheckPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly http: HttpClient;
  readonly run: RunBounded;
  /** Where the values of checks are read. */
  readonly sources: ValueSources;
}

/** The same for one suite, whose engines are loaded, in one deployment. */
export interface ProbeTools extends CheckPorts {
  readonly environment: Environment;
  readonly engines: Engines;
  readonly hook: HookEvent;
}
