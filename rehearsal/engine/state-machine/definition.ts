/**
 * A state machine as the player takes it: the part of the Amazon States Language (JSONPath) that our state machines are written in. Whatever is outside of it
 * is refused by name, since a player that passed over a field would play another machine than the one that is deployed.
 *
 * @see https://states-language.net/spec.html
 */
import type { Json, ReferencePath } from './paths';
import { isObject } from './paths';
import { Reader } from './reader';

export interface StateMachineDefinition {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
}

/** The state that follows; undefined where the execution ends. */
type Next = string | undefined;

export interface PassState {
  readonly type: 'Pass';
  readonly parameters?: Json;
  readonly result?: Json;
  /** Undefined: the input is the output. */
  readonly resultPath: ReferencePath | undefined;
  readonly next: Next;
}

export interface TaskState {
  readonly type: 'Task';
  /** ARN of a function. */
  readonly resource: string;
  readonly parameters?: Json;
  readonly resultPath: ReferencePath | undefined;
  readonly timeoutSeconds: number;
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
  readonly next: Next;
}

export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
}

export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly resultPath: ReferencePath | undefined;
  readonly next: string;
}

export interface ChoiceState {
  readonly type: 'Choice';
  readonly choices: readonly ChoiceRule[];
  readonly default?: string;
}

export interface ChoiceRule {
  readonly variable: ReferencePath;
  /** The value must be equal to this, in type too. */
  readonly equals: boolean | number | string;
  readonly next: string;
}

export interface WaitState {
  readonly type: 'Wait';
  readonly seconds: number | ReferencePath;
  readonly next: Next;
}

export interface SucceedState {
  readonly type: 'Succeed';
}

export interface FailState {
  readonly type: 'Fail';
  readonly error: string;
  readonly cause: string;
}

export type State = PassState | TaskState | ChoiceState | WaitState | SucceedState | FailState;

/** Step Functions: longest wait, and time-out of a task that names none. */
export const MAX_SECONDS = 99_999_999;

/** Defaults of a retrier. */
const RETRIER = { intervalSeconds: 1, maxAttempts: 3, backoffRate: 2 };
const MAX_RETRY_DELAY_SECONDS = 31_622_400;

/** @throws StateMachineError naming the state and the field where the definition is wrong, or outside of what is played */
export function stateMachineDefinition(definition: unknown): StateMachineDefinition {
  const machine = new Reader('the state machine', definition, ['Comment', 'QueryLanguage', 'StartAt', 'States', 'Version']);
  machine.only('QueryLanguage', 'JSONPath');
  machine.only('Version', '1.0');
  const found = machine.object('States');
  const names = Object.keys(found);
  const states = new Map(Object.entries(found).map(([name, state]) => [name, readState(name, state)]));
  const startAt = machine.string('StartAt');
  for (const [from, to] of [['StartAt', startAt], ...[...states].flatMap(([name, state]) => followers(state).map((to) => [`state '${name}'`, to]))]) {
    if (!names.includes(to)) {
      throw machine.error(`${from} leads to '${to}', and the states are ${names.join(', ') || 'none'}`);
    }
  }
  return { startAt, states };
}

function readState(name: string, value: Json): State {
  const type = isObject(value) ? value.Type : undefined;
  const where = `state '${name}'`;
  switch (type) {
    case 'Pass': {
      const state = new Reader(where, value, ['Type', 'Comment', 'Parameters', 'Result', 'ResultPath', 'Next', 'End']);
      return { type, ...state.template('Parameters'), ...state.value('Result'), resultPath: state.resultPath(), next: state.next() };
    }
    case 'Task':
      return readTask(new Reader(where, value, ['Type', 'Comment', 'Resource', 'Parameters', 'ResultPath', 'TimeoutSeconds', 'Retry', 'Catch', 'Next', 'End']));
    case 'Choice': {
      const state = new Reader(where, value, ['Type', 'Comment', 'Choices', 'Default']);
      const otherwise = state.has('Default') ? { default: state.string('Default') } : {};
      return { type, choices: state.list('Choices').map((rule, index) => readRule(`rule ${index + 1} of ${where}`, rule)), ...otherwise };
    }
    case 'Wait': {
      const state = new Reader(where, value, ['Type', 'Comment', 'Seconds', 'SecondsPath', 'Next', 'End']);
      if (state.has('Seconds') === state.has('SecondsPath')) {
        throw state.error('needs either Seconds or SecondsPath');
      }
      const seconds = state.has('Seconds') ? state.integer('Seconds', 0, [0, MAX_SECONDS]) : state.path('SecondsPath');
      return { type, seconds, next: state.next() };
    }
    case 'Succeed':
      new Reader(where, value, ['Type', 'Comment']);
      return { type };
    case 'Fail': {
      const state = new Reader(where, value, ['Type', 'Comment', 'Error', 'Cause']);
      return { type, error: state.has('Error') ? state.string('Error') : '', cause: state.has('Cause') ? state.string('Cause') : '' };
    }
    default:
      throw new Reader(where, value, undefined).error(`has Type ${JSON.stringify(type)}, and this player knows Pass, Task, Choice, Wait, Succeed and Fail`);
  }
}

function readTask(state: Reader): TaskState {
  const resource = state.string('Resource');
  if (!/^arn:[^:]+:lambda:[^:]*:[^:]*:function:/.test(resource)) {
    throw state.error(`has Resource '${resource}', and this player runs functions by their ARN`);
  }
  return {
    type: 'Task',
    resource,
    ...state.template('Parameters'),
    resultPath: state.resultPath(),
    timeoutSeconds: state.integer('TimeoutSeconds', MAX_SECONDS, [1, MAX_SECONDS]),
    retry: allLast(state, 'Retry', state.list('Retry').map((retrier, index) => readRetrier(`retrier ${index + 1} of ${state.where}`, retrier))),
    catch: allLast(state, 'Catch', state.list('Catch').map((catcher, index) => readCatcher(`catcher ${index + 1} of ${state.where}`, catcher))),
    next: state.next(),
  };
}

/** Nothing behind a `States.ALL` would ever be reached. */
function allLast<T extends { readonly errorEquals: readonly string[] }>(state: Reader, field: string, entries: readonly T[]): readonly T[] {
  if (entries.slice(0, -1).some(({ errorEquals }) => errorEquals.includes('States.ALL'))) {
    throw state.error(`has something behind the States.ALL of its ${field}; States.ALL must come last`);
  }
  return entries;
}

function readRetrier(where: string, value: Json): Retrier {
  const retrier = new Reader(where, value, ['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy']);
  retrier.only('JitterStrategy', 'NONE');
  return {
    errorEquals: retrier.strings('ErrorEquals'),
    intervalSeconds: retrier.integer('IntervalSeconds', RETRIER.intervalSeconds, [1, MAX_SECONDS]),
    maxAttempts: retrier.integer('MaxAttempts', RETRIER.maxAttempts, [0, MAX_SECONDS]),
    backoffRate: retrier.number('BackoffRate', RETRIER.backoffRate, [1, Number.MAX_VALUE]),
    maxDelaySeconds: retrier.integer('MaxDelaySeconds', MAX_RETRY_DELAY_SECONDS, [1, MAX_RETRY_DELAY_SECONDS]),
  };
}

function readCatcher(where: string, value: Json): Catcher {
  const catcher = new Reader(where, value, ['ErrorEquals', 'ResultPath', 'Next']);
  return { errorEquals: catcher.strings('ErrorEquals'), resultPath: catcher.resultPath(), next: catcher.string('Next') };
}

const COMPARISONS = { BooleanEquals: 'boolean', NumericEquals: 'number', StringEquals: 'string' } as const;

function readRule(where: string, value: Json): ChoiceRule {
  const comparisons = Object.keys(COMPARISONS) as (keyof typeof COMPARISONS)[];
  const rule = new Reader(where, value, ['Comment', 'Variable', ...comparisons, 'Next']);
  const [comparison, ...more] = comparisons.filter((name) => rule.has(name));
  if (comparison === undefined || more.length > 0) {
    throw rule.error(`needs one of ${comparisons.join(', ')}`);
  }
  return { variable: rule.path('Variable'), equals: rule.scalar(comparison, COMPARISONS[comparison]), next: rule.string('Next') };
}

function followers(state: State): readonly string[] {
  switch (state.type) {
    case 'Choice':
      return [...state.choices.map(({ next }) => next), ...(state.default === undefined ? [] : [state.default])];
    case 'Task':
      return [...(state.next === undefined ? [] : [state.next]), ...state.catch.map(({ next }) => next)];
    case 'Pass':
    case 'Wait':
      return state.next === undefined ? [] : [state.next];
    case 'Succeed':
    case 'Fail':
      return [];
  }
}
