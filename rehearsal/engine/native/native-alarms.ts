/** The alarms of one service deployment: one that goes into ALARM ends it; where one was there already, none of them counts. */
import type { ErrorInformation } from '../messages';
import type { Cancel } from '../ports';
import type { NativePorts } from './service-model';

export class NativeAlarms {
  #cancel: Cancel | undefined;
  #redAtStart: readonly string[] = [];

  constructor(
    private readonly ports: Pick<NativePorts, 'service' | 'scheduler' | 'alarms' | 'behaviour'>,
    private readonly deploymentId: string,
    /** Called at most once. */
    private readonly onRed: (error: ErrorInformation) => void,
  ) {}

  get redAtStart(): readonly string[] {
    return this.#redAtStart;
  }

  start(): void {
    const { service, behaviour } = this.ports;
    if (service.alarmNames.length === 0) {
      return;
    }
    this.#redAtStart = behaviour.redAlarmAtStartTurnsAlarmsOff ? this.#red() : [];
    if (this.#redAtStart.length === 0) {
      this.#schedule();
    }
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(): void {
    const { scheduler, behaviour } = this.ports;
    this.#cancel = scheduler.after(behaviour.alarmPollMs, `alarms of ${this.deploymentId}`, () => {
      const red = this.#red();
      if (red.length === 0) {
        this.#schedule();
        return;
      }
      this.#cancel = undefined;
      this.onRed({ code: 'ALARM_TRIGGERED', message: `Alarms of the service went into ALARM: ${red.join(', ')}.` });
    });
  }

  #red(): readonly string[] {
    return this.ports.service.alarmNames.filter((name) => this.ports.alarms.state(name) === 'ALARM');
  }
}
