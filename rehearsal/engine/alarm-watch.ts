/** Reads the alarms of one deployment again and again: their level counts, not their transition. */
import type { AlarmConfiguration } from './deployment-group';
import { alarmActiveMessage, alarmsUnreadableMessage, rollbackTriggerMessage, type ErrorInformation } from './messages';
import type { AlarmStates, Cancel, Scheduler } from './ports';
import type { ServiceBehaviour } from './service-behaviour';
import type { StackBehaviour } from './stack-behaviour';

export interface AlarmWatchOptions {
  readonly scheduler: Scheduler;
  readonly alarms: AlarmStates;
  readonly behaviour: ServiceBehaviour;
  readonly configuration: AlarmConfiguration;
  readonly deploymentId: string;
  /** Set where CloudFormation watches the alarms, as rollback triggers. */
  readonly stack?: StackBehaviour;
  /** Whether the alarms count now. */
  readonly active: () => boolean;
  /** Called at most once. */
  readonly onRed: (error: ErrorInformation) => void;
}

export class AlarmWatch {
  readonly #options: AlarmWatchOptions;
  #cancel: Cancel | undefined;
  /** Those that were in ALARM at the start, and are passed over until they are not. */
  readonly #passedOver = new Set<string>();

  constructor(options: AlarmWatchOptions) {
    this.#options = options;
  }

  /** The first reading is now: an alarm that is red already stops the deployment before anything moved. */
  start(): void {
    const { configuration, stack, alarms } = this.#options;
    if (configuration.enabled) {
      if (stack?.redTriggerAtStart === 'isPassedOver') {
        configuration.alarmNames.filter((name) => alarms.state(name) === 'ALARM').forEach((name) => this.#passedOver.add(name));
      }
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
    const { alarms, configuration, behaviour, stack } = this.#options;
    const states = configuration.alarmNames.map((name) => ({ name, state: alarms.state(name) }));
    states.filter(({ state }) => state !== 'ALARM').forEach(({ name }) => this.#passedOver.delete(name));
    const red = states.filter(({ name, state }) => state === 'ALARM' && !this.#passedOver.has(name)).map(({ name }) => name);
    if (red.length > 0 && stack !== undefined) {
      return { code: stack.cancelledCode, message: rollbackTriggerMessage(red) };
    }
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
