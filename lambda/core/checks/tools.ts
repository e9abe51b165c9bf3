import type { AlarmReader, Clock, Environment, HttpClient, RunBounded } from '../ports';
import type { Engines } from './engines';

/** What checks measure with. */
export interface CheckPorts {
  readonly clock: Clock;
  readonly http: HttpClient;
  readonly run: RunBounded;
  readonly alarms: AlarmReader;
}

/** The same for one suite, whose engines are loaded. */
export interface ProbeTools extends CheckPorts {
  readonly environment: Environment;
  readonly engines: Engines;
}
