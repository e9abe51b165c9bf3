/** CloudWatch alarms on the virtual clock: evaluated from the metrics, set by SetAlarmState, or held by a scenario. */
import type { AlarmReport } from '../../lib/model/report';
import type { AlarmState } from '../../lib/model/status';
import type { AlarmDefinition, AlarmDescription, AlarmTransition } from './alarm-definition';
import { judge, stateReason } from './alarm-evaluation';
import { alarmSource, evaluationIntervalMs, OutsideError, type AlarmSource } from './alarm-source';
import { compositeChildren, CompositeRuleError, evaluateCompositeRule, parseCompositeRule, type CompositeRule } from './composite-alarm';
import { wholeMilliseconds } from './deployment-report';
import type { MetricStore } from './metrics';
import { ServiceError, type AlarmStates, type Cancel, type Scheduler } from './ports';
import { serviceBehaviour, type ServiceBehaviour } from './service-behaviour';

export interface AlarmsOptions {
  readonly scheduler: Scheduler;
  readonly metrics: MetricStore;
  readonly definitions: readonly AlarmDefinition[];
  /** Time of day of virtual zero, for the texts. */
  readonly epochMs: number;
  readonly behaviour?: ServiceBehaviour;
}

export type { AlarmDefinition, AlarmDescription, AlarmTransition } from './alarm-definition';

interface Alarm {
  definition: AlarmDefinition;
  source?: AlarmSource;
  readonly rule?: CompositeRule;
  outside?: string;
  state: AlarmState;
  reason: string;
  reasonData?: string;
  updatedAt: number;
  transitionedAt: number;
  /** Each hold has its own identity, so that the end of an old one does not end a new one. */
  hold?: { readonly state: AlarmState };
}

const OUTSIDE_INTERVAL_MS = 60_000;

const UNCHECKED = 'Unchecked: Initial alarm creation';

export class Alarms implements AlarmStates {
  readonly #options: AlarmsOptions;
  readonly #behaviour: ServiceBehaviour;
  readonly #alarms = new Map<string, Alarm>();
  readonly #transitions: AlarmTransition[] = [];
  readonly #listeners = new Set<(transition: AlarmTransition) => void>();
  readonly #ticks = new Set<Cancel>();

  constructor(options: AlarmsOptions) {
    this.#options = options;
    this.#behaviour = options.behaviour ?? serviceBehaviour();
    for (const definition of options.definitions) {
      if (this.#alarms.has(definition.name)) {
        throw new Error(`alarm names must be unique, got '${definition.name}' twice`);
      }
      this.#alarms.set(definition.name, this.#create(definition));
    }
    this.#checkComposites();
  }

  /** Begins to evaluate, the first time after one interval. */
  start(): void {
    const evaluated = [...this.#alarms.values()].filter(({ rule }) => rule === undefined);
    for (const interval of new Set(evaluated.map((alarm) => this.#intervalMs(alarm)))) {
      this.#tick(
        interval,
        evaluated.filter((alarm) => this.#intervalMs(alarm) === interval),
      );
    }
    this.#alarms.forEach((alarm) => this.#evaluateComposite(alarm));
  }

  stop(): void {
    this.#ticks.forEach((cancel) => cancel());
    this.#ticks.clear();
  }

  state(alarmName: string): AlarmState | undefined {
    return this.#alarms.get(alarmName)?.state;
  }

  /**
   * SetAlarmState: holds until the next evaluation says otherwise.
   * @throws ServiceError ResourceNotFound (404)
   */
  setState(alarmName: string, state: AlarmState, reason: string, reasonData?: string): void {
    const alarm = this.#find(alarmName);
    const same = alarm.state === state;
    this.#enter(alarm, state, reason, reasonData);
    if (same) {
      Object.assign(alarm, { reason, reasonData, updatedAt: this.#options.scheduler.now() });
    }
  }

  /**
   * Holds an alarm in a state whatever its metric says, for a time or for good.
   * @param alarm name or logical id
   */
  holdState(alarm: string, state: AlarmState, forMs?: number): void {
    const byLogicalId = [...this.#alarms.values()].find(({ definition }) => definition.logicalId === alarm);
    const held = this.#alarms.get(alarm) ?? byLogicalId ?? this.#find(alarm);
    const hold = { state };
    held.hold = hold;
    this.#enter(held, state, holdReason(state));
    if (forMs !== undefined) {
      this.#options.scheduler.after(forMs, `end of the hold of ${held.definition.name}`, () => {
        if (held.hold === hold) {
          delete held.hold;
          this.#evaluate(held);
        }
      });
    }
  }

  /**
   * What a stack update does with an alarm whose metric is another one now.
   *
   * @param definition of an alarm that there is, evaluated as often as before
   * @param anew whether CloudFormation makes another alarm; one that is changed keeps its state until it is evaluated
   */
  change(definition: AlarmDefinition, anew: boolean): void {
    const alarm = this.#find(definition.name);
    const { source } = this.#create(definition);
    Object.assign(alarm, { definition, ...(source === undefined ? {} : { source }) });
    if (anew) {
      this.#enter(alarm, 'INSUFFICIENT_DATA', UNCHECKED);
    }
  }

  /** In the order of their definitions. */
  describe(): readonly AlarmDescription[] {
    return [...this.#alarms.values()].map((alarm) => ({
      definition: alarm.definition,
      StateValue: alarm.state,
      StateReason: alarm.reason,
      ...(alarm.reasonData === undefined ? {} : { StateReasonData: alarm.reasonData }),
      StateUpdatedTimestamp: alarm.updatedAt,
      StateTransitionedTimestamp: alarm.transitionedAt,
      ActionsEnabled: actionsEnabled(alarm.definition),
      ...(alarm.outside === undefined ? {} : { outside: alarm.outside }),
    }));
  }

  /** Alarms that are not evaluated, and why. */
  outside(): readonly { readonly name: string; readonly reason: string }[] {
    return [...this.#alarms].flatMap(([name, { outside }]) => (outside === undefined ? [] : [{ name, reason: outside }]));
  }

  /** Every transition so far, the first one first. */
  transitions(): readonly AlarmTransition[] {
    return [...this.#transitions];
  }

  report(): readonly AlarmReport[] {
    return [...this.#alarms.keys()].map((name) => ({
      name,
      transitions: this.#transitions
        .filter(({ alarm }) => alarm === name)
        .map(({ at, from, to, reason }) => ({ at: wholeMilliseconds(at), from, to, reason })),
    }));
  }

  onTransition(listener: (transition: AlarmTransition) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #find(alarmName: string): Alarm {
    const alarm = this.#alarms.get(alarmName);
    if (alarm === undefined) {
      throw new ServiceError('ResourceNotFound', `there is no alarm '${alarmName}'`, 404);
    }
    return alarm;
  }

  #create(definition: AlarmDefinition): Alarm {
    const now = this.#options.scheduler.now();
    const fresh = { definition, state: 'INSUFFICIENT_DATA' as const, reason: UNCHECKED, updatedAt: now, transitionedAt: now };
    try {
      if (definition.type === 'outside') {
        return { ...fresh, outside: definition.reason };
      }
      if (definition.type === 'composite') {
        return { ...fresh, rule: parseCompositeRule(definition.properties.AlarmRule) };
      }
      const source = alarmSource(definition.properties);
      const { evaluationRangeExtra, metricDelayMs } = this.#behaviour;
      const periods = source.rule.evaluationPeriods + evaluationRangeExtra + 1;
      this.#options.metrics.retain(periods * source.periodMs + metricDelayMs);
      return { ...fresh, source };
    } catch (error) {
      if (error instanceof OutsideError || error instanceof CompositeRuleError) {
        return { ...fresh, outside: error.message };
      }
      throw error;
    }
  }

  /** A composite alarm that reads an unknown alarm or, through others, itself, is not evaluated. */
  #checkComposites(): void {
    const reaches = (name: string, path: readonly string[]): string | undefined => {
      if (path.includes(name)) {
        return `its rule reads '${name}' in a circle`;
      }
      const alarm = this.#alarms.get(name);
      if (alarm === undefined) {
        return `its rule reads '${name}', which is no alarm of this rehearsal`;
      }
      const children = alarm.rule === undefined ? [] : compositeChildren(alarm.rule);
      return children.map((child) => reaches(child, [...path, name])).find((problem) => problem !== undefined);
    };
    for (const [name, alarm] of this.#alarms) {
      alarm.outside ??= reaches(name, []);
    }
  }

  #intervalMs({ source }: Alarm): number {
    return source === undefined ? OUTSIDE_INTERVAL_MS : evaluationIntervalMs(source);
  }

  #tick(intervalMs: number, alarms: readonly Alarm[]): void {
    const cancel = this.#options.scheduler.after(intervalMs, `alarms every ${intervalMs / 1000} s`, () => {
      this.#ticks.delete(cancel);
      alarms.forEach((alarm) => this.#evaluate(alarm));
      this.#tick(intervalMs, alarms);
    });
    this.#ticks.add(cancel);
  }

  #evaluate(alarm: Alarm): void {
    if (alarm.hold !== undefined) {
      this.#enter(alarm, alarm.hold.state, holdReason(alarm.hold.state));
    } else if (alarm.rule !== undefined) {
      this.#evaluateComposite(alarm);
    } else if (alarm.source === undefined) {
      this.#enter(alarm, 'INSUFFICIENT_DATA', `Not evaluated: ${alarm.outside ?? 'no source'}`);
    } else {
      this.#evaluateMetric(alarm, alarm.source);
    }
  }

  /** Data points up to here are published. */
  publishedUntil(): number {
    return this.#options.scheduler.now() - this.#behaviour.metricDelayMs;
  }

  #evaluateMetric(alarm: Alarm, source: AlarmSource): void {
    const { metrics, epochMs } = this.#options;
    const { evaluationRangeExtra } = this.#behaviour;
    const range = source.points(metrics, this.publishedUntil(), source.rule.evaluationPeriods + evaluationRangeExtra);
    const judgement = judge(range, source.rule);
    if (judgement.state !== 'keep' && judgement.state !== alarm.state) {
      this.#enter(alarm, judgement.state, stateReason(judgement, source.rule, epochMs));
    }
  }

  #evaluateComposite(alarm: Alarm): void {
    const { rule } = alarm;
    if (rule === undefined || alarm.outside !== undefined || alarm.hold !== undefined) {
      return;
    }
    const red = evaluateCompositeRule(rule, (name) => this.state(name));
    const states = compositeChildren(rule).map((name) => `${name} is ${this.state(name) ?? 'unknown'}`);
    this.#enter(alarm, red ? 'ALARM' : 'OK', `the alarm rule is ${red ? 'true' : 'false'}: ${states.join(', ')}`);
  }

  /** Does nothing where the alarm is in that state already; the reason of the transition stays. */
  #enter(alarm: Alarm, to: AlarmState, reason: string, reasonData?: string): void {
    const from = alarm.state;
    if (from === to) {
      return;
    }
    const at = this.#options.scheduler.now();
    Object.assign(alarm, { state: to, reason, reasonData, updatedAt: at, transitionedAt: at });
    const transition = { alarm: alarm.definition.name, at, from, to, reason, actionsEnabled: actionsEnabled(alarm.definition) };
    this.#transitions.push(transition);
    this.#listeners.forEach((listener) => listener(transition));
    // A composite alarm follows its children, and nothing else: what SetAlarmState made of it stays until one of them changes.
    for (const parent of this.#alarms.values()) {
      if (parent.rule !== undefined && compositeChildren(parent.rule).includes(transition.alarm)) {
        this.#evaluateComposite(parent);
      }
    }
  }
}

function holdReason(state: AlarmState): string {
  return `held in ${state} by the scenario`;
}

function actionsEnabled(definition: AlarmDefinition): boolean {
  return definition.type !== 'outside' && definition.properties.ActionsEnabled !== false;
}
