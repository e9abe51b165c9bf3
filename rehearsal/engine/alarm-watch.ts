/** Reads the alarms of one deployment again and again: their level counts, not their transition. */
import type { AlarmConfiguration } from './deployment-group';
import { alarmActiveMessage, alarmsUnreadableMessage, type ErrorInformation } from './messages';
import type { AlarmStates, Cancel, Scheduler } from './ports';
import type { ServiceBehaviour } from './service-behaviour';

export interface AlarmWatchOptions {
  readonly scheduler: Scheduler;
  readonly alarms: AlarmStates;
  readonly behaviour: ServiceBehaviour;
  readonly configuration: AlarmConfiguration;
  readonly deploymentId: string;
  /** Whether the alarms count now. */
  readonly active: () => boolean;
  /** Called at most once. */
  readonly onRed: (error: ErrorInformation) => void;
}

export class AlarmWatch {
  readonly #options: AlarmWatchOptions;
  #cancel: Cancel | undefined;

  constructor(options: AlarmWatchOptions) {
    this.#options = options;
  }

  /** The first reading is now: an alarm that is red already stops the deployment before anything moved. */
  start(): void {
    if (this.#options.configuration.enabled) {
      this.#schedule(0);
    }
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(delayMs: number): void {
    this.#cancel = this.#options.scheduler.after(delayMs, `alarms of ${this.#options.deploymentId}`, () => this.#poll());
  }

  #poll(): void {
    const { active, onRed, behaviour } = this.#options;
    const error = active() ? this.#read() : undefined;
    if (error === undefined) {
      this.#schedule(behaviour.alarmPollMs);
    } else {
      this.#cancel = undefined;
      onRed(error);
    }
  }

  #read(): ErrorInformation | undefined {
    const { alarms, configuration, behaviour } = this.#options;
    const states = configuration.alarmNames.map((name) => ({ name, state: alarms.state(name) }));
    const red = states.filter(({ state }) => state === 'ALARM').map(({ name }) => name);
    if (red.length > 0) {
      return { code: 'ALARM_ACTIVE', message: alarmActiveMessage(red) };
    }
    const unreadable = states.filter(({ state }) => state === undefined).map(({ name }) => name);
    if (unreadable.length > 0 && !configuration.ignorePollAlarmFailure) {
      return { code: behaviour.unreadableAlarmCode, message: alarmsUnreadableMessage(unreadable) };
    }
    return undefined;
  }
}
